"""Use case 9: somebody new in sales, from the invitation to a deal that moved on."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from libs.common.ids import new_id
from stack.driver import Crm
from stack.scenery import mailed_token
from tests.browser.conftest import in_short_at
from tests.browser.use_cases import TechCorp, fill, press
from tests.browser.visiting import Visit

Open = Callable[..., Visit]
TRAINING = "https://training.example/sales"


@pytest.fixture
def _training(crm: Crm) -> Iterator[None]:
    """Where our training materials are; as it was, after."""
    admin = crm.sign_in("admin")
    before = admin.get("/company")["training_url"]
    admin.patch("/company", {"training_url": TRAINING})
    yield
    admin.patch("/company", {"training_url": before})


def joins(open_browser: Open, crm: Crm, width: str) -> tuple[Visit, str]:
    """Invited by the admin, signed up by herself: her browser and her name."""
    email = f"jessica-{new_id()[-12:]}@amo-ai.example"
    page = open_browser("admin", width=width).go("/settings/people")
    invite = page.locator("form", has=page.get_by_role("button", name="Send the invitation"))
    invite.get_by_label("E-mail address").fill(email)
    invite.get_by_label("Role").select_option("sales")
    invite.get_by_role("button", name="Send the invitation").click()
    visit, name = open_browser(width=width), f"Jessica {new_id()[-6:]}"
    page = visit.go(f"/join/{mailed_token(crm, email, 'join')}")
    page.get_by_label("Your name").fill(name)
    page.get_by_label("Password").fill("a password of my own")
    page.get_by_role("button", name="Join").click()
    page.wait_for_url(visit.base_url + "/")
    return visit, name


def step(page: Page, words: str) -> Locator:
    return page.locator(".guide .first-steps li", has_text=words)


def ticked(visit: Visit, words: str) -> None:
    """Wait until the first page says that a step is done: events tell it."""
    page = visit.go("/")
    visit.reload_until(step(page, words).locator("xpath=self::*[contains(@class, 'done')]"))


@pytest.mark.usefixtures("_training")
@in_short_at("desktop")
def test_the_new_reps_story(open_browser: Open, crm: Crm, width: str) -> None:
    jessica, name = joins(open_browser, crm, width)
    page = jessica.page
    jessica.reload_until(page.get_by_role("heading", name="Welcome aboard"))
    expect(page.locator(".figure", has_text="Open deals")).to_contain_text("0 deals")
    expect(page.get_by_role("link", name="Training materials")).to_have_attribute("href", TRAINING)
    expect(page.locator("main")).not_to_contain_text("Clients you shadow")
    _shadows_two(open_browser("admin", width=width), jessica, crm, name)
    client = _gets_a_lead(crm, name)
    note = jessica.go("/notifications").locator("li", has_text=f"New client for you: {client['company_name']}")
    jessica.reload_until(note)
    jessica.go("/")
    expect(page.get_by_role("heading", name=f"Your first client: {client['company_name']}")).to_be_visible()
    expect(page.locator(".guide .done")).to_have_count(0)
    step(page, "Look at the client's details").get_by_role("button").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(client["company_name"])
    ticked(jessica, "Look at the client's details")
    _works_with_it(jessica, client)


def _shadows_two(admin: Visit, jessica: Visit, crm: Crm, name: str) -> None:
    """The admin lends her two clients of John's; she reads all of them and changes nothing."""
    john = crm.sign_in("sales")
    for number in range(2):
        company = f"Shown {TechCorp().mark} {number}"
        made = john.post("/clients", {"company_name": company, "status": "inactive"})
        john.post(f"/clients/{made['id']}/activities", {"type": "call", "subject": "Long history"})
        page = admin.go(f"/clients/{made['id']}")
        admin.tab("About")
        page.get_by_text("Let somebody shadow…").click()
        page.get_by_label("Who", exact=True).select_option(label=name)
        page.get_by_role("button", name="Share to read").click()
        admin.toast(f"{name} shadows this client now")
        jessica.go("/")
        jessica.reload_until(jessica.page.get_by_role("link", name=company))
        jessica.page.get_by_role("link", name=company).click()
        expect(jessica.page.locator(".timeline")).to_contain_text("Long history")
        expect(jessica.page.get_by_text("You read this client without owning it")).to_be_visible()
        expect(jessica.page.get_by_role("link", name="New deal")).to_have_count(0)


def _gets_a_lead(crm: Crm, name: str) -> dict[str, Any]:
    admin = crm.sign_in("admin")
    me = next(each for each in admin.get("/users/directory")["items"] if each["name"] == name)
    lead = admin.post("/clients", {"company_name": f"StartupXYZ {TechCorp().mark}", "contact": {"first_name": "Ana"}})
    given: dict[str, Any] = admin.post(f"/clients/{lead['id']}/assign", {"owner_id": me["id"]})
    return given


def _works_with_it(jessica: Visit, client: dict[str, Any]) -> None:
    """Plans the call, logs it, makes a deal, moves it on; each step ticks itself."""
    page = jessica.page
    for kind, subject in (("Task", "Intro call"), ("Call", "Wants a chatbot")):
        jessica.go(f"/clients/{client['id']}")
        composer = page.locator(".composer form")
        composer.get_by_text(kind, exact=True).click()
        composer.locator("[name=subject]").fill(subject)
        composer.get_by_role("button", name="Add", exact=True).click()
        jessica.toast(f"{kind} added")
    ticked(jessica, "Plan an intro call")
    ticked(jessica, "Log what was said")
    step(page, "Create a deal").get_by_role("link").click()
    fill(page, {"deal_name": "First chatbot", "deal_value": "9,000"})
    press(page, "Save")
    expect(page).to_have_url(re.compile(r"/deals/[0-9a-f-]{36}$"))
    ticked(jessica, "Create a deal")
    jessica.go("/deals")
    page.get_by_role("link", name="First chatbot").click()
    page.locator(".stages").get_by_role("button", name="Qualified").click()
    jessica.toast("is in Qualified now")
    ticked(jessica, "Move it on")
    expect(page.get_by_role("heading", name="Well done!")).to_be_visible()
    page.get_by_role("button", name="Put it away").click()
    expect(page.locator(".guide")).to_have_count(0)
