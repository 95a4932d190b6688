"""What the parts of columns are called. Each is named, whatever room there is, in the order in which they are stacked:
with its shade and, where it can, with a line to where it stands, so that nobody needs colours to tell them apart."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from services.notifications.charts.look import ACCENT, BOLD, INK, SOFT, Frame, values
from services.notifications.charts.marks import EDGE, words
from services.notifications.charts.numbers import spread

_GAP, _LINE = 18.0, 21.0
# Pixels from the columns' part to the sign of a name beside it, and from a sign to its name.
_AWAY, _SIGN = 20.0, 13.0
# How far the first name below stands from the axis.
_UNDER = 58.0


@dataclass(frozen=True, slots=True)
class Name:
    """One of the names. fill: the shade of its parts, "" for the mark across columns; total: all of it.

    at: its height in the last column, in pixels from the top of the frame; is_last: whether that column has it.
    """

    label: str
    fill: str
    total: float
    at: float
    is_last: bool


def beside(names: Sequence[Name], frame: Frame, edge: float) -> list[Any]:
    """The names at the right of the last column, which ends at ``edge``, each as near to its part as others allow."""
    layers = []
    places = spread([each.at for each in names], _GAP, 4.0, frame.height - 4)
    for name, place in zip(names, places, strict=True):
        if name.is_last:
            layers.append(_leader(edge, name.at, frame.width + _AWAY - 9, place))
        layers += _named(name, frame.width + _AWAY, place)
    return layers


def below(names: Sequence[Name], frame: Frame, label: Callable[[float], str]) -> list[Any]:
    """The names in a list under the axis, as they are stacked, with what each comes to."""
    layers = []
    left, right = EDGE - frame.left, frame.width + frame.right - EDGE
    for place, name in enumerate(names):
        y = frame.height + _UNDER + _LINE * place
        layers += _named(name, left + 6, y)
        layers.append(words(right, y, label(name.total), align="right", color=INK, fontWeight=BOLD))
    return layers


def room_below(names: int) -> float:
    """The pixels that so many names take under a chart."""
    return _UNDER + _LINE * names - 4


def _named(name: Name, x: float, y: float) -> list[Any]:
    return [_sign(name, x, y), words(x + _SIGN, y, name.label)]


def _sign(name: Name, x: float, y: float) -> Any:
    import altair as alt

    one = alt.Chart(values([{}]))
    if name.fill:
        sign = one.mark_square(size=121, opacity=1, fill=name.fill, stroke=ACCENT, strokeWidth=1)
    else:
        sign = one.mark_tick(opacity=1, thickness=3, width=14, color=INK, orient="horizontal")
    return sign.encode(x=alt.XValue(x), y=alt.YValue(y))


def _leader(x: float, y: float, to_x: float, to_y: float) -> Any:
    import altair as alt

    line = alt.Chart(values([{}])).mark_rule(color=SOFT, strokeWidth=0.75)
    return line.encode(x=alt.XValue(x), x2=alt.X2Value(to_x), y=alt.YValue(y), y2=alt.Y2Value(to_y))
