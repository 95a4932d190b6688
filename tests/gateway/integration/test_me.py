"""What everybody may change of their own account."""

from __future__ import annotations

from typing import Any

import pytest

from services.gateway.accounts import passwords
from tests.gateway.conftest import PASSWORD, ROLES, problem
from tests.support.delivering import told

NEW = "a longer battery staple"


@pytest.fixture
def settings() -> dict[str, Any]:
    return {"login_failures": 3}


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Passwords that are hashed fast; real ones are slow on purpose."""
    fast = passwords.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(passwords, "_hasher", fast)


def sign_in(http: Any, email: str, password: str) -> Any:
    return http.post("/api/v1/auth/login", json={"email": email, "password": password})


def choose(http: Any, headers: Any, current: str = PASSWORD, new: str = NEW) -> Any:
    return http.post("/api/v1/me/password", json={"current_password": current, "new_password": new}, headers=headers)


@pytest.mark.parametrize("role", ROLES)
def test_everybody_changes_name_and_language(http: Any, bearer: Any, runtime: Any, role: str) -> None:
    headers = bearer(role)
    changed = http.patch("/api/v1/me", json={"name": "Renée", "locale": "de", "version": 1}, headers=headers)
    assert changed.status_code == 200, changed.text
    me = http.get("/api/v1/me", headers=headers).json
    assert changed.json == me and (me["name"], me["locale"], me["role"], me["version"]) == ("Renée", "de", role, 2)
    (event,) = told(runtime)
    assert (event.type, event.data["name"], event.data["locale"]) == ("user.changed", "Renée", "de")
    problem(http.patch("/api/v1/me", json={"name": "Bob", "version": 1}, headers=headers), 409)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"role": "admin"}, "role"),
        ({"active": False}, "active"),
        ({"email": "other@amoai.example"}, "email"),
        ({"locale": "fr"}, "locale"),
        ({"name": " "}, "name"),
    ],
)
def test_nothing_else(http: Any, bearer: Any, runtime: Any, body: dict[str, Any], field: str) -> None:
    problem(http.patch("/api/v1/me", json=body, headers=bearer("sales")), 422, field)
    assert told(runtime) == []


def test_another_password_ends_the_other_sessions(http: Any, bearer: Any, new_user: Any) -> None:
    user_id = new_user("sales", "ann@amoai.example")
    here, elsewhere, stranger = bearer(user_id=user_id), bearer(user_id=user_id), bearer("sales")
    opened = sign_in(http, "ann@amoai.example", PASSWORD).json
    assert choose(http, here).json == {"changed": True}
    assert http.get("/api/v1/me", headers=here).status_code == 200
    assert http.get("/api/v1/me", headers=stranger).status_code == 200
    problem(http.get("/api/v1/me", headers=elsewhere), 401)
    problem(http.post("/api/v1/auth/refresh", json={"refresh_token": opened["refresh_token"]}), 401)
    problem(sign_in(http, "ann@amoai.example", PASSWORD), 401)
    assert sign_in(http, "ann@amoai.example", NEW).status_code == 200


def test_the_current_one_is_needed(http: Any, bearer: Any, new_user: Any) -> None:
    user_id = new_user("sales", "ann@amoai.example")
    here, elsewhere = bearer(user_id=user_id), bearer(user_id=user_id)
    problem(choose(http, here, current="not mine at all"), 422, "current_password")
    assert http.get("/api/v1/me", headers=elsewhere).status_code == 200
    assert sign_in(http, "ann@amoai.example", PASSWORD).status_code == 200


@pytest.mark.parametrize(("new", "field"), [("short", "new_password"), (PASSWORD, "new_password")])
def test_a_new_one_is_long_and_new(http: Any, bearer: Any, new: str, field: str) -> None:
    problem(choose(http, bearer("sales"), new=new), 422, field)


def test_guesses_are_limited_as_at_log_in_and_lock_nobody_out(http: Any, bearer: Any, new_user: Any) -> None:
    headers = bearer(user_id=new_user("sales", "ben@amoai.example"))
    for _ in range(3):
        problem(choose(http, headers, current="a guess"), 422, "current_password")
    problem(choose(http, headers), 429)
    assert sign_in(http, "ben@amoai.example", PASSWORD).status_code == 200


def test_sent_again_with_its_key_it_is_done_once(http: Any, bearer: Any) -> None:
    headers = bearer("sales") | {"Idempotency-Key": "password-1"}
    for _ in range(5):
        assert choose(http, headers).status_code == 200


def test_without_a_session(http: Any) -> None:
    problem(http.patch("/api/v1/me", json={"name": "x"}), 401)
    problem(choose(http, {}), 401)
