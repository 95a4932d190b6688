"""Reading what people typed: which fields there are, how long they may be, what shape they have.

Errors name a field as the API spells it (``amount``), not as it travels (``amount_minor``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from libs.common.ids import is_id
from libs.common.money import MAX_MINOR, exponent
from libs.common.problems import Invalid
from services.billing import domain

NAME_LENGTH = 200
TEXT_LENGTH = 20_000
MAX_LINES = 200

Reader = Callable[[str, Any], Any]


def text(limit: int = NAME_LENGTH, *, required: bool = False) -> Reader:
    """Text without NUL, stripped; empty is "", or Invalid where it is required."""

    def read(name: str, value: Any) -> str:
        if value is not None and not isinstance(value, str):
            raise Invalid(f"{name} is text", field=name)
        value = (value or "").strip()
        if "\x00" in value:
            raise Invalid(f"{name} holds a character that cannot be kept", field=name)
        if len(value) > limit:
            raise Invalid(f"{name} has at most {limit} characters", field=name)
        if required and not value:
            raise Invalid(f"{name} is needed", field=name)
        return str(value)

    return read


def identifier(name: str, value: Any) -> str:
    """A UUID."""
    if not is_id(value):
        raise Invalid(f"{name} is an id", field=name)
    return str(value)


def optional_identifier(name: str, value: Any) -> str | None:
    """A UUID or None."""
    return None if value is None else identifier(name, value)


def currency(name: str, value: Any) -> str:
    """An ISO 4217 code, in capitals."""
    code = value.upper() if isinstance(value, str) else value
    exponent(code)
    return str(code)


def minor_units(*, least: int) -> Reader:
    """A whole number of minor units, from ``least`` up."""

    def read(name: str, value: Any) -> int:
        name = name.removesuffix("_minor")
        if isinstance(value, bool) or not isinstance(value, int):
            raise Invalid(f"{name} is an amount of money", field=name)
        if not least <= value <= MAX_MINOR:
            raise Invalid(f"{name} is {'more than 0' if least else 'not below 0'} and not that large", field=name)
        return value

    return read


def percent(name: str, value: Any) -> Decimal:
    """0 to 100 with at most four decimals, as text."""
    return domain.percent(0 if value is None else value, name)


def day(name: str, value: Any) -> date | None:
    """A date as YYYY-MM-DD, or None."""
    if value is None:
        return None
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        raise Invalid(f"{name} is a date like 2025-02-15", field=name) from None


def flag(name: str, value: Any) -> bool:
    if not isinstance(value, bool):
        raise Invalid(f"{name} is true or false", field=name)
    return value


def lines(*, described: bool) -> Reader:
    """1 to 200 lines of description, quantity and unit price; whether each must be described."""

    def read(name: str, value: Any) -> list[dict[str, Any]]:
        if not isinstance(value, list) or not 1 <= len(value) <= MAX_LINES:
            raise Invalid(f"{name} is a list of 1 to {MAX_LINES} lines", field=name)
        readers = _LINE | {"description": text(2000, required=described)}
        return [_line(readers, f"{name}.{number}", each) for number, each in enumerate(value)]

    return read


def one_of(*choices: str) -> Reader:
    def read(name: str, value: Any) -> str:
        if value not in choices:
            raise Invalid(f"{name} is one of {', '.join(choices)}", field=name)
        return str(value)

    return read


_AMOUNTS: dict[str, Reader] = {
    "currency": currency,
    "amount_minor": minor_units(least=1),
    "lines": lines(described=True),
    "discount_percent": percent,
    "tax_percent": percent,
}
# What decides what an invoice asks for; whoever looks at that while typing has not described all of it yet.
PREVIEW = _AMOUNTS | {"lines": lines(described=False)}
INVOICE_CHANGES: dict[str, Reader] = _AMOUNTS | {
    "due_date": day,
    "description": text(TEXT_LENGTH),
    "notes": text(TEXT_LENGTH),
    "deal_id": optional_identifier,
}
NEW_INVOICE = INVOICE_CHANGES | {"client_id": identifier}
PAYMENT: dict[str, Reader] = {
    "amount_minor": minor_units(least=1),
    "method": text(50, required=True),
    "paid_on": day,
    "reference": text(NAME_LENGTH),
}
_LINE: dict[str, Reader] = {
    "quantity": lambda name, value: domain.quantity(value, name),
    "unit_price_minor": minor_units(least=0),
}


def read(readers: Mapping[str, Reader], data: Any) -> dict[str, Any]:
    """Check every field given; Invalid names the first that is unknown or wrong."""
    if not isinstance(data, Mapping):
        raise Invalid("an object with fields is needed")
    unknown = [name for name in data if name not in readers]
    if unknown:
        raise Invalid(f"there is no field {unknown[0]!r} here", field=str(unknown[0]))
    return {name: readers[name](name, value) for name, value in data.items()}


def _line(readers: Mapping[str, Reader], path: str, value: Any) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        raise Invalid("a line has description, quantity and unit_price", field=path)
    unknown = [name for name in value if name not in readers]
    if unknown:
        raise Invalid(f"a line has no field {unknown[0]!r}", field=f"{path}.{unknown[0]}")
    given = {"description": None, "quantity": "1", "unit_price_minor": None} | dict(value)
    return {name: readers[name](f"{path}.{name}", each) for name, each in given.items()}
