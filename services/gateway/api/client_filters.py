"""Which clients: the filters of a list, in the query of an address or in a body, and as the clients service takes them.

Amounts are in major units of the base currency here, in minor units there.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import Field

from libs.common import conditions
from libs.common.money import json_number
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
    segment_id: Annotated[
        Id | None, Field(description="The filters and the order of a segment; filters beside it narrow it.")
    ] = None
    sort: Annotated[str | None, Field(max_length=40, description=_SORT)] = None


class FilterObject(_Simple):
    """The same filters in a body."""

    min_deal_value: Amount | None = None
    where: Annotated[dict[str, Any] | None, Field(description=_WHERE)] = None


def to_service(given: Mapping[str, Any], base: str) -> dict[str, Any]:
    """Filters as the clients service takes them; Invalid names what does not fit. base: the base currency."""
    filters = {name: value for name, value in given.items() if value is not None}
    if "min_deal_value" in filters:
        amount = Decimal(filters.pop("min_deal_value"))
        filters["min_deal_value_minor"] = conditions.in_minor(amount, base, "min_deal_value")
    if isinstance(filters.get("where"), str):
        filters["where"] = conditions.parsed(filters["where"])
    if "where" in filters:
        filters["where"] = conditions.kept(filters["where"], _MONEY, base)
    return filters


def from_service(filters: Mapping[str, Any], base: str) -> dict[str, Any]:
    """The same back: amounts in major units."""
    found = dict(filters)
    if "min_deal_value_minor" in found:
        found["min_deal_value"] = Decimal(json_number(found.pop("min_deal_value_minor"), base))
    if "where" in found:
        found["where"] = conditions.shown(found["where"], _MONEY, base)
    return found


def in_address(filters: Mapping[str, Any]) -> dict[str, str]:
    """Filters in major units as parameters of a page's address."""
    return {name: _as_text(value) for name, value in filters.items() if value not in (None, "")}


def _as_text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return conditions.as_json(value) if isinstance(value, dict) else str(value)
