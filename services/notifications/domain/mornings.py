"""When a person's day begins: a wall-clock time of a zone, on days on which clocks are changed, too."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

# A worker that was down at the time still sends what it missed within this time, once.
CATCH_UP = timedelta(hours=6)
# No clock is put forward by more than a day.
_LONGEST_GAP = 24 * 60


def moment(day: date, hour: int, minute: int, zone: str) -> datetime | None:
    """The instant at which a day's wall clock shows a time, in UTC.

    A time that comes twice counts the first time. One that is left out that day counts as the next there is; None
    where the day ends before, or was left out as a whole.
    """
    place = ZoneInfo(zone)
    wanted = datetime.combine(day, time(hour, minute))
    for later in range(_LONGEST_GAP):
        local = wanted + timedelta(minutes=later)
        if local.date() != day:
            return None
        instant = local.replace(tzinfo=place).astimezone(UTC)
        if instant.astimezone(place).replace(tzinfo=None) == local:
            return instant
    return None


def due_days(now: datetime, hour: int, minute: int, zone: str) -> Iterator[date]:
    """The days of a zone whose time has come by now and is not longer ago than we catch up."""
    today = now.astimezone(ZoneInfo(zone)).date()
    for day in (today - timedelta(days=1), today):
        at = moment(day, hour, minute, zone)
        if at is not None and at <= now < at + CATCH_UP:
            yield day


def greeting(hour: int) -> str:
    """How one greets at an hour of the day."""
    return "Good morning" if hour < 12 else "Good afternoon" if hour < 18 else "Good evening"
