"""Single sign-on against a provider that is a process of its own: who gets in, and every way not to."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import requests
from flask.testing import FlaskClient
from sqlalchemy import text

from services.gateway.accounts import cookies
from tests.gateway.conftest import PASSWORD
from tests.support.delivering import told
from tests.support.oidc_provider import CLIENT_ID, CLIENT_SECRET, Provider, running

EMAIL = "jo@amoai.example"
JO = {"sub": "jo-1", "email": EMAIL, "email_verified": True, "name": "Jo Smith", "groups": ["crm-sales", "staff"]}


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with running(port) as made:
        yield made


@pytest.fixture
def settings(provider: Provider) -> dict[str, Any]:
    return {
        "sso_issuer": provider.issuer,
        "sso_client_id": CLIENT_ID,
        "sso_client_secret": CLIENT_SECRET,
        "sso_label": "Amo ID",
        "sso_roles": "crm-admins=admin, crm-sales=sales",
        "sso_domains": "amoai.example",
        "public_url": "http://localhost",
    }


def go(http: FlaskClient, path: str = "/sso") -> str:
    """Begin here and pass through the provider; the address that it sends the browser back to."""
    begun = http.get(path)
    assert begun.status_code == 303, begun.text
    there = requests.get(begun.headers["Location"], allow_redirects=False, timeout=10)
    assert there.status_code == 302, there.text
    back = urlsplit(there.headers["Location"])
    assert back.netloc == "localhost"
    return f"{back.path}?{back.query}"


def come(http: FlaskClient, provider: Provider, **claims: Any) -> Any:
    provider.sign_in_as(**JO | claims)
    return http.get(go(http))


def refused(http: FlaskClient, answer: Any, words: str) -> None:
    assert answer.status_code == 403 and words in answer.text.replace("&#39;", "'"), answer.text
    assert http.get_cookie(cookies.NAME) is None and "<h1>Sign in</h1>" in answer.text


def me(http: FlaskClient) -> dict[str, Any]:
    found: dict[str, Any] = http.get("/api/v1/me").json
    return found


def test_the_log_in_page_offers_it(http: FlaskClient) -> None:
    page = http.get("/login?next=/clients").text
    assert "Sign in with Amo ID" in page and 'href="/sso?next=/clients"' in page


def test_somebody_new_comes_in_with_the_role_of_a_group(http: FlaskClient, provider: Provider, runtime: Any) -> None:
    provider.sign_in_as(**JO)
    done = http.get(go(http, "/sso?next=/clients"))
    assert done.status_code == 303 and done.headers["Location"] == "/clients", done.text
    assert (me(http)["email"], me(http)["role"], me(http)["name"]) == (EMAIL, "sales", "Jo Smith")
    assert told(runtime, "user.joined")[-1].data["email"] == EMAIL
    http.delete_cookie(cookies.NAME)
    # Nobody gets in with a password that was never set.
    assert http.post("/api/v1/auth/login", json={"email": EMAIL, "password": ""}).status_code == 401
    assert come(http, provider, groups=["crm-admins"]).status_code == 303
    assert me(http)["role"] == "admin"
    assert len(told(runtime, "user.joined")) == 1


def test_an_account_is_found_by_its_verified_address_and_then_by_its_subject(
    http: FlaskClient, provider: Provider, new_user: Any
) -> None:
    person = new_user("sales", EMAIL)
    assert come(http, provider, email=EMAIL.upper()).status_code == 303
    assert me(http)["id"] == person
    http.delete_cookie(cookies.NAME)
    assert come(http, provider, email="jo.married@amoai.example").status_code == 303
    assert me(http)["id"] == person
    http.delete_cookie(cookies.NAME)
    refused(http, come(http, provider, sub="somebody-else"), "belonged to somebody else")


def test_the_second_factor_is_the_providers_matter(
    http: FlaskClient, provider: Provider, new_user: Any, runtime: Any
) -> None:
    person = new_user("sales", EMAIL)
    with runtime.database.engine.begin() as connection:
        row = "INSERT INTO second_factors VALUES (:id, 'sealed', now(), NULL, now())"
        connection.execute(text(row), {"id": person})
    assert http.post("/api/v1/auth/login", json={"email": EMAIL, "password": PASSWORD}).status_code == 401
    assert come(http, provider).status_code == 303 and me(http)["id"] == person


@pytest.mark.parametrize(
    ("claims", "words"),
    [
        ({"email_verified": False}, "has not verified"),
        ({"email_verified": "true"}, "has not verified"),
        ({"email": "jo@evil.example"}, "e-mail domain"),
        ({"email": "jo@evil.example@amoai.example.evil"}, "e-mail domain"),
        ({"groups": ["strangers"]}, "has no role here"),
        ({"groups": []}, "has no role here"),
        ({"nonce": "of another log-in"}, "could not be trusted"),
        ({"aud": "another-client"}, "could not be trusted"),
        ({"aud": [CLIENT_ID, "another"], "azp": "another"}, "could not be trusted"),
        ({"iss": "https://evil.example"}, "could not be trusted"),
        ({"exp": int(time.time()) - 3600}, "could not be trusted"),
        ({"_foreign_key": True}, "could not be trusted"),
    ],
)
def test_what_is_not_right_lets_nobody_in(
    http: FlaskClient, provider: Provider, runtime: Any, claims: dict[str, Any], words: str
) -> None:
    refused(http, come(http, provider, **claims), words)
    with runtime.database.engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM users")).scalar_one() == 0


def test_the_way_back_must_be_this_browsers(http: FlaskClient, app: Any, provider: Provider) -> None:
    provider.sign_in_as(**JO)
    stolen = go(http)
    victim = app.test_client()
    refused(victim, victim.get(stolen), "not begun in this browser")  # no cookie at all
    go(victim)
    refused(victim, victim.get(stolen), "not begun in this browser")  # of another log-in
    query = parse_qs(urlsplit(stolen).query)
    changed = "/sso/callback?" + urlencode({"code": query["code"][0], "state": "x"})
    refused(http, http.get(changed), "not begun in this browser")
    refused(http, http.get(stolen), "not begun in this browser")  # a refusal ends what was begun


def test_a_code_works_once_and_only_with_its_verifier(http: FlaskClient, app: Any, provider: Provider) -> None:
    provider.sign_in_as(**JO)
    mine, other = go(http), app.test_client()
    theirs = go(other)
    # Another's code under one's own state: the provider refuses, since the verifier is not the one it was given.
    code, state = parse_qs(urlsplit(theirs).query)["code"][0], parse_qs(urlsplit(mine).query)["state"][0]
    refused(http, http.get("/sso/callback?" + urlencode({"code": code, "state": state})), "did not sign you in")


def test_a_refusal_at_the_provider_is_said_plainly(http: FlaskClient, provider: Provider) -> None:
    provider.sign_in_as(**JO)
    state = parse_qs(urlsplit(go(http)).query)["state"][0]
    refused(http, http.get(f"/sso/callback?error=access_denied&state={state}"), "did not sign you in")


def test_whoever_left_stays_out_and_the_last_admin_stays_one(
    http: FlaskClient, provider: Provider, new_user: Any
) -> None:
    new_user("sales", EMAIL, active=False)
    refused(http, come(http, provider), "not active any more")
    new_user("admin", "ada@amoai.example")
    answer = come(http, provider, sub="ada", email="ada@amoai.example")
    assert answer.status_code == 409 and "last active admin" in answer.text


class TestWithoutRoles:
    @pytest.fixture
    def settings(self, provider: Provider) -> dict[str, Any]:
        return {"sso_issuer": provider.issuer, "sso_client_id": CLIENT_ID, "sso_client_secret": CLIENT_SECRET,
                "public_url": "http://localhost"}  # fmt: skip

    def test_only_who_has_an_account_comes_in(self, http: FlaskClient, provider: Provider, new_user: Any) -> None:
        refused(http, come(http, provider), "ask an admin to invite you")
        new_user("finance", EMAIL)
        assert come(http, provider).status_code == 303 and me(http)["role"] == "finance"


class TestWithoutAProvider:
    @pytest.fixture
    def settings(self) -> dict[str, Any]:
        return {}

    def test_nothing_is_offered(self, http: FlaskClient) -> None:
        assert "/sso" not in http.get("/login").text
        assert http.get("/sso").status_code == http.get("/sso/callback").status_code == 404


class TestWithAProviderThatIsDown:
    @pytest.fixture
    def settings(self) -> dict[str, Any]:
        return {"sso_issuer": "http://127.0.0.1:9", "sso_client_id": "x", "sso_label": "Amo ID"}

    def test_the_log_in_page_says_so_and_still_takes_passwords(self, http: FlaskClient, new_user: Any) -> None:
        answer = http.get("/sso")
        assert answer.status_code == 503 and "not answering" in answer.text
        new_user("sales", EMAIL)
        assert http.post("/login", data={"email": EMAIL, "password": PASSWORD}).status_code == 303
