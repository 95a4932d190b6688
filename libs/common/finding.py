"""Finding a few rows by a few letters, as indexes of three-letter pieces find them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, Table, func, or_, select, union

from libs.common.fields import contains

# Whoever finds more than so many types on.
_LOOKED_AT = 1000
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


def newest(table: Table, conditions: Iterable[ColumnElement[bool]], mine: ColumnElement[bool], size: int) -> Subquery:
    """The ids of the newest rows that one of the conditions finds; of more than a thousand, the newest of a thousand.

    Each is looked up by itself: an OR of them would have every row read. mine: which rows the reader may see.
    """
    rows = select(table.c.id, table.c.created_at).where(mine)
    few = union(*(some(rows.where(each), _LOOKED_AT) for each in conditions)).subquery("found")
    return select(few.c.id).order_by(few.c.created_at.desc(), few.c.id.desc()).limit(size).subquery("newest")
