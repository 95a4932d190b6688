"""Records of another service that turn out to be one: what hangs on the one that goes is moved, and can be moved back.

The owner of the records tells ``client.merged`` and, when that is undone, ``client.unmerged``. Each service moves its
own rows and notes which, so that exactly those go back. A row that is written later and names the record that went is
hung on the one that stayed by the database itself, and noted too; whoever asks by the old id is led on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar, Protocol

from sqlalchemy import (
    Boolean,
    Column,
    ColumnElement,
    DateTime,
    Integer,
    MetaData,
    Table,
    Text,
    Uuid,
    func,
    literal,
    select,
    text,
    update,
)  # fmt: skip
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from libs.common.database import UnitOfWork
from libs.common.events import Event
from libs.common.ids import is_id
from libs.common.schedule import ScheduledJob

_SCHEMA_V1 = """
CREATE TABLE record_merges (
    merge_id    uuid PRIMARY KEY,
    survivor_id uuid NOT NULL,
    other_id    uuid NOT NULL,
    noted_at    timestamptz NOT NULL,
    undone      boolean NOT NULL,
    version     integer NOT NULL
);
CREATE INDEX record_merges_other ON record_merges (other_id) WHERE NOT undone;
CREATE TABLE record_moves (
    merge_id uuid NOT NULL REFERENCES record_merges (merge_id) ON DELETE CASCADE,
    moved    text NOT NULL,
    row_id   uuid NOT NULL,
    PRIMARY KEY (merge_id, moved, row_id)
);
-- The record that this one is now.
CREATE FUNCTION current_record(record uuid) RETURNS uuid LANGUAGE plpgsql STABLE AS $$
DECLARE
    hop uuid;
BEGIN
    FOR hops IN 1..20 LOOP
        SELECT survivor_id INTO hop FROM record_merges
        WHERE other_id = record AND NOT undone ORDER BY merge_id DESC LIMIT 1;
        EXIT WHEN NOT FOUND;
        record := hop;
    END LOOP;
    RETURN record;
END $$;
"""

metadata = MetaData()
merges = Table(
    "record_merges",
    metadata,
    Column("merge_id", Uuid(as_uuid=False), primary_key=True),
    Column("survivor_id", Uuid(as_uuid=False)),
    Column("other_id", Uuid(as_uuid=False)),
    Column("noted_at", DateTime(timezone=True)),
    Column("undone", Boolean),
    Column("version", Integer),
)
moves = Table(
    "record_moves",
    metadata,
    Column("merge_id", Uuid(as_uuid=False), primary_key=True),
    Column("moved", Text, primary_key=True),
    Column("row_id", Uuid(as_uuid=False), primary_key=True),
)
# Longer than any transaction of ours may last.
_LATE = timedelta(minutes=10)


class Merged(Event):
    """``other_id`` is ``survivor_id`` now; ``label`` is how the one that stays is called."""

    event_type: ClassVar[str] = "client.merged"

    merge_id: str
    survivor_id: str
    other_id: str
    label: str
    version: int


class Unmerged(Event):
    """They are two again; ``label`` is how the one that is back is called."""

    event_type: ClassVar[str] = "client.unmerged"

    merge_id: str
    survivor_id: str
    other_id: str
    label: str
    version: int


class OfMerge(Protocol):
    """What names a merge: its event, its row, or the command that makes it."""

    @property
    def merge_id(self) -> str: ...
    @property
    def survivor_id(self) -> str: ...
    @property
    def other_id(self) -> str: ...
    @property
    def version(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Moved:
    """A table whose rows hang on records.

    column: names the record; key: names the row. counts: whether a row has a version that others' copies go by, which
    therefore grows with a move. only: SQL for rows that are to move, all without it; ``:survivor`` is the record that
    stays. then: what follows for the rows that moved, by their ids.
    """

    table: str
    column: str = "client_id"
    key: str = "id"
    counts: bool = False
    only: str = "true"
    then: Callable[[UnitOfWork, Sequence[str]], None] | None = None


def schema(followed: Iterable[Moved]) -> str:
    """The SQL of the tables, and of what hangs rows that come late on the record that stayed."""
    return _SCHEMA_V1 + "".join(_follow(each) for each in followed)


def drop(followed: Iterable[Moved]) -> str:
    """The SQL that takes ``schema`` back."""
    gone = (f"DROP TRIGGER follows ON {each.table}; DROP FUNCTION follow_{each.table}();" for each in followed)
    return "".join(gone) + "DROP FUNCTION current_record(uuid); DROP TABLE record_moves, record_merges;"


def follow(*followed: Moved) -> str:
    """The SQL that hangs late rows of further tables on the record that stayed."""
    return "".join(_follow(each) for each in followed)


def unfollow(*followed: Moved) -> str:
    """The SQL that takes ``follow`` back."""
    return "".join(f"DROP TRIGGER follows ON {each.table}; DROP FUNCTION follow_{each.table}();" for each in followed)


def follow_many(*tables: str) -> str:
    """The SQL that looks at new rows of a table a statement at a time, which is quicker where one brings thousands; for
    tables with an ``id`` and a ``client_id`` whose rows are inserted and never upserted."""
    return "".join(_follow_many(each) for each in tables)


def follow_each(*tables: str) -> str:
    """The SQL that takes ``follow_many`` back."""
    gone = "DROP TRIGGER follows ON {table}; DROP FUNCTION follow_{table}();"
    return "".join(gone.format(table=each) + _follow(Moved(each)) for each in tables)


def _follow_many(table: str) -> str:
    return f"""
DROP TRIGGER follows ON {table};
CREATE OR REPLACE FUNCTION follow_{table}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    FOR hops IN 1..20 LOOP
        WITH hop AS (
            SELECT DISTINCT ON (r.id) r.id, m.merge_id, m.survivor_id
            FROM written AS w JOIN {table} AS r USING (id) JOIN record_merges AS m ON m.other_id = r.client_id
            WHERE NOT m.undone ORDER BY r.id, m.merge_id DESC
        ), noted AS (
            INSERT INTO record_moves SELECT merge_id, '{table}', id FROM hop ON CONFLICT DO NOTHING
        )
        UPDATE {table} AS r SET client_id = hop.survivor_id FROM hop WHERE r.id = hop.id;
        EXIT WHEN NOT FOUND;
    END LOOP;
    RETURN NULL;
END $$;
CREATE TRIGGER follows AFTER INSERT ON {table} REFERENCING NEW TABLE AS written
    FOR EACH STATEMENT EXECUTE FUNCTION follow_{table}();
"""  # noqa: S608  (names of the service's own tables)


def _follow(moved: Moved) -> str:
    return f"""
CREATE FUNCTION follow_{moved.table}() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    hop record;
BEGIN
    FOR hops IN 1..20 LOOP
        SELECT merge_id, survivor_id INTO hop FROM record_merges
        WHERE other_id = NEW.{moved.column} AND NOT undone ORDER BY merge_id DESC LIMIT 1;
        EXIT WHEN NOT FOUND;
        INSERT INTO record_moves VALUES (hop.merge_id, '{moved.table}', NEW.{moved.key}) ON CONFLICT DO NOTHING;
        NEW.{moved.column} := hop.survivor_id;
    END LOOP;
    RETURN NEW;
END $$;
CREATE TRIGGER follows BEFORE INSERT ON {moved.table} FOR EACH ROW EXECUTE FUNCTION follow_{moved.table}();
"""  # noqa: S608  (names of the service's own tables)


def merge(uow: UnitOfWork, event: OfMerge, moved: Sequence[Moved]) -> None:
    """Move what hangs on the record that goes. A merge that is known already, or was undone before, does nothing."""
    if _note(uow, event, undone=False):
        for each in moved:
            _move(uow, event, each)


def unmerge(uow: UnitOfWork, event: OfMerge, moved: Sequence[Moved]) -> None:
    """Move back exactly what the merge moved, where it still hangs on the record that stayed."""
    if _note(uow, event, undone=True):
        return
    row = merges.c
    undone = update(merges).where(row.merge_id == event.merge_id, ~row.undone).values(undone=True)
    if uow.session.execute(undone.returning(row.merge_id)).first() is None:
        return
    for each in moved:
        _move_back(uow, event, each)
    # One that was merged again meanwhile found nothing to move; now there is.
    _again(uow, moved, select(merges).where(row.other_id == event.other_id, ~row.undone))


def sweep(moved: Sequence[Moved]) -> ScheduledJob:
    """Looks once more at merges of the last minutes: a row that was being written meanwhile was not there to move."""

    def look(uow: UnitOfWork, _due_at: datetime) -> None:
        row = merges.c
        _again(uow, moved, select(merges).where(row.noted_at > uow.now - _LATE, ~row.undone).order_by(row.merge_id))

    return ScheduledJob("sweep merges", "* * * * *", look)


def current(session: Session, record_id: str) -> str:
    """The record that this one is now: itself, or what it was merged into."""
    *_, last = record_id, *(survivor for _merge, survivor in _hops(session, record_id))
    return last


def is_of(column: ColumnElement[str], record_id: str) -> ColumnElement[bool]:
    """Rows that hang on a record, or on what it was merged into."""
    return column == func.current_record(literal(record_id, column.type))


def note(uow: UnitOfWork, named: str, table: str, *row_ids: str) -> None:
    """Rows were hung on what ``named`` is now: when they are two again, these rows go with the one that was named."""
    rows = [
        {"merge_id": merge_id, "moved": table, "row_id": each}
        for merge_id, _survivor in _hops(uow.session, named)
        for each in row_ids
    ]
    if rows:
        uow.session.execute(insert(moves).values(rows).on_conflict_do_nothing())


def _hops(session: Session, record_id: str) -> list[tuple[str, str]]:
    """The merges in which a record went, each with what it went into."""
    row, found, seen = merges.c, list[tuple[str, str]](), {record_id}
    while is_id(record_id):
        statement = select(row.merge_id, row.survivor_id).where(row.other_id == record_id, ~row.undone)
        hop = session.execute(statement.order_by(row.merge_id.desc()).limit(1)).first()
        if hop is None or hop.survivor_id in seen:
            break
        record_id = hop.survivor_id
        seen.add(record_id)
        found.append((hop.merge_id, record_id))
    return found


def _again(uow: UnitOfWork, moved: Sequence[Moved], statement: Any) -> None:
    for known in uow.session.execute(statement).all():
        for each in moved:
            _move(uow, known, each)


def _note(uow: UnitOfWork, event: OfMerge, *, undone: bool) -> bool:
    """Whether the merge is new here. One whose undoing came first is noted as undone, and never made."""
    row: dict[str, Any] = {"merge_id": event.merge_id, "survivor_id": event.survivor_id, "other_id": event.other_id}
    row |= {"noted_at": uow.now, "undone": undone, "version": event.version}
    statement = insert(merges).values(**row).on_conflict_do_nothing()
    return uow.session.execute(statement.returning(merges.c.merge_id)).first() is not None


def _move(uow: UnitOfWork, event: OfMerge, moved: Moved) -> None:
    statement = f"""
        WITH moved AS (
            UPDATE {moved.table} SET {moved.column} = :survivor{_counted(moved)}
            WHERE {moved.column} = :other AND {moved.only} RETURNING {moved.key} AS id
        ), noted AS (
            INSERT INTO record_moves (merge_id, moved, row_id)
            SELECT DISTINCT CAST(:merge AS uuid), :moved, id FROM moved
            ON CONFLICT DO NOTHING
        )
        SELECT DISTINCT id FROM moved
    """  # noqa: S608  (names of the service's own tables)
    _run(uow, event, moved, statement)


def _move_back(uow: UnitOfWork, event: OfMerge, moved: Moved) -> None:
    statement = f"""
        UPDATE {moved.table} SET {moved.column} = :other{_counted(moved)}
        WHERE {moved.column} = :survivor AND {moved.key} IN (
            SELECT row_id FROM record_moves WHERE merge_id = CAST(:merge AS uuid) AND record_moves.moved = :moved
        )
        RETURNING {moved.key}
    """  # noqa: S608  (as above)
    _run(uow, event, moved, statement)


def _counted(moved: Moved) -> str:
    return ", version = version + 1, updated_at = :now" if moved.counts else ""


def _run(uow: UnitOfWork, event: OfMerge, moved: Moved, statement: str) -> None:
    given = {"survivor": event.survivor_id, "other": event.other_id, "merge": event.merge_id, "moved": moved.table}
    values: dict[str, Any] = given | {"now": uow.now}
    uow.session.flush()
    named = {name: value for name, value in values.items() if f":{name}" in statement}
    ids = sorted({str(each) for each in uow.session.execute(text(statement), named).scalars()})
    uow.session.expire_all()
    if ids and moved.then is not None:
        moved.then(uow, ids)
