"""The services whose figures we tell, over RPC."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from libs.common.context import Context
from libs.common.problems import Problem
from libs.common.rpc.client import Call, RpcClient

_SECONDS = 20.0
# A mail does not wait long for words about its figures.
_INSIGHT_SECONDS = 5.0
_YEAR_DAYS = 365
# A file is to be opened by a person; what is longer is asked for with filters.
_MOST_ROWS = 20_000


_REPORTS: Mapping[str, Call] = {
    "pipeline-forecast": Call("deals", "forecast"),
    "forecast-bridge": Call("deals", "forecast_bridge"),
    "win-rate": Call("deals", "win_rate"),
    "funnel": Call("deals", "funnel"),
    "velocity": Call("deals", "velocity"),
    "trend": Call("deals", "trend"),
    "stagnation": Call("deals", "stagnation", {"limit": 200}),
    "sources": Call("deals", "sources"),
    "reps": Call("deals", "reps"),
    "receivables": Call("billing", "receivables"),
    "payment-time": Call("billing", "payment_time"),
}
_OF_RISKS = ("filters", "from_day", "to_day")


class AnswersOverRpc:
    """Asks as this service, with the eyes of a person that it names."""

    def __init__(self, rpc: RpcClient, context: Context) -> None:
        self._rpc = rpc
        self._context = context

    def morning(self, person: Mapping[str, Any], today: date, zone: str) -> Mapping[str, Any]:
        own = {"owner_id": person["id"]} if person["role"] == "sales" else {}
        on = {"today": today.isoformat(), "person": dict(person)}
        calls = [
            Call("deals", "summary", {"filters": own} | on),
            Call("billing", "summary", on),
            Call("clients", "summary", own | on | {"zone": zone}),
        ]
        found = self._rpc.call_many(self._context, calls, seconds=_SECONDS)
        return {call.service: answer for call, answer in zip(calls, found, strict=True)}

    def report(self, kind: str, arguments: Mapping[str, Any], person: Mapping[str, Any]) -> dict[str, Any]:
        found = self._asked(_REPORTS[kind], arguments, person)
        while found.get("next_cursor") and len(found["items"]) < _MOST_ROWS:
            more = self._asked(_REPORTS[kind], {**arguments, "cursor": found["next_cursor"]}, person)
            found = found | {"items": found["items"] + more["items"], "next_cursor": more["next_cursor"]}
        return found

    def beside_forecast(
        self, arguments: Mapping[str, Any], today: date, person: Mapping[str, Any]
    ) -> Mapping[str, Any]:
        filters = arguments["filters"]
        year = {"from_day": (today - timedelta(days=_YEAR_DAYS)).isoformat(), "to_day": today.isoformat()}
        # Of closed deals, and of what is open at all: neither is of the stages that a forecast may be narrowed to.
        narrowed = {name: value for name, value in filters.items() if name != "stage"}
        on = {"person": dict(person)}
        calls = {
            "risks": Call("deals", "risks", {name: arguments[name] for name in _OF_RISKS} | {"limit": 5} | on),
            "win_rate": Call("deals", "win_rate", {"filters": narrowed} | year | on),
            "trend": Call("deals", "trend", {"filters": narrowed, "months": 12} | on),
        }
        found = self._rpc.call_many(self._context, list(calls.values()), seconds=_SECONDS)
        return dict(zip(calls, found, strict=True))

    def insight(self, person: Mapping[str, Any], kind: str, figures: Sequence[Mapping[str, Any]]) -> Any:
        asked = {"kind": kind, "figures": list(figures), "person": dict(person)}
        try:
            return self._rpc.call(self._context, "ai", "report_insight", seconds=_INSIGHT_SECONDS, **asked)
        except Problem as problem:
            return problem

    def _asked(self, call: Call, arguments: Mapping[str, Any], person: Mapping[str, Any]) -> dict[str, Any]:
        given = {**call.arguments, **arguments, "person": dict(person)}
        answer = self._rpc.call_many(self._context, [replace(call, arguments=given)], seconds=_SECONDS)[0]
        if isinstance(answer, Problem):
            raise answer
        return dict(answer)
