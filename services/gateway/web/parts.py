"""Pages made of parts: each part is asked of the service that owns it, all at once, and stands for itself.

A service that does not answer takes only its own part of the page with it. How many calls a page makes is fixed,
however many rows it shows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import current_app

from libs.common.problems import Problem, Unavailable
from libs.common.rpc.client import Call
from services.gateway.api import requests as r
from services.gateway.web.patience import Patience


@dataclass(frozen=True)
class Part:
    """What a service answered, or why there is nothing to show."""

    service: str
    value: Any = None
    problem: Problem | None = None

    def __bool__(self) -> bool:
        return self.problem is None

    def get(self, name: str, default: Any = None) -> Any:
        """A member of the answer; the default where there is no answer."""
        return self.value.get(name, default) if isinstance(self.value, dict) else default

    def needed(self) -> Any:
        """The answer; raises the problem where there is none."""
        if self.problem is not None:
            raise self.problem
        return self.value


def ask(calls: Mapping[str, Call | None]) -> dict[str, Part]:
    """Ask for several parts at once; None stands for a part this reader has no use for."""
    wanted = {name: call for name, call in calls.items() if call is not None}
    patience: Patience = current_app.extensions["patience"]
    waits = {service: patience.seconds(service) for service in {call.service for call in wanted.values()}}
    answers: dict[str, Any] = {}
    # Those that did not answer last time first, and briefly: the others then have their whole time.
    for seconds in sorted(set(waits.values())):
        names = [name for name, call in wanted.items() if waits[call.service] == seconds]
        answers |= dict(zip(names, _answers([wanted[name] for name in names], seconds), strict=True))
    for name, call in wanted.items():
        if waits[call.service]:
            patience.note(call.service, not isinstance(answers[name], Unavailable))
    return {
        name: Part(call.service, problem=answers[name])
        if isinstance(answers[name], Problem)
        else Part(call.service, answers[name])
        for name, call in wanted.items()
    }


def one(service: str, method: str, **arguments: Any) -> Any:
    """Ask for the one thing a page is about; its problem is raised."""
    return ask({"it": Call(service, method, arguments)})["it"].needed()


def _answers(calls: list[Call], seconds: float) -> list[Any]:
    if not seconds:
        return [Unavailable(f"{call.service} did not answer a moment ago") for call in calls]
    return r.ask_many(calls, seconds=seconds)
