"""Which free times of ours fit when a meeting suits somebody. Pure: no I/O.

Our hours are those of the business time zone, theirs of their own: a meeting is an instant, and both clocks are asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

STEP = timedelta(minutes=30)
FEWEST_SLOTS, MOST_SLOTS = 2, 3
# How far apart two times are that are offered of one window.
_APART = timedelta(hours=1)
# By their clock; nobody is asked to a call in the night while there is time in the day.
_REASONABLE = time(8), time(20)
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_HOURS = re.compile(r"(?P<first>\w{3})(?:-(?P<last>\w{3}))? (?P<begins>\d\d:\d\d)-(?P<ends>\d\d:\d\d)")


@dataclass(frozen=True, slots=True)
class WorkingHours:
    """From when until when meetings are held, on which days of the week (Monday is 0), by the business's clock."""

    days: frozenset[int]
    begins: time
    ends: time

    @classmethod
    def of(cls, text: str) -> WorkingHours:
        """From ``Mon-Fri 09:00-17:00``; ValueError for anything else."""
        match = _HOURS.fullmatch(text.strip())
        if match is None or match["first"] not in _DAYS or (match["last"] or "Mon") not in _DAYS:
            raise ValueError("working hours are written as Mon-Fri 09:00-17:00")
        first = _DAYS.index(match["first"])
        last = _DAYS.index(match["last"] or match["first"])
        begins, ends = time.fromisoformat(match["begins"]), time.fromisoformat(match["ends"])
        if last < first or begins >= ends:
            raise ValueError("working hours end after they begin")
        return cls(frozenset(range(first, last + 1)), begins, ends)


@dataclass(frozen=True, slots=True)
class Window:
    """When it suits them, by their clock. ends: None where they named the moment it is to begin. zone: by whose clock
    instead, where they named one."""

    day: date
    begins: time
    ends: time | None
    zone: str | None = None


@dataclass(frozen=True, slots=True)
class Slot:
    """A time that is free, in UTC."""

    begins_at: datetime
    ends_at: datetime


def free(
    hours: WorkingHours, zone: str, earliest: datetime, last: date, length: timedelta, busy: Sequence[Slot]
) -> Iterator[Slot]:
    """Every time from an instant to a day, in steps of half an hour, that is within our hours and taken by nothing."""
    day = earliest.astimezone(ZoneInfo(zone)).date()
    while day <= last:
        if day.weekday() in hours.days:
            for slot in _of_day(hours, zone, day, length):
                if slot.begins_at >= earliest and not any(_overlap(slot, each) for each in busy):
                    yield slot
        day += timedelta(days=1)


def proposed(slots: Sequence[Slot], windows: Sequence[Window], zone: str, ours: str) -> list[tuple[Slot, bool]]:
    """Two or three of the free times, where there are so many, each with whether it fits the windows.

    Those that fit come first, one of each window before a second of any; a single one is followed by those nearest to
    the first window. Without windows one a day. Hours of their night are proposed only where nothing else is free.
    zone: theirs; ours: the business's.
    """
    if not windows:
        return [(slot, True) for slot in islice(_one_a_day(_by_day(slots, zone), ours), MOST_SLOTS)]
    fitting = [_by_day([slot for slot in slots if _fits(slot, each, each.zone or zone)], zone) for each in windows]
    chosen = sorted(_in_turns(fitting), key=_begins)
    if len(chosen) >= FEWEST_SLOTS:
        return [(slot, True) for slot in chosen]
    wanted = datetime.combine(windows[0].day, windows[0].begins, ZoneInfo(windows[0].zone or zone))
    nearest = sorted(_by_day(slots, zone), key=lambda each: abs(each.begins_at - wanted))
    others = _apart([*chosen, *nearest], MOST_SLOTS)[len(chosen) :]
    return [*((slot, True) for slot in chosen), *((slot, False) for slot in sorted(others, key=_begins))]


def _of_day(hours: WorkingHours, zone: str, day: date, length: timedelta) -> Iterator[Slot]:
    begins = datetime.combine(day, hours.begins)
    closes = datetime.combine(day, hours.ends)
    while begins + length <= closes:
        instant = begins.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
        # Where a clock jumps there are times that no day has.
        if instant.astimezone(ZoneInfo(zone)).replace(tzinfo=None) == begins:
            yield Slot(instant, instant + length)
        begins += STEP


def _overlap(slot: Slot, other: Slot) -> bool:
    return slot.begins_at < other.ends_at and other.begins_at < slot.ends_at


def _fits(slot: Slot, window: Window, zone: str) -> bool:
    begins, ends = (each.astimezone(ZoneInfo(zone)) for each in (slot.begins_at, slot.ends_at))
    if begins.date() != window.day:
        return False
    if window.ends is None:
        return begins.time() == window.begins
    return begins.time() >= window.begins and ends.date() == window.day and ends.time() <= window.ends


def _by_day(slots: Sequence[Slot], zone: str) -> Sequence[Slot]:
    """Those within the day of a zone; all, where none is."""
    return [slot for slot in slots if _is_by_day(slot, zone)] or slots


def _is_by_day(slot: Slot, zone: str) -> bool:
    begins, ends = (each.astimezone(ZoneInfo(zone)) for each in (slot.begins_at, slot.ends_at))
    return begins.time() >= _REASONABLE[0] and ends.time() <= _REASONABLE[1] and begins.date() == ends.date()


def _in_turns(fitting: Sequence[Sequence[Slot]]) -> list[Slot]:
    chosen: list[Slot] = []
    rows = [_apart(each, MOST_SLOTS) for each in fitting]
    for turn in range(MOST_SLOTS):
        for row in rows:
            if turn < len(row) and len(chosen) < MOST_SLOTS and not any(_overlap(row[turn], each) for each in chosen):
                chosen.append(row[turn])
    return chosen


def _apart(slots: Iterable[Slot], most: int) -> list[Slot]:
    kept: list[Slot] = []
    for slot in slots:
        if len(kept) < most and all(abs(slot.begins_at - each.begins_at) >= _APART for each in kept):
            kept.append(slot)
    return kept


def _one_a_day(slots: Iterable[Slot], zone: str) -> Iterator[Slot]:
    seen: set[date] = set()
    for slot in slots:
        day = slot.begins_at.astimezone(ZoneInfo(zone)).date()
        if day not in seen:
            seen.add(day)
            yield slot


def _begins(slot: Slot) -> datetime:
    return slot.begins_at
