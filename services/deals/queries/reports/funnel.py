"""How far the deals of a time came."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from libs.common.identity import Actor
from services.deals.domain import OPEN_STAGES
from services.deals.queries.reports.asking import Asked
from services.deals.queries.reports.cells import Key
from services.deals.queries.reports.cohorts import Cohort


def funnel(
    session: Session, actor: Actor, now: datetime, from_day: Any, to_day: Any, filters: Any = None
) -> dict[str, Any]:
    """Of the deals created in a range, how many came to each stage or beyond it, and how many were won.

    A deal counts in every stage up to the furthest it was in, a won one in all. Values are those of now.
    """
    asked = Asked.of(session, actor, now, from_day, to_day, filters)
    found = asked.cohorts()
    steps = [_step(asked, found, stage) for stage in (*OPEN_STAGES, "won")]
    first, before = steps[0]["count"], None
    for step in steps:
        step["share"] = step["count"] / first if first else None
        step["step"] = step["count"] / before if before else None
        before = step["count"]
    counts = {stage: sum(each.deals for key, each in found.items() if key.stage == stage) for stage in ("won", "lost")}
    created = sum(each.deals for each in found.values())
    ends = {"created": created, "lost": counts["lost"], "still_open": created - counts["won"] - counts["lost"]}
    unrated = {"without_rate": asked.worth.unrated(found).listed()}
    return asked.heading() | {"stages": steps} | ends | unrated


def _step(asked: Asked, found: dict[Key, Cohort], stage: str) -> dict[str, Any]:
    """The deals that came so far: all came to the first stage, and what was won came through all."""
    count = value = 0
    for key, cohort in found.items():
        if key.stage == "won" or stage == OPEN_STAGES[0]:
            deals, minor = cohort.deals, cohort.value_minor
        elif stage == "won":
            continue
        else:
            deals, minor = getattr(cohort, stage), getattr(cohort, f"{stage}_minor")
        count += deals
        value += asked.worth.exchange.given(minor, key.currency) or 0
    return {"stage": stage, "count": count, "value_minor": value}
