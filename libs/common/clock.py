"""Time: instants are UTC, dates that people see are in the business time zone."""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import cache
from typing import Protocol
from zoneinfo import ZoneInfo, available_timezones


class Clock(Protocol):
    """Where the time comes from, so that a test can hold it still."""

    def now(self) -> datetime: ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class FixedClock:
    """A clock that stands where it was put."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at


@cache
def zone_names() -> frozenset[str]:
    """The IANA time zones this machine knows; to look for them takes reading hundreds of files."""
    return frozenset(available_timezones())


def business_date(instant: datetime, zone: str) -> date:
    """The calendar day of an instant in a time zone (IANA name)."""
    return instant.astimezone(ZoneInfo(zone)).date()
