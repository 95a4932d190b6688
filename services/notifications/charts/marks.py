"""The shapes charts are made of: bars in rows, columns over months, words beside them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from services.notifications.charts.look import (
    ACCENT,
    BOLD,
    INK,
    LINE,
    SIZE,
    SMALL,
    SOFT,
    WIDTH,
    Frame,
    chosen,
    framed,
    values,
)
from services.notifications.charts.numbers import ticks
from services.notifications.domain import one_line, shortened

ROW, BAR = 36.0, 20.0
_EDGE = 16.0
_LABEL_LENGTH = 60
# So many months are named under an axis; of more, every second, third …
_NAMED_MONTHS = 18


@dataclass(frozen=True, slots=True)
class Row:
    """A bar from ``start`` to ``value`` with its label before it, its figure behind it, and a note at the right edge.

    inner: the part of the bar that is drawn full. tick: a mark across the bar.
    """

    label: str
    value: float
    figure: str
    note: str = ""
    start: float = 0.0
    inner: float | None = None
    tick: float | None = None
    fill: str = ACCENT
    stroke: str = ACCENT


@dataclass(frozen=True, slots=True)
class Room:
    """Pixels kept free in a chart of rows: for labels, for figures behind bars, for notes at the right edge; and how
    wide it is as a whole."""

    labels: float = 150
    figures: float = 84
    notes: float = 0
    whole: float = WIDTH


def rows_chart(rows: Sequence[Row], room: Room, *, heading: str = "", foot: str = "") -> dict[str, Any]:
    """Bars in rows. heading: words above the notes; foot: a line below that says what the marks mean."""
    frame = Frame(
        ROW * len(rows),
        left=room.labels,
        right=_EDGE + room.notes,
        top=30 if heading else 8,
        bottom=36 if foot else 10,
        whole=room.whole,
    )
    layers = bars(rows, frame, room.figures)
    if heading:
        layers.append(words(frame.width + room.notes, -14, heading, align="right"))
    if foot:
        layers.append(words(0, frame.height + 20, foot))
    return framed(frame, layers)


def bars(rows: Sequence[Row], frame: Frame, figures: float) -> list[Any]:
    """The layers of bars in rows; ``figures``: pixels behind the longest bar that stay free for its figure."""
    import altair as alt

    drawn = [_drawn(at, row) for at, row in enumerate(rows)]
    x = _lengths(drawn, frame.width - figures)
    # Each row has its place, whatever its label: two of one name stay two.
    places = alt.Scale(domain=[row["at"] for row in drawn], paddingInner=0)
    y = alt.Y("at:O", sort=None, axis=None, scale=places)
    base = alt.Chart(values(drawn)).encode(y=y)
    # A bar of no length would leave the line of its edge.
    long = alt.Chart(values([row for row in drawn if row["from"] != row["to"]]))
    box = long.mark_bar(height=BAR, strokeWidth=1, cornerRadius=2).encode(y=y)
    fill, stroke = alt.Fill("fill:N", scale=None), alt.Stroke("stroke:N", scale=None)
    figure = base.mark_text(align="left", dx=8, fontSize=SIZE, fontWeight=BOLD, color=INK)
    layers = [
        _texts(base, "label", -12, align="right", fontSize=SIZE, color=INK, limit=frame.left - 28),
        box.encode(x=x("from"), x2=alt.X2("to:Q"), fill=fill, stroke=stroke),
        *_inner(drawn, x, y),
        figure.encode(x=x("end"), text=alt.Text("figure:N")),
    ]
    if any(row.note for row in rows):
        layers.append(
            _texts(base, "note", frame.width + frame.right - _EDGE, align="right", fontSize=SMALL, color=SOFT)
        )
    return layers


def words(x: float, y: float, text: str, **look: Any) -> Any:
    """A line of small words at a place of the frame."""
    import altair as alt

    shape = {"fontSize": SMALL, "color": SOFT, "align": "left"} | look
    return (
        alt.Chart(values([{"text": text}]))
        .mark_text(**shape)
        .encode(x=alt.XValue(x), y=alt.YValue(y), text=alt.Text("text:N"))
    )


def month_axis(months: Sequence[str]) -> Any:
    """Months under columns, the year below the first named of each year; of very many, not each is named."""
    import altair as alt

    every = max(1, -(-len(months) // _NAMED_MONTHS))
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


def _lengths(drawn: Sequence[dict[str, Any]], reach: float) -> Callable[[str], Any]:
    """Places along the bars, for the name of a field."""
    import altair as alt

    ends = [row[name] for row in drawn for name in ("from", "to", "tick") if row[name] is not None]
    low = min([0.0, *ends])
    high = max([low + 1e-9, *ends])
    scale = alt.Scale(domain=[low, high], range=[0, reach], nice=False, zero=False)
    return lambda name: alt.X(f"{name}:Q", scale=scale, axis=None)


def _inner(drawn: Sequence[dict[str, Any]], x: Callable[[str], Any], y: Any) -> list[Any]:
    """The full part of bars and the marks across them, where there are any."""
    import altair as alt

    full = [row for row in drawn if row["inner"]]
    marked = [row for row in drawn if row["tick"] is not None]
    layers = []
    if full:
        part = alt.Chart(values(full)).mark_bar(height=BAR, cornerRadius=2, color=ACCENT)
        layers.append(part.encode(x=x("zero"), x2=alt.X2("inner:Q"), y=y))
    if marked:
        mark = alt.Chart(values(marked)).mark_tick(opacity=1, thickness=3, height=BAR + 10, color=INK)
        layers.append(mark.encode(x=x("tick"), y=y))
    return layers


def _texts(base: Any, name: str, x: float, **look: Any) -> Any:
    import altair as alt

    return base.mark_text(**look).encode(x=alt.XValue(x), text=alt.Text(f"{name}:N"))


def _drawn(at: int, row: Row) -> dict[str, Any]:
    low, high = sorted((row.start, row.value))
    return {
        "at": str(at),
        "label": shortened(one_line(row.label), _LABEL_LENGTH),
        "from": low,
        "to": high,
        "zero": 0.0,
        "end": max(high, row.tick or high),
        "inner": row.inner,
        "tick": row.tick,
        "figure": row.figure,
        "note": row.note,
        "fill": row.fill,
        "stroke": row.stroke,
    }
