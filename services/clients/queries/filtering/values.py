"""The value of a condition: each reader checks its shape and names the place of what does not fit."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from libs.common.fields import text
from libs.common.ids import is_id
from libs.common.money import MAX_MINOR
from libs.common.problems import Invalid

MOST_VALUES = 100
MOST_DAYS = 36_500

Reader = Callable[[str, Any], Any]


def words(at: str, value: Any) -> str:
    """Some text, lower case: conditions do not look at the case."""
    if not isinstance(value, str):
        raise Invalid(f"{at} is text", field=at)
    return str(text(required=True)(at, value)).lower()


def number(at: str, value: Any) -> int:
    """A whole number; of money, in minor units."""
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) > MAX_MINOR:
        raise Invalid(f"{at} is a whole number", field=at)
    return value


def days(at: str, value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= MOST_DAYS:
        raise Invalid(f"{at} is a number of days, from 1 to {MOST_DAYS:,}", field=at)
    return value


def day(at: str, value: Any) -> date:
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        raise Invalid(f"{at} is a date, as in 2025-02-10", field=at) from None


def person(me: str) -> Reader:
    """An id, ``me`` for who asks, or ``none``, which is None."""

    def read(at: str, value: Any) -> str | None:
        if value in ("none", None):
            return None
        if value == "me":
            return me if is_id(me) else None
        if not is_id(value):
            raise Invalid(f"{at} is an id, me, or none", field=at)
        return str(value)

    return read


def one_of(*choices: str, fold: bool = False) -> Reader:
    """fold: whatever the case of its letters."""

    def read(at: str, value: Any) -> str:
        value = value.lower() if fold and isinstance(value, str) else value
        if value not in choices:
            raise Invalid(f"{at} is one of {', '.join(choices)}", field=at)
        return str(value)

    return read


def many(reader: Reader) -> Reader:
    """A list of 1 to 100 values."""

    def read(at: str, value: Any) -> list[Any]:
        if not isinstance(value, list) or not 1 <= len(value) <= MOST_VALUES:
            raise Invalid(f"{at} is a list of 1 to {MOST_VALUES} values", field=at)
        return [reader(f"{at}[{index}]", each) for index, each in enumerate(value)]

    return read


def span(reader: Reader) -> Reader:
    """Two values, the lesser first."""

    def read(at: str, value: Any) -> list[Any]:
        if not isinstance(value, list) or len(value) != 2:
            raise Invalid(f"{at} is a list of two values, from and to", field=at)
        low, high = (reader(f"{at}[{index}]", each) for index, each in enumerate(value))
        if high < low:
            raise Invalid(f"{at}: the first value is greater than the second", field=at)
        return [low, high]

    return read
