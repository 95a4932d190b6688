"""Ways in and out, as people go them: invitation, forgotten password, two factors, single sign-on, sessions, keys."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pyotp
import pytest
import requests
from playwright.sync_api import expect

from libs.common.ids import new_id
from stack.application import Stack
from stack.driver import Crm
from stack.scenery import mailed_token
from tests.browser.conftest import in_short_at
from tests.browser.visiting import Visit
from tests.support import oidc_provider
from tests.support.servers import ROOT
from tests.support.waiting import eventually

Open = Callable[..., Visit]
PASSWORD = "a password of my own"


@dataclass(frozen=True)
class Account:
    """Somebody of one test's own."""

    email: str
    name: str = "Nina New"


@pytest.fixture
def nina(crm: Crm) -> Account:
    """An account with PASSWORD."""
    made = Account(f"nina-{new_id()[-12:]}@amo-ai.example")
    body = {"email": made.email, "name": made.name, "role": "sales", "password": PASSWORD}
    crm.sign_in("admin").post("/users", body)
    return made


def log_in(visit: Visit, email: str, password: str) -> None:
    page = visit.go("/login")
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()


@in_short_at("desktop")
def test_somebody_is_invited_and_joins(open_browser: Open, crm: Crm, width: str) -> None:
    email = f"joe-{new_id()[-12:]}@amo-ai.example"
    admin = open_browser("admin", width=width)
    page = admin.go("/settings/people")
    invite = page.locator("form", has=page.get_by_role("button", name="Send the invitation"))
    invite.get_by_label("E-mail address").fill(email)
    invite.get_by_label("Role").select_option("finance")
    invite.get_by_role("button", name="Send the invitation").click()
    admin.toast(f"An invitation is on its way to {email}")
    expect(page.get_by_role("region", name="Invited")).to_contain_text(email)
    joe = open_browser(width=width)
    link = f"/join/{mailed_token(crm, email, 'join')}"
    page = joe.go(link)
    expect(page.get_by_text(f"{email} · Finance")).to_be_visible()
    page.get_by_label("Your name").fill("Joe Joined")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Join").click()
    page.wait_for_url(f"{joe.base_url}/")
    joe.expect_status(409)
    page.goto(link)
    expect(page.get_by_text("accepted already")).to_be_visible()


@in_short_at("phone")
def test_a_forgotten_password_is_replaced_by_mail(open_browser: Open, crm: Crm, nina: Account, width: str) -> None:
    visitor = open_browser(width=width)
    page = visitor.go("/login")
    page.get_by_role("link", name="Forgotten password").click()
    page.get_by_label("E-mail address").fill(nina.email)
    page.get_by_role("button", name="Send the mail").click()
    expect(page.get_by_role("status").first).to_contain_text("If this address has an account")
    visitor.go(f"/reset/{mailed_token(crm, nina.email, 'reset')}")
    page.get_by_label("New password").fill("another one of mine")
    page.get_by_role("button", name="Change password").click()
    page.wait_for_url(f"{visitor.base_url}/")
    visitor.expect_status(401)
    other = open_browser(width=width)
    other.expect_status(401)
    log_in(other, nina.email, PASSWORD)
    expect(other.page.get_by_role("alert")).to_contain_text("wrong")


@in_short_at("desktop")
def test_two_factors_are_set_up_asked_for_and_switched_off(open_browser: Open, nina: Account, width: str) -> None:
    own = open_browser(width=width)
    log_in(own, nina.email, PASSWORD)
    page = own.go("/account/second-factor")
    page.get_by_role("button", name="Set it up").click()
    expect(page.locator(".qr svg")).to_be_visible()
    phone = pyotp.TOTP(page.locator("#secret").inner_text().replace(" ", ""))
    page.get_by_label("The six figures").fill(phone.now())
    page.get_by_role("button", name="Switch it on").click()
    codes = page.locator(".codes code").all_inner_texts()
    assert len(codes) == 10
    other = open_browser(width=width)
    log_in(other, nina.email, PASSWORD)
    expect(other.page.get_by_role("heading", level=1)).to_have_text("One more step")
    other.expect_status(401)
    other.page.get_by_label("Code").fill("000000")
    other.page.get_by_role("button", name="Sign in").click()
    expect(other.page.get_by_role("alert")).to_be_visible()
    # What a phone shows whose clock is a little ahead: the code of now was used to set it up.
    other.page.get_by_label("Code").fill(phone.at(int(time.time()) + 30))
    other.page.get_by_role("button", name="Sign in").click()
    other.page.wait_for_url(f"{other.base_url}/")
    page = own.go("/account/second-factor")
    ending = page.locator("form", has=page.get_by_role("button", name="Switch it off"))
    ending.get_by_label("Current password").fill(PASSWORD)
    ending.get_by_role("button", name="Switch it off").click()
    own.toast("Two-factor log-in is off")


@in_short_at("phone")
def test_sessions_are_seen_and_ended(open_browser: Open, nina: Account, width: str) -> None:
    own, other = open_browser(width=width), open_browser(width=width)
    log_in(own, nina.email, PASSWORD)
    own.page.wait_for_url(f"{own.base_url}/")
    log_in(other, nina.email, PASSWORD)
    other.page.wait_for_url(f"{other.base_url}/")
    page = own.go("/account/sessions")
    expect(page.locator("tbody tr")).to_have_count(2)
    expect(page.locator("tbody")).to_contain_text("This one")
    page.get_by_role("button", name="End it").click()
    own.toast("The session has ended")
    expect(page.locator("tbody tr")).to_have_count(1)
    other.go("/clients")
    other.page.wait_for_url("**/login?next=/clients")


@in_short_at("desktop")
def test_a_key_is_made_used_and_revoked(open_browser: Open, crm: Crm, nina: Account, width: str) -> None:
    own = open_browser(width=width)
    log_in(own, nina.email, PASSWORD)
    own.page.wait_for_url(f"{own.base_url}/")
    page = own.go("/account/keys")
    page.get_by_label("Name").fill("Report")
    page.get_by_role("button", name="Make the key").click()
    headers = {"Authorization": f"Bearer {page.locator('#made-key').inner_text()}"}
    me = f"{crm.base_url}/me"
    assert requests.get(me, headers=headers, timeout=10).json()["email"] == nina.email
    assert requests.post(f"{crm.base_url}/clients", json={}, headers=headers, timeout=10).status_code == 403
    page = own.go("/account/keys")
    expect(page.locator("#made-key")).to_have_count(0)
    page.get_by_role("button", name="Revoke").click()
    own.toast("The key was revoked")
    assert requests.get(me, headers=headers, timeout=10).status_code == 401


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@contextmanager
def another_gateway(stack: Stack, **settings: str) -> Iterator[str]:
    """One more HTTP process of the stack's gateway, with settings of its own; its address."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    given = stack.environments.of("gateway", "") | {"HTTP_PORT": str(port), "PUBLIC_URL": url, "HTTP_WORKERS": "1"}
    process = subprocess.Popen(
        [sys.executable, "-m", "services.gateway", "http"], cwd=ROOT, env=dict(os.environ) | given | settings
    )
    try:
        eventually(lambda: _healthy(url), 60)
        yield url
    finally:
        process.terminate()
        process.wait(30)


def _healthy(url: str) -> bool:
    try:
        return requests.get(f"{url}/health", timeout=2).ok
    except requests.ConnectionError as error:
        raise ConnectionError(str(error)) from error


def test_single_sign_on_leads_through_the_provider(browser: Any, running_stack: Stack, crm: Crm) -> None:
    email = f"sso-{new_id()[-12:]}@amo-ai.example"
    with oidc_provider.running(free_port()) as provider:
        settings = {
            "SSO_ISSUER": provider.issuer, "SSO_CLIENT_ID": oidc_provider.CLIENT_ID, "SSO_LABEL": "Amo ID",
            "SSO_CLIENT_SECRET": oidc_provider.CLIENT_SECRET, "SSO_ROLES": "crm-sales=sales",
        }  # fmt: skip
        with another_gateway(running_stack, **settings) as url:
            visit = Visit(browser, url)
            visit.expect_host(provider.issuer)
            visit.expect_host(crm.info["live_url"])
            visit.expect_status(403)
            person = {"sub": new_id(), "email": email, "name": "Sol Single", "email_verified": False}
            provider.sign_in_as(**person)
            page = visit.go("/login?next=/clients")
            page.get_by_role("link", name="Sign in with Amo ID").click()
            expect(page.get_by_role("alert")).to_contain_text("has not verified your e-mail address")
            provider.sign_in_as(**person | {"email_verified": True, "groups": "crm-sales"})
            page = visit.go("/login?next=/clients")
            page.get_by_role("link", name="Sign in with Amo ID").click()
            page.wait_for_url(f"{url}/clients")
            assert email in [each["email"] for each in crm.sign_in("admin").get("/users")["items"]]
            visit.context.close()
            assert visit.faults == []
