"""Where people are signed in, and how each of it ends."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text

from libs.common.ids import new_id
from services.gateway.accounts import cookies
from services.gateway.web.views.own_sessions import device
from tests.gateway.conftest import PASSWORD, problem

EMAIL = "john@amoai.example"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:130.0) Gecko/20100101 Firefox/130.0"


def tokens(http: Any) -> dict[str, Any]:
    found: dict[str, Any] = http.post("/api/v1/auth/login", json={"email": EMAIL, "password": PASSWORD}).json
    return found


def headers_of(found: dict[str, Any]) -> dict[str, str]:
    return {"Authorization": f"Bearer {found['access_token']}"}


@pytest.mark.parametrize("generations", [1, 2, 5])
def test_a_refresh_token_of_any_age_used_again_ends_the_session(
    http: Any, new_user: Any, runtime: Any, generations: int
) -> None:
    new_user("sales", EMAIL)
    other, current = tokens(http), tokens(http)
    stolen = current["refresh_token"]
    for _ in range(generations):
        current = http.post("/api/v1/auth/refresh", json={"refresh_token": current["refresh_token"]}).json
    assert http.get("/api/v1/me", headers=headers_of(current)).status_code == 200
    problem(http.post("/api/v1/auth/refresh", json={"refresh_token": stolen}), 401)
    problem(http.get("/api/v1/me", headers=headers_of(current)), 401)
    problem(http.post("/api/v1/auth/refresh", json={"refresh_token": current["refresh_token"]}), 401)
    assert http.get("/api/v1/me", headers=headers_of(other)).status_code == 200
    with runtime.database.engine.connect() as connection:
        ended = "SELECT count(*) FROM sessions WHERE revoked_at IS NOT NULL"
        assert connection.execute(text(ended)).scalar_one() == 1


def test_own_sessions_are_listed_and_ended(http: Any, new_user: Any, bearer: Any) -> None:
    new_user("sales", EMAIL)
    first, second, third = tokens(http), tokens(http), tokens(http)
    listed = http.get("/api/v1/me/sessions", headers=headers_of(first)).json
    assert listed["total"] == 3 and [each["this_one"] for each in listed["items"]].count(True) == 1
    mine = next(each for each in listed["items"] if each["this_one"])
    assert mine["address"] == "127.0.0.1" and "refresh_hash" not in mine
    other = next(each for each in listed["items"] if not each["this_one"])
    problem(http.delete(f"/api/v1/me/sessions/{other['id']}", headers=bearer("admin")), 404)
    problem(http.delete(f"/api/v1/me/sessions/{new_id()}", headers=headers_of(first)), 404)
    assert http.delete(f"/api/v1/me/sessions/{other['id']}", headers=headers_of(first)).status_code == 200
    assert sorted(http.get("/api/v1/me", headers=headers_of(each)).status_code for each in (second, third)) == [
        200,
        401,
    ]
    assert http.delete("/api/v1/me/sessions", headers=headers_of(first)).json == {"ended": 1}
    assert [http.get("/api/v1/me", headers=headers_of(each)).status_code for each in (first, second, third)] == [
        200, 401, 401,
    ]  # fmt: skip


def test_an_admin_signs_somebody_out(http: Any, new_user: Any, bearer: Any) -> None:
    person = new_user("sales", EMAIL)
    session = headers_of(tokens(http))
    path = f"/api/v1/users/{person}/sessions"
    problem(http.delete(path, headers=bearer("manager")), 403)
    admin = bearer("admin")
    assert http.get(path, headers=admin).json["total"] == 1
    assert http.delete(path, headers=admin).json == {"ended": 1}
    problem(http.get("/api/v1/me", headers=session), 401)
    problem(http.delete(f"/api/v1/users/{new_id()}/sessions", headers=admin), 404)


def test_the_page_names_devices_and_ends_the_others(http: Any, new_user: Any, runtime: Any) -> None:
    new_user("sales", EMAIL)
    other = headers_of(tokens(http))
    http.post("/login", data={"email": EMAIL, "password": PASSWORD}, headers={"User-Agent": FIREFOX})
    page = http.get("/account/sessions").text
    assert "Firefox, Windows" in page and "This one" in page
    token = cookies.csrf_token(runtime.settings, http.get_cookie(cookies.NAME).value)
    done = http.post("/account/sessions/end-others", data={"csrf_token": token})
    assert done.status_code == 303
    problem(http.get("/api/v1/me", headers=other), 401)
    assert http.get("/account/sessions").status_code == 200


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        (FIREFOX, "Firefox, Windows"),
        ("python-requests/2.34", "Python Requests"),
        ("<b>x</b>", "<b>x<"),
        ("", "Unknown"),
    ],
)
def test_devices_have_names(app: Any, user_agent: str, name: str) -> None:
    with app.test_request_context("/"):
        assert device(user_agent).startswith(name)
