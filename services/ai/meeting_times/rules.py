"""The built-in reading: days and hours as they stand in the text. No I/O but the names of time zones.

Sentence by sentence: hours are paired with days; what a part of a sentence says no to is left out, and where nothing
else is named the coming days without it are what suits. An hour whose time zone is named is one of that zone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from services.ai.meeting_times import days, hours, zones
from services.ai.meeting_times.day_spans import DAYS_AHEAD, FoundDays, no_is_of_before, working_days
from services.ai.meeting_times.hours import LAST, MIDNIGHT, FoundHours
from services.ai.meeting_times.leaving_out import Refused, without
from services.ai.meeting_times.pairing import pairs
from services.ai.meeting_times.refusing import Clause, Says, clauses
from services.ai.meeting_times.reply import MOST_WINDOWS, Asked, Times, Window
from services.ai.meeting_times.zones import FoundZone

VERSION = "times-rules-2"
_SENTENCE = re.compile(r"(?<!\d)[.!?;\n]+(?:\s+|$)|(?<=[ap]m)\.\s+(?=[A-Z])|(?<=\d)[!?]+\s+|\n", re.IGNORECASE)
# "Do. 14 Uhr": a point that ends no sentence.
_SHORTENED = re.compile(
    r"(?:^|\W)(?:Mo|Di|Mi|Do|Fr|Sa|So|Mon|Tues?|Wed|Thurs?|Thu|Fri|Sat|Sun|Jan|Feb|Mar|Apr|Aug|Sept?|Oct|Okt|Nov|De[cz]"
    r"|ca|approx)$"
)
_GOES_ON = re.compile(
    r"\d|um |ab |nach |vor |gegen |zwischen |at |after |before |morning|afternoon|vormittag|nachmittag", re.IGNORECASE
)
_MORE_OF_A_LIST = re.compile(r"[,]?(?:or|and|nor|oder|und|noch)?[,.!]*", re.IGNORECASE)
_BESIDE = re.compile(r"[\s,:(&/]*(?:on|am|at|from|um|von|or|and|oder|und)?[\s)]*", re.IGNORECASE)
_LIST_WORD = re.compile(r"\b(?:or|and|nor|oder|und|noch)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Found:
    """What one sentence comes to. open_days: those that hours may still follow for; is_answer: says no to something."""

    windows: tuple[tuple[Window, bool], ...]
    refused: tuple[Refused, ...]
    open_days: tuple[date, ...]
    is_answer: bool


def read(asked: Asked) -> Times:
    """The times that suit; of the same day and hours only one."""
    text = asked.text.replace("’", "'")
    named = zones.find(text, asked.clocks())
    found: list[_Found] = []
    for start, end in _sentences(text):
        found.append(_read(text[start:end], asked, _zones_of(named, start, end), found[-1].open_days if found else ()))
    refused = [each for one in found for each in one.refused]
    windows = [each for one in found for each in one.windows]
    if not windows and any(one.is_answer for one in found):
        windows = [(each, False) for each in _whole(working_days(asked.said_on, DAYS_AHEAD), text)]
    left = {(each.day, each.begins, each.ends, each.zone): each for each in reversed(without(windows, refused))}
    kept = sorted(left.values(), key=lambda each: (each.day, each.begins))
    return Times.of(list(_widest(kept))[:MOST_WINDOWS])


def _sentences(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for match in _SENTENCE.finditer(text):
        if _SHORTENED.search(text[start : match.start()]) and _GOES_ON.match(text[match.end() :]):
            continue
        yield start, match.start()
        start = match.end()
    yield start, len(text)


def _zones_of(named: Sequence[FoundZone], start: int, end: int) -> list[FoundZone]:
    """Those that a sentence names, by their place in it; where it names none, those of the whole text."""
    within = [each for each in named if start <= each.start < end] or list(named)
    return [FoundZone(each.zone, each.start - start, each.end - start) for each in within]


def _read(sentence: str, asked: Asked, named: Sequence[FoundZone], before: tuple[date, ...]) -> _Found:
    spans = hours.find(sentence)
    apart = [*((each.start, each.end) for each in spans), *no_is_of_before(sentence)]
    parts = _listed(sentence, asked, spans, clauses(sentence, apart))
    no = [each for each in parts if each.says is not Says.YES]
    found = days.find(sentence, asked.said_on, asked.zone, lambda place: _within(place, no))
    bare = _without_zones(sentence, named)
    spans = _of_hours(spans, found, bare)
    paired = list(
        pairs(bare, [each for each in found if not _within(each.start, no)],
              [each for each in spans if not _within(each.start, no)])
    )  # fmt: skip
    refused = [each for part in no for each in _refused(sentence, part, found, spans)]
    # "I can't do 3pm on Thursday, 4pm works" speaks of Thursday.
    spoken_of = tuple(each.day for each in refused if each.day and each.hours) or before
    unnamed = spoken_of or working_days(asked.said_on, DAYS_AHEAD)
    windows = [each for pair in paired for each in _windows(sentence, *pair, unnamed, asked.said_on, named)]
    answers = any(part.says is Says.NO for part in no) and bool(refused)
    return _Found(tuple(windows), tuple(refused), tuple(_open(paired)), answers)


def _listed(sentence: str, asked: Asked, spans: Sequence[FoundHours], parts: Sequence[Clause]) -> list[Clause]:
    """``I can't do Monday, Tuesday or Friday``: what only goes on with a list is said no to as well."""
    found = days.find(sentence, asked.said_on, asked.zone, lambda _place: False)
    told: list[Clause] = []
    for part in parts:
        goes_on = (
            bool(told) and told[-1].is_open and part.says is Says.YES and _only_lists(sentence, part, found, spans)
        )
        told.append(replace(part, says=told[-1].says, is_open=True) if goes_on else part)
    last = [part for part in told if part.says is not Says.YES and part.is_open]
    return told if not last or _LIST_WORD.search(sentence[last[0].start : last[-1].end]) else list(parts)


def _only_lists(sentence: str, part: Clause, found: Sequence[FoundDays], spans: Sequence[FoundHours]) -> bool:
    named = [(each.start, each.end) for each in found] + [(each.start, each.end) for each in spans]
    words = "".join(
        char
        for place, char in enumerate(sentence[part.start : part.end], part.start)
        if not any(start <= place < end for start, end in named)
    )
    return len(words) < part.end - part.start and all(_MORE_OF_A_LIST.fullmatch(each) for each in words.split())


def _without_zones(sentence: str, named: Sequence[FoundZone]) -> str:
    """The same places of the text, without what stands between an hour and its day."""
    for each in named:
        if 0 <= each.start < each.end <= len(sentence):
            sentence = f"{sentence[: each.start]}{' ' * (each.end - each.start)}{sentence[each.end :]}"
    return sentence


def _of_hours(spans: Sequence[FoundHours], found: Sequence[FoundDays], sentence: str) -> list[FoundHours]:
    """Not where a day is written with the same numbers; two bare numbers only beside a day, or other hours that are."""
    apart = [each for each in spans if not any(day.start < each.end and each.start < day.end for day in found)]
    kept = [each for each in apart if each.is_sure]
    for _round in apart:
        near: list[FoundDays | FoundHours] = [*found, *kept]
        more = [each for each in apart if each not in kept and _stands_by(each, near, sentence)]
        if not more:
            break
        kept += more
    return sorted(kept, key=lambda each: each.start)


def _stands_by(span: FoundHours, near: Sequence[FoundDays | FoundHours], sentence: str) -> bool:
    gaps = (sentence[min(each.end, span.end) : max(each.start, span.start)] for each in near)
    return any(_BESIDE.fullmatch(gap) for gap in gaps)


def _windows(
    sentence: str, day: FoundDays | None, span: FoundHours | None, unnamed: tuple[date, ...], said_on: date,
    named: Sequence[FoundZone],
) -> Iterator[tuple[Window, bool]]:  # fmt: skip
    """Each with whether its day was named as such."""
    places = [each for each in (day, span) if each is not None]
    start, end = min(each.start for each in places), max(each.end for each in places)
    words, zone = sentence[start:end].strip(), zones.belonging((span or places[0]).start, named)
    begins, ends = (span.begins, span.ends) if span else (MIDNIGHT, LAST)
    for each in day.days if day else unnamed:
        if each >= said_on:
            yield Window(each, begins, ends, words, zone), day is not None and day.is_named


def _refused(sentence: str, part: Clause, found: Sequence[FoundDays], spans: Sequence[FoundHours]) -> Iterator[Refused]:
    its_days = [each for each in found if part.holds(each.start)]
    its_hours = [each for each in spans if part.holds(each.start)]
    for day, span in pairs(sentence, its_days, its_hours):
        hours_of = (span.begins, span.lasts_until) if span else None
        if day is None:
            yield Refused(None, hours_of)
        for each in day.days if day else ():
            yield Refused(each, hours_of)


def _open(paired: Sequence[tuple[FoundDays | None, FoundHours | None]]) -> Iterator[date]:
    for day, span in paired:
        if day is not None and span is None:
            yield from day.days


def _whole(ahead: Sequence[date], text: str) -> list[Window]:
    return [Window(each, MIDNIGHT, LAST, " ".join(text.split())[:200]) for each in ahead]


def _within(place: int, parts: Sequence[Clause]) -> bool:
    return any(each.holds(place) for each in parts)


def _widest(windows: Sequence[Window]) -> Iterator[Window]:
    """Without a whole day of which a part was named, too."""
    parts = {each.day for each in windows if (each.begins, each.ends) != (MIDNIGHT, LAST)}
    for each in windows:
        if (each.begins, each.ends) != (MIDNIGHT, LAST) or each.day not in parts:
            yield each
