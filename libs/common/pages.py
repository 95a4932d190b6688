"""Keyset pages: a cursor holds the sort values of the last row, so deep pages cost what the first does."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Sequence
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Select, Uuid, and_, or_

from libs.common.ids import is_id
from libs.common.problems import Invalid

DEFAULT_LIMIT = 25
MAX_LIMIT = 200

SortKey = tuple[ColumnElement[Any], bool]
"""A column that has no nulls, and whether it descends."""


def limit_of(value: int | None) -> int:
    """The page size asked for, 25 when none is; 1 to 200, else Invalid."""
    if value is None:
        return DEFAULT_LIMIT
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= MAX_LIMIT:
        raise Invalid(f"limit is a whole number from 1 to {MAX_LIMIT}", field="limit")
    return value


def encode_cursor(values: Sequence[Any]) -> str:
    """Opaque text for the sort values of a row."""
    return base64.urlsafe_b64encode(orjson.dumps(list(values), default=str)).rstrip(b"=").decode()


def decode_cursor(cursor: str, width: int) -> list[Any]:
    """The sort values in a cursor; Invalid for anything that this list did not make."""
    try:
        raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        values = orjson.loads(raw)
    except (binascii.Error, ValueError):
        values = None
    if not isinstance(values, list) or len(values) != width:
        raise Invalid("this cursor does not belong to this list; start again without one", field="cursor")
    return values


def keyset(statement: Select[Any], keys: Sequence[SortKey], cursor: str | None, limit: int) -> Select[Any]:
    """Order a statement by the keys, begin after the cursor, and fetch one row more than the page."""
    if cursor:
        values = [_bound(key[0], value) for key, value in zip(keys, decode_cursor(cursor, len(keys)), strict=True)]
        statement = statement.where(_after(keys, values))
    order = [column.desc() if descends else column.asc() for column, descends in keys]
    return statement.order_by(*order).limit(limit + 1)


def page(rows: Sequence[Any], limit: int, sort_values: Callable[[Any], Sequence[Any]]) -> tuple[list[Any], str | None]:
    """Cut the extra row off and make the cursor of the next page, None on the last."""
    if len(rows) <= limit:
        return list(rows), None
    kept = list(rows[:limit])
    return kept, encode_cursor(sort_values(kept[-1]))


def _bound(column: ColumnElement[Any], value: Any) -> Any:
    """A cursor value as the column's own type; Invalid when it cannot be one, so that the database is not asked."""
    try:
        found = _as_type(column.type, value)
    except (TypeError, ValueError, ArithmeticError, NotImplementedError):
        raise Invalid("this cursor does not belong to this list; start again without one", field="cursor") from None
    return found


def _as_type(column_type: Any, value: Any) -> Any:
    kind = column_type.python_type
    if value is None or isinstance(value, bool) is not (kind is bool):
        raise TypeError("sort keys have no nulls, and a truth value is no number")
    found = value
    if not isinstance(value, kind):
        found = kind.fromisoformat(value) if hasattr(kind, "fromisoformat") else kind(value)
    if isinstance(found, int) and not -(2**63) <= found < 2**63:
        raise ValueError("more than a bigint holds")
    if isinstance(found, str) and ("\x00" in found or (isinstance(column_type, Uuid) and not is_id(found))):
        raise ValueError("no text or id of a row")
    return found


def _after(keys: Sequence[SortKey], values: Sequence[Any]) -> ColumnElement[bool]:
    """(a, b, c) after the values, where each column may go its own way."""
    choices: list[ColumnElement[bool]] = []
    for index, (column, descends) in enumerate(keys):
        same = [keys[i][0] == values[i] for i in range(index)]
        further = column < values[index] if descends else column > values[index]
        choices.append(and_(*same, further))
    return or_(*choices)
