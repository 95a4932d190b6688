"""Columns over months: one figure a month, or one made of parts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from services.notifications.charts.look import ACCENT, BOLD, INK, SMALL, STEPS, SURFACE, Frame, framed, values
from services.notifications.charts.marks import month_axis, value_axis, words
from services.notifications.charts.numbers import spread

# Pixels a character of a figure takes.
_CHARACTER = 8.4
_GAP = 17.0
_CLOSE = 24.0
# Parts of a band that stay free between columns and before the first.
_BETWEEN, _OUTSIDE = 0.32, 0.2
HEIGHT = 250.0


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
    """What stands beside columns. mark: what the mark across them is called; note: a line above them."""

    columns: Sequence[Column]
    labels: float = 16
    mark: str = ""
    note: str = ""
    highest: float | None = None
    label: Callable[[float], str] = str


def columns_chart(chart: Columns) -> dict[str, Any]:
    """Columns with their parts named at the right, once, beside the last of them."""
    import altair as alt

    columns = chart.columns
    highest = chart.highest or max([1e-9, *(max(each.top, each.mark or 0.0) for each in columns)])
    frame = Frame(HEIGHT, left=88, right=chart.labels, top=40 if chart.note else 28, bottom=44)
    months = [each.month for each in columns]
    x = alt.X(
        "month:O",
        sort=None,
        axis=month_axis(months),
        scale=alt.Scale(domain=months, paddingInner=0.32, paddingOuter=0.2),
    )
    y = alt.Y("from:Q", axis=value_axis(highest, chart.label), scale=alt.Scale(domain=[0, highest * 1.02], nice=False))
    stacked = alt.Chart(values(_parts(columns))).mark_bar(strokeWidth=0)
    layers = [stacked.encode(x=x, y=y, y2=alt.Y2("to:Q"), fill=alt.Fill("fill:N", scale=None))]
    marks = [{"month": each.month, "from": each.mark} for each in columns if each.mark is not None]
    if marks:
        band = _band(frame.width, len(columns))
        line = alt.Chart(values(marks)).mark_tick(
            opacity=1, thickness=3, width=band + 8, color=INK, orient="horizontal"
        )
        layers.append(line.encode(x=x, y=y))
    figures = _fitting(columns, frame.width)
    if figures:
        above = alt.Chart(values(_figures(columns, figures, highest)))
        figure = above.mark_text(dy=-9, fontSize=SMALL, fontWeight=BOLD, color=INK)
        layers.append(figure.encode(x=x, y=y, text=alt.Text("figure:N")))
    layers += _names(chart, frame, highest * 1.02)
    if chart.note:
        layers.append(words(0, -26, chart.note))
    return framed(frame, layers)


def _parts(columns: Sequence[Column]) -> list[dict[str, Any]]:
    rows = []
    for column in columns:
        reached = 0.0
        for part in column.parts:
            rows.append({"month": column.month, "from": reached, "to": reached + part.value, "fill": part.fill})
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


def _names(chart: Columns, frame: Frame, highest: float) -> list[Any]:
    """The parts' names beside the last column, at their heights as far as lines have room; one that the last column
    has not stands in the newest that has it."""
    last = chart.columns[-1]
    named = [(middle, part.label) for middle, part in _middles(last) if part.label]
    if chart.mark and last.mark is not None:
        named.append((last.mark, chart.mark))
    named.sort(key=lambda each: -each[0])
    placed = spread([frame.height * (1 - at / highest) for at, _label in named], _GAP, 4.0, frame.height - 4)
    beside = [words(frame.width + 10, at, label) for at, (_height, label) in zip(placed, named, strict=True)]
    return beside + _names_within(chart.columns, {label for _at, label in named}, frame, highest)


def _names_within(columns: Sequence[Column], named: set[str], frame: Frame, highest: float) -> list[Any]:
    import altair as alt

    rows: dict[str, dict[str, Any]] = {}
    band = _band(frame.width, len(columns))
    for column in columns:
        for middle, part in _middles(column):
            fits = frame.height * part.value / highest > _GAP and len(part.label) * _CHARACTER < band
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
