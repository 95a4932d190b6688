"""One change to 50,000 of 100,000 clients over the API, and its undo, beside the UPDATE alone; 200 merges, undone."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import psycopg

from services.clients.handlers.merging.pairs import SIGNED
from stack.driver import Crm, wait_for

CLIENTS, MATCHING, MERGES = 100_000, 50_000, 200
# Seconds from one look at the progress to the next, a little more often than its page looks.
PAUSE = 0.5
_FILTER = {"state": "CA"}
_COLUMNS = "id, company_name, match_name, status, source, state, tags, owner_id, currency, lifetime_value_minor"
_EXPORT = """
    SELECT md5(string_agg((to_jsonb(c) - '{version,updated_at,access_version}'::text[])::text, '|' ORDER BY id))
    FROM clients c
"""


def run(crm: Crm) -> Iterator[dict[str, Any]]:
    rep, other = (crm.sign_in(each).user["id"] for each in ("sales", "sales2"))
    admin = crm.sign_in("admin")
    with psycopg.connect(crm.info["databases"]["clients"], autocommit=True) as database:
        _fill(database, rep)
        before = _export(database)
        alone = _timed(lambda: _alone(database))
        for action, value in (("add_tag", "q1_priority"), ("set_status", "active"), ("assign", other)):
            body = {"filter": _FILTER, "action": action, "value": value}
            asked = time.perf_counter()
            made = admin.post("/clients/bulk", body)
            answered = time.perf_counter() - asked
            changed = _until(admin, made["change_set_id"], "done")
            seconds = time.perf_counter() - asked
            undone = _timed(lambda made=made: _undo(admin, made["change_set_id"]))  # type: ignore[misc]  # bound now
            same = action != "assign" and _export(database) == before
            figure = {"figure": action, "clients": changed["changed"], "answered_ms": round(answered * 1000)}
            figure |= {"seconds": round(seconds, 2), "undo_seconds": round(undone, 2)}
            yield figure | ({"identical_after_undo": same} if action != "assign" else {})
        yield {"figure": "the same UPDATE alone", "clients": MATCHING, "seconds": round(alone, 2)}
        yield _merges(admin, database)


def _fill(database: psycopg.Connection[Any], owner: str) -> None:
    # What is written here is no work of anybody's; noted, it would be sealed beside what is measured.
    database.execute("ALTER TABLE clients DISABLE TRIGGER audited_added")
    database.execute(
        f"INSERT INTO clients ({_COLUMNS}, access_version, created_at, updated_at, version)"
        " SELECT gen_random_uuid(), 'Company ' || n, 'company ' || n, 'prospect', 'bench',"
        f" CASE WHEN n <= {MATCHING} THEN 'CA' ELSE 'TX' END, '{{old}}', %s, 'USD', 0, 1,"
        f" now() - n * interval '1 minute', now(), 1 FROM generate_series(1, {CLIENTS}) AS n",
        (owner,),
    )
    database.execute("ALTER TABLE clients ENABLE TRIGGER audited_added")
    # As clients are that have been there for a while: compared with each other.
    database.execute(f"INSERT INTO duplicate_checks SELECT c.id, {SIGNED}, now() FROM clients AS c")
    database.execute("VACUUM ANALYZE clients")


def _alone(database: psycopg.Connection[Any]) -> None:
    """The change as the database makes it, its notes for the audit log among it; taken back."""
    with database.transaction(force_rollback=True):
        database.execute(
            "UPDATE clients SET tags = array_append(tags, 'x'), version = version + 1, updated_at = now()"
            " WHERE state = 'CA'"
        )


def _merges(admin: Any, database: psycopg.Connection[Any]) -> dict[str, Any]:
    rows = database.execute("SELECT id::text FROM clients ORDER BY id LIMIT %s", (MERGES * 2,)).fetchall()
    ids = [row[0] for row in rows]
    before, made = _export(database), list[str]()
    started = time.perf_counter()
    for this, other in zip(ids[::2], ids[1::2], strict=True):
        made.append(admin.post(f"/clients/{this}/merge", {"other_id": other})["change_set_id"])
    merged = time.perf_counter() - started
    for change_set_id in reversed(made):
        admin.post(f"/change-sets/{change_set_id}/undo")
    undone = time.perf_counter() - started - merged
    figures = {"merges": MERGES, "seconds": round(merged, 2), "undo_seconds": round(undone, 2)}
    return {"figure": "merge"} | figures | {"identical_after_undo": _export(database) == before}


def _undo(admin: Any, change_set_id: str) -> None:
    admin.post(f"/change-sets/{change_set_id}/undo")
    _until(admin, change_set_id, "undone")


def _until(admin: Any, change_set_id: str, status: str) -> dict[str, Any]:
    def reached() -> dict[str, Any] | None:
        found: dict[str, Any] = admin.get(f"/change-sets/{change_set_id}")
        return found if found["status"] == status else None

    return wait_for(reached, f"a change that is {status}", 1800, pause=PAUSE)


def _export(database: psycopg.Connection[Any]) -> str:
    row = database.execute(_EXPORT).fetchone()
    return str(row[0]) if row else ""


def _timed(work: Callable[[], Any]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started
