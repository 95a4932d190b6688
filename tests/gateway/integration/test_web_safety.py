"""What the browser is told, and what a cookie alone may not do: asked of every route there is."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask.testing import FlaskClient

from libs.common.ids import new_id
from services.gateway.accounts import cookies
from tests.gateway.conftest import PASSWORD

EMAIL = "web@amoai.example"
# These authenticate in another way, or nobody at all: a cookie gives them nothing.
NEEDS_NO_COOKIE = (
    "/api/v1/auth/login", "/api/v1/auth/refresh", "/api/v1/auth/second-factor", "/api/v1/auth/join",
    "/api/v1/auth/forgot", "/api/v1/auth/reset", "/api/v1/invitations/1/accept",
    "/api/v1/intake/", "/api/v1/webhooks/", "/api/v1/pay/", "/api/v1/unsubscribe/",
    "/login", "/join/", "/forgot", "/reset/", "/contact", "/brief", "/pay/", "/unsubscribe/",
)  # fmt: skip
UNSAFE = {"POST", "PATCH", "PUT", "DELETE"}


@pytest.fixture
def browser(http: FlaskClient, new_user: Any) -> FlaskClient:
    new_user("admin", EMAIL)
    assert http.post("/login", data={"email": EMAIL, "password": PASSWORD}).status_code == 303
    return http


def mutations(app: Any) -> list[tuple[str, str]]:
    """Method and path of every route that changes something."""
    return sorted(
        (method, re.sub(r"<(\w+:)?\w+>", lambda part: new_id() if part[1] == "uuid:" else "1", rule.rule))
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) & UNSAFE
    )


def test_every_mutation_by_cookie_needs_our_token_and_our_origin(
    browser: FlaskClient, app: Any, runtime: Any, rpc: Any
) -> None:
    found = browser.get_cookie(cookies.NAME)
    assert found is not None
    token = cookies.csrf_token(runtime.settings, found.value)
    guarded = [each for each in mutations(app) if not each[1].startswith(NEEDS_NO_COOKIE)]
    assert len(guarded) > 100
    for method, path in guarded:
        bare = browser.open(path, method=method, json={})
        assert bare.status_code == 403, (method, path, bare.status_code)
        foreign = browser.open(
            path, method=method, json={}, headers={"Origin": "https://evil.example", cookies.TOKEN_HEADER: token}
        )
        assert foreign.status_code == 403, (method, path, foreign.status_code)
        wrong = browser.open(path, method=method, json={}, headers={cookies.TOKEN_HEADER: "0" * 64})
        assert wrong.status_code == 403, (method, path, wrong.status_code)
    assert rpc.asked == []


def test_pages_for_everybody_take_no_posts_of_other_sites(browser: FlaskClient, app: Any) -> None:
    public = [each for each in mutations(app) if each[1].startswith(NEEDS_NO_COOKIE) and "/api/" not in each[1]]
    assert len(public) >= 7
    for method, path in public:
        answer = browser.open(path, method=method, data={}, headers={"Origin": "https://evil.example"})
        assert answer.status_code == 403, (method, path)


def test_cookies_are_out_of_reach_of_scripts_and_other_sites(http: FlaskClient, new_user: Any) -> None:
    new_user("admin", EMAIL)
    log_in = {"email": EMAIL, "password": PASSWORD}
    answers = [http.post("/login", data=log_in, base_url="https://localhost")]
    answers.append(http.post("/brief/1", data={"title": "x"}, base_url="https://localhost"))
    set_cookies = [line for answer in answers for line in answer.headers.getlist("Set-Cookie")]
    assert len(set_cookies) >= 2
    for line in set_cookies:
        assert {"Secure", "HttpOnly", "SameSite=Lax"} <= {part.strip() for part in line.split(";")}, line
        assert "Domain=" not in line


@pytest.mark.parametrize("path", ["/login", "/api/v1/me", "/health", "/assets/css/shell.css", "/nowhere"])
def test_behind_tls_browsers_are_told_to_stay_there(http: FlaskClient, path: str) -> None:
    secure = http.get(path, base_url="https://localhost").headers["Strict-Transport-Security"]
    assert re.fullmatch(r"max-age=\d{8,}.*", secure)
    assert "Strict-Transport-Security" not in http.get(path).headers


@pytest.mark.parametrize("path", ["/login", "/forgot", "/contact", "/api/v1/me", "/health"])
def test_every_answer_has_a_policy_without_inline_scripts(http: FlaskClient, path: str) -> None:
    headers = http.get(path).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy and "*" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff" and headers["Cache-Control"] == "no-store"


class TestOtherOrigins:
    @pytest.fixture
    def settings(self) -> dict[str, Any]:
        return {"intake_origins": "https://www.example.com"}

    def test_only_forms_and_only_sites_we_know(self, http: FlaskClient, app: Any) -> None:
        ours, others = {"Origin": "https://www.example.com"}, {"Origin": "https://evil.example"}
        allowed = set()
        for rule in app.url_map.iter_rules():
            path = re.sub(r"<(\w+:)?\w+>", lambda part: new_id() if part[1] == "uuid:" else "1", rule.rule)
            assert "Access-Control-Allow-Origin" not in http.options(path, headers=others).headers, path
            answer = http.options(path, headers=ours)
            assert "Access-Control-Allow-Credentials" not in answer.headers
            if "Access-Control-Allow-Origin" in answer.headers:
                allowed.add(rule.rule)
        assert allowed == {
            "/api/v1/intake/contact", "/api/v1/intake/brief", "/api/v1/intake/<uuid:reference>",
        }  # fmt: skip
