"""The fields of deals and briefs that people fill in."""

from __future__ import annotations

from datetime import date
from typing import Any

from libs.common.fields import (
    TEXT_LENGTH,
    Reader,
    amount,
    currency,
    date_of,
    identifier,
    one_of,
    tags,
    text,
    whole,
)
from libs.common.problems import Invalid
from services.deals.domain import OPEN_STAGES, STAGES

MAX_FEATURES = 100
MAX_STEPS = 50


def features(name: str, value: Any) -> list[str]:
    """Up to a hundred features, one line each; a single text is one feature."""
    given = [value] if isinstance(value, str) else value
    if not isinstance(given, list) or len(given) > MAX_FEATURES:
        raise Invalid(f"{name} is a list of up to {MAX_FEATURES} features", field=name)
    return [text(500, required=True)(name, each) or "" for each in given]


def history(name: str, value: Any) -> list[tuple[str, date]]:
    """The open stages a deal was in, oldest first, each with the day it came there: ``[{stage, on}]``."""
    if not isinstance(value, list) or not 1 <= len(value) <= MAX_STEPS:
        raise Invalid(f"{name} is a list of 1 to {MAX_STEPS} stages", field=name)
    steps: list[tuple[str, date]] = []
    for place, each in enumerate(value):
        at = f"{name}.{place}"
        if not isinstance(each, dict) or set(each) != {"stage", "on"}:
            raise Invalid("a step is a stage and the day the deal came there", field=at)
        day = date_of(f"{at}.on", each["on"])
        if day is None or (steps and day < steps[-1][1]):
            raise Invalid("each stage has its day, and none is before the one above", field=f"{at}.on")
        steps.append((one_of(*OPEN_STAGES)(f"{at}.stage", each["stage"]), day))
    return steps


DEAL: dict[str, Reader] = {
    "deal_name": text(300, required=True),
    "client_id": identifier,
    "deal_value_minor": amount,
    "currency": currency,
    "stage": one_of(*STAGES),
    "lost_reason": text(500),
    "source": text(60, required=True),
    "description": text(TEXT_LENGTH),
    "expected_close_date": date_of,
    "actual_close_date": date_of,
    "created_on": date_of,
    "history": history,
    "owner_id": identifier,
    "tags": tags,
}
# The stage is changed by moving, and a deal stays with its client and its beginning.
_FIXED = ("client_id", "stage", "lost_reason", "created_on", "history")
CHANGES = {name: reader for name, reader in DEAL.items() if name not in _FIXED}

BRIEF: dict[str, Reader] = {
    "vision_title": text(200, required=True),
    "vision_summary": text(TEXT_LENGTH),
    "audience": text(TEXT_LENGTH),
    "features": features,
    "design": text(TEXT_LENGTH),
    "timeline_weeks": whole(1, 520),
    "budget_min_minor": amount,
    "budget_max_minor": amount,
    "currency": currency,
}
