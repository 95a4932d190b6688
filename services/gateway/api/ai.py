"""What AI took and may take, for admins."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any

import orjson
from pydantic import Field

from libs.common.problems import Invalid
from services.gateway.api import documents as d
from services.gateway.api import requests as r
from services.gateway.api.routing import ADMIN, Routes
from services.gateway.api.values import Amount, Body

routes = Routes("ai")

_MICRO = 1_000_000
Dollars = Annotated[float, Field(description="US dollars, an estimate, exact as text.")]


class Budget(d.Document):
    """US dollars a business day: of all together, and of each person. ``version`` is 0 while the settings hold."""

    daily: Dollars
    user_daily: Dollars
    currency: str
    version: int


class SpentBudget(Budget):
    """``spent``: what counts today, calls under way with the most they can cost."""

    spent: Dollars


class BudgetChange(Body):
    """``version`` is the one you loaded; a stale one is refused with 409. 0 dollars: the built-in rules answer."""

    version: Annotated[int, Field(ge=0, le=2**31 - 1)] | None = None
    daily: Amount | None = None
    user_daily: Amount | None = None


class UsageFilters(Body):
    days: Annotated[int, Field(ge=1, le=92)] = 7


class Used(d.Document):
    """``generations`` were asked for, ``stood_in`` of them answered by the built-in rules in the provider's place;
    ``calls`` went out, ``problems`` of them gave no usable answer."""

    generations: int
    stood_in: int
    failed: int
    calls: int
    problems: int
    input_tokens: int
    output_tokens: int
    thought_tokens: int
    cost: Dollars


class UsedOfDay(Used):
    day: date


class UsedBy(Used):
    """``value`` is null where nobody asked in person."""

    value: str | None
    generations_today: int
    cost_today: Dollars


class Reason(d.Document):
    reason: str
    count: int
    last_at: datetime


class FailedCall(d.Document):
    at: datetime
    kind: str
    provider: str
    model: str
    attempt: int
    milliseconds: int | None
    problem: str


class Paused(d.Document):
    until: datetime
    because: str


class Usage(d.Document):
    provider: str
    model: str | None
    today: date
    currency: str
    days: list[UsedOfDay]
    by_kind: list[UsedBy]
    by_user: list[UsedBy]
    by_provider: list[UsedBy]
    reasons: list[Reason]
    failures: list[FailedCall]
    budget: SpentBudget
    paused: Paused | None


@routes.route("GET", "/ai/usage", who=ADMIN, query=UsageFilters, answers=Usage)
def usage(query: UsageFilters) -> dict[str, Any]:
    """What AI took in the last business days: by day, kind, person and provider, what failed and why."""
    found: dict[str, Any] = dollars(r.ask("ai", "usage", days=query.days))
    return found | {"currency": "USD", "budget": found["budget"] | {"currency": "USD"}}


@routes.route("GET", "/ai/budget", who=ADMIN, answers=Budget)
def get_budget() -> dict[str, Any]:
    """What may be spent in a day."""
    found: dict[str, Any] = dollars(r.ask("ai", "get_budget"))
    return found | {"currency": "USD"}


@routes.route("PATCH", "/ai/budget", who=ADMIN, body=BudgetChange, answers=Budget)
def change_budget(body: BudgetChange) -> dict[str, Any]:
    """Set it. Past it the built-in rules answer, and say why."""
    given = {"daily": body.daily, "user_daily": body.user_daily}
    changes = {f"{name}_micro_usd": _micro(name, amount) for name, amount in given.items() if amount is not None}
    found: dict[str, Any] = dollars(r.ask("ai", "change_budget", changes=changes, version=body.version))
    return found | {"currency": "USD"}


def dollars(document: Any) -> Any:
    """Every ``x_micro_usd`` as ``x``, an exact number of US dollars."""
    if isinstance(document, list):
        return [dollars(each) for each in document]
    if not isinstance(document, dict):
        return document
    return {
        name.replace("_micro_usd", ""): _number(value) if "_micro_usd" in name else dollars(value)
        for name, value in document.items()
    }


def _number(micro: int | None) -> Any:
    return None if micro is None else orjson.Fragment(f"{(Decimal(micro) / _MICRO).normalize():f}")


def _micro(name: str, amount: Decimal) -> int:
    if amount > 100_000 or amount != amount.quantize(Decimal("0.01")):
        raise Invalid("an amount from 0 to 100,000 US dollars, in whole cents", field=name)
    return int(amount * _MICRO)
