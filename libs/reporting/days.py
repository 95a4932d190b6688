"""The days that reports look at where nobody names any."""

from __future__ import annotations

from datetime import date, timedelta


def compared_days(start: date | None, end: date | None, today: date) -> tuple[date, date]:
    """The two days of a bridge: where none are named, the end of last month and today. They may be the wrong way
    round where somebody named one."""
    last = end or today
    return start or min(last, today.replace(day=1) - timedelta(days=1)), last
