"""The days and the moment a report is about."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from libs.common.clock import business_date
from libs.common.fields import date_of
from libs.common.problems import Invalid
from services.deals import settings

MAX_DAYS = 3660
# What a rate or a usual time is measured on: the year that ends with the report's day.
MEASURED_DAYS = 365


@dataclass(frozen=True, slots=True)
class Span:
    """Days from one to another, both of them in it."""

    first: date
    last: date

    def months(self) -> Iterator[date]:
        """The first day of every month that has a day in it."""
        month = month_of(self.first)
        while month <= self.last:
            yield month
            month = next_month(month)

    def whole_months(self) -> Span | None:
        """From the first day of the first month that lies in it as a whole to the last day of the last such."""
        first = self.first if self.first.day == 1 else next_month(self.first)
        last = self.last if next_month(self.last) - self.last == _DAY else month_of(self.last) - _DAY
        return Span(first, last) if first <= last else None

    def edges(self) -> list[Span]:
        """What is left of it without its whole months."""
        whole = self.whole_months()
        if whole is None:
            return [self]
        sides = (Span(self.first, whole.first - _DAY), Span(whole.last + _DAY, self.last))
        return [side for side in sides if side.first <= side.last]


@dataclass(frozen=True, slots=True)
class Moment:
    """What a report sees: a past day as it ended, or the present.

    day: the business day whose rates count; before: the instant that day ended, None for the present.
    """

    day: date
    before: datetime | None = None

    @property
    def measured(self) -> Span:
        """The days that rates of winning and usual times rest on. Nothing ends in the future, so that now the month
        counts as a whole."""
        last = self.day if self.before else next_month(self.day) - _DAY
        return Span(self.day - timedelta(days=MEASURED_DAYS - 1), last)


def asked_span(from_day: Any, to_day: Any) -> Span:
    """The range of a report; Invalid names the end that is at fault."""
    first, last = _needed("from_day", from_day), _needed("to_day", to_day)
    if first > last:
        raise Invalid("to_day is not before from_day", field="to_day")
    if (last - first).days >= MAX_DAYS:
        raise Invalid(f"a report is of at most {MAX_DAYS} days", field="to_day")
    return Span(first, last)


def asked_moment(name: str, day: Any, now: datetime) -> Moment:
    """The end of a day that is over, or now where none or today is asked for; Invalid for a day to come."""
    today, asked = today_of(now), date_of(name, day)
    if asked is None or asked == today:
        return Moment(today)
    if asked > today:
        raise Invalid(f"{name} is a day that was, or today", field=name)
    return Moment(asked, begins(asked + _DAY))


def today_of(now: datetime) -> date:
    """The business day of an instant."""
    return business_date(now, settings.current().business_tz)


def begins(day: date) -> datetime:
    """The first instant of a business day."""
    return datetime.combine(day, time.min, ZoneInfo(settings.current().business_tz)).astimezone(UTC)


def month_of(day: date) -> date:
    return day.replace(day=1)


def next_month(day: date) -> date:
    """The first day of the month after."""
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def month_name(month: date) -> str:
    """``2025-01``"""
    return f"{month:%Y-%m}"


def asked_month(name: str, value: Any) -> date:
    """The first day of a month as in 2025-01; Invalid for anything else."""
    try:
        month = date.fromisoformat(f"{value}-01") if isinstance(value, str) else None
    except ValueError:
        month = None
    if month is None:
        raise Invalid(f"{name} is a month, as in 2025-01", field=name)
    return month


def _needed(name: str, value: Any) -> date:
    day = date_of(name, value)
    if day is None:
        raise Invalid(f"{name} is a date, as in 2025-02-10", field=name)
    # Months before and after are counted, and a year has to fit the calendar.
    if not 1900 <= day.year <= 2200:
        raise Invalid(f"{name} is a day of our time", field=name)
    return day


_DAY = timedelta(days=1)
