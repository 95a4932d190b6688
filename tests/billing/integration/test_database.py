"""Migrations up and down, and tables that are as the code thinks."""

from __future__ import annotations

from typing import Any

from sqlalchemy import create_engine, inspect

from libs.common import migrate
from services.billing.models import metadata


def test_up_and_down_and_up_again(databases: Any) -> None:
    url = databases.empty("billing_migrations").replace("postgresql://", "postgresql+psycopg://", 1)
    engine = create_engine(url)
    for _ in range(2):
        migrate.upgrade("billing", url)
        migrate.upgrade("billing", url)
        assert set(metadata.tables) <= set(inspect(engine).get_table_names())
        migrate.downgrade("billing", url)
        assert set(inspect(engine).get_table_names()) == {"alembic_version"}
    engine.dispose()


def test_the_tables_are_as_the_models_say(service_database: Any) -> None:
    engine = create_engine(service_database("billing").replace("postgresql://", "postgresql+psycopg://", 1))
    found = inspect(engine)
    for table in metadata.tables.values():
        columns = {column["name"]: column for column in found.get_columns(table.name)}
        assert set(columns) == set(table.columns.keys()), table.name
        for column in table.columns:
            there = columns[column.name]
            assert there["type"].compile(engine.dialect) == column.type.compile(engine.dialect), (
                f"{table.name}.{column.name}"
            )
            assert there["nullable"] == column.nullable, f"{table.name}.{column.name}"
    engine.dispose()
