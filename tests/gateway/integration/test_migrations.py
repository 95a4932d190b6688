"""The migrations of teams go up and down with people in them."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import create_engine, inspect, text

from libs.common import migrate
from libs.common.ids import new_id

_INSERT = {
    "gateway": "INSERT INTO users (id, name, role, locale, active, created_at, updated_at, version)"
    " VALUES (:id, 'Moses Frase', 'sales', 'en', false, now(), now(), 1)",
    "notifications": "INSERT INTO people (user_id, name, role, locale, active, version, known_since)"
    " VALUES (:id, 'Moses Frase', 'sales', 'en', false, 1, now())",
}


@pytest.mark.parametrize(
    ("service", "table", "before"), [("gateway", "users", "0007"), ("notifications", "people", "0012")]
)
def test_who_has_no_address_gets_one_that_leads_nowhere(databases: Any, service: str, table: str, before: str) -> None:
    url = databases.empty(f"{service}_migrations").replace("postgresql://", "postgresql+psycopg://", 1)
    engine, person = create_engine(url), new_id()
    migrate.upgrade(service, url)
    with engine.begin() as connection:
        connection.execute(text(_INSERT[service]), {"id": person})
    migrate.downgrade(service, url, before)
    with engine.begin() as connection:
        assert connection.execute(text(f"SELECT email FROM {table}")).scalar_one() == f"{person}@no-address.invalid"
    migrate.upgrade(service, url)
    columns = {each["name"]: each for each in inspect(engine).get_columns(table)}
    assert columns["email"]["nullable"] is True
    engine.dispose()
