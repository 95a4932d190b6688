"""Searching the log of one service, and checking that it is whole."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import BigInteger, Column, LargeBinary, MetaData, Select, Table, Text, and_, func, or_, select, text
from sqlalchemy.orm import Session

from libs.common.audit.keys import Reader
from libs.common.audit.sealing import BEGINNING, instant
from libs.common.pages import limit_of
from libs.common.problems import Invalid

metadata = MetaData(schema="audit")

entries = Table(
    "entries",
    metadata,
    Column("seq", BigInteger, primary_key=True),
    Column("body", Text),
    Column("hash", LargeBinary),
    *(Column(name, Text) for name in ("at", "action", "record", "record_id", "subject", "actor_id", "correlation_id")),
)

# A stretch of the chain in one statement: each text hashed with the hash before it. The first that differs, or that
# follows a gap, is where somebody was.
_BROKEN = text("""
    WITH stretch AS (
        SELECT seq, hash, body FROM audit.entries WHERE seq > :after ORDER BY seq LIMIT :most
    ), links AS (
        SELECT seq, hash, body, lag(hash, 1, :previous) OVER chain AS previous,
               lag(seq, 1, CAST(:after AS bigint)) OVER chain AS before
        FROM stretch WINDOW chain AS (ORDER BY seq)
    )
    SELECT max(seq) AS reached,
           min(seq) FILTER (
               WHERE seq <> before + 1 OR hash <> sha256(previous || convert_to(body, 'UTF8'))
           ) AS broken_at
    FROM links
""")
# So many are read in a second or two, whatever else the machine does.
STRETCH = 50_000
_HEAD = text("SELECT seq, encode(hash, 'hex') AS hash FROM audit.entries ORDER BY seq DESC LIMIT 1")
_COUNT = text("SELECT count(*) FROM audit.entries")

_EXACT = ("actor_id", "record", "action", "correlation_id")
_FILTERS = frozenset({*_EXACT, "record_id", "from", "to"})
# Nobody reads further than this by turning pages, and counting more of them costs more than it tells.
MOST_COUNTED = 10_000


def search(
    session: Session, filters: dict[str, Any], before: list[Any] | None = None, limit: int | None = None
) -> dict[str, Any]:
    """Entries that fit, newest first: ``{"items": […], "more": bool, "total": n}``; n is 10,000 where it is more.

    filters: ``actor_id, record, record_id`` (a row's id, or whose values it holds), ``action, correlation_id``, and
    ``from`` and ``to`` (ISO 8601 instants; to is not included). before: ``[at, seq]`` of the last entry of the page
    before this one. Each entry: ``seq, at, action, record, record_id, subject, actor_id, actor_role, actor_name,
    address, correlation_id, hash, erased`` and ``changes``: field → ``[before, after]``, ``null`` where it was erased.
    """
    size = limit_of(limit)
    found = _filtered(select(entries.c.seq, entries.c.at, entries.c.body, entries.c.hash), filters)
    counted = select(func.count()).select_from(_filtered(select(entries.c.seq), filters).limit(MOST_COUNTED).subquery())
    page = found
    if before is not None:
        at, seq = _place(before)
        page = page.where(or_(entries.c.at < at, and_(entries.c.at == at, entries.c.seq < seq)))
    rows = session.execute(page.order_by(entries.c.at.desc(), entries.c.seq.desc()).limit(size + 1)).all()
    items = _documents(session, rows[:size])
    return {"items": items, "more": len(rows) > size, "total": session.execute(counted).scalar_one()}


def verify(session: Session, seq: int | None = None, after: int = 0) -> dict[str, Any]:
    """``{entries, last_seq, last_hash, ok, broken_at, reached, asked_hash}``: the first entry that is not what was
    written, or None; and the hash of entry ``seq``, None when there is none.

    It reads 50,000 entries from the one behind ``after``, as far as ``reached``; whoever wants to know of all calls
    again from there until that is ``last_seq``. An end that was cut off, or a chain that was made anew, shows in no
    chain: the caller compares ``asked_hash`` with what this answered before.
    """
    head = session.execute(_HEAD).first()
    previous = bytes.fromhex(_hash_at(session, after) or "") if after else BEGINNING
    broken = session.execute(_BROKEN, {"after": after, "previous": previous, "most": STRETCH}).one()
    return {
        "entries": session.execute(_COUNT).scalar_one(),
        "last_seq": head.seq if head else 0,
        "last_hash": head.hash if head else None,
        "ok": broken.broken_at is None,
        "broken_at": broken.broken_at,
        "reached": broken.reached or after,
        "asked_hash": _hash_at(session, seq) if seq else None,
    }


def _hash_at(session: Session, seq: int) -> str | None:
    found = session.execute(select(entries.c.hash).where(entries.c.seq == seq)).scalar_one_or_none()
    return bytes(found).hex() if found is not None else None


def _filtered(statement: Select[Any], filters: dict[str, Any]) -> Select[Any]:
    for name, value in filters.items():
        if name not in _FILTERS:
            raise Invalid("there is no field of this name to filter by", field=name)
        if not isinstance(value, str) or "\x00" in value:
            raise Invalid(f"{name} is a text", field=name)
        if name in _EXACT:
            statement = statement.where(entries.c[name] == value)
        elif name == "record_id":
            statement = statement.where(or_(entries.c.record_id == value, entries.c.subject == value))
        elif name == "from":
            statement = statement.where(entries.c.at >= _moment(name, value))
        else:
            statement = statement.where(entries.c.at < _moment(name, value))
    return statement


def _moment(name: str, value: str) -> str:
    try:
        found = datetime.fromisoformat(value.replace("Z", "+00:00"))
    except ValueError:
        raise Invalid(f"{name} is an instant like 2026-01-31T12:00:00Z", field=name) from None
    if found.tzinfo is None:
        raise Invalid(f"{name} needs its offset from UTC", field=name)
    return instant(found)


def _place(before: list[Any]) -> tuple[str, int]:
    match before:
        case [str(at), int(seq)] if not isinstance(seq, bool) and -(2**63) <= seq < 2**63 and "\x00" not in at:
            return at, seq
    raise Invalid("this cursor does not belong to this list; start again without one", field="cursor")


def _documents(session: Session, rows: Any) -> list[dict[str, Any]]:
    bodies = [(orjson.loads(row.body), bytes(row.hash).hex()) for row in rows]
    reader = Reader(session, [each[name] for each, _hash in bodies for name in ("personal", "actor") if each[name]])
    return [_document(reader, body, digest) for body, digest in bodies]


def _document(reader: Reader, body: dict[str, Any], digest: str) -> dict[str, Any]:
    personal = reader.opened(body["subject"], body["personal"]) if body["personal"] else {}
    actor = reader.opened(body["actor_id"], body["actor"]) if body["actor"] else {}
    shown = {
        name: body[name] for name in ("seq", "at", "action", "record", "record_id", "subject", "actor_id", "actor_role")
    }
    return shown | {
        "actor_name": "" if actor is None else actor.get("name", ""),
        "address": "" if actor is None else actor.get("address", ""),
        "correlation_id": body["correlation_id"],
        "hash": digest,
        "changes": body["open"] | (personal or {}),
        "erased": personal is None,
    }
