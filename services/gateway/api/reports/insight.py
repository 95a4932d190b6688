"""What AI says of a forecast: over its figures alone, and never the reason that a forecast does not come."""

from __future__ import annotations

from typing import Any

from libs.common.problems import Problem
from libs.common.rpc.client import Call
from libs.reporting import forecast_facts
from services.gateway.api import requests as r

KIND = "pipeline-forecast"
_SECONDS = 4.0


def risks(arguments: dict[str, Any]) -> Call:
    """What else of today is spoken of: the biggest risk of a forecast that is asked for so, and where deals stand
    still. Of a day that is past it is not known."""
    asked = {name: arguments[name] for name in ("filters", "from_day", "to_day")}
    return Call("deals", "risks", asked | {"limit": 1})


def of(forecast: dict[str, Any], at_risk: Any) -> tuple[dict[str, Any] | None, str | None]:
    """The insight into a forecast, and why there is none. at_risk: the answer to ``risks``, its problem, or None."""
    figures = forecast_facts(forecast, None if isinstance(at_risk, Problem) else at_risk)
    call = Call("ai", "report_insight", {"kind": KIND, "figures": figures, "language": r.signed_in().locale})
    answered = r.ask_many([call], seconds=_SECONDS)[0]
    return (None, answered.detail or answered.title) if isinstance(answered, Problem) else (answered, None)


def shown(insight: dict[str, Any]) -> dict[str, Any]:
    """An insight as the API answers it."""
    text = " ".join(each["text"] for each in insight["sentences"])
    return {"text": text} | {
        name: insight.get(name) for name in ("sentences", "provider", "status", "model", "because")
    }
