"""How every chart looks: sizes, type, colours, and the frame that marks are put into.

One accent in five steps of lightness, so that paper and eyes without colour tell them apart; labels stand where the
marks are. Everything has a fixed place: charts of one kind have one size, whatever their figures.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

from libs.brand.tokens import CHART

# Pixels across: beside text and on paper, and on a phone or in half of a page.
WIDTH, NARROW = 640, 360
INK, SOFT, LINE, SURFACE = CHART["ink"], CHART["soft"], CHART["line"], CHART["surface"]
STEPS = tuple(CHART[f"step-{number}"] for number in range(1, 6))
ACCENT = STEPS[4]
SIZE, SMALL = 13, 12
BOLD = 600
# Inter as pages name it, as machines do, and what mail and print programs have.
FONT = "Inter, 'Inter Variable', system-ui, sans-serif"


@dataclass(frozen=True, slots=True)
class Reader:
    """Whom a chart is drawn for: language ``en`` or ``de``, people's names by their ids.

    narrow: on a phone, or in half of a page.
    """

    language: str = "en"
    names: Mapping[str, str] = field(default_factory=dict)
    narrow: bool = False

    @property
    def width(self) -> int:
        """How wide a chart is for them, in pixels."""
        return NARROW if self.narrow else WIDTH


@dataclass(frozen=True, slots=True)
class Chart:
    """``spec``: Vega-Lite; ``alt``: what it shows, in sentences with its figures."""

    spec: Mapping[str, Any]
    alt: str


@dataclass(frozen=True, slots=True)
class Frame:
    """The room around the marks, in pixels. whole: how wide the chart is with it."""

    height: float
    left: float = 16
    right: float = 16
    top: float = 12
    bottom: float = 12
    whole: float = WIDTH

    @property
    def width(self) -> float:
        """How wide the marks' own part is."""
        return self.whole - self.left - self.right


def framed(frame: Frame, layers: Sequence[Any]) -> dict[str, Any]:
    """The layers as one chart."""
    import altair as alt

    around = {"left": frame.left, "right": frame.right, "top": frame.top, "bottom": frame.bottom}
    made = alt.layer(*layers).properties(
        width=frame.width, height=frame.height, padding=around, autosize=alt.AutoSizeParams(type="none")
    )
    made = made.configure(font=FONT, background="transparent", aria=False).configure_view(stroke=None, fill=None)
    made = made.configure_axis(
        domain=False, ticks=False, grid=False, title=None, labelColor=SOFT, labelFontSize=SMALL, labelPadding=8
    )
    # Checked against its schema by a test of every chart; here that would take longer than drawing.
    spec: dict[str, Any] = made.to_dict(validate=False)
    return spec


def values(rows: Sequence[Mapping[str, Any]]) -> Any:
    """Rows as the data of a layer."""
    import altair as alt

    return alt.Data(values=[dict(row) for row in rows])


def chosen(pairs: Sequence[tuple[float | str, str | list[str]]]) -> str:
    """An expression that writes each tick as we wrote it: numbers and words of ours, never text from outside."""
    tests = "".join(f"datum.value === {_literal(value)} ? {_literal(label)} : " for value, label in pairs)
    return f"{tests}''"


def _literal(value: Any) -> str:
    return orjson.dumps(value).decode()
