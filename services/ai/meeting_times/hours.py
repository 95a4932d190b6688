"""Hours as people write them, in English and German. Pure: no I/O.

An hour without "am", "pm" or a part of the day is one of a working day: 7 to 12 as they stand, 1 to 6 in the afternoon;
``halb drei`` is 14:30. Numbers of something else, as in ``3 to 5 k``, are no hours.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import time

from services.ai.meeting_times import clock_words as said

MIDNIGHT, LAST = time(0), time(23, 59)


@dataclass(frozen=True, slots=True)
class FoundHours:
    """From when until when; ends None: the moment itself. Where in the text it is said.

    is_sure: whether the words themselves are of hours; ``2-4`` is two of them only beside a day.
    """

    begins: time
    ends: time | None
    start: int
    end: int
    is_sure: bool = True

    @property
    def lasts_until(self) -> time:
        """When it is over; a moment is an hour long."""
        if self.ends is not None:
            return self.ends
        return self.begins.replace(hour=self.begins.hour + 1) if self.begins.hour < 23 else LAST


_PARTS = {
    "morning": (time(8), time(12)),
    "noon": (time(12), time(14)),
    "afternoon": (time(13), time(18)),
    "evening": (time(17), time(21)),
}
_Reader = Callable[[re.Match[str]], tuple[time, time | None] | None]


def find(text: str) -> list[FoundHours]:
    """Every time of a day that is named, in the order of the text; of two readings of the same words the longer."""
    found: list[FoundHours] = []
    taken: list[tuple[int, int]] = []
    for pattern, reader in _READERS:
        for match in pattern.finditer(text):
            start, end = match.span()
            if any(start < last and first < end for first, last in taken):
                continue
            is_counted = _is_counted(match, text[end:])
            hours = None if is_counted else reader(match)
            if is_counted or hours is not None:
                taken.append((start, end))
            if hours is not None:
                found.append(FoundHours(*hours, start, end, pattern is not _BARE_RANGE or _is_marked(match)))
    return _joined(sorted(found, key=lambda each: each.start), text)


def _joined(found: Sequence[FoundHours], text: str) -> list[FoundHours]:
    """``Thursday morning at 9`` and ``afternoon after 3`` name one time, not two."""
    joined: list[FoundHours] = []
    for each in found:
        before = joined[-1] if joined else None
        beside = before is not None and not text[before.end : each.start].strip(" ,")
        one = _within(before, each) if before is not None and beside else None
        joined[-1:] = [one] if one is not None else [*joined[-1:], each]
    return joined


def _within(part: FoundHours, hours: FoundHours) -> FoundHours | None:
    """Hours that a part of the day before them holds."""
    if (part.begins, part.ends) not in _PARTS.values() or part.ends is None:
        return None
    moved = _in_the_evening(hours) if part.begins >= time(13) else hours
    begins, ends = max(moved.begins, part.begins), moved.ends and min(moved.ends, part.ends)
    if begins >= part.ends or (ends or LAST) <= begins or (ends is None and begins != moved.begins):
        return None
    return FoundHours(begins, ends, part.start, hours.end)


def _in_the_evening(hours: FoundHours) -> FoundHours:
    """``evening at 8``: the hour that was taken for one of the morning."""
    if hours.ends is not None or not 7 <= hours.begins.hour < 12:
        return hours
    return replace(hours, begins=hours.begins.replace(hour=hours.begins.hour + 12))


def _between(match: re.Match[str]) -> tuple[time, time | None] | None:
    # "2 to 4 pm": what is said of the end holds for the beginning, too.
    begins = _clock(match, "1", _half(match, "1") or _half(match, "2"))
    ends = _clock(match, "2", _half(match, "2"))
    if begins is not None and ends is not None and begins > ends and not _half(match, "1"):
        begins = _clock(match, "1", "am")  # "10 to 2 pm"
    if begins is None or ends is None or begins >= ends:
        return None
    return begins, ends


def _after(match: re.Match[str]) -> tuple[time, time | None] | None:
    begins = _edge(match)
    return (begins, LAST) if begins is not None else None


def _before(match: re.Match[str]) -> tuple[time, time | None] | None:
    ends = _edge(match)
    return (MIDNIGHT, ends) if ends is not None and ends > MIDNIGHT else None


def _edge(match: re.Match[str]) -> time | None:
    return time(12) if match["noon"] else _clock(match, "1", _half(match, "1"))


def _at(match: re.Match[str]) -> tuple[time, time | None] | None:
    at = _clock(match, "1", _half(match, "1"))
    return (at, None) if at is not None else None


def _part(name: str) -> _Reader:
    return lambda _match: _PARTS[name]


def _half(match: re.Match[str], n: str) -> str | None:
    """``am`` or ``pm``, whatever words say so."""
    word = match[f"half{n}"] or match[f"part{n}"]
    return said.half(word) if word else None


def _clock(match: re.Match[str], n: str, half: str | None) -> time | None:
    if match[f"hour{n}"] is None:
        return None
    # "04 Uhr" is written by who counts to 24.
    is_sure = bool(match[f"uhr{n}"]) and match[f"hour{n}"].startswith("0")
    minutes = int(match[f"minute{n}"] or 0) + said.minutes(match[f"spoken{n}"])
    return _time(said.number(match[f"hour{n}"]), minutes, half, guess=not is_sure)


def _time(hour: int, minutes: int, half: str | None, *, guess: bool) -> time | None:
    """minutes: after the hour, or before it; guess: whether 1 to 6 are hours of the afternoon."""
    if half and not 1 <= hour <= 12:
        return time(hour, minutes) if 12 < hour < 24 and half == "pm" and minutes >= 0 else None
    of_day = hour * 60 + minutes
    if half:
        of_day = of_day % 720 + (720 if half == "pm" else 0)
    elif guess and (60 <= of_day < 420 or (minutes and 1 <= hour <= 12 and of_day < 60)):
        of_day += 720
    return time(*divmod(of_day, 60)) if 0 <= of_day < 1440 else None


def _is_counted(match: re.Match[str], after: str) -> bool:
    """Whether the number is one of money or of things."""
    groups = match.groupdict()
    if not groups.get("hour1"):
        return False
    return said.MONEY.match(after) is not None or (not _is_marked(match) and said.THINGS.match(after) is not None)


def _is_marked(match: re.Match[str]) -> bool:
    return any(match.groupdict().get(f"{name}{n}") for name in ("minute", "half", "uhr", "part") for n in "12")


def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(rf"{said.NO_HOUR_AFTER}(?<![\w.,:/+-])(?:{text})(?![\w:/-])", re.IGNORECASE)


_ONE, _TWO = said.clock(1), said.clock(2)
_EDGE = rf"(?:(?:dem\s+)?(?P<noon>noon|midday|mittags?)|{_ONE})"
_UNTIL = rf"(?:lunch|{_ONE})".replace("lunch", r"(?P<noon>noon|midday|mittags?|lunch)")
_BARE_RANGE = _pattern(rf"{_ONE}\s?(?:-|–|—|to|till?|bis)\s?{_TWO}")
_LATER = rf"{said.NOT}(?:before|until|till?|earlier\s+than|vor|bis|früher\s+als)"
_EARLIER = rf"{said.NOT}(?:after|later\s+than|nach|später\s+als)|(?:bis\s+)?spätestens(?:\s+um)?"

_READERS: tuple[tuple[re.Pattern[str], _Reader], ...] = (
    (_pattern(rf"(?:between|from|zwischen|von|ab)\s+{_ONE}\s*(?:and|to|till?|until|und|bis|-|–|—)\s*{_TWO}"), _between),
    (_pattern(rf"{_ONE}\s?(?:until|till|bis)\s?{_TWO}"), _between),
    (_BARE_RANGE, _between),
    # Who has a meeting until three is free from then on.
    (_pattern(rf"{said.BUSY}\s+(?:\w+\s+){{0,3}}?(?:until|till?|bis)\s+{_UNTIL}"), _after),
    (_pattern(rf"bis\s+{_UNTIL}\s+(?:\w+\s+){{0,2}}?{said.BUSY_AFTER}"), _after),
    (_pattern(rf"{_LATER}\s+{_UNTIL}"), _after),
    (_pattern(rf"(?:{_EARLIER})\s+{_UNTIL}"), _before),
    (_pattern(rf"(?:any\s?time\s+)?(?<!quarter )(?<!half )(?<!viertel )(?<!fünf )(?<!zehn )(?<!five )(?<!ten )"
              rf"(?:after|from|nach|ab|past)\s+{_EDGE}(?:\s+(?:on|onwards?))?"), _after),
    (_pattern(rf"(?<!quarter )(?<!viertel )(?<!fünf )(?<!zehn )(?:before|until|till|by|bis|vor)\s+{_UNTIL}"), _before),
    (_pattern(rf"(?:at|around|about|um|gegen|@)\s*{_ONE}"), _at),
    *((_pattern(bare), _at) for bare in said.BARE),
    *((_pattern(words), _part(name)) for name, words in said.PARTS.items()),
)  # fmt: skip
