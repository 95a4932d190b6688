"""Which hours of a sentence belong to which days of it. Pure: no I/O.

Hours belong to the days before them that have none yet; to those after them, where a word like ``on`` ties them, or
where nothing comes after. A day without hours is the whole day.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from services.ai.meeting_times.day_spans import FoundDays
from services.ai.meeting_times.hours import FoundHours

Pair = tuple[FoundDays | None, FoundHours | None]
_TIED = re.compile(r"[\s,]*(?:(?:on|of|for|am|an|den|vom)\s+)(?:the\s+)?", re.IGNORECASE)
_LINKED = re.compile(r"(?:[\s,/&]|or|and|oder|und|maybe|perhaps|also|auch|at|um|even|better)*", re.IGNORECASE)
_APART = re.compile(r"[,;:]|\b(?:so|can|could|shall|but|aber)\b", re.IGNORECASE)


@dataclass(slots=True)
class _Group:
    """Days that stand together; hours tied to them from before, and those that follow."""

    days: list[FoundDays]
    tied: list[FoundHours] = field(default_factory=list)
    after: list[FoundHours] = field(default_factory=list)


def pairs(sentence: str, days: Sequence[FoundDays], spans: Sequence[FoundHours]) -> Iterator[Pair]:
    """Each day with each of its hours. No day: hours that belong to none; no hours: all day."""
    leading, groups = _groups(days, spans)
    free = leading if not groups else []
    for group, before in zip(groups, [None, *groups], strict=False):
        _tie(sentence, group, before.after if before else leading, is_first=before is None or bool(before.tied))
    if groups and not groups[0].tied and not groups[0].after:
        groups[0].tied = _chain(sentence, leading)
    for group in groups:
        free = [*free, *_released(sentence, group)]
        for day in group.days:
            its_hours: list[FoundHours | None] = [*group.tied, *group.after]
            for hours in its_hours or [None]:
                yield day, hours
    yield from ((None, hours) for hours in free)


def _groups(days: Sequence[FoundDays], spans: Sequence[FoundHours]) -> tuple[list[FoundHours], list[_Group]]:
    leading: list[FoundHours] = []
    groups: list[_Group] = []
    tokens: list[FoundDays | FoundHours] = [*days, *spans]
    for token in sorted(tokens, key=lambda each: each.start):
        if isinstance(token, FoundHours):
            (groups[-1].after if groups else leading).append(token)
        elif groups and not groups[-1].after:
            groups[-1].days.append(token)
        else:
            groups.append(_Group([token]))
    return leading, groups


def _tie(sentence: str, group: _Group, before: list[FoundHours], *, is_first: bool) -> None:
    """Hours right before the days, as in ``3 pm on Thursday``: all that are linked, where no other day has them."""
    if not before or not _TIED.fullmatch(sentence[before[-1].end : group.days[0].start]):
        return
    group.tied = _chain(sentence, before) if is_first else before[-1:]
    del before[-len(group.tied) :]


def _chain(sentence: str, spans: Sequence[FoundHours]) -> list[FoundHours]:
    """The last of the hours, and those linked to it by no more than ``or``."""
    chain: list[FoundHours] = list(spans[-1:])
    for each in reversed(spans[:-1]):
        if not _LINKED.fullmatch(sentence[each.end : chain[0].start]):
            break
        chain.insert(0, each)
    return chain


def _released(sentence: str, group: _Group) -> list[FoundHours]:
    """Hours after a day that is over, in a part of their own: ``I was out yesterday, can we say 3pm``."""
    if any(day.days for day in group.days):
        return []
    last = group.days[-1].end
    kept = [each for each in group.after if not _APART.search(sentence[last : each.start])]
    released = [each for each in group.after if each not in kept]
    group.after = kept
    return released
