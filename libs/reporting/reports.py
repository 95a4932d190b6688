"""The reports there are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from libs.reporting import owed, performance, pipeline
from libs.reporting.table import N_, Table

TITLES: Mapping[str, str] = {
    "pipeline-forecast": N_("Pipeline forecast"),
    "forecast-bridge": N_("Bridge"),
    "win-rate": N_("Win rate"),
    "funnel": N_("Funnel"),
    "velocity": N_("Velocity"),
    "trend": N_("Trend"),
    "stagnation": N_("Stagnation"),
    "sources": N_("Sources"),
    "reps": N_("Reps"),
    "receivables": N_("Receivables"),
    "payment-time": N_("Payment time"),
}
KINDS: tuple[str, ...] = tuple(TITLES)

_TABLES: Mapping[str, Callable[[Mapping[str, Any]], list[Table]]] = {
    "pipeline-forecast": pipeline.forecast,
    "forecast-bridge": pipeline.bridge,
    "risks": pipeline.risks,
    "win-rate": performance.win_rate,
    "funnel": pipeline.funnel,
    "velocity": pipeline.velocity,
    "trend": pipeline.trend,
    "stagnation": pipeline.stagnation,
    "sources": performance.sources,
    "reps": performance.reps,
    "receivables": owed.receivables,
    "payment-time": owed.payment_time,
}


# Their amounts are in one currency, and say which deals are not in them. A forecast says so beside more of the kind.
_CONVERTED = frozenset({"forecast-bridge", "win-rate", "funnel", "trend", "sources", "reps"})


def tables(kind: str, answer: Mapping[str, Any]) -> list[Table]:
    """The tables of a report, the one of its CSV first; ``answer`` is what the RPC method answered, as it came.

    kind: one of KINDS, or ``risks``; KeyError for any other.
    """
    made = _TABLES[kind](answer)
    unrated = pipeline.without_rate(answer) if kind in _CONVERTED else None
    return [*made, unrated] if unrated is not None else made
