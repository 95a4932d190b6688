"""What a field may hold, by its kind. Pure: no I/O."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from libs.common import fields
from libs.common.money import display
from libs.common.problems import Invalid

KINDS = ("text", "number", "money", "date", "choice", "yes_no")
# What an index on its lower-case letters can hold, whatever the letters.
TEXT_LENGTH = 500
# As the database has it. The keys we make are shorter.
KEY = re.compile(r"[a-z][a-z0-9_]{0,49}")
_KEY_LENGTH = 40
# As many digits as a binary float gives back unchanged, so that JSON readers everywhere read the number that was typed.
_DIGITS, _DECIMALS = 15, 6
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")


@dataclass(frozen=True, slots=True)
class Definition:
    """One field. key: under which rows keep its value, made of the first label and never changed. options: what a
    choice chooses from. archived: values stay to be read, and nobody sets new ones."""

    key: str
    label: str
    kind: str
    options: tuple[str, ...] = ()
    archived: bool = False

    def read(self, value: Any, at: str = "custom") -> Any:
        """A value as rows keep it, None for none; Invalid names ``custom.<key>``, or what ``at`` says in its place.

        text and choice: text. number: a JSON number, given as one or as its text. money: ``{amount_minor, currency}``.
        date: ISO 8601. yes_no: true or false.
        """
        if value is None:
            return None
        name = f"{at}.{self.key}"
        if self.archived:
            raise Invalid(f"{self.label} is archived and takes no values any more", field=name)
        if self.kind == "choice":
            return _choice(name, value, self.options)
        return _READERS[self.kind](name, value)


def read(known: Iterable[Definition], values: Any, at: str = "custom") -> dict[str, Any]:
    """Check the values given, by key; None stands for one that is to be removed. at: what Invalid calls them."""
    if not isinstance(values, Mapping):
        raise Invalid(f"{at} is an object with the keys of custom fields", field=at)
    by_key = {each.key: each for each in known}
    for key in values:
        if key not in by_key:
            raise Invalid(f"there is no custom field {str(key)[:60]!r} here", field=at)
    return {key: by_key[key].read(value, at) for key, value in values.items()}


def merged(current: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """What a row keeps when these values are set and, where they are None, removed."""
    return {key: value for key, value in {**current, **given}.items() if value is not None}


def key_of(label: str, taken: Iterable[str] = ()) -> str:
    """A key that says what the label does: letters, figures and underscores, and none that is taken."""
    text = unicodedata.normalize("NFKD", label).casefold().replace("ß", "ss")
    text = "".join(char for char in text if char.isascii())
    key = re.sub(r"[^a-z0-9]+", "_", text).strip("_")[:_KEY_LENGTH].strip("_") or "field"
    key = key if key[0].isalpha() else f"field_{key}"
    used, number, found = set(taken), 1, key
    while found in used:
        number += 1
        found = f"{key}_{number}"
    return found


def shown(value: Any) -> str:
    """A value in words of no language: for search, and for files."""
    if isinstance(value, Mapping):
        return display(value["amount_minor"], value["currency"])
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def searchable(values: Mapping[str, Any]) -> str | None:
    """What a row is searched by: texts, choices and days. A number or an amount is filtered by."""
    found = ", ".join(values[key] for key in sorted(values) if isinstance(values[key], str))
    return found[: fields.TEXT_LENGTH] or None


def _choice(name: str, value: Any, options: Sequence[str]) -> str:
    if value not in options:
        raise Invalid(f"this is one of {', '.join(options)}", field=name)
    return str(value)


def _text(name: str, value: Any) -> str | None:
    if not isinstance(value, str):
        raise Invalid("this is text", field=name)
    found: str | None = fields.text(TEXT_LENGTH)(name, value)
    return found


def _number(name: str, value: Any) -> int | float | None:
    if isinstance(value, str) and not value.strip():
        return None
    try:
        typed = value.strip() if isinstance(value, str) else format(Decimal(str(value)), "f")
    except (InvalidOperation, ValueError):
        typed = ""
    if isinstance(value, bool) or not _NUMBER.fullmatch(typed):
        raise Invalid("this is a number, as in 12.5", field=name)
    found = Decimal(typed).normalize()
    digits, exponent = found.as_tuple().digits, int(found.as_tuple().exponent)
    if max(len(digits), len(digits) + exponent) > _DIGITS or -exponent > _DECIMALS:
        raise Invalid(f"a number has at most {_DIGITS} digits, {_DECIMALS} of them behind the point", field=name)
    return int(found) if exponent >= 0 else float(found)


def _money(name: str, value: Any) -> dict[str, Any]:
    if not isinstance(value, Mapping) or set(value) != {"amount_minor", "currency"} or value["amount_minor"] is None:
        raise Invalid("this is an amount with its currency", field=name)
    amount = fields.amount(name, value["amount_minor"])
    return {"amount_minor": amount, "currency": fields.currency(name, value["currency"])}


def _date(name: str, value: Any) -> str | None:
    if isinstance(value, date):
        return value.isoformat()[:10]
    found = fields.date_of(name, value or None)
    return None if found is None else found.isoformat()


_READERS: dict[str, Callable[[str, Any], Any]] = {
    "text": _text,
    "number": _number,
    "money": _money,
    "date": _date,
    "yes_no": fields.flag,
}
