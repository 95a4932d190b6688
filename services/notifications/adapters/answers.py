"""The services whose figures we tell, over RPC."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from libs.common.context import Context
from libs.common.problems import Problem
from libs.common.rpc.client import Call, RpcClient

_SECONDS = 20.0
# A mail does not wait long for words about its figures.
_INSIGHT_SECONDS = 5.0


class AnswersOverRpc:
    """Asks as this service, with the eyes of a person that it names."""

    def __init__(self, rpc: RpcClient, context: Context) -> None:
        self._rpc = rpc
        self._context = context

    def morning(self, person: Mapping[str, Any], today: date) -> Mapping[str, Any]:
        own = {"owner_id": person["id"]} if person["role"] == "sales" else {}
        on = {"today": today.isoformat(), "person": dict(person)}
        calls = [
            Call("deals", "summary", {"filters": own} | on),
            Call("billing", "summary", on),
            Call("clients", "summary", own | on),
        ]
        found = self._rpc.call_many(self._context, calls, seconds=_SECONDS)
        return {call.service: answer for call, answer in zip(calls, found, strict=True)}

    def insight(self, person: Mapping[str, Any], kind: str, figures: Sequence[Mapping[str, Any]]) -> Any:
        asked = {"kind": kind, "figures": list(figures), "person": dict(person)}
        try:
            return self._rpc.call(self._context, "ai", "report_insight", seconds=_INSIGHT_SECONDS, **asked)
        except Problem as problem:
            return problem
