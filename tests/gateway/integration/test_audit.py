"""The audit logs of all services as one, and what the gateway writes into its own."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from sqlalchemy import text

from libs.common.problems import Unavailable
from tests.gateway.conftest import PASSWORD, ROLES, problem

SERVICES = ("ai", "billing", "clients", "deals", "notifications")
FROM = {"REMOTE_ADDR": "203.0.113.9"}


def entry(seq: int, at: str, **more: Any) -> dict[str, Any]:
    known = {
        "seq": seq, "at": f"2026-01-01T00:00:{at}.000000Z", "action": "changed", "record": "deals", "record_id": "r",
        "subject": "s", "actor_id": "a", "actor_role": "sales", "actor_name": "John", "address": "", "hash": "00",
        "correlation_id": None, "changes": {"stage": ["lead", "won"]}, "erased": False,
    }  # fmt: skip
    return known | more


class FakeLog:
    """A service's log: search and verify as the real ones answer."""

    def __init__(self, *entries: dict[str, Any]) -> None:
        self.entries = sorted(entries, key=lambda each: (each["at"], each["seq"]), reverse=True)
        self.broken_at: int | None = None

    def search_audit(self, filters: dict[str, Any], before: Any, limit: int) -> dict[str, Any]:
        until = filters.pop("to", "9")
        fits = [each for each in self.entries if all(each[name] == value for name, value in filters.items())]
        fits = [each for each in fits if each["at"] < until]
        left = [each for each in fits if before is None or [each["at"], each["seq"]] < before]
        return {"items": left[:limit], "more": len(left) > limit, "total": len(fits)}

    def verify_audit(self, seq: int | None, after: int) -> dict[str, Any]:
        newest = self.entries[0] if self.entries else None
        asked = [each["hash"] for each in self.entries if each["seq"] == seq]
        return {
            "entries": len(self.entries), "last_seq": newest["seq"] if newest else 0,
            "last_hash": newest["hash"] if newest else None, "ok": self.broken_at is None,
            "broken_at": self.broken_at,
            "reached": min(after + 2, newest["seq"] if newest else 0), "asked_hash": asked[0] if asked else None,
        }  # fmt: skip


@pytest.fixture
def logs(rpc: Any) -> dict[str, FakeLog]:
    """The logs of the services, by name; empty until a test says otherwise."""
    made = {name: FakeLog() for name in SERVICES}
    for name in SERVICES:
        rpc.answers[f"{name}.search_audit"] = lambda name=name, **asked: made[name].search_audit(**asked)
        rpc.answers[f"{name}.verify_audit"] = lambda name=name, **asked: made[name].verify_audit(**asked)
    return made


@pytest.fixture
def admin(bearer: Any) -> dict[str, str]:
    headers: dict[str, str] = bearer("admin")
    return headers


def found(http: Any, admin: Any, **query: Any) -> dict[str, Any]:
    answer = http.get("/api/v1/audit", headers=admin, query_string=query)
    assert answer.status_code == 200, answer.text
    page: dict[str, Any] = answer.json
    return page


def own(http: Any, admin: Any, **query: Any) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = found(http, admin, service="gateway", **query)["items"]
    return items


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("path", ["/audit", "/audit/export", "/audit/verify"])
def test_it_is_for_admins(http: Any, bearer: Any, logs: Any, role: str, path: str) -> None:
    answer = http.get(f"/api/v1{path}", headers=bearer(role))
    if role == "admin":
        assert answer.status_code == 200, answer.text
    else:
        problem(answer, 403)


def test_pages_of_all_services_are_one_list_in_time(http: Any, admin: Any, logs: Any) -> None:
    logs["clients"] = FakeLog(*(entry(n, f"{n:02}") for n in range(1, 8)))
    logs["deals"] = FakeLog(entry(1, "03"), entry(2, "03"), entry(3, "09"))
    logs["ai"] = FakeLog(entry(1, "03"))
    seen: list[tuple[str, str, int]] = []
    cursor = None
    for _page in range(20):
        page = found(http, admin, limit=2, to="2026-02-01T00:00:00Z", **({"cursor": cursor} if cursor else {}))
        seen += [(each["at"], each["service"], each["seq"]) for each in page["items"]]
        assert page["total"] == 11 and page["unavailable"] == []
        cursor = page["next_cursor"]
        if cursor is None:
            break
    expected = [("09", "deals", 3), *((f"0{n}", "clients", n) for n in (7, 6, 5, 4))]
    expected += [("03", "ai", 1), ("03", "clients", 3), ("03", "deals", 2), ("03", "deals", 1)]
    expected += [("02", "clients", 2), ("01", "clients", 1)]
    assert [(at[17:19], service, seq) for at, service, seq in seen] == expected


def test_filters_go_to_every_service_and_a_service_alone_is_asked_alone(
    http: Any, admin: Any, logs: Any, rpc: Any
) -> None:
    logs["deals"] = FakeLog(entry(1, "01", actor_id="x", changes={"value_minor": [None, 5]}), entry(2, "02"))
    assert [each["seq"] for each in found(http, admin, actor_id="x")["items"]] == [1]
    assert found(http, admin, actor_id="x")["items"][0]["changes"] == {"value_minor": [None, 5]}
    rpc.asked.clear()
    assert found(http, admin, service="deals")["total"] == 2
    assert [each.method for each in rpc.asked] == ["deals.search_audit"]
    assert rpc.asked[0].context.actor.role == "admin"


@pytest.mark.parametrize(
    ("query", "field"),
    [({"service": "shop"}, "service"), ({"from": "monday"}, "from"), ({"from": "2026-01-01T00:00:00"}, "from"),
     ({"limit": "0"}, "limit"), ({"who": "x"}, "who"), ({"cursor": "WzFd"}, "cursor")],
)  # fmt: skip
def test_a_filter_that_cannot_be_read_is_named(
    http: Any, admin: Any, logs: Any, query: dict[str, str], field: str
) -> None:
    problem(http.get("/api/v1/audit", headers=admin, query_string=query), 422, field)


def test_a_service_that_does_not_answer_is_named(http: Any, admin: Any, logs: Any, rpc: Any) -> None:
    rpc.answers["deals.search_audit"] = Unavailable("deals did not answer")
    rpc.answers["deals.verify_audit"] = Unavailable("deals did not answer")
    assert found(http, admin)["unavailable"] == ["deals"]
    checked = http.get("/api/v1/audit/verify", headers=admin).json
    assert checked["unavailable"] == ["deals"] and not checked["ok"]
    assert http.get("/api/v1/audit/export", headers=admin).status_code >= 500


def test_the_export_is_whole_and_computes_nothing(http: Any, admin: Any, logs: Any) -> None:
    entries = [entry(n, f"{n % 60:02}") for n in range(1, 451)]
    logs["deals"] = FakeLog(*entries[:-1], entries[-1] | {"actor_name": "=HYPERLINK(1)"})
    answer = http.get("/api/v1/audit/export", headers=admin, query_string={"service": "deals"})
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert answer.mimetype == "text/csv" and "attachment" in answer.headers["Content-Disposition"]
    assert sorted(int(row["seq"]) for row in rows) == list(range(1, 451))
    assert [row["actor_name"] for row in rows if row["seq"] == "450"] == ["'=HYPERLINK(1)"]
    exported = own(http, admin, action="exported")
    assert exported[0]["changes"] == {"service": [None, "deals"]} and exported[0]["actor_role"] == "admin"


def test_every_chain_is_checked_against_its_end_of_the_last_time(http: Any, admin: Any, logs: Any) -> None:
    logs["deals"] = FakeLog(entry(1, "01", hash="aa"), entry(2, "02", hash="bb"))
    first = http.get("/api/v1/audit/verify", headers=admin).json
    assert first["ok"] and {each["service"] for each in first["items"]} == {*SERVICES, "gateway"}
    logs["deals"] = FakeLog(entry(1, "01", hash="aa"), entry(2, "02", hash="bb"), entry(3, "03", hash="cc"))
    assert http.get("/api/v1/audit/verify", headers=admin).json["ok"]
    logs["deals"] = FakeLog(entry(1, "01", hash="aa"), entry(2, "02", hash="bb"))
    for _again in range(2):  # what was found once is not forgotten by finding it
        cut = http.get("/api/v1/audit/verify", headers=admin).json
        deals = next(each for each in cut["items"] if each["service"] == "deals")
        assert not cut["ok"] and not deals["ok"] and "entry 3" in deals["problem"]
    logs["deals"].broken_at = 2
    deals = next(
        each for each in http.get("/api/v1/audit/verify", headers=admin).json["items"] if each["service"] == "deals"
    )
    assert deals["broken_at"] == 2


def test_a_log_in_its_failures_and_the_lock_out(http: Any, admin: Any, logs: Any, new_user: Any) -> None:
    user_id = new_user("sales", "rep@amoai.example")
    body = {"email": "Rep@amoai.example", "password": PASSWORD}
    assert http.post("/api/v1/auth/login", json=body, environ_base=FROM).status_code == 200
    signed_in = own(http, admin, record="sessions", record_id=user_id)[0]
    assert (signed_in["action"], signed_in["actor_id"], signed_in["address"]) == ("created", user_id, "203.0.113.9")

    wrong = body | {"password": "not this one, no"}
    statuses = [http.post("/api/v1/auth/login", json=wrong, environ_base=FROM).status_code for _ in range(15)]
    assert 429 in statuses
    failed = own(http, admin, record_id=user_id, action="log_in_failed")
    locked = own(http, admin, record_id=user_id, action="log_in_locked")
    assert len(failed) == statuses.count(401) and len(locked) == statuses.count(429)
    assert failed[0]["actor_id"] == "visitor"
    assert failed[0]["changes"]["email"] == [None, "rep@amoai.example"]
    assert failed[0]["changes"]["address"] == [None, "203.0.113.9"]

    stranger = {"email": "nobody@example.org", "password": "not this one, no"}
    assert http.post("/api/v1/auth/login", json=stranger).status_code == 401
    last = own(http, admin, action="log_in_failed")[0]
    assert last["record_id"] == "" and last["changes"]["email"] == [None, "nobody@example.org"]


def test_nothing_personal_of_a_log_in_stands_in_clear(http: Any, runtime: Any, new_user: Any) -> None:
    new_user("sales", "rep@amoai.example")
    for password in (PASSWORD, "not this one, no"):
        http.post("/api/v1/auth/login", json={"email": "rep@amoai.example", "password": password}, environ_base=FROM)
    from libs.common.audit import sealing
    from services.gateway.audit import AUDIT

    sealing.seal(runtime.database, AUDIT)
    with runtime.database.read() as session:
        kept = session.execute(text("SELECT string_agg(body, '') FROM audit.entries")).scalar_one()
    assert "rep@" not in kept and "203.0.113.9" not in kept and "argon2" not in kept
    assert '"log_in_failed"' in kept


def test_a_refusal_says_who_was_refused_what(http: Any, bearer: Any, admin: Any, logs: Any, new_user: Any) -> None:
    rep = new_user("sales", "rep@amoai.example")
    other = new_user("finance", "other@amoai.example")
    answer = http.get(f"/api/v1/users/{other}", headers=bearer(user_id=rep), environ_base=FROM)
    problem(answer, 403)
    refused = own(http, admin, action="refused")[0]
    assert (refused["actor_id"], refused["actor_role"], refused["record_id"]) == (rep, "sales", other)
    assert refused["address"] == "203.0.113.9" and refused["actor_name"] == "Sales"
    assert refused["changes"] == {"method": [None, "GET"], "path": [None, f"/api/v1/users/{other}"]}
    assert refused["correlation_id"] == answer.headers["X-Correlation-Id"]


def test_a_change_of_an_account_shows_before_and_after_and_no_secret(
    http: Any, admin: Any, logs: Any, new_user: Any
) -> None:
    user_id = new_user("sales", "rep@amoai.example")
    changed = http.patch(f"/api/v1/users/{user_id}", json={"role": "finance"}, headers=admin, environ_base=FROM)
    assert changed.status_code == 200
    entries = own(http, admin, record="users", record_id=user_id)
    assert entries[0]["changes"] == {"role": ["sales", "finance"]} and entries[0]["address"] == "203.0.113.9"
    assert entries[0]["actor_role"] == "admin"
    assert entries[1]["changes"]["password_hash"] == [None, "•••"]


def test_the_address_travels_with_the_call(http: Any, admin: Any, logs: Any, rpc: Any) -> None:
    http.get("/api/v1/audit", headers=admin, environ_base=FROM)
    assert rpc.asked[-1].context.address == "203.0.113.9"
