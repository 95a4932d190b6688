"""The task as providers know it."""

from __future__ import annotations

from services.ai.domain import MEETING_NOTES
from services.ai.meeting_notes import prompt, rules, schema
from services.ai.meeting_notes.minutes import Minutes, Notes
from services.ai.tasks import Task


def task() -> Task[Notes, Minutes]:
    """Reading notes of a meeting."""
    return Task(
        kind=MEETING_NOTES,
        prompt_version=prompt.VERSION,
        system=prompt.SYSTEM,
        prompt=prompt.prompt,
        schema=schema.MinutesSchema,
        accept=schema.accept,
        rules=rules.read,
        rules_version=rules.VERSION,
    )
