"""What days that stand beside each other come to: a stretch, a day of a week, everything from one on. Pure: no I/O."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import zip_longest

from services.ai.meeting_times.clock_words import BUSY, NOT


@dataclass(frozen=True, slots=True)
class FoundDays:
    """Days, none where what is named is over, and where in the text. is_named: a single one, by its own name."""

    days: tuple[date, ...]
    start: int
    end: int
    is_named: bool = True


_LONGEST = timedelta(days=31)
# How many working days a day without an end stands for.
DAYS_AHEAD = 5
ENGLISH = r"mon(?:day)?|tue(?:s|sday)?|wed(?:s|nesday)?|thu(?:r|rs|rsday)?|fri(?:day)?|saturday|sunday|(?-i:Sat|Sun)"
GERMAN = r"montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonnabend|sonntag"
SHORT = r"(?-i:M[oO]|D[iI]|M[iI]|D[oO]|F[rR]|S[aA]|S[oO])"
WEEKDAY = rf"(?:{ENGLISH}|{GERMAN})s?\.?|{SHORT}\.?"
OR_SO = r"\s*(?:-|–|—|\bto\b|\bthrough\b|\bthru\b|\buntil\b|\btill?\b|\bbis\b)\s*"
WEEK = re.compile(
    r"(?<![\w-])(?:(?P<which>next|this|(?:über)?nächste[nrs]?|diese[nrs]?|kommende[nrs]?)\s+(?:week|woche)"
    r"|(?P<later>(?:the\s+)?week\s+after\s+next))(?!\w|-[^\W\d])",
    re.IGNORECASE,
)
_BETWEEN, _AND = re.compile(OR_SO, re.IGNORECASE), re.compile(r"\s+(?:and|und)\s+", re.IGNORECASE)
_FROM = re.compile(r"(?:between|zwischen)\s+$", re.IGNORECASE)
_LOOSE = re.compile(rf"(?:{WEEKDAY})(?!\w)", re.IGNORECASE)
_COMMA = re.compile(r"[.,]*\s*(?:the|den|dem|der)?\s*", re.IGNORECASE)
_DIGIT = re.compile(r"\d")
_IN_WEEKS = re.compile(r"in\s.*(?:weeks?|wochen?)$", re.IGNORECASE)
_BESIDE = re.compile(r"\s*,?\s*(?:on|am)?\s*", re.IGNORECASE)
_WEEK_OF = re.compile(
    r"(?:the\s+)?(?:week|woche)\s+(?:of|starting|commencing|beginning|vom)\s+(?:the\s+)?$", re.IGNORECASE
)
# "not before Thursday", "busy until Thursday": what says no is of the days before.
_NOT_BEFORE = rf"(?:{NOT}(?:before|until|till?|vor|bis|earlier\s+than)|{BUSY}\s+(?:\w+\s+){{0,2}}?(?:until|till?))"
_FROM_ON = re.compile(
    rf"(?<!\w)(?:{_NOT_BEFORE}|(?:erst\s+)?ab|starting|as\s+of|from)\s+(?:on\s+|dem\s+)?$", re.IGNORECASE
)
_AFTER = re.compile(r"(?<!\w)(?:after|nach)\s+(?:dem\s+)?$", re.IGNORECASE)
_BEFORE = re.compile(r"(?<!\w)(?:before|vor)\s+(?:dem\s+)?$", re.IGNORECASE)
_ONWARDS = re.compile(r"\s+(?:onwards?|on(?=\s*(?:$|[,.;)])))", re.IGNORECASE)
_LATER = re.compile(
    rf"(?<!\w){_NOT_BEFORE}\s+(?=(?:next\s+|nächste\w*\s+|the\s+|dem\s+)?(?:{WEEKDAY}|tomorrow|\d))", re.IGNORECASE
)
_HOUR_FOLLOWS = re.compile(r",?\s*(?:at\s+|um\s+)?\d{1,2}(?![./]\d)")
# So far before a day the words stand that open it.
_NEAR = 60


def together(
    found: Sequence[FoundDays], text: str, said_on: date, is_refused: Callable[[int], bool]
) -> list[FoundDays]:
    """The days as they are meant together, in the order of the text. is_refused: whether what stands at a place does
    not suit."""
    known = _without_doubles(_moved(_stretched(found, text), text, said_on, is_refused), text)
    return [_opened(each, text, said_on) for each in known]


def no_is_of_before(text: str) -> list[tuple[int, int]]:
    """Where a no is one of the time before a day: ``not before Thursday``."""
    return [match.span() for match in _LATER.finditer(text)]


def working_days(said_on: date, count: int) -> tuple[date, ...]:
    """The next ones, from the day after."""
    ahead = (said_on + timedelta(days=number) for number in range(1, count * 2 + 7))
    return tuple(day for day in ahead if day.weekday() < 5)[:count]


def days_between(first: date, last: date) -> tuple[date, ...] | None:
    """Both ends and the working days between them."""
    if not first <= last <= first + _LONGEST:
        return None
    days = (first + timedelta(days=number) for number in range((last - first).days + 1))
    return tuple(day for day in days if day.weekday() < 5 or day in (first, last))


def _opened(found: FoundDays, text: str, said_on: date) -> FoundDays:
    """``from Thursday on``, ``after Wednesday``, ``before Friday`` and ``the week of December 7``."""
    if len(found.days) != 1 or _HOUR_FOLLOWS.match(text, found.end):
        return found
    near, day = max(found.start - _NEAR, 0), found.days[0]
    before = text[near : found.start]
    onwards = _ONWARDS.match(text, found.end)
    first, count = day - timedelta(days=1), DAYS_AHEAD
    if match := _WEEK_OF.search(before):
        monday = day - timedelta(days=day.weekday())
        days = days_between(monday, monday + timedelta(days=4)) or ()
    elif (match := _FROM_ON.search(before)) or onwards:
        days = working_days(first, count)
    elif match := _AFTER.search(before):
        days = working_days(day, count)
    elif match := _BEFORE.search(before):
        days = days_between(said_on, first) or ()
    else:
        return found
    start, end = near + match.start() if match else found.start, onwards.end() if onwards else found.end
    return FoundDays(days, start, end, is_named=False)


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
    is_range = _BETWEEN.fullmatch(between) or (
        _AND.fullmatch(between) and _FROM.search(text[max(first.start - _NEAR, 0) : first.start])
    )
    if not is_range or len(first.days) != 1 or len(last.days) != 1:
        return None
    end = last.days[0] if last.days[0] > first.days[0] else last.days[0] + timedelta(weeks=1)
    return days_between(first.days[0], end)


def _moved(found: Iterator[FoundDays], text: str, said_on: date, is_refused: Callable[[int], bool]) -> list[FoundDays]:
    """``Thursday next week`` is one day of it; one that does not suit leaves the others."""
    weeks: list[FoundDays] = []
    moved: list[FoundDays] = []
    for each in found:
        (weeks if WEEK.fullmatch(text[each.start : each.end]) else moved).append(each)
    stretches = [each for each in moved if len(each.days) > 1]
    moved = [_in_week(each, [*weeks, *(stretches if is_refused(each.start) else [])], text, said_on) for each in moved]
    said = {day for each in moved if not is_refused(each.start) for day in each.days}
    alone = [week for week in weeks if is_refused(week.start) or not said.intersection(week.days)]
    return sorted([*moved, *alone], key=lambda each: each.start)


def _in_week(found: FoundDays, weeks: Sequence[FoundDays], text: str, said_on: date) -> FoundDays:
    is_loose = found.days and _LOOSE.match(text, found.start)
    if not weeks or not is_loose or found.days[-1] - said_on > timedelta(days=11):
        return found
    wanted = {each.weekday() for each in found.days}
    days = tuple(day for day in weeks[0].days if day.weekday() in wanted)
    return replace(found, days=days) if days else found


def _named_in(each: FoundDays, around: Sequence[FoundDays], text: str) -> FoundDays | None:
    """``Thursday in two weeks`` is one day; None for the weeks beside it."""
    beside = [
        other
        for other in around
        if _BESIDE.fullmatch(text[min(each.end, other.end) : max(each.start, other.start)]) and other.days and each.days
    ]
    if _IN_WEEKS.fullmatch(text[each.start : each.end]):
        return None if any(_is_day_of(other, text) for other in beside) else each
    weeks = [other for other in beside if _IN_WEEKS.fullmatch(text[other.start : other.end])]
    if not weeks or not _is_day_of(each, text):
        return each
    day = weeks[0].days[0]
    if not _LOOSE.match(text, each.start):
        return replace(each, days=(day,))
    monday = day - timedelta(days=day.weekday())
    return replace(each, days=(monday + timedelta(days=each.days[0].weekday()),))


def _is_day_of(found: FoundDays, text: str) -> bool:
    """Whether it is one that a week ahead is said of: a weekday, today."""
    words = text[found.start : found.end].casefold()
    return len(found.days) == 1 and (_LOOSE.match(words.title()) is not None or words in ("today", "heute"))


def _without_doubles(found: Sequence[FoundDays], text: str) -> Iterator[FoundDays]:
    """``Thursday, December 10`` is the day of the date."""
    near = [
        _named_in(each, [*found[max(place - 1, 0) : place], *found[place + 1 : place + 2]], text)
        for place, each in enumerate(found)
    ]
    found = [each for each in near if each is not None]
    for each, after in zip_longest(found, found[1:]):
        between = text[each.end : after.start] if after is not None else "-"
        is_date = after is not None and len(after.days) == 1 and _DIGIT.search(text[after.start : after.end])
        if not (is_date and _LOOSE.match(text, each.start) and _COMMA.fullmatch(between)):
            yield each
