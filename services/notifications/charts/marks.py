"""The shapes charts are made of: bars in rows, and words beside marks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from services.notifications.charts.look import (
    ACCENT,
    BOLD,
    INK,
    NARROW,
    SIZE,
    SMALL,
    SOFT,
    WIDTH,
    Frame,
    framed,
    values,
)
from services.notifications.domain import one_line, shortened

# Pixels that stay free at the side of every chart.
EDGE = 16.0
_LABEL_LENGTH = 60
# Pixels a character of a figure takes.
_CHARACTER = 7.6


@dataclass(frozen=True, slots=True)
class _Lay:
    """How a row lies, in pixels: its height, the bar's own, how far its words and its bar are from its middle."""

    row: float
    bar: float
    words: float = 0
    bars: float = 0


# Where bars have no room beside their labels, those stand above them.
_BESIDE, _ABOVE = _Lay(36, 20), _Lay(50, 15, words=-12, bars=9)


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
    wide it is as a whole. narrow: labels and notes stand above the bars, which have the whole width."""

    labels: float = 150
    figures: float = 84
    notes: float = 0
    whole: float = WIDTH
    narrow: bool = False

    def frame(self, rows: int, top: float, bottom: float) -> Frame:
        """The frame of so many rows."""
        if self.narrow:
            return Frame(_ABOVE.row * rows, left=EDGE, right=EDGE, top=top, bottom=bottom, whole=NARROW)
        right = EDGE + self.notes
        return Frame(_BESIDE.row * rows, left=self.labels, right=right, top=top, bottom=bottom, whole=self.whole)


def rows_chart(rows: Sequence[Row], room: Room, *, heading: str = "", foot: str = "") -> dict[str, Any]:
    """Bars in rows. heading: words above the notes; foot: a line below that says what the marks mean."""
    frame = room.frame(len(rows), top=30 if heading else 8, bottom=36 if foot else 10)
    layers = _bars(rows, frame, room)
    if heading:
        layers.append(words(frame.width + frame.right - EDGE, -14, heading, align="right"))
    if foot:
        layers.append(words(0, frame.height + 20, foot))
    return framed(frame, layers)


def _bars(rows: Sequence[Row], frame: Frame, room: Room) -> list[Any]:
    """The layers of bars in rows."""
    import altair as alt

    lay = _ABOVE if room.narrow else _BESIDE
    drawn = [_drawn(at, row) for at, row in enumerate(rows)]
    x = _lengths(drawn, frame.width - _figures_room(rows, room))
    # Each row has its place, whatever its label: two of one name stay two.
    places = alt.Scale(domain=[row["at"] for row in drawn], paddingInner=0)
    y = alt.Y("at:O", sort=None, axis=None, scale=places)
    base = alt.Chart(values(drawn)).encode(y=y)
    # A bar of no length would leave the line of its edge.
    long = alt.Chart(values([row for row in drawn if row["from"] != row["to"]]))
    box = long.mark_bar(height=lay.bar, yOffset=lay.bars, strokeWidth=1, cornerRadius=2).encode(y=y)
    fill, stroke = alt.Fill("fill:N", scale=None), alt.Stroke("stroke:N", scale=None)
    figure = base.mark_text(align="left", dx=8, dy=lay.bars, fontSize=SIZE, fontWeight=BOLD, color=INK)
    layers = [
        _labels(base, frame, room, lay),
        box.encode(x=x("from"), x2=alt.X2("to:Q"), fill=fill, stroke=stroke),
        *_inner(drawn, x, y, lay),
        figure.encode(x=x("end"), text=alt.Text("figure:N")),
    ]
    if any(row.note for row in rows):
        edge = frame.width + frame.right - EDGE
        layers.append(_texts(base, "note", edge, align="right", dy=lay.words, fontSize=SMALL, color=SOFT))
    return layers


def _figures_room(rows: Sequence[Row], room: Room) -> float:
    return max(room.figures, _CHARACTER * max(len(row.figure) for row in rows) + 12)


def _labels(base: Any, frame: Frame, room: Room, lay: _Lay) -> Any:
    look = {"fontSize": SIZE, "color": INK, "dy": lay.words}
    if room.narrow:
        return _texts(base, "label", 0, align="left", limit=frame.width - room.notes, **look)
    return _texts(base, "label", -12, align="right", limit=frame.left - 28, **look)


def words(x: float, y: float, text: str, **look: Any) -> Any:
    """A line of small words at a place of the frame."""
    import altair as alt

    shape = {"fontSize": SMALL, "color": SOFT, "align": "left"} | look
    return (
        alt.Chart(values([{"text": text}]))
        .mark_text(**shape)
        .encode(x=alt.XValue(x), y=alt.YValue(y), text=alt.Text("text:N"))
    )


def _lengths(drawn: Sequence[dict[str, Any]], reach: float) -> Callable[[str], Any]:
    """Places along the bars, for the name of a field."""
    import altair as alt

    ends = [row[name] for row in drawn for name in ("from", "to", "tick") if row[name] is not None]
    low = min([0.0, *ends])
    high = max([low + 1e-9, *ends])
    scale = alt.Scale(domain=[low, high], range=[0, reach], nice=False, zero=False)
    return lambda name: alt.X(f"{name}:Q", scale=scale, axis=None)


def _inner(drawn: Sequence[dict[str, Any]], x: Callable[[str], Any], y: Any, lay: _Lay) -> list[Any]:
    """The full part of bars and the marks across them, where there are any."""
    import altair as alt

    full = [row for row in drawn if row["inner"]]
    marked = [row for row in drawn if row["tick"] is not None]
    layers = []
    if full:
        part = alt.Chart(values(full)).mark_bar(height=lay.bar, yOffset=lay.bars, cornerRadius=2, color=ACCENT)
        layers.append(part.encode(x=x("zero"), x2=alt.X2("inner:Q"), y=y))
    if marked:
        mark = alt.Chart(values(marked)).mark_tick(
            opacity=1, thickness=3, height=lay.bar + 10, yOffset=lay.bars, color=INK
        )
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
