"""What AI says of a forecast: over its figures alone, and never the reason that a forecast does not come."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from libs.common.problems import Problem
from libs.common.rpc.client import Call
from libs.reporting import forecast_facts
from services.gateway.api import requests as r

KIND = "pipeline-forecast"
_SECONDS = 4.0
_YEAR_DAYS = 365
# The state of today: of a day that is past, only the figures are spoken of.
_OF_TODAY = ("risks", "win_rate")


def beside(filters: dict[str, Any], day: date) -> list[Call]:
    """What else of today is spoken of: the biggest risk and where deals stand still, and the win rate of a year."""
    year = {"from_day": (day - timedelta(days=_YEAR_DAYS)).isoformat(), "to_day": day.isoformat()}
    narrowed = {name: value for name, value in filters.items() if name != "stage"}
    return [
        Call("deals", "risks", {"filters": filters, "limit": 1}),
        Call("deals", "win_rate", year | {"filters": narrowed}),
    ]


def of(forecast: dict[str, Any], found: list[Any]) -> tuple[dict[str, Any] | None, str | None]:
    """The insight into a forecast, and why there is none. ``found``: the answers to ``beside``, or their problems."""
    known = {
        name: None if isinstance(answer, Problem) else answer for name, answer in zip(_OF_TODAY, found, strict=False)
    }
    figures = forecast_facts(forecast, **known)
    call = Call("ai", "report_insight", {"kind": KIND, "figures": figures, "language": r.signed_in().locale})
    answered = r.ask_many([call], seconds=_SECONDS)[0]
    return (None, answered.detail or answered.title) if isinstance(answered, Problem) else (answered, None)


def shown(insight: dict[str, Any]) -> dict[str, Any]:
    """An insight as the API answers it."""
    text = " ".join(each["text"] for each in insight["sentences"])
    return {"text": text} | {
        name: insight.get(name) for name in ("sentences", "provider", "status", "model", "because")
    }
