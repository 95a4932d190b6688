"""Small plots of a page, drawn as SVG by its template; beside each stands the table it was drawn from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

# The plot's own units; the page stretches it.
WIDTH, HEIGHT = 700.0, 140.0


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar, and the part of it that is drawn otherwise, from the ground up."""

    x: float
    width: float
    y: float
    height: float
    part_y: float
    part_height: float


def bars(values: Sequence[tuple[int, int]]) -> list[Bar]:
    """A bar for each ``(whole, part of it)``; the tallest fills the plot, and without any there is nothing to draw."""
    most = max((whole for whole, _part in values), default=0)
    if not most:
        return []
    slot = WIDTH / len(values)
    unit = HEIGHT / most
    return [
        Bar(
            x=round(slot * number + slot * 0.15, 1),
            width=round(slot * 0.7, 1),
            y=round(HEIGHT - whole * unit, 1),
            height=round(whole * unit, 1),
            part_y=round(HEIGHT - part * unit, 1),
            part_height=round(part * unit, 1),
        )
        for number, (whole, part) in enumerate(values)
    ]
