"""The axes of charts over months: months below, a few round numbers at the side."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from services.notifications.charts.look import LINE, chosen
from services.notifications.charts.numbers import ticks

# Pixels that the name of a month takes with the room beside it; where there is less, every second is named, or third.
_NAME = 27.0
# Pixels a character of a number takes, and those beside it.
_CHARACTER, _BESIDE = 6.8, 20.0


def month_axis(months: Sequence[str], width: float) -> Any:
    """Months under columns, the year below the first named of each year; of very many, not each is named."""
    import altair as alt

    every = max(1, -(-len(months) // max(1, int(width / _NAME))))
    named = list(months[::every])
    seen: set[str] = set()
    labels: list[tuple[float | str, str | list[str]]] = []
    for each in named:
        name, _, year = each.rpartition(" ")
        labels.append((each, [name or year, "" if year in seen or not name else year]))
        seen.add(year)
    return alt.Axis(values=named, labelExpr=chosen(labels), labelAngle=0, labelOverlap=False, labelLineHeight=15)


def value_axis(highest: float, label: Callable[[float], str]) -> Any:
    """A few round numbers, with a hair line each."""
    import altair as alt

    marks = ticks(highest)
    return alt.Axis(values=marks, labelExpr=chosen([(each, label(each)) for each in marks]), grid=True, gridColor=LINE)


def axis_room(highest: float, label: Callable[[float], str]) -> float:
    """The pixels that the longest of these numbers takes, where no more can be spared."""
    return _CHARACTER * max(len(label(each)) for each in ticks(highest)) + _BESIDE
