"""Spans of days by their names: what people choose instead of two dates, and what schedules move along with."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l

from services.gateway.api.reports.parameters import a_year_before, quarter_of

PERIODS: dict[str, Any] = {
    "this_quarter": _l("This quarter"),
    "next_quarter": _l("Next quarter"),
    "last_quarter": _l("Last quarter"),
    "this_month": _l("This month"),
    "next_month": _l("Next month"),
    "last_month": _l("Last month"),
    "this_year": _l("This year"),
    "last_30_days": _l("Last 30 days"),
    "last_90_days": _l("Last 90 days"),
    "last_12_months": _l("Last 12 months"),
}
CUSTOM = "custom"
# What is to come, and what was.
AHEAD = ("this_quarter", "next_quarter", "this_month", "next_month", "this_year")
BACK = (
    "last_12_months",
    "this_year",
    "this_quarter",
    "last_quarter",
    "this_month",
    "last_month",
    "last_90_days",
    "last_30_days",
)
_DAY = timedelta(days=1)


def days(period: str, today: date) -> tuple[date, date]:
    """The first and the last day of a period, as it is on a day; KeyError for none of ours."""
    month = _month(today)
    quarter = quarter_of(today)
    return {
        "this_quarter": lambda: quarter,
        "next_quarter": lambda: quarter_of(quarter[1] + _DAY),
        "last_quarter": lambda: quarter_of(quarter[0] - _DAY),
        "this_month": lambda: month,
        "next_month": lambda: _month(month[1] + _DAY),
        "last_month": lambda: _month(month[0] - _DAY),
        "this_year": lambda: (date(today.year, 1, 1), date(today.year, 12, 31)),
        "last_30_days": lambda: (today - timedelta(days=29), today),
        "last_90_days": lambda: (today - timedelta(days=89), today),
        "last_12_months": lambda: (a_year_before(today), today),
    }[period]()


def _month(day: date) -> tuple[date, date]:
    first = day.replace(day=1)
    return first, (first + timedelta(days=31)).replace(day=1) - _DAY
