"""Many rows at once, by COPY: a third of the work that as many INSERTs are, for both sides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from sqlalchemy import Table
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session


def copy_rows(session: Session, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows that all have the same columns, in the transaction of the session; what it holds is written first.

    A row that breaks a constraint fails all of them, as in an INSERT.
    """
    if not rows:
        return
    session.flush()
    columns = [table.c[name] for name in rows[0]]
    is_json = [isinstance(column.type, JSONB) for column in columns]
    names = ", ".join(f'"{column.name}"' for column in columns)
    driver: Any = session.connection().connection.driver_connection
    with driver.cursor() as cursor, cursor.copy(f'COPY "{table.name}" ({names}) FROM STDIN') as copy:
        for row in rows:
            copy.write_row([_json(value) if json else value for value, json in zip(row.values(), is_json, strict=True)])


def _json(value: Any) -> str | None:
    return None if value is None else orjson.dumps(value, option=orjson.OPT_NON_STR_KEYS).decode()
