"""Which deals: the filters of lists of deals, in the query of an address."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema

from services.gateway.api import schemas as s
from services.gateway.api.custom import with_custom
from services.gateway.api.values import Body, Currency, Custom, Id, Name

_LONGEST = 16_000
_ABOUT = (
    "JSON: values of custom fields by their keys, all of which a deal has, as in "
    '`{"region": "EU", "their_budget": {"amount": 5000, "currency": "EUR"}}`; null for deals without one.'
)


def _parsed(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value[:_LONGEST], parse_float=Decimal, parse_constant=_no_number)
    except (ValueError, ArithmeticError, RecursionError):
        raise ValueError("is JSON") from None


def _no_number(_name: str) -> Any:
    raise ValueError("JSON has no such number")


CustomAsText = Annotated[
    Custom, BeforeValidator(_parsed), WithJsonSchema({"type": "string", "maxLength": _LONGEST, "description": _ABOUT})
]


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
    q: Name | None = None

    def given(self) -> dict[str, Any]:
        """With values of custom fields as the deals service keeps them."""
        return with_custom(super().given(), self.custom)


class BoardFilters(DealSelection):
    limit: Annotated[int, Field(ge=1, le=200)] | None = None


class DealTotalsFilters(DealSelection):
    stage: list[s.Stage | Literal["open"]] | None = None


class DealFilters(DealTotalsFilters, s.Page):
    sort: Annotated[str, Field(max_length=40)] | None = None
