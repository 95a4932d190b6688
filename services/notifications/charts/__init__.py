"""The charts: one definition each. Altair is imported where one is drawn, so that only workers load it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from services.notifications.charts.forecast import bridge, forecast_by_month, forecast_by_stage
from services.notifications.charts.look import INK, SIZE, Chart, Frame, Reader, framed
from services.notifications.charts.marks import words
from services.notifications.charts.movement import funnel, stagnation, trend, velocity
from services.notifications.charts.owed import payment_time, receivables
from services.notifications.charts.performance import reps, sources, win_rate
from services.notifications.charts.summary import summary_closing, summary_pipeline
from services.notifications.charts.words import say

__all__ = ["CHARTS", "LANGUAGES", "Chart", "Reader", "drawn", "nothing"]

LANGUAGES = ("en", "de")
# What draws the answer of a report, None where there is nothing to draw.
CHARTS: Mapping[str, Callable[[Mapping[str, Any], Reader], Chart | None]] = {
    each.__name__: each
    for each in (
        forecast_by_month,
        forecast_by_stage,
        bridge,
        trend,
        win_rate,
        funnel,
        velocity,
        sources,
        reps,
        receivables,
        payment_time,
        stagnation,
        summary_pipeline,
        summary_closing,
    )
}


def drawn(name: str, answer: Mapping[str, Any], reader: Reader) -> Chart:
    """A chart of an answer; one that says so where there is nothing to draw. KeyError for no such chart."""
    return CHARTS[name](answer, reader) or nothing(reader)


def nothing(reader: Reader) -> Chart:
    """What stands in the place of a chart of nothing."""
    said = say("Nothing to show yet", reader.language)
    frame = Frame(120, whole=reader.width)
    layer = words(frame.width / 2, 60, said, align="center", color=INK, fontSize=SIZE)
    return Chart(framed(frame, [layer]), say("Nothing to show yet.", reader.language))
