"""The built-in reading: days and hours as they stand in the text. Pure: no I/O.

Sentence by sentence, in order: hours belong to the days before them that have none yet, or, where none is, to the days
after; a day without hours is the whole day. Days in a part of a sentence that says no are left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from services.ai.meeting_notes import dates
from services.ai.meeting_times import hours
from services.ai.meeting_times.hours import LAST, MIDNIGHT, FoundHours
from services.ai.meeting_times.reply import MOST_WINDOWS, Asked, Times, Window

VERSION = "times-rules-1"
# How many working days a time without a day stands for.
_DAYS_AHEAD = 5
_SENTENCE = re.compile(r"(?<!\d)[.!?;\n]+(?:\s+|$)|(?<=[ap]m)\.\s+(?=[A-Z])|\n", re.IGNORECASE)
_CLAUSE = re.compile(r",|;|\bbut\b|\baber\b|\bthough\b|\bhowever\b", re.IGNORECASE)
_NO = re.compile(
    r"\b(?:not|never|no|nor|cannot|can'?t|won'?t|don'?t|doesn'?t|isn'?t|unavailable|unable|busy|booked|except|away"
    r"|nicht|kein(?:e[nrms]?)?|außer|leider|weg)\b",
    re.IGNORECASE,
)
_YES = re.compile(
    r"\b(?:no\s+(?:problem|worries|later)|not\s+(?:before|until|till)|can'?t\s+wait|kein\s+problem|why\s+not)\b",
    re.IGNORECASE,
)
_WEEK = re.compile(
    r"(?<!\w)(?P<which>next|this|nächste[nrs]?|diese[nrs]?|kommende[nrs]?)\s+(?:week|woche)(?!\w)", re.IGNORECASE
)
_ZONES = {
    "America/New_York": r"E[SD]?T|eastern(?:\s+time)?",
    "America/Chicago": r"C[SD]T|central(?:\s+time)?",
    "America/Denver": r"M[SD]T|mountain\s+time",
    "America/Los_Angeles": r"P[SD]?T|pacific(?:\s+time)?",
    "Europe/Berlin": r"CES?T|ME[SZ]Z?",
    "Europe/London": r"BST|UK\s+time",
    "UTC": r"UTC|GMT",
}
_NAMED_ZONES = {
    zone: re.compile(rf"(?:\d\s?(?:[ap]\.?m\.?)?|[Uu]hr)\s*\(?(?:{words})\)?(?!\w)") for zone, words in _ZONES.items()
}


@dataclass(frozen=True, slots=True)
class _Day:
    days: tuple[date, ...]
    start: int
    end: int


def read(asked: Asked) -> Times:
    """The times that suit; of the same day and hours only one."""
    text = asked.text.replace("’", "'")
    found: dict[tuple[object, ...], Window] = {}
    for start, end in _sentences(text):
        for window in _windows(text[start:end], asked.said_on):
            found.setdefault((window.day, window.begins, window.ends), window)
    kept = sorted(found.values(), key=lambda each: (each.day, each.begins))
    return Times(tuple(_widest(kept))[:MOST_WINDOWS], _zone(text))


def _sentences(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for match in _SENTENCE.finditer(text):
        yield start, match.start()
        start = match.end()
    yield start, len(text)


def _windows(sentence: str, said_on: date) -> Iterator[Window]:
    refused = list(_refused(sentence))
    days = [each for each in _days(sentence, said_on) if not _within(each.start, refused)]
    spans = [each for each in hours.find(sentence) if not _within(each.start, refused)]
    if not days and spans and not refused:
        days = [_Day(tuple(_working_days(said_on)), spans[0].start, spans[0].start)]
    for day, span in _belonging(days, spans):
        words = sentence[min(day.start, span.start if span else day.start) : max(day.end, span.end if span else 0)]
        for each in day.days:
            if each >= said_on:
                yield Window(each, span.begins if span else MIDNIGHT, span.ends if span else LAST, words.strip())


def _belonging(days: Sequence[_Day], spans: Sequence[FoundHours]) -> Iterator[tuple[_Day, FoundHours | None]]:
    waiting: list[_Day] = []
    leading = [each for each in spans if days and each.start < days[0].start]
    settled = False
    tokens: list[_Day | FoundHours] = [*days, *spans]
    for token in sorted(tokens, key=lambda each: each.start):
        if isinstance(token, _Day):
            if settled:
                waiting, settled = [], False
            waiting.append(token)
        elif waiting:
            for day in waiting:
                yield day, token
            settled = True
    if waiting and not settled:
        # "3 pm on Thursday": what was said before them, where nothing came after.
        for day in waiting:
            yield day, leading[-1] if leading else None


def _days(sentence: str, said_on: date) -> list[_Day]:
    found = [_Day(tuple(_week(match, said_on)), *match.span()) for match in _WEEK.finditer(sentence)]
    for each in dates.find(sentence, said_on):
        end = each.start + len(each.words)
        if not any(each.start < week.end and week.start < end for week in found):
            found.append(_Day((each.day,), each.start, end))
    # "Thursday next week" is one day of it.
    return sorted(_narrowed(found, said_on), key=lambda each: each.start)


def _narrowed(found: Sequence[_Day], said_on: date) -> Iterator[_Day]:
    weeks = [each for each in found if len(each.days) > 1]
    single = [each for each in found if len(each.days) == 1]
    for week in weeks:
        if not single:
            yield week
    for day in single:
        weekday = day.days[0].weekday()
        moved = next((each for week in weeks for each in week.days if each.weekday() == weekday), None)
        is_near = day.days[0] - said_on <= timedelta(days=7)
        yield _Day((moved,), day.start, day.end) if moved is not None and is_near else day


def _week(match: re.Match[str], said_on: date) -> list[date]:
    monday = said_on - timedelta(days=said_on.weekday())
    if not match["which"].casefold().startswith(("this", "diese")):
        monday += timedelta(weeks=1)
    return [day for number in range(5) if (day := monday + timedelta(days=number)) >= said_on]


def _working_days(said_on: date) -> Iterator[date]:
    ahead = (said_on + timedelta(days=number) for number in range(1, 10))
    yield from [day for day in ahead if day.weekday() < 5][:_DAYS_AHEAD]


def _refused(sentence: str) -> Iterator[tuple[int, int]]:
    """The parts of a sentence that say no."""
    start = 0
    for end in [*(match.start() for match in _CLAUSE.finditer(sentence)), len(sentence)]:
        part = _YES.sub("", sentence[start:end])
        if _NO.search(part):
            yield start, end
        start = end


def _within(place: int, spans: Iterable[tuple[int, int]]) -> bool:
    return any(start <= place < end for start, end in spans)


def _widest(windows: Sequence[Window]) -> Iterator[Window]:
    """Without a whole day of which a part was named, too."""
    parts = {each.day for each in windows if (each.begins, each.ends) != (MIDNIGHT, LAST)}
    for each in windows:
        if (each.begins, each.ends) != (MIDNIGHT, LAST) or each.day not in parts:
            yield each


def _zone(text: str) -> str | None:
    return next((zone for zone, named in _NAMED_ZONES.items() if named.search(text)), None)
