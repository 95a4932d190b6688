"""How long deals stay in a stage, and how long it takes to close one."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Select, func, select, union_all
from sqlalchemy.orm import Session

from services.deals.domain import OPEN_STAGES
from services.deals.models import pipeline_durations, stage_history
from services.deals.queries.reports.spans import Moment, Span

# What a stage's usual time rests on: three in four stays were not longer, and there were enough of them.
USUAL = 0.75
FEWEST_STAYS = 20

Days = Counter[int]


def usual_days(session: Session, moment: Moment) -> dict[str, int]:
    """The days within which three of four stays in an open stage ended, in the year that ends with the moment's day.

    Of the company as a whole, whoever asks; a stage with fewer than 20 stays has no usual time.
    """
    found: dict[str, Days] = defaultdict(Counter)
    for row in session.execute(union_all(*_stays(moment.measured))):
        found[row.stage][row.days] += int(row.deals)
    return {stage: percentile(days, USUAL) for stage, days in found.items() if days.total() >= FEWEST_STAYS}


def percentile(days: Mapping[int, int], share: float) -> int:
    """The least number of days that a share of all did not exceed."""
    wanted, seen = share * sum(days.values()), 0
    for each in sorted(days):
        seen += days[each]
        if seen >= wanted:
            return each
    raise ValueError("there is nothing to take a percentile of")


def _stays(span: Span) -> list[Select[Any]]:
    """Stays that ended in these days: whole months from the sums, days at the edges from the moves."""
    durations, step, whole = pipeline_durations.c, stage_history.c, span.whole_months()
    found = []
    if whole is not None:
        summed = select(durations.stage, durations.days, func.sum(durations.deals).label("deals"))
        of_months = (durations.month.between(whole.first, whole.last), durations.stage.in_(OPEN_STAGES))
        found.append(summed.where(*of_months).group_by(durations.stage, durations.days))
    for edge in span.edges():
        ended = (step.moved_on.between(edge.first, edge.last), step.stayed_days.is_not(None))
        counted = select(step.from_stage.label("stage"), step.stayed_days.label("days"), func.count().label("deals"))
        found.append(counted.where(*ended).group_by(step.from_stage, step.stayed_days))
    return found
