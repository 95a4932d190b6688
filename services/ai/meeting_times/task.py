"""The task as providers know it."""

from __future__ import annotations

from services.ai.domain import MEETING_TIMES
from services.ai.meeting_times import prompt, rules, schema
from services.ai.meeting_times.reply import Asked, Times
from services.ai.tasks import Task


def task() -> Task[Asked, Times]:
    """Reading when a meeting suits."""
    return Task(
        kind=MEETING_TIMES,
        prompt_version=prompt.VERSION,
        system=prompt.SYSTEM,
        prompt=prompt.prompt,
        schema=schema.TimesSchema,
        accept=schema.accept,
        rules=rules.read,
        rules_version=rules.VERSION,
    )
