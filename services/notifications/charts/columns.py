"""Columns over months: one figure a month, or one made of parts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from services.notifications.charts.axes import axis_room, month_axis, value_axis
from services.notifications.charts.legend import Name, below, beside, room_below
from services.notifications.charts.look import (
    ACCENT,
    BOLD,
    INK,
    NARROW,
    SMALL,
    STEPS,
    SURFACE,
    Frame,
    framed,
    values,
)
from services.notifications.charts.marks import EDGE, words

# Pixels a character of a figure takes.
_CHARACTER = 8.4
_GAP = 17.0
_CLOSE = 24.0
_THIN = 3.0
# Parts of a band that stay free between columns and before the first.
_BETWEEN, _OUTSIDE = 0.32, 0.2
HEIGHT, _LOW = 250.0, 190.0


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a column, from below: what it is called, how long it is, its colour."""

    label: str
    value: float
    fill: str = ACCENT


@dataclass(frozen=True, slots=True)
class Column:
    """A month's column: its parts, the figure above it (``brief`` where columns are narrow), a mark across it."""

    month: str
    parts: Sequence[Part]
    figure: str = ""
    brief: str = ""
    mark: float | None = None

    @property
    def top(self) -> float:
        return sum(each.value for each in self.parts)


@dataclass(frozen=True, slots=True)
class Columns:
    """What stands beside columns. mark: what the mark across them is called; note: a line above them.

    stack: what their parts are called, from below; a part with another name, or none, is not named anywhere.
    labels: pixels kept free for names at the right. narrow: drawn for a phone, with its names below.
    """

    columns: Sequence[Column]
    stack: Sequence[str] = ()
    labels: float = EDGE
    mark: str = ""
    note: str = ""
    highest: float | None = None
    label: Callable[[float], str] = str
    narrow: bool = False


def columns_chart(chart: Columns) -> dict[str, Any]:
    """Columns with each of their parts named once: at the right, beside the last of them, or below."""
    import altair as alt

    columns = chart.columns
    highest = chart.highest or max([1e-9, *(max(each.top, each.mark or 0.0) for each in columns)])
    reach = highest * 1.02
    names = _named(chart, _LOW if chart.narrow else HEIGHT, reach)
    frame = _frame(chart, len(names), highest)
    months = [each.month for each in columns]
    x = alt.X(
        "month:O",
        sort=None,
        axis=month_axis(months, frame.width),
        scale=alt.Scale(domain=months, paddingInner=_BETWEEN, paddingOuter=_OUTSIDE),
    )
    y = alt.Y("from:Q", axis=value_axis(highest, chart.label), scale=alt.Scale(domain=[0, reach], nice=False))
    layers = [*_stacks(columns, frame, reach, x, y), *_marks(columns, frame, x, y)]
    figures = _fitting(columns, frame.width)
    if figures:
        above = alt.Chart(values(_figures(columns, figures, highest * HEIGHT / frame.height)))
        figure = above.mark_text(dy=-9, fontSize=SMALL, fontWeight=BOLD, color=INK)
        layers.append(figure.encode(x=x, y=y, text=alt.Text("figure:N")))
    layers += _names(chart, names, frame, reach)
    if chart.note:
        layers.append(words(0, -26, chart.note))
    return framed(frame, layers)


def _frame(chart: Columns, names: int, highest: float) -> Frame:
    top = 40 if chart.note else 28
    if not chart.narrow:
        return Frame(HEIGHT, left=88, right=chart.labels, top=top, bottom=44)
    left, bottom = axis_room(highest, chart.label), room_below(names) if names else 44
    return Frame(_LOW, left=left, right=EDGE, top=top, bottom=bottom, whole=NARROW)


def _stacks(columns: Sequence[Column], frame: Frame, reach: float, x: Any, y: Any) -> list[Any]:
    """The parts with a hair of white between them, and a line around each column as around the bars of rows."""
    import altair as alt

    # What is thinner than its hairs would not be seen any more.
    parts = _parts(columns, reach * _THIN / frame.height)
    wholes = [{"month": each.month, "from": 0.0, "to": each.top} for each in columns if each.top]
    around = alt.Chart(values(wholes)).mark_bar(filled=False, stroke=ACCENT, strokeWidth=1)
    y2, fill, stroke = alt.Y2("to:Q"), alt.Fill("fill:N", scale=None), alt.Stroke("stroke:N", scale=None)
    inner = alt.Chart(values(parts)).mark_bar(strokeWidth=1).encode(x=x, y=y, y2=y2, fill=fill, stroke=stroke)
    return [inner, around.encode(x=x, y=y, y2=y2)]


def _marks(columns: Sequence[Column], frame: Frame, x: Any, y: Any) -> list[Any]:
    import altair as alt

    marks = [{"month": each.month, "from": each.mark} for each in columns if each.mark is not None]
    if not marks:
        return []
    width = _band(frame.width, len(columns)) + 8
    line = alt.Chart(values(marks)).mark_tick(opacity=1, thickness=3, width=width, color=INK, orient="horizontal")
    return [line.encode(x=x, y=y)]


def _parts(columns: Sequence[Column], thin: float) -> list[dict[str, Any]]:
    rows = []
    for column in columns:
        reached = 0.0
        for part in column.parts:
            stroke = SURFACE if part.value > thin else part.fill
            row = {"month": column.month, "from": reached, "to": reached + part.value}
            rows.append(row | {"fill": part.fill, "stroke": stroke})
            reached += part.value
    return rows


def _fitting(columns: Sequence[Column], width: float) -> list[str]:
    """The figures that have room beside each other, none where not even brief ones have."""
    room = width / len(columns)
    for figures in ([each.figure for each in columns], [each.brief or each.figure for each in columns]):
        if max(len(each) for each in figures) * _CHARACTER < room:
            return figures
    return []


def _figures(columns: Sequence[Column], figures: Sequence[str], highest: float) -> list[dict[str, Any]]:
    """Above the column, or above the mark that would run through the figure there."""
    close = highest * _CLOSE / HEIGHT
    return [
        {
            "month": each.month,
            "from": each.mark if each.mark is not None and 0 <= each.mark - each.top < close else each.top,
            "figure": figure,
        }
        for each, figure in zip(columns, figures, strict=True)
    ]


def _named(chart: Columns, height: float, reach: float) -> list[Name]:
    """A name for each kind of part and for the mark, from the top: where one stands in the last column, or would."""
    names, reached = [], 0.0
    for label in chart.stack:
        same = [(column, part) for column in chart.columns for part in column.parts if part.label == label]
        if same:
            value = sum(part.value for column, part in same if column is chart.columns[-1])
            at = height * (1 - (reached + value / 2) / reach)
            names.append(Name(label, same[0][1].fill, sum(part.value for _column, part in same), at, value > 0))
            reached += value
    names.reverse()
    marks = [each.mark for each in chart.columns if each.mark is not None]
    if chart.mark and marks:
        is_last = chart.columns[-1].mark is not None
        names.append(Name(chart.mark, "", sum(marks), height * (1 - marks[-1] / reach), is_last))
    return names


def _names(chart: Columns, names: Sequence[Name], frame: Frame, reach: float) -> list[Any]:
    """All names, and within the columns those that no line leads to, as far as they fit there."""
    if chart.narrow:
        return below(names, frame, chart.label) + _names_within(chart.columns, set(), frame, reach)
    edge = frame.width - _OUTSIDE * frame.width / (len(chart.columns) - _BETWEEN + 2 * _OUTSIDE) + 6
    led = {each.label for each in names if each.is_last}
    ordered = sorted(names, key=lambda each: each.at)
    return beside(ordered, frame, edge) + _names_within(chart.columns, led, frame, reach)


def _names_within(columns: Sequence[Column], named: set[str], frame: Frame, highest: float) -> list[Any]:
    import altair as alt

    rows: dict[str, dict[str, Any]] = {}
    band, line = _band(frame.width, len(columns)), highest * _GAP / frame.height
    for column in columns:
        for middle, part in _middles(column):
            is_crossed = column.mark is not None and abs(column.mark - middle) < line / 2
            fits = part.value > line and len(part.label) * _CHARACTER < band and not is_crossed
            if part.label and part.label not in named and fits:
                rows[part.label] = {"month": column.month, "at": frame.height * (1 - middle / highest)} | {
                    "text": part.label,
                    "fill": SURFACE if part.fill in STEPS[3:] else INK,
                }
    layers = []
    for row in rows.values():
        text = alt.Chart(values([row])).mark_text(
            fontSize=SMALL, color=row["fill"], limit=_band(frame.width, len(columns))
        )
        layers.append(text.encode(x=alt.X("month:O", sort=None), y=alt.YValue(row["at"]), text=alt.Text("text:N")))
    return layers


def _middles(column: Column) -> Iterator[tuple[float, Part]]:
    reached = 0.0
    for part in column.parts:
        yield reached + part.value / 2, part
        reached += part.value


def _band(width: float, number: int) -> float:
    """The width of a column as the scale with its paddings gives it."""
    return width / (number - _BETWEEN + 2 * _OUTSIDE) * (1 - _BETWEEN)
