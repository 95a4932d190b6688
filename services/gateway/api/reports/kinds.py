"""The reports that are mailed and made to be kept, and the periods that move with the day they are asked on."""

from __future__ import annotations

from typing import Literal

from libs.reporting import KINDS
from libs.reporting.periods import PERIODS

Kind = Literal[
    "pipeline-forecast",
    "forecast-bridge",
    "win-rate",
    "funnel",
    "velocity",
    "trend",
    "stagnation",
    "sources",
    "reps",
    "receivables",
    "payment-time",
]
Period = Literal[
    "this_quarter",
    "next_quarter",
    "last_quarter",
    "this_month",
    "next_month",
    "last_month",
    "this_year",
    "last_30_days",
    "last_90_days",
    "last_12_months",
]
assert set(KINDS) == set(Kind.__args__)  # type: ignore[attr-defined]  # what a Literal holds
assert set(PERIODS) == set(Period.__args__)  # type: ignore[attr-defined]  # as above
