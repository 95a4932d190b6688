"""Spans of days by their names: what people choose instead of two dates, and what schedules move along with."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l

from libs.reporting import periods

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


def days(period: str, today: date) -> tuple[date, date]:
    """The first and the last day of a period, as it is on a day; KeyError for none of ours."""
    return periods.PERIODS[period](today)
