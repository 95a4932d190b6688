"""Reading what people typed: each field's reader checks shape and length, and names the field it refuses."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from email_validator import EmailNotValidError, validate_email

from libs.common.clock import zone_names
from libs.common.ids import is_id
from libs.common.money import EXPONENTS, MAX_MINOR
from libs.common.problems import Invalid

NAME_LENGTH = 200
TEXT_LENGTH = 20_000
MAX_TAGS = 50

Reader = Callable[[str, Any], Any]


def text(limit: int = NAME_LENGTH, *, required: bool = False) -> Reader:
    """Text without NUL, stripped; empty is None, or Invalid where it is required."""

    def read(name: str, value: Any) -> str | None:
        if value is not None and not isinstance(value, str):
            raise Invalid(f"{name} is text", field=name)
        value = (value or "").strip()
        if "\x00" in value:
            raise Invalid(f"{name} holds a character that cannot be kept", field=name)
        if len(value) > limit:
            raise Invalid(f"{name} has at most {limit} characters", field=name)
        if required and not value:
            raise Invalid(f"{name} is needed", field=name)
        return value or None

    return read


def email(name: str, value: Any) -> str | None:
    """An e-mail address by its syntax (no look-up: a mail server that is down is no wrong address)."""
    value = text(254)(name, value)
    if value is None:
        return None
    try:
        return validate_email(value, check_deliverability=False).normalized
    except EmailNotValidError as error:
        raise Invalid(f"{value!r} is not an e-mail address: {error}", field=name) from None


def one_of(*choices: str) -> Reader:
    def read(name: str, value: Any) -> str:
        if value not in choices:
            raise Invalid(f"{name} is one of {', '.join(choices)}", field=name)
        return str(value)

    return read


def identifier(name: str, value: Any) -> str | None:
    """A UUID in its one spelling, or None."""
    if value is None:
        return None
    if not is_id(value):
        raise Invalid(f"{name} is an id", field=name)
    return str(UUID(value))


def tags(name: str, value: Any) -> list[str]:
    """Distinct tags in the order given, lower case, each up to 60 characters."""
    if not isinstance(value, list) or len(value) > MAX_TAGS:
        raise Invalid(f"{name} is a list of up to {MAX_TAGS} tags", field=name)
    read = [text(60, required=True)(name, each) or "" for each in value]
    return list(dict.fromkeys(each.lower() for each in read))


def flag(name: str, value: Any) -> bool:
    if not isinstance(value, bool):
        raise Invalid(f"{name} is true or false", field=name)
    return value


def read(readers: Mapping[str, Reader], data: Any) -> dict[str, Any]:
    """Check every field given; Invalid names the first that is unknown or wrong."""
    if not isinstance(data, Mapping):
        raise Invalid("an object with fields is needed")
    unknown = [name for name in data if name not in readers]
    if unknown:
        raise Invalid(f"there is no field {unknown[0]!r} here", field=str(unknown[0]))
    return {name: readers[name](name, value) for name, value in data.items()}


def date_of(name: str, value: Any) -> date | None:
    """A calendar date in ISO 8601 or None."""
    if value is None:
        return None
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        raise Invalid(f"{name} is a date, as in 2025-02-10", field=name) from None


def instant(name: str, value: Any) -> datetime | None:
    """A date and time with its zone, as UTC, or None."""
    if value is None:
        return None
    try:
        found = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise Invalid(f"{name} is a date and time in ISO 8601", field=name) from None
    if found.tzinfo is None:
        raise Invalid(f"{name} needs its time zone, as in 2025-02-10T15:00:00-05:00", field=name)
    return found.astimezone(UTC)


def time_zone(name: str, value: Any) -> str | None:
    """An IANA time zone or None."""
    if value is not None and (not isinstance(value, str) or value not in zone_names()):
        raise Invalid(f"{name} is a time zone, as in Europe/Berlin", field=name)
    return value


def whole(low: int, high: int) -> Reader:
    """A whole number within bounds."""

    def read(name: str, value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise Invalid(f"{name} is a whole number from {low} to {high}", field=name)
        return value

    return read


def amount(name: str, value: Any) -> int | None:
    """An amount in minor units, not negative, or None."""
    return None if value is None else whole(0, MAX_MINOR)(name, value)


def currency(name: str, value: Any) -> str:
    """An ISO 4217 code."""
    if not isinstance(value, str) or value not in EXPONENTS:
        raise Invalid(f"{name} is an ISO 4217 currency code, as in USD", field=name)
    return value


def contains(value: Any) -> str:
    """An ILIKE pattern for text that contains this, whatever signs it holds."""
    text_ = str(value).replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{text_}%"
