"""API keys: they act as their owner, with at most their scope, and are nowhere in plain."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import text

from libs.common.ids import new_id
from tests.gateway.conftest import problem


def make(http: Any, headers: dict[str, str], **body: Any) -> dict[str, Any]:
    answer = http.post("/api/v1/api-keys", json={"name": f"Key {new_id()}"} | body, headers=headers)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json
    return made


def of(made: dict[str, Any]) -> dict[str, str]:
    return {"Authorization": f"Bearer {made['key']}"}


def test_a_key_acts_as_its_owner(http: Any, bearer: Any, rpc: Any) -> None:
    rpc.answers["clients.list_clients"] = {"items": [], "next_cursor": None, "total": 0}
    owner = bearer("sales")
    key = of(make(http, owner, scope="write"))
    assert http.get("/api/v1/me", headers=key).json == http.get("/api/v1/me", headers=owner).json
    assert http.get("/api/v1/clients", headers=key).status_code == 200
    asked = rpc.last("clients.list_clients").context.actor
    assert (asked.id, asked.role) == (http.get("/api/v1/me", headers=owner).json["id"], "sales")
    problem(http.get("/api/v1/users", headers=key), 403)  # its owner is no admin


def test_a_key_to_read_writes_nothing(http: Any, bearer: Any, rpc: Any) -> None:
    key = of(make(http, bearer("admin")))
    assert http.get("/api/v1/users", headers=key).status_code == 200
    problem(http.post("/api/v1/clients", json={"company_name": "X"}, headers=key), 403)
    problem(http.delete(f"/api/v1/clients/{new_id()}", headers=key), 403)
    assert rpc.asked == []


def test_a_key_of_some_areas_opens_no_other(http: Any, bearer: Any, rpc: Any) -> None:
    page = {"items": [], "next_cursor": None, "total": 0}
    rpc.answers |= {"clients.list_clients": page, "deals.list_deals": page}
    key = of(make(http, bearer("admin"), scope="write", areas=["clients"]))
    assert http.get("/api/v1/clients", headers=key).status_code == 200
    assert http.get("/api/v1/me", headers=key).status_code == 200
    for path in ("/deals", "/users", "/company", "/invoices", "/dead-letters"):
        problem(http.get(f"/api/v1{path}", headers=key), 403)


def test_a_key_does_not_touch_its_owners_account(http: Any, bearer: Any) -> None:
    key = of(make(http, bearer("admin"), scope="write"))
    wishes = [
        ("POST", "/api-keys", {"name": "another"}), ("GET", "/api-keys", None), ("GET", "/me/sessions", None),
        ("DELETE", "/me/sessions", None), ("POST", "/me/second-factor", None), ("PATCH", "/me", {"name": "X"}),
        ("POST", "/me/password", {"current_password": "x", "new_password": "xxxxxxxxxxx"}),
        ("POST", "/auth/logout", None),
    ]  # fmt: skip
    for method, path, body in wishes:
        problem(http.open(f"/api/v1{path}", method=method, json=body, headers=key), 403)


def test_a_key_does_not_say_who_works_here(http: Any, bearer: Any) -> None:
    """Who finds an admin's key must not be able to make an account that outlives it."""
    key = of(make(http, bearer("admin"), scope="write"))
    assert http.get("/api/v1/users", headers=key).status_code == 200
    invitation = {"email": "mole@example.org", "role": "admin"}
    account = invitation | {"name": "Mole", "password": "long enough it is"}
    wishes = [
        ("POST", "/invitations", invitation),
        ("POST", "/users", account),
        ("PATCH", f"/users/{new_id()}", {"role": "admin"}),
        ("DELETE", f"/users/{new_id()}/second-factor", None),
    ]
    for method, path, body in wishes:
        problem(http.open(f"/api/v1{path}", method=method, json=body, headers=key), 403)


def test_a_key_is_shown_once_and_kept_as_a_hash(http: Any, bearer: Any, runtime: Any, caplog: Any) -> None:
    owner = bearer("sales")
    made = make(http, owner, name="Report", expires_in_days=30)
    assert made["key"].startswith(made["prefix"]) and len(made["prefix"]) == 10 and made["expires_at"]
    http.get("/api/v1/me", headers=of(made))
    (listed,) = http.get("/api/v1/api-keys", headers=owner).json["items"]
    assert "key" not in listed and listed["prefix"] == made["prefix"] and listed["last_used_at"] is not None
    with runtime.database.engine.connect() as connection:
        names = connection.execute(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).scalars().all()
        rows = [connection.execute(text(f'SELECT to_jsonb(t) FROM "{name}" t')).scalars().all() for name in names]
    assert made["key"] not in json.dumps(rows) and made["key"] not in caplog.text
    problem(http.post("/api/v1/api-keys", json={"name": "REPORT"}, headers=owner), 409, "name")


def test_its_use_is_written_once_a_minute(http: Any, bearer: Any, runtime: Any) -> None:
    made = make(http, bearer("sales"))

    def used() -> Any:
        http.get("/api/v1/me", headers=of(made))
        with runtime.database.engine.connect() as connection:
            return connection.execute(text("SELECT last_used_at FROM api_keys")).scalar_one()

    first = used()
    assert used() == first
    with runtime.database.engine.begin() as connection:
        connection.execute(text("UPDATE api_keys SET last_used_at = last_used_at - interval '61 seconds'"))
    assert used() > first


@pytest.mark.parametrize("change", ["revoked_at = now()", "expires_at = now() - interval '1 second'"])
def test_a_key_that_ended_opens_nothing(http: Any, bearer: Any, runtime: Any, change: str) -> None:
    made = make(http, bearer("sales"))
    with runtime.database.engine.begin() as connection:
        connection.execute(text(f"UPDATE api_keys SET {change}"))
    problem(http.get("/api/v1/me", headers=of(made)), 401)
    problem(http.get("/api/v1/me", headers={"Authorization": "Bearer amo_nothing-of-ours"}), 401)


def test_only_its_owner_revokes_it(http: Any, bearer: Any) -> None:
    owner = bearer("sales")
    made = make(http, owner)
    problem(http.delete(f"/api/v1/api-keys/{made['id']}", headers=bearer("admin")), 404)
    assert http.delete(f"/api/v1/api-keys/{made['id']}", headers=owner).status_code == 200
    problem(http.get("/api/v1/me", headers=of(made)), 401)
    assert http.get("/api/v1/api-keys", headers=owner).json["total"] == 0
