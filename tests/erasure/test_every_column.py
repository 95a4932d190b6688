"""In every text of every table a person is found and taken out, but where the plan of the service says otherwise."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from typing import Any

import orjson
import pytest
from sqlalchemy import text

from libs.common.audit import reading
from libs.common.audit.sealing import seal
from libs.common.context import Context
from libs.common.erasure import parts, searching
from libs.common.erasure.person import Person
from libs.common.erasure.plan import ErasurePlan
from libs.common.ids import new_id
from libs.common.runtime import Runtime
from tests.audit.logs import SERVICES
from tests.support.actors import ADMIN

pytestmark = pytest.mark.infrastructure

PLANS: dict[str, ErasurePlan] = {name: importlib.import_module(f"services.{name}.erasure").ERASURE for name in SERVICES}
SECRET = "a secret of every service"
PERSON = Person(
    contact_id="01940002-7a00-7000-8000-0000000000ff",
    client_id="01940001-7a00-7000-8000-0000000000ff",
    first_name="Wilhelmina",
    last_name="Ångström-O'Hara",
    email="mina@physics.example",
    phone="+46 8 555 0199",
)
NAMED = "About Wilhelmina Ångström-O'Hara <mina@physics.example>, +46 8 555 0199, yes"
LEFT = "About [erased] <[erased]>, [erased], yes"

_COLUMNS = text("""
    SELECT c.table_name AS table, c.column_name AS name, c.udt_name AS kind, c.is_nullable = 'YES' AS nullable
    FROM information_schema.columns c JOIN information_schema.tables t USING (table_schema, table_name)
    WHERE table_schema = 'public' AND table_type = 'BASE TABLE'
      AND table_name NOT IN ('alembic_version', 'erasure_parts')
      AND c.is_generated = 'NEVER' AND c.is_identity = 'NO'
    ORDER BY 1, c.ordinal_position
""")
_CONSTRAINTS = text("""
    SELECT conrelid::regclass::text AS owner, conname FROM pg_constraint
    WHERE contype IN ('c', 'f', 'x') AND connamespace = 'public'::regnamespace
""")
_VALUES = {
    "text": NAMED,
    "jsonb": orjson.dumps({"deep": [{"said": NAMED}]}).decode(),
    "_text": f'{{"{NAMED}"}}',
    "uuid": "01940009-7a00-7000-8000-0000000000ff",
    "timestamptz": "2026-01-01T00:00:00Z",
    "date": "2026-01-01",
    "bool": "true",
    "_uuid": "{}",
    "bytea": "\\x00",
}
_TEXTS = ("text", "jsonb", "_text")

Of = Callable[[str], Runtime[Any]]


@pytest.mark.parametrize("name", SERVICES)
def test_it_is_taken_out_of_every_column(service: Of, name: str) -> None:
    runtime, plan = service(name), PLANS[name]
    tables = filled(runtime)
    assert rows_naming(runtime) == set(tables)

    part = erase(runtime, plan)

    own = {table for table, columns in tables.items() if any(not plan.is_searched(table, each) for each in columns)}
    kept = {each.table for each in plan.kept}
    left = rows_naming(runtime)
    assert left <= own | kept, left - own - kept
    for table in left - kept:
        with runtime.database.read() as session:
            rows = session.execute(text(f"SELECT to_jsonb(t) FROM {table} t")).scalars().all()
        for row in rows:
            assert {each for each, value in row.items() if "mina@physics" in orjson.dumps(value).decode()} <= {
                column for column in tables[table] if not plan.is_searched(table, column)
            }, table
    searched = {table for table, columns in tables.items() if any(plan.is_searched(table, each) for each in columns)}
    assert {each["what"] for each in [*part.data["changed"], *part.data["kept"]]} >= searched
    assert all(each["why"] for each in part.data["kept"])


@pytest.mark.parametrize("name", SERVICES)
def test_who_it_was_is_forgotten_after_the_second_look(service: Of, name: str) -> None:
    runtime, plan = service(name), PLANS[name]
    with runtime.database.unit_of_work(Context(actor=ADMIN)) as uow:
        sealed = PERSON.sealed(SECRET, erasure_id := new_id())
        first = parts.erase(uow, plan, SECRET, erasure_id, sealed)
    assert first.data["changed"] == first.data["kept"] == [] and first.data["final"] is False
    again_at = first.data["again_at"]
    with runtime.database.unit_of_work(Context(actor=ADMIN)) as uow:
        assert parts.erase_again(uow, plan, SECRET, uow.now) == []
        insert_letter(uow.session)
        (last,) = parts.erase_again(uow, plan, SECRET, again_at)
        assert parts.erase_again(uow, plan, SECRET, again_at) == []
    assert last.data["final"] is True and last.data["version"] > first.data["version"]
    assert last.data["changed"] == [{"what": "dead_letters", "rows": 1}]
    with runtime.database.read() as session:
        assert session.execute(text("SELECT body FROM dead_letters")).scalar_one() == f'{{"data": "{LEFT}"}}'
        assert session.execute(text("SELECT sealed FROM erasure_parts")).scalar_one() is None


def test_the_export_finds_the_same_and_shows_no_secret(service: Of) -> None:
    runtime, plan = service("billing"), PLANS["billing"]
    filled(runtime)
    with runtime.database.read() as session:
        found = searching.known(session, ADMIN, plan, PERSON.model_dump())
    assert {"invoices", "payments", "row_access"} <= {each["what"] for each in found}
    assert not {"outbox", "jobs"} & {each["what"] for each in found}
    invoice = next(each["data"] for each in found if each["what"] == "invoices")
    assert invoice["description"] == NAMED and "pay_token" not in invoice


def test_the_audit_log_loses_what_it_knew(service: Of) -> None:
    """A draft of a client that stays names the person: its old values go, what comes later can be read."""
    runtime, plan = service("deals"), PLANS["deals"]
    filled(runtime)
    seal(runtime.database, plan.audit)
    assert readable(runtime) > 0
    erase(runtime, plan)
    seal(runtime.database, plan.audit)
    assert readable(runtime) == 0
    with runtime.database.unit_of_work(Context(actor=ADMIN)) as uow:
        uow.session.execute(text("UPDATE deals SET description = 'a later word'"))
    seal(runtime.database, plan.audit)
    assert readable(runtime, "a later word") == 1


def erase(runtime: Runtime[Any], plan: ErasurePlan) -> parts.Part:
    with runtime.database.unit_of_work(Context(actor=ADMIN)) as uow:
        erasure_id = new_id()
        return parts.erase(uow, plan, SECRET, erasure_id, PERSON.sealed(SECRET, erasure_id))


def filled(runtime: Runtime[Any]) -> dict[str, list[str]]:
    """One row in each table, which names the person in every text; table → those columns."""
    tables: dict[str, list[Any]] = {}
    with runtime.database.unit_of_work(Context(actor=ADMIN)) as uow:
        for column in uow.session.execute(_COLUMNS):
            tables.setdefault(column.table, []).append(column)
        for owner, name in uow.session.execute(_CONSTRAINTS).all():
            uow.session.execute(text(f'ALTER TABLE {owner} DROP CONSTRAINT IF EXISTS "{name}" CASCADE'))
        for table, columns in tables.items():
            uow.session.execute(text(f"DELETE FROM {table}"))
            values = {each.name: _VALUES.get(each.kind, "1") for each in columns}
            casts = ", ".join(f"CAST(:{each.name} AS {each.kind})" for each in columns)
            names = ", ".join(values)
            uow.session.execute(text(f"INSERT INTO {table} ({names}) VALUES ({casts})"), values)
    texts = {table: [each.name for each in columns if each.kind in _TEXTS] for table, columns in tables.items()}
    return {table: columns for table, columns in texts.items() if columns}


def rows_naming(runtime: Runtime[Any]) -> set[str]:
    """The tables in which the person's address stands anywhere."""
    return set(_naming(runtime))


def _naming(runtime: Runtime[Any]) -> Iterator[str]:
    with runtime.database.read() as session:
        for table in {each.table for each in session.execute(_COLUMNS)}:
            found = text(f"SELECT 1 FROM {table} t WHERE to_jsonb(t)::text ILIKE '%mina@physics.example%'")
            if session.execute(found).first() is not None:
                yield table


def insert_letter(session: Any) -> None:
    body = orjson.dumps({"data": NAMED}).decode()
    letter = """
        INSERT INTO dead_letters (id, queue, type, body, error, attempts)
        VALUES (gen_random_uuid(), 'q', 'deal.won', :body, 'boom', 5)
    """
    session.execute(text(letter), {"body": body})


def readable(runtime: Runtime[Any], what: str = "mina@physics.example") -> int:
    """How many entries of the audit log say it of a deal's description to an admin."""
    with runtime.database.read() as session:
        items = reading.search(session, {}, limit=200)["items"]
    return sum(what in str(each["changes"].get("description")) for each in items)
