"""On which days something comes that comes every day, every week or every month."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from services.notifications.domain.mornings import moment

CADENCES = ("daily", "weekly", "monthly")
# A month has at most so many days, and a day may be left out by a zone.
_LONGEST = 40


@dataclass(frozen=True, slots=True)
class Rhythm:
    """weekday: of a weekly one, Monday is 0; monthday: of a monthly one, the month's last where it is shorter."""

    cadence: str
    hour: int
    weekday: int | None = None
    monthday: int | None = None

    def falls_on(self, day: date) -> bool:
        """Whether it comes on a day."""
        if self.cadence == "weekly":
            return day.weekday() == self.weekday
        if self.cadence == "monthly":
            last = calendar.monthrange(day.year, day.month)[1]
            return day.day == min(self.monthday or 1, last)
        return True

    def after(self, now: datetime, today: date, zone: str) -> datetime | None:
        """The next instant at which it comes; ``today``: the day it is in the zone."""
        for days in range(_LONGEST):
            day = today + timedelta(days=days)
            at = moment(day, self.hour, 0, zone) if self.falls_on(day) else None
            if at is not None and at > now:
                return at
        return None
