"""What a report comes down to: the few figures on its first page, in the mail it comes with, above its charts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from libs.reporting.table import N_, Kind

Answer = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure: its label is English, for the pages to translate; money is in minor units of ``currency``."""

    label: str
    kind: Kind
    value: Any
    currency: str | None = None


def figures(kind: str, answer: Answer) -> list[Figure]:
    """Up to four figures of a report, the one that matters most first; what is not known is left out."""
    return [each for each in _FIGURES[kind](answer) if each.value is not None][:4]


def _forecast(answer: Answer) -> list[Figure]:
    currency = answer["currency"]
    return [
        Figure(N_("Weighted"), "money", answer["total_weighted_minor"], currency),
        Figure(N_("Won"), "money", answer["won_minor"], currency),
        Figure(N_("Target"), "money", answer.get("target_minor"), currency),
        Figure(N_("Attainment"), "percent", answer.get("attainment")),
        Figure(N_("Open"), "money", answer["open_minor"], currency),
        Figure(N_("Deals"), "count", answer["total_count"]),
    ]


def _bridge(answer: Answer) -> list[Figure]:
    start, end, currency = answer["start_minor"], answer["end_minor"], answer["currency"]
    return [
        Figure(N_("At the start"), "money", start, currency),
        Figure(N_("At the end"), "money", end, currency),
        Figure(N_("Difference"), "money", end - start, currency),
    ]


def _win_rate(answer: Answer) -> list[Figure]:
    total = answer["total"]
    return [
        Figure(N_("Win rate"), "percent", total["win_rate"]),
        Figure(N_("Won"), "count", total["won"]),
        Figure(N_("Lost"), "count", total["lost"]),
        Figure(N_("Won value"), "money", total["won_minor"], answer["currency"]),
    ]


def _funnel(answer: Answer) -> list[Figure]:
    won = next((each for each in answer["stages"] if each["stage"] == "won"), None)
    return [
        Figure(N_("Created"), "count", answer["created"]),
        Figure(N_("Won"), "count", won["count"] if won else None),
        Figure(N_("Lost"), "count", answer["lost"]),
        Figure(N_("Still open"), "count", answer["still_open"]),
    ]


def _velocity(answer: Answer) -> list[Figure]:
    return [
        Figure(N_("Median days to close"), "days", answer["cycle"]["median_days"]),
        Figure(N_("Median days to win"), "days", answer["won_cycle"]["median_days"]),
        Figure(N_("Closed deals"), "count", answer["cycle"]["deals"]),
    ]


def _trend(answer: Answer) -> list[Figure]:
    last, currency = (answer["points"] or [None])[-1], answer["currency"]
    if last is None:
        return []
    return [
        Figure(N_("Open value"), "money", last["open_minor"], currency),
        Figure(N_("Weighted"), "money", last["weighted_minor"], currency),
        Figure(N_("Open deals"), "count", last["open_count"]),
    ]


def _stagnation(answer: Answer) -> list[Figure]:
    values = [Figure(N_("Value"), "money", each["value_minor"], each["currency"]) for each in answer["values"]]
    return [Figure(N_("Deals that stand still"), "count", answer["total"]), *values]


def _totalled(answer: Answer) -> list[Figure]:
    total, currency = answer["total"], answer["currency"]
    return [
        Figure(N_("Won value"), "money", total["won_minor"], currency),
        Figure(N_("Won"), "count", total["won"]),
        Figure(N_("Win rate"), "percent", total["win_rate"]),
        Figure(N_("Attainment"), "percent", total.get("attainment")),
        Figure(N_("Created"), "count", total["created"]),
    ]


def _receivables(answer: Answer) -> list[Figure]:
    return [
        figure
        for each in answer["currencies"]
        for figure in (
            Figure(N_("Owed"), "money", each["total_minor"], each["currency"]),
            Figure(N_("Overdue"), "money", each["overdue_minor"], each["currency"]),
        )
    ]


def _payment_time(answer: Answer) -> list[Figure]:
    total = answer["total"]
    return [
        Figure(N_("Median days until payment"), "days", total["median_days"]),
        Figure(N_("Paid on time"), "percent", total["on_time_share"]),
        Figure(N_("Paid invoices"), "count", total["invoices"]),
    ]


_FIGURES: Mapping[str, Callable[[Answer], list[Figure]]] = {
    "pipeline-forecast": _forecast,
    "forecast-bridge": _bridge,
    "win-rate": _win_rate,
    "funnel": _funnel,
    "velocity": _velocity,
    "trend": _trend,
    "stagnation": _stagnation,
    "sources": _totalled,
    "reps": _totalled,
    "receivables": _receivables,
    "payment-time": _payment_time,
}
