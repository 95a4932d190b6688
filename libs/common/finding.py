"""Finding a few rows by a few letters, as indexes of three-letter pieces find them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select

from libs.common.fields import contains

# Under this length such an index finds nothing in the middle of a word.
SHORT = 3


def holds(column: ColumnElement[Any], searched: str) -> ColumnElement[bool]:
    """Text that holds this, whatever the case; one or two letters begin a word."""
    anywhere = contains(searched)
    if len(searched) >= SHORT:
        return column.ilike(anywhere)
    return or_(column.ilike(anywhere[1:]), column.ilike(f"% {anywhere[1:]}"))


def some(found: Select[Any], limit: int) -> Select[Any]:
    """The first rows that are found, in no order.

    By their number and not by LIMIT, for which PostgreSQL would look at one row after the other instead of into the
    index, in the hope of a hit soon. It stops at the last number just the same.
    """
    numbered = found.add_columns(func.row_number().over().label("number")).subquery()
    shown = [column for column in numbered.c if column.name != "number"]
    return select(*shown).where(numbered.c.number <= limit)
