"""Pages made of parts: each part is asked of the service that owns it, all at once, and stands for itself.

A service that does not answer takes only its own part of the page with it. How many calls a page makes is fixed,
however many rows it shows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from libs.common.problems import Problem
from libs.common.rpc.client import Call
from services.gateway.api import requests as r

_SECONDS = 4.0


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
    answers = r.ask_many(list(wanted.values()), seconds=_SECONDS) if wanted else []
    return {
        name: Part(call.service, problem=answer) if isinstance(answer, Problem) else Part(call.service, answer)
        for (name, call), answer in zip(wanted.items(), answers, strict=True)
    }
