"""One change to 50,000 of 100,000 clients over the API, and its undo, beside the UPDATE alone; 200 merges, undone.

What an undo has to restore is the export of everything, but for versions and times of change.
"""

from __future__ import annotations

import csv
import hashlib
import io
import time
import zipfile
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import psycopg

from services.clients.handlers.merging.pairs import SIGNED
from stack.driver import Crm, Person, wait_for

CLIENTS, MATCHING, MERGES = 100_000, 50_000, 200
# Seconds from one look at the progress to the next, a little more often than its page looks.
PAUSE = 0.5
_FILTER = {"state": "CA"}
_FIRST = "SELECT id::text FROM clients ORDER BY id LIMIT %s"
_COLUMNS = "id, company_name, match_name, status, source, state, tags, owner_id, currency, lifetime_value_minor"
_CHANGING = ("version", "updated_at")
# Who had a client meanwhile stays in its history.
_HISTORY = ("activities.csv",)
# The services take a merge in one after the other.
_FOLLOWED_SECONDS = 120


def run(crm: Crm) -> Iterator[dict[str, Any]]:
    rep, other = (crm.sign_in(each).user["id"] for each in ("sales", "sales2"))
    admin = crm.sign_in("admin")
    with psycopg.connect(crm.info["databases"]["clients"], autocommit=True) as database:
        _fill(database, rep)
        before = _export(admin), _export(admin, _HISTORY)
        alone = _timed(lambda: _alone(database))
        for action, value in (("add_tag", "q1_priority"), ("set_status", "active"), ("assign", other)):
            body = {"filter": _FILTER, "action": action, "value": value}
            asked = time.perf_counter()
            made = admin.post("/clients/bulk", body)
            answered = time.perf_counter() - asked
            changed = _until(admin, made["change_set_id"], "done")
            seconds = time.perf_counter() - asked
            undone = _timed(lambda made=made: _undo(admin, made["change_set_id"]))  # type: ignore[misc]  # bound now
            same = _export(admin, _HISTORY if action == "assign" else ()) == before[action == "assign"]
            figure = {"figure": action, "clients": changed["changed"], "answered_ms": round(answered * 1000)}
            figure |= {"seconds": round(seconds, 2), "undo_seconds": round(undone, 2)}
            yield figure | {"identical_after_undo": same}
        yield {"figure": "the same UPDATE alone", "clients": MATCHING, "seconds": round(alone, 2)}
        yield _merges(admin, [row[0] for row in database.execute(_FIRST, (MERGES * 2,)).fetchall()])


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


def _merges(admin: Person, ids: list[str]) -> dict[str, Any]:
    """Every second client goes into the one before it, with a deal, an invoice and a note of its own."""
    pairs = list(zip(ids[::2], ids[1::2], strict=True))
    for _this, other in pairs:
        _hang_on(admin, other)
    before, made = _settled(admin), list[str]()
    started = time.perf_counter()
    for this, other in pairs:
        made.append(admin.post(f"/clients/{this}/merge", {"other_id": other})["change_set_id"])
    merged = time.perf_counter() - started
    followed = wait_for(lambda: all(_has_all(admin, this) for this, _other in pairs), "children", _FOLLOWED_SECONDS)
    started = time.perf_counter()
    for change_set_id in reversed(made):
        admin.post(f"/change-sets/{change_set_id}/undo")
    undone = time.perf_counter() - started
    figures = {"merges": MERGES, "seconds": round(merged, 2), "undo_seconds": round(undone, 2)}
    figures |= {"deals_invoices_notes_followed": followed}
    return {"figure": "merge"} | figures | {"identical_after_undo": _settled(admin, before) == before}


def _hang_on(admin: Person, client_id: str) -> None:
    deal = admin.post("/deals", {"client_id": client_id, "deal_name": "Theirs", "deal_value": 100})
    admin.post("/invoices", {"client_id": client_id, "deal_id": deal["id"], "amount": 100, "currency": "USD"})
    admin.post(f"/clients/{client_id}/activities", {"type": "note", "subject": "Theirs"})


def _has_all(admin: Person, client_id: str) -> bool:
    """Whether a client has the deal, the invoice and the note of the one that went into it."""
    lists = (f"/clients/{client_id}/activities", "/deals", "/invoices")
    return all(admin.get(path, client_id=client_id)["total"] > 0 for path in lists[1:]) and any(
        each["subject"] == "Theirs" for each in admin.get(lists[0])["items"]
    )


def _settled(admin: Person, wanted: str | None = None) -> str:
    """The export once it stays the same, or is the one that is wanted: services follow each other by event."""
    found, again = "", _export(admin)
    deadline = time.monotonic() + _FOLLOWED_SECONDS
    while again != wanted and (found != again or wanted is not None) and time.monotonic() < deadline:
        time.sleep(2)
        found, again = again, _export(admin)
    return again


def _undo(admin: Any, change_set_id: str) -> None:
    admin.post(f"/change-sets/{change_set_id}/undo")
    _until(admin, change_set_id, "undone")


def _until(admin: Any, change_set_id: str, status: str) -> dict[str, Any]:
    def reached() -> dict[str, Any] | None:
        found: dict[str, Any] = admin.get(f"/change-sets/{change_set_id}")
        return found if found["status"] == status else None

    return wait_for(reached, f"a change that is {status}", 1800, pause=PAUSE)


def _export(admin: Person, without: Sequence[str] = ()) -> str:
    """A digest of everything that can be taken away, whatever the order of its rows."""
    rows = hashlib.md5(usedforsecurity=False)
    with zipfile.ZipFile(io.BytesIO(admin.download("/export.zip"))) as files:
        for name in sorted(set(files.namelist()) - set(without)):
            with io.TextIOWrapper(files.open(name), "utf-8", newline="") as text:
                head, *lines = csv.reader(text)
            kept = [place for place, column in enumerate(head) if column not in _CHANGING]
            for line in sorted([line[place] for place in kept] for line in lines):
                rows.update(repr(line).encode())
    return rows.hexdigest()


def _timed(work: Callable[[], Any]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started
