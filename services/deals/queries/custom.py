"""Deals by what stands in the fields that the company defined."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Date, Numeric, Text, Uuid, any_, column, func, not_, select
from sqlalchemy import table as described
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from libs.common import custom_fields
from libs.common.custom_fields import Definition
from libs.common.fields import contains
from libs.common.problems import Invalid
from services.deals.models import deals

FILTERS = ("custom", "custom_from", "custom_to", "custom_contains")

Condition = ColumnElement[bool]

_KEPT: list[Any] = [column("deal_id", Uuid(as_uuid=False)), column("key", Text), column("text", Text)]
_KEPT += [column("number", Numeric), column("date", Date), column("amount_minor", BigInteger), column("currency", Text)]
# The values by kind, each with its index; the database keeps them in line with the deals.
_value = described("deal_custom_values", *_KEPT).c


def conditions(session: Session, filters: Mapping[str, Any]) -> list[Condition]:
    """What ``FILTERS`` ask for, each by key; Invalid names the one that is malformed, as ``custom_from.seats``.

    ``custom``: just these values, None for deals without one. ``custom_from``, ``custom_to``: numbers, amounts of one
    currency and days from and up to these, themselves among them. ``custom_contains``: texts with this in them.
    """
    if not any(filters.get(name) for name in FILTERS):
        return []
    # What is archived is not set any more, and is still there to be found.
    known = [replace(each, archived=False) for each in custom_fields.definitions(session, "deal")]
    return [
        *_exactly(known, filters.get("custom")),
        *_within(known, filters.get("custom_from"), filters.get("custom_to")),
        *_containing(known, filters.get("custom_contains")),
    ]


def saying(pattern: str) -> Condition:
    """Deals one of whose own texts or choices is like the pattern; as an array, which is found once and then looked
    up by id."""
    found = select(_value.deal_id).where(_value.text.ilike(pattern)).scalar_subquery()
    return deals.c.id == any_(func.array(found, type_=ARRAY(Uuid(as_uuid=False))))


def _exactly(known: Sequence[Definition], values: Any) -> list[Condition]:
    if not values:
        return []
    wanted, held = custom_fields.read(known, values), deals.c.custom
    given = {key: value for key, value in wanted.items() if value is not None}
    missing = [not_(held.has_key(key)) for key, value in wanted.items() if value is None]
    return [held.contains(given), *missing] if given else missing


def _within(known: Sequence[Definition], least: Any, most: Any) -> list[Condition]:
    refusal = "only numbers, amounts and dates have a from and an until"
    lower = _given(known, "custom_from", least, tuple(_WITHIN), refusal)
    upper = _given(known, "custom_to", most, tuple(_WITHIN), refusal)
    kinds = {each.key: each.kind for each in known}
    return [_WITHIN[kinds[key]](key, lower.get(key), upper.get(key)) for key in {**lower, **upper}]


def _containing(known: Sequence[Definition], values: Any) -> list[Condition]:
    given = _given(known, "custom_contains", values, ("text",), "only text is looked through for a part of it")
    return [_has(key, _value.text.ilike(contains(part))) for key, part in given.items()]


def _given(known: Sequence[Definition], name: str, values: Any, kinds: tuple[str, ...], refusal: str) -> dict[str, Any]:
    """The values of one filter as rows keep them, all of fields of these kinds."""
    if not values:
        return {}
    others = {each.key for each in known if each.kind not in kinds}
    for key in values if isinstance(values, Mapping) else ():
        if key in others:
            raise Invalid(refusal, field=f"{name}.{key}")
    found = custom_fields.read(known, values, at=name)
    for key, value in found.items():
        if value is None:
            raise Invalid("this is needed", field=f"{name}.{key}")
    return found


def _numbers(key: str, least: Any, most: Any) -> Condition:
    lower, upper = (None if each is None else Decimal(str(each)) for each in (least, most))
    return _ordered(key, _value.number, lower, upper)


def _days(key: str, least: str | None, most: str | None) -> Condition:
    lower, upper = (None if each is None else date.fromisoformat(each) for each in (least, most))
    return _ordered(key, _value.date, lower, upper)


def _amounts(key: str, least: Any, most: Any) -> Condition:
    currencies = {each["currency"] for each in (least, most) if each}
    if len(currencies) > 1:
        raise Invalid("both amounts are in one currency", field=f"custom_to.{key}")
    lower, upper = (None if each is None else each["amount_minor"] for each in (least, most))
    return _ordered(key, _value.amount_minor, lower, upper, _value.currency == currencies.pop())


def _ordered(key: str, kept: Any, lower: Any, upper: Any, *wanted: Condition) -> Condition:
    if lower is not None and upper is not None and lower > upper:
        raise Invalid("the lower bound is above the upper one", field=f"custom_from.{key}")
    bounds = [] if lower is None else [kept >= lower]
    return _has(key, *wanted, *bounds, *([] if upper is None else [kept <= upper]))


def _has(key: str, *wanted: Condition) -> Condition:
    return deals.c.id.in_(select(_value.deal_id).where(_value.key == key, *wanted))


_WITHIN: dict[str, Callable[[str, Any, Any], Condition]] = {"number": _numbers, "money": _amounts, "date": _days}
