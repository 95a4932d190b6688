"""A local copy of who may see the records another service owns, so that each service decides on its own rows in SQL.

The owner of the records publishes, for each, its owner, its readers (each until an instant, or for good) and
whether it is open to everyone of the role; the copy keeps the highest version it saw.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime
from typing import Any, ClassVar

import orjson
from sqlalchemy import (
    Boolean,
    Column,
    ColumnElement,
    CompoundSelect,
    DateTime,
    Integer,
    MetaData,
    Table,
    Text,
    Uuid,
    and_,
    any_,
    delete,
    func,
    insert,
    literal,
    or_,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from libs.common.context import Context
from libs.common.database import Database
from libs.common.events import Event
from libs.common.ids import is_id
from libs.common.problems import NotFound

SCHEMA_V1 = """
CREATE TABLE row_access (
    record_id uuid PRIMARY KEY,
    owner_id  uuid,
    label     text NOT NULL,
    is_open   boolean NOT NULL,
    -- its owner deleted it: what hangs on it stays, nothing new may be hung on it
    closed    boolean NOT NULL,
    version   integer NOT NULL
);
CREATE INDEX row_access_owner ON row_access (owner_id);
CREATE INDEX row_access_open ON row_access (record_id) WHERE is_open;
CREATE TABLE row_access_readers (
    record_id uuid NOT NULL REFERENCES row_access (record_id) ON DELETE CASCADE,
    user_id   uuid NOT NULL,
    until     timestamptz,
    PRIMARY KEY (record_id, user_id)
);
CREATE INDEX row_access_readers_user ON row_access_readers (user_id);
"""
DROP_V1 = "DROP TABLE row_access_readers; DROP TABLE row_access;"

metadata = MetaData()

entries = Table(
    "row_access",
    metadata,
    Column("record_id", Uuid(as_uuid=False), primary_key=True),
    Column("owner_id", Uuid(as_uuid=False)),
    Column("label", Text),
    Column("is_open", Boolean),
    Column("closed", Boolean),
    Column("version", Integer),
)
readers = Table(
    "row_access_readers",
    metadata,
    Column("record_id", Uuid(as_uuid=False), primary_key=True),
    Column("user_id", Uuid(as_uuid=False), primary_key=True),
    Column("until", DateTime(timezone=True)),
)


class Reader(Event):
    """One who may read, until an instant or, with None, for good."""

    event_type: ClassVar[str] = ""

    user_id: str
    until: datetime | None = None


class AccessChanged(Event):
    """Who may see a record now. handover: whether a new owner takes over what the former one had to do with it."""

    event_type: ClassVar[str] = "client.access_changed"

    record_id: str
    owner_id: str | None
    label: str
    is_open: bool
    closed: bool
    readers: list[Reader]
    handover: bool = True
    version: int


class AccessesChanged(Event):
    """Who may see many records now, each told of as ``AccessChanged`` tells of one."""

    event_type: ClassVar[str] = "clients.access_changed"

    accesses: list[AccessChanged]


# In one order, so that no two wait for each other.
_TAKE_OVER = text("""
    INSERT INTO row_access AS known (record_id, owner_id, label, is_open, closed, version)
    SELECT * FROM jsonb_to_recordset(CAST(:rows AS jsonb))
        AS told (record_id uuid, owner_id uuid, label text, is_open boolean, closed boolean, version integer)
    ORDER BY record_id
    ON CONFLICT (record_id) DO UPDATE SET owner_id = excluded.owner_id, label = excluded.label,
        is_open = excluded.is_open, closed = excluded.closed, version = excluded.version
    WHERE known.version < excluded.version
    RETURNING record_id::text
""")
_STATE = {"record_id", "owner_id", "label", "is_open", "closed", "version"}


def apply(session: Session, *told: AccessChanged) -> None:
    """Take the states over, each unless a newer one is here already."""
    newest: dict[str, AccessChanged] = {}
    for each in told:
        if each.record_id not in newest or newest[each.record_id].version < each.version:
            newest[each.record_id] = each
    states = orjson.dumps([each.model_dump(include=_STATE) for each in newest.values()]).decode()
    taken = set(session.execute(_TAKE_OVER, {"rows": states}).scalars())
    if not taken:
        return
    session.execute(delete(readers).where(_among(readers.c.record_id, taken)))
    rows = [
        {"record_id": record_id, "user_id": each.user_id, "until": each.until}
        for record_id, event in newest.items()
        if record_id in taken
        for each in event.readers
    ]
    if rows:
        session.execute(insert(readers), rows)


def _among(column: ColumnElement[str], values: Collection[str]) -> ColumnElement[bool]:
    return column == any_(literal(list(values), ARRAY(column.type)))


def known(session: Session, record_id: str) -> bool:
    """Whether the copy has this record."""
    if not is_id(record_id):
        return False
    return session.execute(select(entries.c.record_id).where(entries.c.record_id == record_id)).first() is not None


def usable(session: Session, record_id: str) -> bool:
    """Whether the copy has this record and its owner did not delete it."""
    statement = select(entries.c.record_id).where(entries.c.record_id == record_id, entries.c.closed.is_(False))
    return is_id(record_id) and session.execute(statement).first() is not None


def label(session: Session, record_id: str) -> str:
    """The record's name, "" when it is not known."""
    return session.execute(select(entries.c.label).where(entries.c.record_id == record_id)).scalar_one_or_none() or ""


def owner(session: Session, record_id: str) -> str | None:
    """Who owns the record, None when nobody does or it is not known."""
    return session.execute(select(entries.c.owner_id).where(entries.c.record_id == record_id)).scalar_one_or_none()


def held_owners(session: Session, record_ids: Collection[str]) -> dict[str, str | None]:
    """Who owns these records, by id; none of them changes hands until the transaction ends."""
    row = entries.c
    held = select(row.record_id, row.owner_id).where(_among(row.record_id, record_ids)).order_by(row.record_id)
    return {each.record_id: each.owner_id for each in session.execute(held.with_for_update())}


def owned(column: ColumnElement[str], user_id: str) -> ColumnElement[bool]:
    """Rows whose record (named by the column) this person owns."""
    return column.in_(select(entries.c.record_id).where(entries.c.owner_id == user_id))


def readable(column: ColumnElement[str], user_id: str) -> ColumnElement[bool]:
    """Rows whose record this person owns, was given to read for now, or finds open."""
    mine = select(entries.c.record_id).where(or_(entries.c.owner_id == user_id, entries.c.is_open))
    lent = select(readers.c.record_id).where(_lent(user_id))
    return or_(column.in_(mine), column.in_(lent))


def readable_records(user_id: str) -> CompoundSelect[Any]:
    """The records that ``readable`` lets through, one by one: for a query that is to begin with them."""
    mine = select(entries.c.record_id).where(or_(entries.c.owner_id == user_id, entries.c.is_open))
    return mine.union(select(readers.c.record_id).where(_lent(user_id)))


def _lent(user_id: str) -> ColumnElement[bool]:
    now = func.now()
    return and_(readers.c.user_id == user_id, or_(readers.c.until.is_(None), readers.c.until > now))


_SEEING = text("""
    SELECT e.record_id::text AS record_id, u.id::text AS user_id
    FROM row_access AS e CROSS JOIN unnest(CAST(:users AS uuid[])) AS u (id)
    WHERE e.record_id = ANY (CAST(:records AS uuid[])) AND (e.is_open OR e.owner_id = u.id OR EXISTS (
        SELECT FROM row_access_readers AS l
        WHERE l.record_id = e.record_id AND l.user_id = u.id AND (l.until IS NULL OR l.until > now())
    ))
""")


def seeing(session: Session, record_ids: Collection[str], user_ids: Collection[str]) -> set[tuple[str, str]]:
    """Who of these people ``readable`` lets through to which of these records: pairs of record and person."""
    found = session.execute(_SEEING, {"records": list(record_ids), "users": list(user_ids)})
    return {(row.record_id, row.user_id) for row in found}


def unknown(session: Session, record_ids: Collection[str]) -> set[str]:
    """Those of the records that the copy has not."""
    found = session.execute(select(entries.c.record_id).where(_among(entries.c.record_id, record_ids)))
    return set(record_ids) - set(found.scalars())


def everything() -> ColumnElement[bool]:
    """All rows."""
    return literal(True)


def nothing() -> ColumnElement[bool]:
    """No rows."""
    return literal(False)


def ensure_known(database: Database, context: Context, record_id: Any, ask: Callable[[str], dict[str, Any]]) -> None:
    """Ask the owner of the records once about one that is not known here, and keep the answer.

    Called before a transaction: an event that is still on its way must not hide a row that was just created.
    A record its owner does not know either stays unknown, and the caller's own check says so.
    """
    if not is_id(record_id):
        return
    with database.read() as session:
        if known(session, record_id):
            return
    try:
        answer = ask(record_id)
    except NotFound:
        return
    with database.unit_of_work(context) as uow:
        apply(uow.session, AccessChanged.model_validate(answer))
