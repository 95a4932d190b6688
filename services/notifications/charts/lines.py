"""Lines over months, each named at its end."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from services.notifications.charts.axes import axis_room, month_axis, value_axis
from services.notifications.charts.look import ACCENT, BOLD, INK, NARROW, SMALL, STEPS, Frame, framed, values
from services.notifications.charts.marks import words
from services.notifications.charts.numbers import spread

HEIGHT, _LOW = 240.0, 190.0
_NARROW_LABELS = 88.0
_GAP = 34.0


@dataclass(frozen=True, slots=True)
class Line:
    """``points``: a value a month, None where there is none. figure: the last value in words.

    filled: the ground below it is tinted.
    """

    label: str
    points: Sequence[float | None]
    figure: str
    stroke: str = ACCENT
    filled: bool = False


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines over the same months."""

    months: Sequence[str]
    lines: Sequence[Line]
    axis: Callable[[float], str]
    labels: float = 120
    highest: float | None = None
    narrow: bool = False


def lines_chart(chart: Lines) -> dict[str, Any]:
    """Lines with their names and last figures at the right."""
    import altair as alt

    values_of = [point for line in chart.lines for point in line.points if point is not None]
    highest = (chart.highest or max([1e-9, *values_of])) * 1.04
    frame = _frame(chart, highest)
    scale = alt.Scale(domain=list(chart.months), padding=0.2)
    x = alt.X("month:O", sort=None, axis=month_axis(chart.months, frame.width), scale=scale)
    axis = value_axis(highest, chart.axis)
    y = alt.Y("value:Q", axis=axis, scale=alt.Scale(domain=[0, highest], nice=False, clamp=True))
    layers = [layer for line in chart.lines for layer in _line(chart.months, line, x, y)]
    return framed(frame, layers + _names(chart, frame, highest))


def _frame(chart: Lines, highest: float) -> Frame:
    if chart.narrow:
        left = axis_room(highest, chart.axis)
        return Frame(_LOW, left=left, right=_NARROW_LABELS, top=20, bottom=44, whole=NARROW)
    return Frame(HEIGHT, left=88, right=chart.labels, top=20, bottom=44)


def _line(months: Sequence[str], line: Line, x: Any, y: Any) -> list[Any]:
    import altair as alt

    rows = [
        {"month": month, "value": point} for month, point in zip(months, line.points, strict=True) if point is not None
    ]
    base = alt.Chart(values(rows))
    layers = []
    if line.filled and len(rows) > 1:
        layers.append(base.mark_area(color=STEPS[0], opacity=1).encode(x=x, y=y))
    layers.append(base.mark_line(stroke=line.stroke, strokeWidth=2.5, strokeJoin="round").encode(x=x, y=y))
    ends = alt.Chart(values(rows[-1:])).mark_point(filled=True, size=60, opacity=1, fill=line.stroke, stroke=None)
    return [*layers, ends.encode(x=x, y=y)]


def _names(chart: Lines, frame: Frame, highest: float) -> list[Any]:
    ended = [(next((each for each in reversed(line.points) if each is not None), 0.0), line) for line in chart.lines]
    ended.sort(key=lambda each: -each[0])
    wanted = [frame.height * (1 - value / highest) for value, _line in ended]
    placed = spread(wanted, _GAP, 8.0, frame.height - 14)
    layers = []
    for at, (_value, line) in zip(placed, ended, strict=True):
        layers.append(words(frame.width + 8, at - 1, line.figure, color=INK, fontSize=SMALL + 1, fontWeight=BOLD))
        layers.append(words(frame.width + 8, at + 14, line.label))
    return layers
