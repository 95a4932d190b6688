"""Which clients: the filters of a list, in the query of an address or in a body, and as the clients service takes them.

Amounts are in major units of the base currency here, in minor units there.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

import orjson
from pydantic import Field

from libs.common.money import MoneyError, json_number, to_minor
from libs.common.problems import Invalid
from services.gateway.api.values import Amount, Body, Id, Name, Page

_WHERE = (
    'Conditions in groups: `{"all": […]}`, `{"any": […]}` or `{"field", "op", "value"}`, up to four groups deep and 50 '
    "conditions. Fields: company_name, industry, state, country, city, source, status, tag, owner_id, email, phone, "
    "website, notes, created_at, updated_at, last_activity_at, deal_value, deal_stage, lifetime_value, open_deals, "
    "custom.<key>, contact.custom.<key>, deal.custom.<key>. Operators: is, is_not, any_of, none_of, contains, "
    "starts_with, gt, gte, lt, lte, between, empty, not_empty, last_days, not_last_days."
)
_SORT = (
    "company_name, created_at, updated_at, last_activity_at, lifetime_value, waiting_since, status, owner (by name), "
    "industry, city, state, country, source, open_deals or deal_value (the greatest of its deals); - before it for "
    "descending. Without it: -created_at."
)
_LONGEST_WHERE = 16_000
_MONEY = frozenset({"deal_value", "lifetime_value"})
# Deeper ones are refused by the service, which names the place.
_DEEPEST = 8


class _Simple(Body):
    status: Literal["prospect", "active", "inactive", "churned"] | None = None
    industry: Name | None = None
    state: Name | None = None
    country: Name | None = None
    city: Name | None = None
    source: Name | None = None
    tag: Name | None = None
    created_from: date | None = None
    owner_id: Id | Literal["none"] | None = None
    shadowed: bool | None = None
    unanswered: Annotated[bool | None, Field(description="Who wrote to us last and waits for an answer.")] = None
    q: Annotated[
        Name | None,
        Field(
            description='Words, "quoted words", -words, OR; the last word may be unfinished. Each client has `hits`.'
        ),
    ] = None
    fuzzy: Annotated[bool | None, Field(description="Find words that are nearly those of `q`, too.")] = None


class ClientFilters(_Simple, Page):
    min_deal_value: Annotated[Decimal, Field(ge=0, lt=10**15)] | None = None
    where: Annotated[str | None, Field(max_length=_LONGEST_WHERE, description=f"JSON. {_WHERE}")] = None
    segment_id: Annotated[Id | None, Field(description="The filters of a segment, where the others say nothing.")] = (
        None
    )
    sort: Annotated[str | None, Field(max_length=40, description=_SORT)] = None


class FilterObject(_Simple):
    """The same filters in a body."""

    min_deal_value: Amount | None = None
    where: Annotated[dict[str, Any] | None, Field(description=_WHERE)] = None


def to_service(given: Mapping[str, Any], base: str) -> dict[str, Any]:
    """Filters as the clients service takes them; Invalid names what does not fit. base: the base currency."""
    filters = {name: value for name, value in given.items() if value is not None}
    if "min_deal_value" in filters:
        filters["min_deal_value_minor"] = _minor(Decimal(filters.pop("min_deal_value")), base, "min_deal_value")
    if isinstance(filters.get("where"), str):
        filters["where"] = parsed_where(filters["where"])
    if "where" in filters:
        filters["where"] = _each(filters["where"], lambda field, value, at: _told(field, value, base, at))
    return filters


def from_service(filters: Mapping[str, Any], base: str) -> dict[str, Any]:
    """The same back: amounts in major units."""
    found = dict(filters)
    if "min_deal_value_minor" in found:
        found["min_deal_value"] = Decimal(json_number(found.pop("min_deal_value_minor"), base))
    if "where" in found:
        found["where"] = _each(found["where"], lambda field, value, _at: _shown(field, value, base))
    return found


def in_address(filters: Mapping[str, Any]) -> dict[str, str]:
    """Filters in major units as parameters of a page's address."""
    return {name: _as_text(value) for name, value in filters.items() if value not in (None, "")}


def _as_text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return where_text(value) if isinstance(value, dict) else str(value)


def where_text(where: Any) -> str:
    """A tree as JSON on one line, its numbers exact."""
    return orjson.dumps(where, default=_number).decode()


def _number(value: Any) -> Any:
    # Numbers that an answer holds as text of their digits are such fragments already.
    return orjson.Fragment(f"{value:f}")


def parsed_where(text: str) -> Any:
    """A tree from its JSON, its numbers exact; Invalid where it is none."""
    try:
        return json.loads(text, parse_float=Decimal, parse_constant=_no_number)
    except (ValueError, ArithmeticError, RecursionError):
        raise Invalid("where is JSON", field="where") from None


def _no_number(_name: str) -> Any:
    raise ValueError("JSON has no such number")


def _each(node: Any, change: Callable[[Any, Any, str], Any], at: str = "where", depth: int = 0) -> Any:
    """A tree in which the value of each condition is changed."""
    if not isinstance(node, dict) or depth > _DEEPEST:
        return node
    made = dict(node)
    for group in ("all", "any"):
        if isinstance(node.get(group), list):
            inside = enumerate(node[group])
            made[group] = [_each(each, change, f"{at}.{group}[{n}]", depth + 1) for n, each in inside]
    if "value" in node:
        made["value"] = change(node.get("field"), node["value"], f"{at}.value")
    return made


def _told(field: Any, value: Any, base: str, at: str) -> Any:
    if isinstance(value, list):
        return [_told(field, each, base, f"{at}[{index}]") for index, each in enumerate(value)]
    if field in _MONEY and _is_number(value):
        return _minor(Decimal(value), base, at)
    if isinstance(value, dict) and "amount" in value and _is_number(value["amount"]):
        currency = value.get("currency") or base
        return {"amount_minor": _minor(Decimal(value["amount"]), currency, f"{at}.amount"), "currency": currency}
    return {"number": f"{value:f}"} if isinstance(value, Decimal) else value


def _shown(field: Any, value: Any, base: str) -> Any:
    if isinstance(value, list):
        return [_shown(field, each, base) for each in value]
    if field in _MONEY and _is_number(value):
        return Decimal(json_number(value, base))
    if isinstance(value, dict) and "number" in value:
        return Decimal(value["number"])
    if isinstance(value, dict) and "amount_minor" in value:
        return {"amount": Decimal(json_number(value["amount_minor"], value["currency"])), "currency": value["currency"]}
    return value


def _is_number(value: Any) -> bool:
    return isinstance(value, int | Decimal) and not isinstance(value, bool)


def _minor(amount: Decimal, currency: Any, at: str) -> int:
    try:
        return to_minor(amount, currency)
    except (MoneyError, TypeError) as error:
        raise Invalid(str(error), field=at) from None
