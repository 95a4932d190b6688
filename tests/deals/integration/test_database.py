"""Migrations up and down, and tables that are as the code thinks."""

from __future__ import annotations

from typing import Any

from sqlalchemy import create_engine, inspect, text

from libs.common import migrate
from services.deals.models import metadata
from services.deals.queries.deals import _SORTS

# The sorts that an index serves, and that index.
INDEXED = {
    "created_at": "deals_newest",
    "updated_at": "deals_updated",
    "deal_name": "deals_by_name",
    "deal_value": "deals_by_value",
    "expected_close_date": "deals_by_closing",
    "stage_since": "deals_since",
}


def engine_of(url: str) -> Any:
    return create_engine(url.replace("postgresql://", "postgresql+psycopg://", 1))


def test_up_and_down_and_up_again(databases: Any) -> None:
    url = databases.empty("deals_migrations").replace("postgresql://", "postgresql+psycopg://", 1)
    engine = create_engine(url)
    for _ in range(2):
        migrate.upgrade("deals", url)
        migrate.downgrade("deals", url, "0001")
        migrate.upgrade("deals", url)
        assert set(metadata.tables) <= set(inspect(engine).get_table_names())
        migrate.downgrade("deals", url)
        assert set(inspect(engine).get_table_names()) == {"alembic_version"}
    engine.dispose()


def test_the_tables_are_as_the_models_say(service_database: Any) -> None:
    engine = engine_of(service_database("deals"))
    found = inspect(engine)
    for table in metadata.tables.values():
        columns = {column["name"]: column for column in found.get_columns(table.name)}
        assert set(columns) == set(table.columns.keys()), table.name
        for column in table.columns:
            there = columns[column.name]
            assert there["type"].compile(engine.dialect) == column.type.compile(engine.dialect), column
            assert there["nullable"] == column.nullable, column
    engine.dispose()


def test_the_indexes_are_for_the_very_sorts(service_database: Any) -> None:
    engine = engine_of(service_database("deals"))
    with engine.connect() as connection:
        connection.execute(text("SET enable_seqscan = off; SET enable_sort = off"))
        for name, index in INDEXED.items():
            key = _SORTS[name].compile(engine)
            plan = connection.execute(text(f"EXPLAIN SELECT id FROM deals ORDER BY {key}, id LIMIT 5"))
            assert index in "\n".join(row[0] for row in plan), name
    engine.dispose()
