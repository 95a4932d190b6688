"""What reports are asked with: one model a report, and how its parameters are put to the service.

Days are those of the business, both ends included. What is not said is what people look at most: this quarter of the
forecast, the last twelve months of what was closed.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from libs.common.clock import business_date
from libs.common.problems import Invalid
from libs.reporting import compared_days
from libs.reporting.periods import FIRST_DAY, LAST_DAY, LONGEST_DAYS, quarter_of, year_until
from services.gateway.api import requests as r
from services.gateway.api import schemas as s
from services.gateway.api.values import Body, Currency, Id, Name

MOST_MONTHS = 60


def _written(value: Any) -> Any:
    if isinstance(value, str) and not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
        raise ValueError("is a date, as in 2025-02-10")
    return value


def _in_our_time(value: date) -> date:
    if not FIRST_DAY <= value <= LAST_DAY:
        raise ValueError("is a day between 1970 and 2199")
    return value


def _split(value: Any) -> Any:
    """``month,stage`` is the same as one after the other."""
    given = value if isinstance(value, list) else [value]
    return [part for each in given for part in (each.split(",") if isinstance(each, str) else [each])]


Day = Annotated[date, BeforeValidator(_written), AfterValidator(_in_our_time)]
Owner = Id | Literal["none"]
Segment = Annotated[Id, Field(description="Only rows of clients in this segment, as you find it now.")]
Stages = Annotated[list[s.Stage | Literal["open"]], BeforeValidator(_split), Field(min_length=1, max_length=7)]


def today() -> date:
    """The day it is where the business is."""
    return business_date(datetime.now(UTC), r.gateway().settings.business_tz)


class Parameters(Body):
    """What any report may be asked with; a class of its own says what else."""

    def filters(self) -> dict[str, Any]:
        """Which rows count: what was given of the parameters that are filters."""
        given = self.given()
        return {name: given[name] for name in given if name in _FILTERS and given[name] is not None}

    def arguments(self) -> dict[str, Any]:
        """What the service's method is asked with; Invalid names the parameter at fault."""
        return {"filters": self.filters()}


_FILTERS = frozenset("owner_id source tag currency client_id segment_id stage".split())


class DealSelection(Parameters):
    owner_id: Owner | None = None
    source: Name | None = None
    tag: Name | None = None
    currency: Annotated[
        Currency | None, Field(description="Only deals in it, and amounts in it; else all, in the base currency.")
    ] = None
    client_id: Id | None = None
    segment_id: Segment | None = None
    stage: Stages | None = None


class RangeOfDeals(DealSelection):
    """Without days: the last twelve months and today."""

    from_: Annotated[Day | None, Field(alias="from")] = None
    to: Day | None = None

    def days(self) -> tuple[date, date]:
        """From which day to which; Invalid when there is none in between, or more than ten years."""
        return in_order(*self._days(self.from_, self.to))

    def arguments(self) -> dict[str, Any]:
        first, last = self.days()
        return super().arguments() | {"from_day": first.isoformat(), "to_day": last.isoformat()}

    def _days(self, first: date | None, last: date | None) -> tuple[date, date]:
        return _a_year(first, last)


class Forecast(RangeOfDeals):
    """Without days: this quarter. ``as_of``: the state at the end of that day, with the weights of then. ``insight``:
    whether AI is asked what it comes to, which takes as long again as the figures."""

    group_by: (
        Annotated[list[Literal["month", "stage"]], BeforeValidator(_split), Field(min_length=1, max_length=4)] | None
    ) = None
    as_of: Day | None = None
    insight: bool = True

    def arguments(self) -> dict[str, Any]:
        grouped = [each for each in ("month", "stage") if each in (self.group_by or ("month", "stage"))]
        as_of = not_after_today("as_of", self.as_of)
        return super().arguments() | {"group_by": grouped} | ({"as_of": as_of.isoformat()} if as_of else {})

    def _days(self, first: date | None, last: date | None) -> tuple[date, date]:
        return _a_quarter(first, last)


class Bridge(RangeOfDeals):
    """``from`` and ``to``: when the deals are to close; ``start`` and ``end``: the two days that are compared, by the
    state at their ends. Without days: this quarter, since the end of last month."""

    start: Day | None = None
    end: Day | None = None
    measure: Literal["value", "weighted"] = "value"

    def arguments(self) -> dict[str, Any]:
        start, end = self.compared()
        between = {"start": start.isoformat(), "end": end.isoformat(), "measure": self.measure}
        return super().arguments() | between

    def compared(self) -> tuple[date, date]:
        """The two days; Invalid names the one that is wrong."""
        named = not_after_today("start", self.start), not_after_today("end", self.end)
        start, end = compared_days(*named, today())
        if start > end:
            raise Invalid("the start is after the end", field="start")
        return start, end

    def _days(self, first: date | None, last: date | None) -> tuple[date, date]:
        return _a_quarter(first, last)


class WinRate(RangeOfDeals):
    group_by: Literal["month", "source", "owner", "stage"] = "month"

    def arguments(self) -> dict[str, Any]:
        return super().arguments() | {"group_by": self.group_by}


class Trend(DealSelection):
    months: Annotated[int, Field(ge=1, le=MOST_MONTHS)] = 12

    def arguments(self) -> dict[str, Any]:
        return super().arguments() | {"months": self.months}


class Stagnation(DealSelection, s.Page):
    """``idle_days``: how long nothing may have happened; what the company set, without it."""

    idle_days: Annotated[int, Field(ge=1, le=LONGEST_DAYS)] | None = None

    def arguments(self) -> dict[str, Any]:
        more = {name: value for name in ("idle_days", "limit", "cursor") if (value := getattr(self, name)) is not None}
        return super().arguments() | more


class Receivables(Parameters):
    client_id: Id | None = None
    segment_id: Segment | None = None
    currency: Currency | None = None


class PaymentTime(Receivables):
    """By the day of payment. Without days: the last twelve months and today."""

    from_: Annotated[Day | None, Field(alias="from")] = None
    to: Day | None = None

    def days(self) -> tuple[date, date]:
        """From which day to which; Invalid when there is none in between, or more than ten years."""
        return in_order(*_a_year(self.from_, self.to))

    def arguments(self) -> dict[str, Any]:
        first, last = self.days()
        return super().arguments() | {"from_day": first.isoformat(), "to_day": last.isoformat()}


def in_order(first: date, last: date) -> tuple[date, date]:
    """The same two days; Invalid when the first comes after the last, or too long before it."""
    if first > last:
        raise Invalid("from is after to", field="from")
    if last - first >= timedelta(days=LONGEST_DAYS):
        raise Invalid(f"a report is of at most {LONGEST_DAYS} days", field="to")
    return first, last


def not_after_today(name: str, day: date | None) -> date | None:
    """The same day; Invalid when it has not come yet."""
    if day is not None and day > today():
        raise Invalid(f"{name} is a day that has not come yet", field=name)
    return day


def _a_quarter(first: date | None, last: date | None) -> tuple[date, date]:
    begins, ends = quarter_of(first or last or today())
    return first or begins, last or ends


def _a_year(first: date | None, last: date | None) -> tuple[date, date]:
    ends = last or max(today(), first or today())
    return first or year_until(ends)[0], ends
