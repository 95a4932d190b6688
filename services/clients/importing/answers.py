"""What a person said about an import: what columns mean, and what the file itself leaves open."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from libs.common import fields
from libs.common.problems import Invalid
from libs.common.uploads import plain
from services.clients.importing.dates import ORDERS
from services.clients.importing.numbers import MARKS
from services.clients.importing.own_fields import OwnField
from services.clients.importing.targets import TARGETS

LOST_REASON = "Not said"


@dataclass(frozen=True, slots=True)
class Answers:
    """date_order: of dates that may be two. decimal_mark: of numbers that may be two. currency: of amounts that name
    none. company: whose rows without one are.

    owner_id: who owns what names nobody we know; owners: who is meant by a name. values: what words of others mean, by
    field. lost_reason: of lost deals that give none.
    """

    date_order: str | None = None
    decimal_mark: str | None = None
    currency: str | None = None
    company: str | None = None
    owner_id: str | None = None
    owners: Mapping[str, str | None] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    lost_reason: str = LOST_REASON

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> Answers:
        """As they are kept with the import."""
        return cls(**document)


def _order(name: str, value: Any) -> str | None:
    return None if value is None else fields.one_of(*ORDERS)(name, value)


def _mark(name: str, value: Any) -> str | None:
    return None if value is None else fields.one_of(*MARKS)(name, value)


def _currency(name: str, value: Any) -> str | None:
    return None if value is None else fields.currency(name, value)


def _owners(name: str, value: Any) -> dict[str, str | None]:
    if not isinstance(value, dict) or len(value) > 1000:
        raise Invalid(f"{name} says who is meant by each name", field=name)
    return {plain(str(key)): fields.identifier(f"{name}.{key}", owner) for key, owner in value.items()}


def choices_of(field_name: str, own: Mapping[str, OwnField]) -> tuple[str, ...]:
    """What a word of a field may mean: of one of ours by its name alone, of one that the company made by its whole
    name; nothing where it is no choice."""
    if field_name in own:
        return own[field_name].definition.options
    return next((each.choices for each in TARGETS.values() if each.field == field_name and each.choices), ())


def _values(own: Mapping[str, OwnField]) -> fields.Reader:
    """``{"stage": {"Engaging": "qualified"}}``"""

    def read(name: str, value: Any) -> dict[str, dict[str, str]]:
        if not isinstance(value, dict):
            raise Invalid(f"{name} says, by field, what each word means", field=name)
        found: dict[str, dict[str, str]] = {}
        for key, meanings in value.items():
            choices = choices_of(key, own)
            if not choices or not isinstance(meanings, dict) or len(meanings) > 1000:
                raise Invalid(f"{name} says, by field, what each word means", field=f"{name}.{key}")
            one = fields.one_of(*choices)
            found[key] = {plain(str(word)): one(f"{name}.{key}", meaning) for word, meaning in meanings.items()}
        return found

    return read


READERS: dict[str, fields.Reader] = {
    "date_order": _order,
    "decimal_mark": _mark,
    "currency": _currency,
    "company": fields.text(),
    "owner_id": fields.identifier,
    "owners": _owners,
    "lost_reason": fields.text(500),
}


def merged(before: Mapping[str, Any], given: Mapping[str, Any], own: Mapping[str, OwnField]) -> dict[str, Any]:
    """The answers as they are kept, with those that were given; names and words are added to those known.

    own: the fields that the company made, by name.
    """
    read = fields.read(READERS | {"values": _values(own)}, given)
    kept = dict(before)
    for name, value in read.items():
        if name == "owners":
            kept[name] = {**kept.get(name, {}), **value}
        elif name == "values":
            kept[name] = {**kept.get(name, {})} | {
                each: {**kept.get(name, {}).get(each, {}), **words} for each, words in value.items()
            }
        elif value is None:
            kept.pop(name, None)
        else:
            kept[name] = value
    return kept
