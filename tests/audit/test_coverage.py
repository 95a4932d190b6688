"""Every table of every service is watched or says why not, and a change of each watched one stands in the log."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import text

from libs.common.context import Context
from libs.common.ids import new_id
from tests.audit.logs import ADDRESS, PLANS, SERVICES, Log
from tests.support.actors import JESSICA, JOHN

pytestmark = pytest.mark.infrastructure

LogOf = Callable[[str], Log]

_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
_TRIGGERS = "SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname IN ('audited', 'audited_whole')"
_CONSTRAINTS = """
    SELECT conrelid::regclass::text AS owner, conname FROM pg_constraint
    WHERE contype IN ('c', 'f', 'x') AND conrelid = CAST(:name AS regclass)
"""
_COLUMNS = """
    SELECT column_name AS name, udt_name AS kind FROM information_schema.columns
    WHERE table_schema = 'public' AND table_name = :name AND is_generated = 'NEVER' AND is_identity = 'NO'
    ORDER BY ordinal_position
"""
_EVERY_COLUMN = """
    SELECT column_name AS name FROM information_schema.columns WHERE table_schema = 'public' AND table_name = :name
"""
# Two values of each type a column may have.
_VALUES: dict[str, tuple[str, str]] = {
    "uuid": (new_id(), new_id()),
    "text": ("first", "second"),
    "citext": ("first", "second"),
    "int2": ("1", "2"),
    "int4": ("1", "2"),
    "int8": ("1", "2"),
    "numeric": ("1", "2"),
    "float8": ("1", "2"),
    "bool": ("true", "false"),
    "date": ("2026-01-01", "2026-01-02"),
    "timestamptz": ("2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z"),
    "jsonb": ('{"a": 1}', '{"a": 2}'),
    "_text": ("{a}", "{a,b}"),
    "_uuid": ("{}", "{}"),
    "bytea": ("\\x00", "\\x01"),
    "inet": ("192.0.2.1", "192.0.2.2"),
}


def _all(log: Log, statement: str, **values: Any) -> list[Any]:
    with log.database.read() as session:
        return list(session.execute(text(statement), values))


@pytest.mark.parametrize("service", SERVICES)
def test_a_new_table_is_watched_or_says_why_not(log_of: LogOf, service: str) -> None:
    log = log_of(service)
    tables = {row.tablename for row in _all(log, _TABLES)}
    assert log.plan.uncovered(tables) == set()
    assert set(log.plan.watched) | set(log.plan.unwatched) <= tables
    assert not set(log.plan.watched) & set(log.plan.unwatched)
    assert {row[0] for row in _all(log, _TRIGGERS)} == set(log.plan.watched)
    assert log.plan.uncovered(tables | {"new_things"}) == {"new_things"}


@pytest.mark.parametrize("service", SERVICES)
def test_the_plan_names_columns_that_are_there(log_of: LogOf, service: str) -> None:
    log = log_of(service)
    for table, watched in log.plan.watched.items():
        columns = {row.name for row in _all(log, _EVERY_COLUMN, name=table)}
        named = {*watched.key, *watched.subject, *watched.open, *watched.secret, *watched.silent}
        assert named <= columns, table


@pytest.mark.parametrize(
    ("service", "table"), [(service, table) for service in SERVICES for table in PLANS[service].watched]
)
def test_a_change_of_every_watched_table_is_an_entry(log_of: LogOf, service: str, table: str) -> None:
    log, watched = log_of(service), PLANS[service].watched[table]
    with log.database.unit_of_work(Context(actor=JOHN)) as uow:
        for owner, name in uow.session.execute(text(_CONSTRAINTS), {"name": table}).all():
            uow.session.execute(text(f'ALTER TABLE {owner} DROP CONSTRAINT "{name}"'))
    kinds = {row.name: row.kind for row in _all(log, _COLUMNS, name=table)}
    changed = next(
        name
        for name in kinds
        if name not in watched.key and not watched.is_silent(name) and not watched.is_secret(name)
    )
    row = {name: _VALUES[kind][0] for name, kind in kinds.items()}
    columns, values = ", ".join(row), ", ".join(f"CAST(:{name} AS {kinds[name]})" for name in row)

    log.change(f"INSERT INTO {table} ({columns}) VALUES ({values})", **row)
    other = _VALUES[kinds[changed]][1]
    log.change(f"UPDATE {table} SET {changed} = CAST(:v AS {kinds[changed]})", JESSICA, v=other)
    log.change(f"DELETE FROM {table}")
    log.seal()

    deleted, updated, created = log.entries(record=table)
    assert [created["action"], updated["action"], deleted["action"]] == ["created", "changed", "deleted"]
    assert created["actor_id"] == JOHN.id and updated["actor_id"] == JESSICA.id
    assert updated["actor_name"] == JESSICA.name and updated["actor_role"] == "sales"
    assert updated["address"] == ADDRESS and updated["correlation_id"]
    before, after = updated["changes"].pop(changed)
    assert before != after and updated["changes"] == {}
    assert created["changes"][changed] == [None, before] and deleted["changes"][changed] == [after, None]
    assert created["record_id"] == updated["record_id"] == deleted["record_id"] != ""
    assert log.verified()["ok"]
