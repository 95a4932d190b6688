"""What is left of times that suit without those that do not. Pure: no I/O."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, time

from services.ai.meeting_times.hours import LAST, MIDNIGHT
from services.ai.meeting_times.reply import Window


@dataclass(frozen=True, slots=True)
class Refused:
    """A time that does not suit: on a day, None for every one; within hours, None for all day."""

    day: date | None
    hours: tuple[time, time] | None


def without(windows: Sequence[tuple[Window, bool]], refused: Sequence[Refused]) -> list[Window]:
    """The windows without what was refused. Beside each: whether its day was named itself, which says more than a no
    to the whole day elsewhere in the text."""
    left: list[Window] = []
    for window, is_named in windows:
        pieces = [window]
        for each in refused:
            if each.day in (None, window.day) and not (is_named and each.hours is None):
                pieces = [piece for one in pieces for piece in _outside(one, each)]
        left += pieces
    return left


def _outside(window: Window, refused: Refused) -> Iterator[Window]:
    begins, ends = _widened(refused.hours) if refused.hours else (MIDNIGHT, LAST)
    if window.ends is None:
        if not begins <= window.begins < ends and refused.hours:
            yield window
        return
    if window.begins < begins:
        yield replace(window, ends=min(window.ends, begins))
    if ends < window.ends:
        yield replace(window, begins=max(window.begins, ends))


def _widened(hours: tuple[time, time]) -> tuple[time, time]:
    """A morning that does not suit begins with the day, an evening ends with it."""
    begins, ends = hours
    return (MIDNIGHT if begins <= time(8) else begins), (LAST if ends >= time(21) else ends)
