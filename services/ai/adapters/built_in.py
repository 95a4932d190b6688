"""The built-in provider."""

from __future__ import annotations

from time import perf_counter
from typing import TypeVar

from services.ai.domain import BUILT_IN
from services.ai.tasks import Answered, Task

Asked = TypeVar("Asked")
Result = TypeVar("Result")


class BuiltInProvider:
    """Answers by the rules of the task, always and at once."""

    name = BUILT_IN
    model = None

    def answer(self, task: Task[Asked, Result], asked: Asked, *, seconds: float | None = None) -> Answered[Result]:
        started = perf_counter()
        result = task.rules(asked)
        milliseconds = round((perf_counter() - started) * 1000)
        return Answered(result, BUILT_IN, task.rules_version, task.rules_version, milliseconds=milliseconds)

    def check(self) -> str:
        return "the built-in rules answer; nothing outside is asked"
