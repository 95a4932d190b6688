"""The task as providers know it."""

from __future__ import annotations

from functools import partial

from services.ai.brief_analysis import prompt, rules, schema
from services.ai.brief_analysis.analysis import Analysis
from services.ai.brief_analysis.brief import Brief
from services.ai.domain import BRIEF_ANALYSIS
from services.ai.tasks import Task


def task(base_currency: str) -> Task[Brief, Analysis]:
    """Judging a brief. base_currency: the one our hours are priced in."""
    return Task(
        kind=BRIEF_ANALYSIS,
        prompt_version=prompt.VERSION,
        system=prompt.SYSTEM,
        prompt=prompt.prompt,
        schema=schema.AnalysisSchema,
        accept=schema.accept,
        rules=partial(rules.analyze, base_currency=base_currency),
        rules_version=rules.VERSION,
    )
