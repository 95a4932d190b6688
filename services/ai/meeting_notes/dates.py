"""Days as people write them in notes, in English and German, counted from the day of the notes. Pure: no I/O.

A weekday is the next one after today; ``next`` or ``nächsten`` before it, the one of next week (Monday to Sunday). A
day without a year is the nearest that is not more than two months ago. A week or a month stands for its last working
day. Days written with strokes (2/12) are read differently here and there, and are therefore not read at all.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, slots=True)
class FoundDay:
    """A day, and where in the text it is named."""

    day: date
    words: str
    start: int


_MONTHS = (
    "january|januar|jänner|jan",
    "february|februar|feb",
    "march|märz|maerz|mar|mär",
    "april|apr",
    "may|mai",
    "june|juni|jun",
    "july|juli|jul",
    "august|aug",
    "september|sept|sep",
    "october|oktober|oct|okt",
    "november|nov",
    "december|dezember|dec|dez",
)
_WEEKDAYS = (
    "monday|montag|mon",
    "tuesday|dienstag|tues|tue",
    "wednesday|mittwoch|wed",
    "thursday|donnerstag|thurs|thu",
    "friday|freitag|fri",
    "saturday|samstag|sonnabend",
    "sunday|sonntag",
)
_COUNTS = {
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "six": 6, "couple": 2,
    "einem": 1, "einer": 1, "eine": 1, "zwei": 2, "drei": 3, "vier": 4, "sechs": 6,
}  # fmt: skip
_MONTH = "|".join(_MONTHS)
_WEEKDAY = "|".join(_WEEKDAYS)
_NEXT = r"next|nächste[nrs]?|naechste[nrs]?"
_UNIT = r"days?|tag(?:en?)?|weeks?|wochen?|months?|monat(?:en?)?"
_TWO_MONTHS = timedelta(days=62)

_Reader = Callable[[re.Match[str], date], date | None]


def find(text: str, today: date) -> list[FoundDay]:
    """Every day that is named, in the order of the text; of two readings of the same words the longer."""
    found: list[FoundDay] = []
    for pattern, reader in _READERS:
        for match in pattern.finditer(text):
            start, end = match.span()
            if any(start < each.start + len(each.words) and each.start < end for each in found):
                continue
            day = reader(match, today)
            if day is not None:
                found.append(FoundDay(day, match.group(), start))
    return sorted(found, key=lambda each: each.start)


def _iso(match: re.Match[str], _today: date) -> date | None:
    return _made(int(match["year"]), int(match["month"]), int(match["day"]))


def _numeric(match: re.Match[str], today: date) -> date | None:
    return _dated(int(match["day"]), int(match["month"]), match["year"], today)


def _named(match: re.Match[str], today: date) -> date | None:
    return _dated(int(match["day"]), _place(match["month"], _MONTHS) + 1, match["year"], today)


def _weekday(match: re.Match[str], today: date) -> date:
    wanted = _place(match["weekday"], _WEEKDAYS)
    if match["next"]:
        monday = today - timedelta(days=today.weekday()) + timedelta(weeks=1)
        return monday + timedelta(days=wanted)
    return today + timedelta(days=(wanted - today.weekday() - 1) % 7 + 1)


def _near(match: re.Match[str], today: date) -> date:
    word = match.group().casefold()
    if word in ("today", "heute"):
        return today
    return today + timedelta(days=2 if word in ("day after tomorrow", "the day after tomorrow", "übermorgen") else 1)


def _after(match: re.Match[str], today: date) -> date | None:
    word = match["count"].casefold()
    count = int(word) if word.isdigit() else _COUNTS[word]
    unit = match["unit"].casefold()
    if count > 366:
        return None
    if unit.startswith(("day", "tag")):
        return today + timedelta(days=count)
    if unit.startswith(("week", "woche")):
        return today + timedelta(weeks=count)
    year, month = divmod(today.year * 12 + today.month - 1 + count, 12)
    return date(year, month + 1, min(today.day, monthrange(year, month + 1)[1]))


def _end_of(match: re.Match[str], today: date) -> date:
    later = bool(match["next"])
    if match["unit"].casefold().startswith(("week", "woche")):
        friday = today - timedelta(days=today.weekday()) + timedelta(days=4)
        return friday + timedelta(weeks=1) if later or friday < today else friday
    year, month = divmod(today.year * 12 + today.month - 1 + int(later), 12)
    last = date(year, month + 1, monthrange(year, month + 1)[1])
    return last - timedelta(days=max(last.weekday() - 4, 0))


def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w.,-])(?:{text})(?![\w-])", re.IGNORECASE)


_YEAR = r"(?:,?\s+(?P<year>20\d\d))?"
# Longer ways to name a day first, so that "12 February" is not read as a bare "Feb".
_READERS: tuple[tuple[re.Pattern[str], _Reader], ...] = (
    (_pattern(r"(?P<year>20\d\d)-(?P<month>\d\d)-(?P<day>\d\d)"), _iso),
    (re.compile(r"(?<![\w.])(?P<day>\d{1,2})\.\s?(?P<month>\d{1,2})\.(?:\s?(?P<year>20\d\d|\d\d)(?!\w))?(?!\w)"),
     _numeric),
    (_pattern(rf"(?P<day>\d{{1,2}})(?:st|nd|rd|th|\.)?\s+(?:of\s+)?(?P<month>{_MONTH})\.?{_YEAR}"), _named),
    (_pattern(rf"(?P<month>{_MONTH})\.?\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?{_YEAR}"), _named),
    (_pattern(rf"in\s+(?:a\s+)?(?P<count>\d{{1,3}}|{'|'.join(_COUNTS)})\s+(?:of\s+)?(?P<unit>{_UNIT})"), _after),
    (_pattern(r"(?:the\s+)?day after tomorrow|übermorgen|tomorrow|today|heute"), _near),
    # A capital one is the time of day.
    (re.compile(r"(?<!heute )(?<!gestern )(?<!\w)morgen(?!\w)"), _near),
    (_pattern(rf"(?:end of|ende)\s+(?:(?P<next>{_NEXT})\s+|the\s+|this\s+|de[sr]\s+|dieser?\s+)?"
              r"(?P<unit>week|woche|month|monats?)"), _end_of),
    (_pattern(rf"(?P<next>{_NEXT})\s+(?P<unit>week|woche|month|monat)"), _end_of),
    (_pattern(rf"(?:(?P<next>{_NEXT})\s+|this\s+|coming\s+|kommende[nrs]?\s+|diese[nrs]?\s+)?"
              rf"(?P<weekday>{_WEEKDAY})s?"), _weekday),
)  # fmt: skip


def _place(word: str, names: tuple[str, ...]) -> int:
    return next(place for place, each in enumerate(names) if word.casefold() in each.split("|"))


def _dated(day: int, month: int, year: str | None, today: date) -> date | None:
    if year:
        return _made(int(year) + (2000 if len(year) == 2 else 0), month, day)
    this_year = _made(today.year, month, day)
    if this_year is not None and this_year >= today - _TWO_MONTHS:
        return this_year
    return _made(today.year + 1, month, day)


def _made(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
