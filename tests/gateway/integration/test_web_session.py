"""Browsers: one cookie, and the proof that our own page asks."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from libs.common.ids import new_id
from services.gateway.accounts import cookies
from tests.gateway.conftest import PASSWORD

EMAIL = "web@amoai.example"
HERE = "http://localhost"


def sign_in(http: FlaskClient, email: str = EMAIL, **form: str) -> Any:
    data = {"email": email, "password": PASSWORD} | form
    return http.post("/login", data=data, headers={"Origin": HERE})


def cookie_of(http: FlaskClient) -> str:
    found = http.get_cookie(cookies.NAME)
    assert found is not None
    return str(found.value)


def token_of(http: FlaskClient, runtime: Any) -> str:
    return cookies.csrf_token(runtime.settings, cookie_of(http))


@pytest.fixture
def person(new_user: Callable[..., str]) -> str:
    return new_user("admin", EMAIL)


def test_signing_in_gives_a_cookie_that_scripts_and_other_sites_do_not_get(http: FlaskClient, person: str) -> None:
    answer = sign_in(http)
    assert answer.status_code == 303 and answer.headers["Location"] == "/"
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie and "Path=/" in cookie
    over_tls = http.post("/login", data={"email": EMAIL, "password": PASSWORD}, base_url="https://localhost")
    assert "Secure" in over_tls.headers["Set-Cookie"]


def test_each_log_in_is_another_session(http: FlaskClient, person: str, app: Any) -> None:
    sign_in(http)
    first = cookie_of(http)
    sign_in(http)
    assert cookie_of(http) != first


def test_a_wrong_password_shows_the_form_again_and_keeps_the_address_only(http: FlaskClient, person: str) -> None:
    answer = sign_in(http, password="wrong but long")
    assert answer.status_code == 401
    assert f'value="{EMAIL}"' in answer.text and "wrong but long" not in answer.text
    assert http.get_cookie(cookies.NAME) is None


@pytest.mark.parametrize(
    ("wished", "led_to"),
    [
        ("/clients?status=active", "/clients?status=active"),
        ("//evil.example", "/"),
        ("https://evil.example", "/"),
        ("/\\evil.example", "/"),
        ("javascript:alert(1)", "/"),
        ("/a\r\nSet-Cookie: x=1", "/"),
    ],
)
def test_the_log_in_leads_only_to_pages_of_ours(http: FlaskClient, person: str, wished: str, led_to: str) -> None:
    assert sign_in(http, next=wished).headers["Location"] == led_to


def test_without_a_session_a_page_leads_to_the_log_in_and_back(http: FlaskClient) -> None:
    answer = http.get("/clients?status=active")
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/login?next=/clients%3Fstatus%3Dactive"
    part = http.get("/clients", headers={"HX-Request": "true"})
    assert part.status_code == 401 and part.headers["HX-Redirect"].startswith("/login")


def test_a_mutation_without_our_token_changes_nothing(http: FlaskClient, person: str, runtime: Any) -> None:
    sign_in(http)
    for data in ({}, {"csrf_token": ""}, {"csrf_token": "0" * 64}):
        answer = http.post("/choices", data={"name": "theme", "value": "dark"} | data)
        assert answer.status_code == 403, data
    assert count(runtime, "choices") == 0
    good = {"csrf_token": token_of(http, runtime)}
    assert http.post("/choices", data={"name": "theme", "value": "dark"} | good).status_code == 303
    assert count(runtime, "choices") == 1


@pytest.mark.parametrize(
    "headers",
    [{"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}],
)
def test_a_mutation_from_another_site_is_refused_even_with_the_token(
    http: FlaskClient, person: str, runtime: Any, headers: dict[str, str]
) -> None:
    sign_in(http)
    data = {"name": "theme", "value": "dark", "csrf_token": token_of(http, runtime)}
    assert http.post("/choices", data=data, headers=headers).status_code == 403
    assert count(runtime, "choices") == 0


def test_another_site_cannot_sign_a_browser_in(http: FlaskClient, person: str) -> None:
    data = {"email": EMAIL, "password": PASSWORD}
    answer = http.post("/login", data=data, headers={"Origin": "https://evil.example"})
    assert answer.status_code == 403 and http.get_cookie(cookies.NAME) is None


def test_the_token_of_one_session_is_no_use_in_another(http: FlaskClient, person: str, runtime: Any, app: Any) -> None:
    sign_in(http)
    other = app.test_client()
    sign_in(other)
    data = {"name": "theme", "value": "dark", "csrf_token": token_of(other, runtime)}
    assert http.post("/choices", data=data).status_code == 403


def test_the_api_takes_the_cookie_and_asks_for_the_token_too(http: FlaskClient, person: str, runtime: Any) -> None:
    sign_in(http)
    assert http.get("/api/v1/me").json["email"] == EMAIL
    change = {"name": "Somebody Else"}
    assert http.patch("/api/v1/me", json=change).status_code == 403
    token = {cookies.TOKEN_HEADER: token_of(http, runtime)}
    assert http.patch("/api/v1/me", json=change, headers=token).status_code == 200


def test_a_cookie_is_no_refresh_token_and_no_bearer_token(http: FlaskClient, person: str) -> None:
    sign_in(http)
    cookie = cookie_of(http)
    assert http.post("/api/v1/auth/refresh", json={"refresh_token": cookie}).status_code == 401
    http.delete_cookie(cookies.NAME)
    assert http.get("/api/v1/me", headers={"Authorization": f"Bearer {cookie}"}).status_code == 401


def test_signing_out_ends_the_session_itself(http: FlaskClient, person: str, runtime: Any) -> None:
    sign_in(http)
    kept = cookie_of(http)
    http.post("/logout", data={"csrf_token": token_of(http, runtime)})
    http.set_cookie(cookies.NAME, kept)
    assert http.get("/api/v1/me").status_code == 401


def test_a_person_who_left_is_out_at_once(http: FlaskClient, person: str, runtime: Any) -> None:
    sign_in(http)
    with runtime.database.engine.begin() as connection:
        connection.execute(text("UPDATE users SET active = false WHERE id = :id"), {"id": person})
    assert http.get("/account").status_code == 303


def test_a_page_of_another_role_says_so(http: FlaskClient, new_user: Callable[..., str]) -> None:
    new_user("sales", EMAIL)
    sign_in(http)
    answer = http.get("/settings")
    assert answer.status_code == 403 and "Your role does not open this page" in answer.text


def test_every_page_sets_the_rules_for_the_browser(http: FlaskClient, person: str) -> None:
    sign_in(http)
    for path in ("/contact", "/brief", "/account", "/nowhere"):
        answer = http.get(path, headers={"Accept": "text/html"})
        policy = answer.headers["Content-Security-Policy"]
        assert "script-src 'self'" in policy and "unsafe" not in policy, path
        assert "frame-ancestors 'none'" in policy and answer.headers["X-Content-Type-Options"] == "nosniff", path
        assert "<script>" not in answer.text and " style=" not in answer.text and " onclick=" not in answer.text, path


def test_what_may_be_chosen_is_a_short_list(http: FlaskClient, person: str, runtime: Any) -> None:
    sign_in(http)
    token = {"csrf_token": token_of(http, runtime)}
    assert http.post("/choices", data={"name": "nonsense", "value": "1"} | token).status_code == 422
    many = {"name": "clients.columns", "value": [new_id() for _ in range(200)]}
    assert http.post("/choices", data=many | token).status_code == 422


def test_a_referer_does_not_lead_away(http: FlaskClient, person: str, runtime: Any) -> None:
    sign_in(http)
    data = {"name": "theme", "value": "dark", "csrf_token": token_of(http, runtime)}
    answer = http.post("/choices", data=data, headers={"Referer": "https://evil.example/x"})
    assert answer.headers["Location"] == "/"


def test_files_are_served_squeezed_and_only_ours(http: FlaskClient) -> None:
    answer = http.get("/assets/css/shell.css?v=1", headers={"Accept-Encoding": "gzip"})
    assert answer.headers["Content-Encoding"] == "gzip" and "immutable" in answer.headers["Cache-Control"]
    for path in ("/assets/../shell.py", "/assets/built/../../shell.py", "/assets/built/.lock", "/assets/nothing.js"):
        assert http.get(path).status_code == 404, path


def count(runtime: Any, table: str) -> int:
    with runtime.database.engine.connect() as connection:
        return int(connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())


def test_what_was_typed_survives_a_session_that_ended(http: FlaskClient, person: str, runtime: Any, rpc: Any) -> None:
    rpc.answers["clients.create_client"] = lambda data: {"id": new_id(), "company_name": data["company_name"]}
    rpc.answers["clients.find_duplicates"] = {"items": []}
    sign_in(http)
    typed = {"company_name": "<Tech> & Co", "notes": "\nline one\nline two", "csrf_token": token_of(http, runtime)}
    with runtime.database.engine.begin() as connection:
        connection.execute(text("UPDATE sessions SET revoked_at = now()"))
    page = http.post("/clients/new", data=typed, headers={"Origin": HERE})
    assert page.status_code == 401 and "what you typed is kept" in page.text
    kept = hidden(page.text, "kept")
    again = sign_in(http, kept=kept)
    assert again.status_code == 200 and "&lt;Tech&gt; &amp; Co" in again.text and 'action="/clients/new"' in again.text
    sent = typed | {"csrf_token": hidden(again.text, "csrf_token")}
    assert http.post("/clients/new", data=sent, headers={"Origin": HERE}).status_code == 303
    assert rpc.last("clients.create_client").arguments["data"]["company_name"] == "<Tech> & Co"


def test_a_form_that_we_did_not_keep_is_not_resumed(http: FlaskClient, person: str) -> None:
    assert sign_in(http, kept="WyIvZXZpbCIsW11d.x.y").headers["Location"] == "/"


def test_a_page_of_an_earlier_session_gets_a_fresh_token_if_our_own_page_asks(
    http: FlaskClient, person: str, runtime: Any
) -> None:
    sign_in(http)
    old = {"name": "theme", "value": "dark", "csrf_token": token_of(http, runtime)}
    sign_in(http)
    answer = http.post("/choices", data=old, headers={"Origin": HERE})
    assert answer.status_code == 403 and count(runtime, "choices") == 0
    assert hidden(answer.text, "csrf_token") == token_of(http, runtime)
    part = http.post("/choices", data=old, headers={"Origin": HERE, "HX-Request": "true"})
    assert token_of(http, runtime) in part.headers["HX-Trigger-After-Settle"]
    stranger = http.post("/choices", data=old, headers={"Origin": "https://evil.example"})
    assert stranger.status_code == 403 and "Send it now" not in stranger.text


def hidden(page: str, name: str) -> str:
    """The value of a hidden field in the middle of a page."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page.split("<main", 1)[1])
    assert found is not None, page
    return found.group(1)
