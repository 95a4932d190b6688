"""Finding the rows of a service's database that name a person, and taking the person out of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import orjson
from pydantic import ValidationError
from sqlalchemy import text
from sqlalchemy.orm import Session

from libs.common.audit.plan import MECHANISM
from libs.common.erasure.person import ERASED, OF_OTHERS, Person
from libs.common.erasure.plan import ErasurePlan
from libs.common.identity import Actor
from libs.common.problems import Invalid

_COLUMNS = text("""
    SELECT c.table_name, c.column_name, c.udt_name, c.is_nullable = 'YES' AS nullable,
           c.is_generated = 'NEVER' AND c.is_identity = 'NO' AS written
    FROM information_schema.columns c JOIN information_schema.tables t USING (table_schema, table_name)
    WHERE table_schema = 'public' AND t.table_type = 'BASE TABLE' AND table_name <> 'alembic_version'
    ORDER BY c.table_name, c.ordinal_position
""")
_KEYS = text("""
    SELECT i.indrelid::regclass::text AS table_name, a.attname AS column_name, format_type(a.atttypid, NULL) AS kind
    FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY(i.indkey)
    WHERE i.indisprimary AND i.indrelid IN (SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace)
""")
# Looking through all that a service has takes longer than a request may.
_PATIENCE = text("SET LOCAL statement_timeout = '15min'")
# Why a row of another client stays.
SOMEBODY = "it belongs to another client, and the name alone may be somebody else's: read it and decide"
_TEXTS = frozenset({"text", "varchar", "citext", "_text", "_varchar", "jsonb", "json"})


@dataclass(frozen=True, slots=True)
class Column:
    """A column that a person may stand in."""

    name: str
    kind: str
    nullable: bool


@dataclass(slots=True)
class Searched:
    """A table: the columns that name its rows, with their types, and where a person may stand."""

    name: str
    key: dict[str, str] = field(default_factory=dict)
    columns: list[Column] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Found:
    """A row that names the person. kept: why it stays, None when it does not. after: its columns without them."""

    table: str
    row_id: str
    row: dict[str, Any]
    kept: str | None
    after: dict[str, Any]


def found(
    session: Session, plan: ErasurePlan, person: Person, *, lock: bool = False, without: frozenset[str] = frozenset()
) -> Iterator[Found]:
    """Every row that names the person or is about them; ``lock`` holds them until the transaction ends.

    without: tables that are not looked through.
    """
    if lock:
        session.execute(_PATIENCE)
    for table in (each for each in _tables(session, plan) if each.name not in without):
        statement = (
            f"SELECT to_jsonb(t) AS row, {plan.kept_condition(table.name)} AS kept FROM {table.name} AS t "  # noqa: S608  (names from the catalogue, conditions from the service's own plan)
            f"WHERE to_jsonb(t)::text ~* :loose{' FOR UPDATE OF t' if lock else ''}"
        )
        # A colon in a condition is PostgreSQL's cast; the driver's own parameters are named.
        values = {"loose": person.loose, "contact_id": person.contact_id}
        names = {name: value for name, value in values.items() if f":{name}" in statement}
        for line in session.execute(text(statement), names).all():
            after = _after(person, table, line.row)
            if after or _names(person, line.row):
                kept = line.kept or (SOMEBODY if person.is_elsewhere(table.name, line.row) else None)
                yield Found(table.name, _row_id(table, line.row), line.row, kept, after)


def take_out(session: Session, plan: ErasurePlan, person: Person) -> list[Found]:
    """Take the person out of every row that is not kept; all that was found, the kept rows among them."""
    tables = {table.name: table for table in _tables(session, plan)}
    rows = [each for each in found(session, plan, person, lock=True) if each.after]
    for each in rows:
        if each.kept is None:
            _change(session, plan, tables[each.table], each)
    return rows


def known(session: Session, _actor: Actor, plan: ErasurePlan, person: dict[str, Any]) -> list[dict[str, Any]]:
    """``[{what, id, data}]``: everything this service knows of the person; secrets are left out, and copies that the
    mechanism keeps of what stands elsewhere. Invalid for what is no person."""
    try:
        whom = Person.model_validate(person)
    except ValidationError:
        raise Invalid("this is no person", field="person") from None
    return [
        {"what": each.table, "id": each.row_id, "data": _shown(plan, each)}
        for each in found(session, plan, whom, without=MECHANISM)
    ]


def _tables(session: Session, plan: ErasurePlan) -> list[Searched]:
    tables: dict[str, Searched] = {}
    for row in session.execute(_COLUMNS):
        table = tables.setdefault(row.table_name, Searched(row.table_name))
        if row.udt_name in _TEXTS and row.written and plan.is_searched(row.table_name, row.column_name):
            nullable = row.nullable and f"{row.table_name}.{row.column_name}" not in plan.filled
            table.columns.append(Column(row.column_name, row.udt_name, nullable))
    for row in session.execute(_KEYS):
        if row.table_name in tables:
            tables[row.table_name].key[row.column_name] = row.kind
    return [table for table in tables.values() if table.columns]


def _after(person: Person, table: Searched, row: dict[str, Any]) -> dict[str, Any]:
    theirs, near = person.is_about(row), person.is_near(row)
    after = {}
    for column in table.columns:
        value = row[column.name]
        new = person.replaced(value, theirs=theirs, near=near and column.name not in OF_OTHERS)
        if new != value:
            # What was nothing but the person is nothing: an address that is none would be written to.
            after[column.name] = None if new == ERASED and column.nullable and column.kind != "jsonb" else new
    return after


def _names(person: Person, row: dict[str, Any]) -> bool:
    return person.contact_id in orjson.dumps(row).decode()


def _change(session: Session, plan: ErasurePlan, table: Searched, each: Found) -> None:
    where = " AND ".join(f"{name} = CAST(:key_{name} AS {kind})" for name, kind in table.key.items())
    keys = {f"key_{name}": str(each.row[name]) for name in table.key}
    if table.name in plan.removed:
        session.execute(text(f"DELETE FROM {table.name} WHERE {where}"), keys)  # noqa: S608  (names from the catalogue)
        return
    kinds = {column.name: column.kind for column in table.columns}
    sets = ", ".join(f"{name} = CAST(:new_{name} AS {_type(kinds[name])})" for name in each.after)
    values = {f"new_{name}": _written(kinds[name], value) for name, value in each.after.items()}
    session.execute(text(f"UPDATE {table.name} SET {sets} WHERE {where}"), keys | values)  # noqa: S608  (as above)


def _type(kind: str) -> str:
    return f"{kind[1:]}[]" if kind.startswith("_") else kind


def _written(kind: str, value: Any) -> Any:
    return orjson.dumps(value).decode() if kind in ("jsonb", "json") and value is not None else value


def _row_id(table: Searched, row: dict[str, Any]) -> str:
    return " ".join(str(row[name]) for name in table.key)


def _shown(plan: ErasurePlan, each: Found) -> dict[str, Any]:
    watched = plan.audit.of(each.table)
    return {name: value for name, value in each.row.items() if not watched.is_secret(name) and name != "search"}
