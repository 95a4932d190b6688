"""Spans of days: those that move with the day they are asked on, and what a report shows where none is named.

The same for pages, files and schedules, so that what somebody looks at can be mailed.
"""

from __future__ import annotations

import calendar
from collections.abc import Callable, Mapping
from datetime import date, timedelta

Span = tuple[date, date]

# Of a report's range, and of how long nothing happened.
LONGEST_DAYS = 3660
FIRST_DAY, LAST_DAY = date(1970, 1, 1), date(2199, 12, 31)


def month_of(day: date, further: int = 0) -> Span:
    """The first and last day of a day's month, or of one that many months on."""
    number = day.year * 12 + day.month - 1 + further
    year, month = number // 12, number % 12 + 1
    return date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1])


def quarter_of(day: date, further: int = 0) -> Span:
    """The first and last day of a day's quarter, or of one that many quarters on."""
    into = (day.month - 1) % 3
    return month_of(day, 3 * further - into)[0], month_of(day, 3 * further - into + 2)[1]


def year_until(day: date) -> Span:
    """Twelve months, the last of them the day's, up to the day."""
    return month_of(day, -11)[0], day


PERIODS: Mapping[str, Callable[[date], Span]] = {
    "this_quarter": quarter_of,
    "next_quarter": lambda day: quarter_of(day, 1),
    "last_quarter": lambda day: quarter_of(day, -1),
    "this_month": month_of,
    "next_month": lambda day: month_of(day, 1),
    "last_month": lambda day: month_of(day, -1),
    "this_year": lambda day: (date(day.year, 1, 1), date(day.year, 12, 31)),
    "last_30_days": lambda day: (day - timedelta(days=29), day),
    "last_90_days": lambda day: (day - timedelta(days=89), day),
    "last_12_months": year_until,
}
