"""The task as providers know it."""

from __future__ import annotations

from services.ai.domain import REPORT_INSIGHT
from services.ai.report_insights import prompt, rules, schema
from services.ai.report_insights.figures import Asked, Insight
from services.ai.tasks import Task


def task() -> Task[Asked, Insight]:
    """Saying what figures come to."""
    return Task(
        kind=REPORT_INSIGHT,
        prompt_version=prompt.VERSION,
        system=prompt.SYSTEM,
        prompt=prompt.prompt,
        schema=schema.InsightSchema,
        accept=schema.accept,
        rules=rules.write,
        rules_version=rules.VERSION,
    )
