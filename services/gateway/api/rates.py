"""Exchange rates: what other currencies are worth in the base currency, from which day on."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

import orjson
from pydantic import Field

from services.gateway.api import documents as d
from services.gateway.api import requests as r
from services.gateway.api import schemas as s
from services.gateway.api.routing import Routes
from services.gateway.api.values import Body, Currency, Rate

routes = Routes("exchange rates")

FINANCE = frozenset({"admin", "finance"})


class RateNew(Body):
    """``rate`` is what one unit of ``currency`` is worth in the base currency from ``day`` on."""

    currency: Currency
    day: date
    rate: Rate


class RateDocument(d.Document):
    currency: str
    day: date
    rate: Annotated[float, Field(description="One unit of the currency in the base currency, exact as text.")]
    set_by: str | None
    set_at: datetime | None


class RateSet(RateDocument):
    """``deals`` and ``clients`` are how many were valued anew."""

    deals: int
    clients: int


class RateList(d.ListOf[RateDocument]):
    base_currency: str


@routes.route("GET", "/exchange-rates", query=s.Page, answers=RateList)
def list_exchange_rates(query: s.Page) -> dict[str, Any]:
    """The rates that are known, newest first."""
    page = r.ask("clients", "list_exchange_rates", **query.given())
    return page | {"items": [_as_number(each) for each in page["items"]]}


@routes.route("POST", "/exchange-rates", who=FINANCE, body=RateNew, answers=RateSet)
def set_exchange_rate(body: RateNew) -> dict[str, Any]:
    """Say what a currency is worth from a day on, or correct it.

    Won deals that were closed from then on until the next rate, and their clients' lifetime values, follow at once.
    """
    return _as_number(r.ask("clients", "set_exchange_rate", **body.given()))


def _as_number(rate: dict[str, Any]) -> dict[str, Any]:
    """Between services a rate travels as text, so that nothing rounds it; people get the number it is."""
    return rate | {"rate": orjson.Fragment(rate["rate"])}
