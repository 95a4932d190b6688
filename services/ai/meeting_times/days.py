"""Days as replies name them: one, a stretch, a week, or one that is over. English and German; pure: no I/O.

What ``meeting_notes.dates`` reads, and what only an answer holds: weekdays of two letters, ``Mon-Wed``, ``12/3``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import zip_longest

from services.ai.meeting_notes import dates


@dataclass(frozen=True, slots=True)
class FoundDays:
    """Days, none where what is named is over, and where in the text. is_named: a single one, by its own name."""

    days: tuple[date, ...]
    start: int
    end: int
    is_named: bool = True


_Reader = Callable[[re.Match[str], date, str], tuple[date, ...] | None]
_LONGEST = timedelta(days=31)
_ENGLISH = r"mon(?:day)?|tue(?:s|sday)?|wed(?:s|nesday)?|thu(?:r|rs|rsday)?|fri(?:day)?|saturday|sunday|(?-i:Sat|Sun)"
_GERMAN = r"montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonnabend|sonntag"
_SHORT = r"(?-i:M[oO]|D[iI]|M[iI]|D[oO]|F[rR]|S[aA]|S[oO])"
_WEEKDAY = rf"(?:{_ENGLISH}|{_GERMAN})s?\.?|{_SHORT}\.?"
_FIRST = ("mo", "tu di", "we mi", "th do", "fr", "sa", "su so")
# After two letters, what only follows a weekday.
_AFTER_SHORT = (
    r"(?=\.?,?\s*(?:\d|um\s|ab\s|nach\s|vor\s|gegen\s|zwischen\s|früh|vormittag|nachmittag|mittag|abend|morgens|halb\s"
    rf"|(?:(?:oder|und|bis|or|and|to)\s+|[,/&+–-]\s*)(?:{_SHORT}|{_GERMAN})(?!\w)|[?!)]|$))"
)
_OR_SO = r"\s*(?:-|–|—|\bto\b|\bthrough\b|\bthru\b|\buntil\b|\btill?\b|\bbis\b)\s*"
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
    return list(_without_doubles(_moved(_stretched(ordered, text), text, said_on, is_refused), text))


def working_days(said_on: date, count: int) -> tuple[date, ...]:
    """The next ones, from the day after."""
    ahead = (said_on + timedelta(days=number) for number in range(1, count * 2 + 7))
    return tuple(day for day in ahead if day.weekday() < 5)[:count]


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
    monday = said_on - timedelta(days=said_on.weekday())
    if not match["which"].casefold().startswith(("this", "diese")):
        monday += timedelta(weeks=1)
    return tuple(day for number in range(5) if (day := monday + timedelta(days=number)) >= said_on)


def _weekday(match: re.Match[str], said_on: date, _zone: str) -> tuple[date, ...]:
    return (_next(match["weekday"], said_on, is_next=bool(match["next"])),)


def _weekdays(match: re.Match[str], said_on: date, _zone: str) -> tuple[date, ...] | None:
    first = _next(match["first"], said_on, is_next=bool(match["next"]))
    return _days_between(first, first + timedelta(days=(_number(match["last"]) - first.weekday()) % 7))


def _dates(match: re.Match[str], said_on: date, _zone: str) -> tuple[date, ...] | None:
    """``Dec 1-3``, ``1. bis 3. Dezember``."""
    month = match["month"] if match["month"].isalpha() else f"{match['month']}."
    ends = [dates.find(f"{match[name]}.{' ' * month.isalpha()}{month}", said_on) for name in ("first", "last")]
    return _days_between(ends[0][0].day, ends[1][0].day) if all(ends) else None


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


def _days_between(first: date, last: date) -> tuple[date, ...] | None:
    """Both ends and the working days between them."""
    if not first <= last <= first + _LONGEST:
        return None
    days = (first + timedelta(days=number) for number in range((last - first).days + 1))
    return tuple(day for day in days if day.weekday() < 5 or day in (first, last))


def _stretched(found: Sequence[FoundDays], text: str) -> Iterator[FoundDays]:
    """``December 1 to December 3`` and ``tomorrow until Friday`` are one stretch."""
    waiting: FoundDays | None = None
    for each in found:
        days = _stretch(waiting, each, text) if waiting is not None else None
        if waiting is not None and days is not None:
            waiting = FoundDays(days, waiting.start, each.end, is_named=False)
            continue
        if waiting is not None:
            yield waiting
        waiting = each
    if waiting is not None:
        yield waiting


def _stretch(first: FoundDays, last: FoundDays, text: str) -> tuple[date, ...] | None:
    between = text[first.end : last.start]
    is_range = _BETWEEN.fullmatch(between) or (_AND.fullmatch(between) and _FROM.search(text[: first.start]))
    if not is_range or len(first.days) != 1 or len(last.days) != 1:
        return None
    end = last.days[0] if last.days[0] > first.days[0] else last.days[0] + timedelta(weeks=1)
    return _days_between(first.days[0], end)


def _moved(found: Iterator[FoundDays], text: str, said_on: date, is_refused: Callable[[int], bool]) -> list[FoundDays]:
    """``Thursday next week`` is one day of it; one that does not suit leaves the others."""
    weeks: list[FoundDays] = []
    moved: list[FoundDays] = []
    for each in found:
        (weeks if _WEEK.fullmatch(text[each.start : each.end]) else moved).append(each)
    stretches = [each for each in moved if len(each.days) > 1]
    moved = [_in_week(each, [*weeks, *(stretches if is_refused(each.start) else [])], text, said_on) for each in moved]
    said = {day for each in moved if not is_refused(each.start) for day in each.days}
    alone = [week for week in weeks if is_refused(week.start) or not said.intersection(week.days)]
    return sorted([*moved, *alone], key=lambda each: each.start)


def _in_week(found: FoundDays, weeks: Sequence[FoundDays], text: str, said_on: date) -> FoundDays:
    is_loose = found.days and _LOOSE.match(text[found.start :])
    if not weeks or not is_loose or found.days[-1] - said_on > timedelta(days=11):
        return found
    wanted = {each.weekday() for each in found.days}
    days = tuple(day for day in weeks[0].days if day.weekday() in wanted)
    return replace(found, days=days) if days else found


def _without_doubles(found: Sequence[FoundDays], text: str) -> Iterator[FoundDays]:
    """``Thursday, December 10`` is the day of the date."""
    for each, after in zip_longest(found, found[1:]):
        between = text[each.end : after.start] if after is not None else "-"
        is_date = after is not None and len(after.days) == 1 and _DIGIT.search(text[after.start : after.end])
        if not (is_date and _LOOSE.match(text[each.start :]) and _COMMA.fullmatch(between)):
            yield each


def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w-])(?:{text})(?!\w|-[^\W\d])", re.IGNORECASE)


_BETWEEN, _AND = re.compile(_OR_SO, re.IGNORECASE), re.compile(r"\s+(?:and|und)\s+", re.IGNORECASE)
_FROM = re.compile(r"(?:between|zwischen)\s+$", re.IGNORECASE)
_LOOSE = re.compile(rf"(?:{_WEEKDAY})(?!\w)", re.IGNORECASE)
_COMMA = re.compile(r"[.,]*\s*(?:the|den|dem|der)?\s*", re.IGNORECASE)
_DIGIT = re.compile(r"\d")
_WEEK = _pattern(r"(?P<which>next|this|nächste[nrs]?|diese[nrs]?|kommende[nrs]?)\s+(?:week|woche)")
_READERS: tuple[tuple[re.Pattern[str], _Reader], ...] = (
    (_pattern(rf"(?:day before\s+)?yesterday(?:\s+(?:morning|afternoon|evening|night))?|(?:vor)?gestern"
              rf"(?:\s+(?:früh|morgen|vormittag|mittag|nachmittag|abend))?|earlier today|last night"
              rf"|(?:the\s+)?(?:last|past|previous|letzte[nmrs]?|vergangene[nmrs]?|vorige[nmrs]?)\s+"
              rf"(?:{_WEEKDAY}|weeks?|months?|years?|time|wochen?|monate?n?|jahre?s?|mal)"
              rf"|(?:{_WEEKDAY})\s+(?:last week|letzte[rn]? woche|vorige[rn]? woche)"
              r"|(?:\d+|an?|one|two|three|a\s+few)\s+(?:days?|weeks?|months?)\s+ago"
              r"|vor\s+(?:\d+|eine[mr]|zwei|drei|ein\s+paar)\s+(?:tagen?|wochen?|monate?n?)"), _past),
    (_WEEK, _week),
    (_pattern(rf"(?P<first>\d{{1,2}})(?:st|nd|rd|th|\.)?{_OR_SO}(?P<last>\d{{1,2}})(?:st|nd|rd|th|\.)?\s+(?:of\s+)?"
              rf"(?P<month>{_MONTH})\.?"), _dates),
    (_pattern(rf"(?P<first>\d{{1,2}})\.{_OR_SO}(?P<last>\d{{1,2}})\.\s?(?P<month>1[0-2]|0?[1-9])\."), _dates),
    (_pattern(rf"(?P<month>{_MONTH})\.?\s+(?P<first>\d{{1,2}})(?:st|nd|rd|th)?{_OR_SO}(?P<last>\d{{1,2}})"
              r"(?:st|nd|rd|th)?(?!\s?(?:[ap]\.?m|uhr|h\b|:))"), _dates),
    (_pattern(rf"{_RELATIVE}(?P<first>{_ENGLISH}|{_GERMAN}|{_SHORT})s?\.?{_OR_SO}"
              rf"(?P<last>{_ENGLISH}|{_GERMAN}|{_SHORT})s?\.?"), _weekdays),
    (re.compile(r"(?<![\w./])(?P<a>\d{1,2})/(?P<b>\d{1,2})(?:/(?P<year>20\d\d|\d\d))?(?![\w/]|\s(?:of|days?|hours?)\b)"),
     _strokes),
    (_pattern(r"this(?=\s+(?:morning|afternoon|evening))"), _today),
    (_pattern(rf"{_RELATIVE}(?P<weekday>{_ENGLISH}|{_GERMAN})s?\.?"), _weekday),
    (re.compile(rf"(?<![\w-]){_RELATIVE}(?P<weekday>{_SHORT})(?!\w){_AFTER_SHORT}"), _weekday),
)  # fmt: skip
