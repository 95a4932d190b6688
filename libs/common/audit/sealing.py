"""The sealer: takes what the database noted, in order, and writes it into the chain.

One transaction takes notes away and puts entries in; killed in the middle, it did neither. One sealer at a time
works on a database, whoever else wakes up meanwhile goes back to sleep.
"""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import text
from sqlalchemy.orm import Session

from libs.common.audit.keys import LOCK, Keys
from libs.common.audit.plan import AuditPlan, Watched
from libs.common.database import Database, is_outage
from libs.common.logging import get_logger

log = get_logger(__name__)

_TURN = text(f"SELECT pg_try_advisory_xact_lock({LOCK})")
_WAITING = text("SELECT EXISTS (SELECT 1 FROM audit.pending)")
_NEXT = text("""
    SELECT position, at, action, record, before, after, done_by, role FROM audit.pending ORDER BY position LIMIT :most
""")
_LAST = text("SELECT seq, hash FROM audit.entries ORDER BY seq DESC LIMIT 1")
_WRITE = text("""
    INSERT INTO audit.entries (seq, body, hash)
    SELECT seq, body, decode(hash, 'hex')
    FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS written (seq bigint, body text, hash text)
""")
_BACKLOG = text("""
    SELECT max(position) AS newest,
           clock_timestamp() - (SELECT at FROM audit.pending ORDER BY position LIMIT 1) AS behind
    FROM audit.pending
""")
_TAKEN = text("DELETE FROM audit.pending WHERE position = ANY(:positions)")

# Whose key each part is written under.
_SEALED = {"subject": "personal", "actor_id": "actor"}
_BATCH = 500
_POLL_SECONDS = 1.0
# After each batch of a backlog, so many times as long as it took: while it grows; while it grows and its oldest note
# has waited long; and when nobody adds to it any more.
_REST, _LATE_REST, _LITTLE_REST = 8.0, 2.0, 0.5
_LATE = timedelta(minutes=2)
_LONGEST_VALUE = 4000
# Said in place of a value that is nobody's to read.
HIDDEN = "•••"
# What the first entry is chained to.
BEGINNING = bytes(32)


class Sealer:
    """Runs until told to stop; every fault is waited out."""

    def __init__(self, database: Database, plan: AuditPlan) -> None:
        self._database = database
        self._plan = plan
        self._stop = threading.Event()

    def run(self) -> None:
        newest = 0
        while not self._stop.is_set():
            begun, pause = time.monotonic(), _POLL_SECONDS
            try:
                if seal(self._database, self._plan) == _BATCH:
                    before, (newest, behind) = newest, _backlog(self._database)
                    pause = (time.monotonic() - begun) * rest(newest > before, behind)
            except Exception as error:
                if not is_outage(error):
                    log.exception("the audit log could not be written")
            self._stop.wait(pause)

    def stop(self) -> None:
        self._stop.set()


def seal(database: Database, plan: AuditPlan) -> int:
    """Write what waits into the chain, a batch at most; how many notes it took, 0 also when another is at it."""
    with database.read() as session:
        if not session.execute(_WAITING).scalar_one():
            return 0
    with Session(database.engine) as session, session.begin():
        if not session.execute(_TURN).scalar_one():
            return 0
        notes = session.execute(_NEXT, {"most": _BATCH}).all()
        last = _write(session, plan, notes)
        session.execute(_TAKEN, {"positions": [row.position for row in notes]})
    if last:
        # The newest link, said outside the database: who cuts the end of the chain off does not reach it.
        log.info("sealed", seq=last[0], hash=last[1].hex())
    return len(notes)


def rest(grows: bool, behind: timedelta) -> float:
    """How long to rest after a batch of a backlog, in times of what it took: a backlog that grows is somebody's work
    that is still going on, which has the greater part of the processor. behind: how long its oldest note has waited."""
    if not grows:
        return _LITTLE_REST
    return _REST if behind < _LATE else _LATE_REST


def _backlog(database: Database) -> tuple[int, timedelta]:
    """The position of the newest note that waits, and how long the oldest has; 0 and no time when none does."""
    with database.read() as session:
        row = session.execute(_BACKLOG).one()
    return row.newest or 0, row.behind or timedelta()


def _write(session: Session, plan: AuditPlan, notes: Any) -> tuple[int, bytes] | None:
    """Put the entries of some notes at the end of the chain; the newest entry, None when there was nothing to say."""
    drafts = [draft for row in notes if (draft := _draft(plan, row)) is not None]
    if not drafts:
        return None
    keys = Keys(session, {each[who] for each in drafts for who, what in _SEALED.items() if each[what]})
    newest = session.execute(_LAST).first()
    seq, previous = (newest.seq, bytes(newest.hash)) if newest else (0, BEGINNING)
    rows = []
    for draft in drafts:
        seq += 1
        for who, what in _SEALED.items():
            draft[what] = keys.sealed(draft[who], draft[what])
        body = orjson.dumps(draft | {"seq": seq}, option=orjson.OPT_SORT_KEYS).decode()
        previous = linked(previous, body)
        rows.append({"seq": seq, "body": body, "hash": previous.hex()})
    session.execute(_WRITE, {"rows": orjson.dumps(rows).decode()})
    return seq, previous


def linked(previous: bytes, body: str) -> bytes:
    """The hash of an entry: SHA-256 over the hash before it and its own text."""
    return hashlib.sha256(previous + body.encode()).digest()


def _draft(plan: AuditPlan, row: Any) -> dict[str, Any] | None:
    """An entry before it is encrypted; None for a change that says nothing."""
    done_by: dict[str, Any] = row.done_by
    what = _event(row.after) if _is_event(row) else _change(plan.of(row.record), row)
    if what is None:
        return None
    name = {"name": done_by.get("name") or "", "address": done_by.get("address") or ""}
    return what | {
        "at": instant(row.at),
        "action": row.action,
        "record": row.record,
        # Whoever works past the service, with psql perhaps, is known by the role of the connection alone.
        "actor_id": str(done_by.get("id") or f"database:{row.role}"),
        "actor_role": str(done_by.get("role") or "database"),
        "actor": {key: value for key, value in name.items() if value},
        "correlation_id": done_by.get("correlation_id"),
    }


def _is_event(row: Any) -> bool:
    return row.action not in ("created", "changed", "deleted", "emptied")


def _event(said: dict[str, Any]) -> dict[str, Any]:
    """Something that is no change of a row, as ``notes.note`` wrote it down."""
    opened = {name: [None, _short(value)] for name, value in said["open"].items()}
    personal = {name: [None, _short(value)] for name, value in said["personal"].items()}
    return {"record_id": said["record_id"], "subject": said["subject"], "open": opened, "personal": personal}


def _change(watched: Watched, row: Any) -> dict[str, Any] | None:
    before, after = row.before or {}, row.after or {}
    changed = _changed(watched, before, after)
    if row.action == "changed" and all(watched.is_silent(name) for name in changed):
        return None
    spoken = {name: pair for name, pair in changed.items() if not watched.is_silent(name)}
    state = after or before
    return {
        "record_id": watched.row_id(state) if state else "",
        "subject": watched.subject_of(state) if state else row.record,
        "open": {name: pair for name, pair in spoken.items() if watched.is_open(name) or watched.is_secret(name)},
        "personal": {
            name: pair for name, pair in spoken.items() if not (watched.is_open(name) or watched.is_secret(name))
        },
    }


def _changed(watched: Watched, before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Column → [before, after] where they differ; what was empty and is empty says nothing."""
    names = [name for name in {**before, **after} if before.get(name) != after.get(name)]
    return {name: [_shown(watched, name, row.get(name)) for row in (before, after)] for name in names}


def _shown(watched: Watched, name: str, value: Any) -> Any:
    return HIDDEN if watched.is_secret(name) and value is not None else _short(value)


def _short(value: Any) -> Any:
    """A value as it is kept: a long text is cut, with its length said."""
    text_of = (
        value if isinstance(value, str) else orjson.dumps(value).decode() if isinstance(value, dict | list) else ""
    )
    if len(text_of) <= _LONGEST_VALUE:
        return value
    return f"{text_of[:_LONGEST_VALUE]}… ({len(text_of):,} characters)"


def instant(value: datetime) -> str:
    """An instant as text of one length, so that order by text is order in time."""
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
