"""Days as replies name them: one, a stretch, a week, or one that is over. English and German; pure: no I/O.

What ``meeting_notes.dates`` reads, and what only an answer holds: weekdays of two letters, ``Mon-Wed``, ``12/3``.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta

from services.ai.meeting_notes import dates
from services.ai.meeting_times.day_spans import (
    ENGLISH,
    GERMAN,
    OR_SO,
    SHORT,
    WEEK,
    WEEKDAY,
    FoundDays,
    days_between,
    together,
)

_Reader = Callable[[re.Match[str], date, str], tuple[date, ...] | None]
_FIRST = ("mo", "tu di", "we mi", "th do", "fr", "sa", "su so")
# After two letters, what only follows a weekday.
_AFTER_SHORT = (
    r"(?=\.?,?\s*(?:\d|um\s|ab\s|nach\s|vor\s|gegen\s|zwischen\s|früh|vormittag|nachmittag|mittag|abend|morgens|halb\s"
    rf"|(?:(?:oder|und|bis|or|and|to)\s+|[,/&+–-]\s*)(?:{SHORT}|{GERMAN})(?!\w)|[?!)]|$))"
)
_RELATIVE = r"(?:(?P<next>next|n(?:ä|ae)chste[nrs]?)\s+|this\s+|coming\s+|kommende[nrs]?\s+|diese[nrs]?\s+)?"
_MONTH = r"jan\w*|feb\w*|m[aä]r\w*|apr\w*|ma[iy]|jun\w*|jul\w*|aug\w*|sep\w*|o[ck]t\w*|nov\w*|de[cz]\w*"
_US_AREAS = ("US/", "America/Indiana/", "America/Kentucky/", "America/North_Dakota/")
_US_ZONES = frozenset(
    f"America/{city}"
    for city in "New_York Detroit Chicago Menominee Denver Boise Phoenix Los_Angeles Anchorage Juneau Sitka Metlakatla "
    "Yakutat Nome Adak Louisville Indianapolis Fort_Wayne Shiprock Puerto_Rico".split()
) | {"Pacific/Honolulu", "Pacific/Guam"}


def find(text: str, said_on: date, zone: str, is_refused: Callable[[int], bool]) -> list[FoundDays]:
    """Every day that is named, in the order of the text.

    zone: of who wrote it, which says what ``12/3`` is. is_refused: whether what stands at a place does not suit.
    """
    found: list[FoundDays] = []
    for pattern, reader in _READERS:
        for match in pattern.finditer(text):
            _keep(found, match, reader(match, said_on, zone))
    for each in dates.find(text, said_on):
        _add(found, FoundDays((each.day,), each.start, each.start + len(each.words)))
    ordered = sorted(found, key=lambda each: each.start)
    return together(ordered, text, said_on, is_refused)


def _keep(found: list[FoundDays], match: re.Match[str], days: tuple[date, ...] | None) -> None:
    if days is not None:
        _add(found, FoundDays(days, *match.span(), is_named=len(days) == 1))


def _add(found: list[FoundDays], new: FoundDays) -> None:
    if not any(new.start < each.end and each.start < new.end for each in found):
        found.append(new)


def _past(_match: re.Match[str], _said_on: date, _zone: str) -> tuple[date, ...]:
    return ()


def _today(_match: re.Match[str], said_on: date, _zone: str) -> tuple[date, ...]:
    return (said_on,)


def _week(match: re.Match[str], said_on: date, _zone: str) -> tuple[date, ...]:
    which = (match["which"] or "after next").casefold()
    weeks = 0 if which.startswith(("this", "diese")) else 2 if which.startswith(("über", "after")) else 1
    monday = said_on - timedelta(days=said_on.weekday()) + timedelta(weeks=weeks)
    return tuple(day for number in range(5) if (day := monday + timedelta(days=number)) >= said_on)


def _weekday(match: re.Match[str], said_on: date, _zone: str) -> tuple[date, ...]:
    return (_next(match["weekday"], said_on, is_next=bool(match["next"])),)


def _weekdays(match: re.Match[str], said_on: date, _zone: str) -> tuple[date, ...] | None:
    first = _next(match["first"], said_on, is_next=bool(match["next"]))
    return days_between(first, first + timedelta(days=(_number(match["last"]) - first.weekday()) % 7))


def _dates(match: re.Match[str], said_on: date, _zone: str) -> tuple[date, ...] | None:
    """``Dec 1-3``, ``1. bis 3. Dezember``."""
    month = match["month"] if match["month"].isalpha() else f"{match['month']}."
    ends = [dates.find(f"{match[name]}.{' ' * month.isalpha()}{month}", said_on) for name in ("first", "last")]
    return days_between(ends[0][0].day, ends[1][0].day) if all(ends) else None


def _day_of_month(match: re.Match[str], said_on: date, _zone: str) -> tuple[date, ...] | None:
    """``the 3rd``: of this month, or of the next that has one, from the day itself on."""
    wanted = int(match["ordinal"] or match["point"])
    ahead = (said_on + timedelta(days=number) for number in range(62))
    return next(((day,) for day in ahead if day.day == wanted), None)


def _strokes(match: re.Match[str], said_on: date, zone: str) -> tuple[date, ...] | None:
    """``12/3``: the month first where people write so, unless there is no such month."""
    first, second = int(match["a"]), int(match["b"])
    if (first, second, match["year"]) == (24, 7, None):
        return None
    month_first = is_american(zone)
    for month, day in ((first, second), (second, first)) if month_first else ((second, first), (first, second)):
        found = dates.find(f"{day}.{month}.{match['year'] or ''}", said_on)
        if found:
            return (found[0].day,)
    return None


def is_american(zone: str) -> bool:
    """Whether who lives by it writes the month before the day."""
    return zone in _US_ZONES or zone.startswith(_US_AREAS)


def _next(word: str, said_on: date, *, is_next: bool) -> date:
    wanted = _number(word)
    if is_next:
        return said_on - timedelta(days=said_on.weekday()) + timedelta(weeks=1, days=wanted)
    return said_on + timedelta(days=(wanted - said_on.weekday() - 1) % 7 + 1)


def _number(word: str) -> int:
    return next(number for number, first in enumerate(_FIRST) if word[:2].casefold() in first.split())


def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w-])(?:{text})(?!\w|-[^\W\d])", re.IGNORECASE)


_READERS: tuple[tuple[re.Pattern[str], _Reader], ...] = (
    (_pattern(rf"(?:day before\s+)?yesterday(?:\s+(?:morning|afternoon|evening|night))?|(?:vor)?gestern"
              rf"(?:\s+(?:früh|morgen|vormittag|mittag|nachmittag|abend))?|earlier today|last night"
              rf"|(?:the\s+)?(?:last|past|previous|letzte[nmrs]?|vergangene[nmrs]?|vorige[nmrs]?)\s+"
              rf"(?:{WEEKDAY}|weeks?|months?|years?|time|wochen?|monate?n?|jahre?s?|mal)"
              rf"|(?:{WEEKDAY})\s+(?:last week|letzte[rn]? woche|vorige[rn]? woche)"
              r"|(?:\d+|an?|one|two|three|a\s+few)\s+(?:days?|weeks?|months?)\s+ago"
              r"|vor\s+(?:\d+|eine[mr]|zwei|drei|ein\s+paar)\s+(?:tagen?|wochen?|monate?n?)"), _past),
    (WEEK, _week),
    (_pattern(rf"(?P<first>\d{{1,2}})(?:st|nd|rd|th|\.)?{OR_SO}(?P<last>\d{{1,2}})(?:st|nd|rd|th|\.)?\s+(?:of\s+)?"
              rf"(?P<month>{_MONTH})\.?"), _dates),
    (_pattern(rf"(?P<first>\d{{1,2}})\.{OR_SO}(?P<last>\d{{1,2}})\.\s?(?P<month>1[0-2]|0?[1-9])\."), _dates),
    (_pattern(rf"(?P<month>{_MONTH})\.?\s+(?P<first>\d{{1,2}})(?:st|nd|rd|th)?{OR_SO}(?P<last>\d{{1,2}})"
              r"(?:st|nd|rd|th)?(?!\s?(?:[ap]\.?m|uhr|h\b|:))"), _dates),
    (_pattern(rf"{_RELATIVE}(?P<first>{ENGLISH}|{GERMAN}|{SHORT})s?\.?{OR_SO}"
              rf"(?P<last>{ENGLISH}|{GERMAN}|{SHORT})s?\.?"), _weekdays),
    (re.compile(r"(?<![\w./])(?P<a>\d{1,2})/(?P<b>\d{1,2})(?:/(?P<year>20\d\d|\d\d))?(?![\w/]|\s(?:of|days?|hours?)\b)"),
     _strokes),
    (_pattern(r"(?:the\s+(?P<ordinal>\d{1,2})(?:st|nd|rd|th)(?=\s*(?:$|[,.?!)]|(?:at|or|and|works?|is|would|after|before|from"
              rf"|between|in\s+the|afternoon|morning|suits?)\b))|(?:am|den|der)\s+(?P<point>\d{{1,2}})\.(?!\s?(?:\d|{_MONTH})))"),
     _day_of_month),
    (_pattern(r"this(?=\s+(?:morning|afternoon|evening))"), _today),
    (_pattern(rf"{_RELATIVE}(?P<weekday>{ENGLISH}|{GERMAN})s?\.?"), _weekday),
    (re.compile(rf"(?<![\w-]){_RELATIVE}(?P<weekday>{SHORT})(?!\w){_AFTER_SHORT}"), _weekday),
)  # fmt: skip
