"""Which deals: the filters of lists of deals, in the query of an address."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema

from services.gateway.api import schemas as s
from services.gateway.api.custom import with_custom
from services.gateway.api.values import Body, Currency, Custom, Id, Name, NeededName

_LONGEST = 16_000
_ABOUT = (
    "JSON: values of custom fields by their keys, all of which a deal has, as in "
    '`{"region": "EU", "their_budget": {"amount": 5000, "currency": "EUR"}}`; null for deals without one.'
)
_ABOUT_BOUNDS = (
    "JSON: bounds of custom fields by their keys, which count as within, as in "
    '`{"seats": 10, "start": "2025-02-10", "their_budget": {"amount": 5000, "currency": "EUR"}}`. Of numbers, amounts '
    "(only deals with an amount in that currency) and dates; a deal without a value is not found."
)
_ABOUT_PARTS = 'JSON: what the text in custom fields contains, by their keys, upper or lower case: `{"note": "pilot"}`.'


def _parsed(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value[:_LONGEST], parse_float=Decimal, parse_constant=_no_number)
    except (ValueError, ArithmeticError, RecursionError):
        raise ValueError("is JSON") from None


def _no_number(_name: str) -> Any:
    raise ValueError("JSON has no such number")


def _as_text(about: str) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "maxLength": _LONGEST, "description": about})


CustomAsText = Annotated[Custom, BeforeValidator(_parsed), _as_text(_ABOUT)]
BoundsAsText = Annotated[Custom, BeforeValidator(_parsed), _as_text(_ABOUT_BOUNDS)]
PartsAsText = Annotated[dict[str, NeededName], Field(max_length=100), BeforeValidator(_parsed), _as_text(_ABOUT_PARTS)]


class DealSelection(Body):
    owner_id: Id | Literal["none"] | None = None
    client_id: Id | None = None
    segment_id: Id | None = None
    tag: Name | None = None
    source: Name | None = None
    currency: Currency | None = None
    created_from: date | None = None
    closing_from: date | None = None
    closing_to: date | None = None
    closed_from: date | None = None
    closed_to: date | None = None
    closes_from: Annotated[
        date | None, Field(description="By the day it closed, or is expected to: the day a forecast counts it on.")
    ] = None
    closes_to: date | None = None
    undated: Annotated[bool | None, Field(description="Without such a day.")] = None
    stagnant: Annotated[
        bool | None, Field(description="Open and idle for `idle_days`, or longer in its stage than is usual.")
    ] = None
    idle_days: Annotated[int, Field(ge=1, le=3660)] | None = None
    custom: CustomAsText | None = None
    custom_from: BoundsAsText | None = None
    custom_to: BoundsAsText | None = None
    custom_contains: PartsAsText | None = None
    q: Name | None = None

    def given(self) -> dict[str, Any]:
        """With values of custom fields as the deals service keeps them."""
        found = super().given()
        for name in ("custom", "custom_from", "custom_to"):
            found = with_custom(found, getattr(self, name), name)
        return found


class BoardFilters(DealSelection):
    limit: Annotated[int, Field(ge=1, le=200)] | None = None


class DealTotalsFilters(DealSelection):
    stage: list[s.Stage | Literal["open"]] | None = None


class DealFilters(DealTotalsFilters, s.Page):
    sort: Annotated[str, Field(max_length=40)] | None = None
