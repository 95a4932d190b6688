"""What deals and billing answer when a report is asked for: one small business, the same in every answer."""

from __future__ import annotations

from typing import Any

from tests.support.report_answers.forecast import BRIDGE, FORECAST
from tests.support.report_answers.owed import PAYMENT_TIME, RECEIVABLES
from tests.support.report_answers.performance import (
    FUNNEL,
    REPS,
    SOURCES,
    TREND,
    VELOCITY,
    WIN_RATE,
    WIN_RATE_BY_OWNER,
)
from tests.support.report_answers.stagnation import RISKS, STAGNATION

__all__ = [
    "ANSWERS",
    "BRIDGE",
    "FORECAST",
    "FUNNEL",
    "PAYMENT_TIME",
    "RECEIVABLES",
    "REPS",
    "RISKS",
    "SOURCES",
    "STAGNATION",
    "TREND",
    "VELOCITY",
    "WIN_RATE",
    "WIN_RATE_BY_OWNER",
]

ANSWERS: dict[str, dict[str, Any]] = {
    "pipeline-forecast": FORECAST,
    "forecast-bridge": BRIDGE,
    "risks": RISKS,
    "win-rate": WIN_RATE,
    "funnel": FUNNEL,
    "velocity": VELOCITY,
    "trend": TREND,
    "stagnation": STAGNATION,
    "sources": SOURCES,
    "reps": REPS,
    "receivables": RECEIVABLES,
    "payment-time": PAYMENT_TIME,
}
