"""How long deals stay in a stage, and how long it takes to close one: how many of them took how many days."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select, union_all
from sqlalchemy.orm import Session

from libs.common.identity import Actor
from libs.common.rights import Rows
from services.deals import access
from services.deals.models import deals, pipeline_durations, stage_history
from services.deals.queries.reports.cells import CLOSED, month_column
from services.deals.queries.reports.spans import Moment, Span
from services.deals.queries.reports.wanted import Wanted

# What a stage's usual time rests on: three in four stays were not longer, and there were enough of them.
USUAL = 0.75
FEWEST_STAYS = 20

Days = Counter[int]
Durations = dict[tuple[date, str], Days]


def durations(session: Session, actor: Actor, wanted: Wanted, span: Span) -> Durations:
    """By month and stage: under an open stage the stays in it that ended then, under won and lost the deals that were
    closed so, from their creation on. Whole months of all deals come from the sums."""
    everything = _of_all(actor, wanted)
    whole = span.whole_months() if everything else None
    selects = [_summed(whole)] if whole else []
    for days in span.edges() if everything else [span]:
        selects += [_stays(actor, wanted, days, everything), _cycles(actor, wanted, days)]
    found: Durations = defaultdict(Counter)
    for row in session.execute(union_all(*selects)):
        found[row.month, row.stage][row.days] += int(row.deals)
    return {key: +days for key, days in found.items()}


def usual_days(session: Session, moment: Moment) -> dict[str, int]:
    """The days within which three of four stays in an open stage ended, in the year that ends with the moment's day.

    Of the company as a whole, whoever asks; a stage with fewer than 20 stays has no usual time.
    """
    row, span = pipeline_durations.c, moment.measured
    whole = span.whole_months()
    selects = [_summed(whole).where(row.stage.not_in(CLOSED))] if whole else []
    selects += [_ended(each) for each in span.edges()]
    found: dict[str, Days] = defaultdict(Counter)
    for each in session.execute(union_all(*selects)):
        found[each.stage][each.days] += int(each.deals)
    return {stage: percentile(+days) for stage, days in found.items() if days.total() >= FEWEST_STAYS}


def percentile(days: Mapping[int, int], share: float = USUAL) -> int:
    """The least number of days that a share of all did not exceed; there is at least one."""
    wanted, seen, reached = share * sum(days.values()), 0, 0
    for reached in sorted(days):
        seen += days[reached]
        if seen >= wanted:
            break
    return reached


def median(days: Mapping[int, int]) -> float:
    """The middle, or halfway between the two in the middle; there is at least one."""
    total = sum(days.values())
    middle = [percentile(days, share / total) for share in ((total + 1) // 2, total // 2 + 1)]
    return sum(middle) / 2


def mean(days: Mapping[int, int]) -> float:
    """The mean to a thousandth of a day; there is at least one."""
    return round(sum(each * count for each, count in days.items()) / sum(days.values()), 3)


def _of_all(actor: Actor, wanted: Wanted) -> bool:
    return access.rows(actor) is Rows.ALL and wanted == Wanted()


def _summed(whole: Span) -> Select[Any]:
    row = pipeline_durations.c
    keys = (row.month, row.stage, row.days)
    months = row.month.between(whole.first, whole.last)
    return select(*keys, func.sum(row.deals).label("deals")).where(months).group_by(*keys)


def _stays(actor: Actor, wanted: Wanted, span: Span, everything: bool) -> Select[Any]:
    if everything:
        return _ended(span)
    mine = [access.counted(actor, deals), *wanted.of_table(deals), *_in(deals.c.stage, wanted)]
    return _ended(span).join(deals, deals.c.id == stage_history.c.deal_id).where(*mine)


def _ended(span: Span) -> Select[Any]:
    row = stage_history.c
    keys = (month_column(row.moved_on), row.from_stage.label("stage"), row.stayed_days.label("days"))
    ended = (row.moved_on.between(span.first, span.last), row.stayed_days.is_not(None))
    return select(*keys, func.count().label("deals")).select_from(stage_history).where(*ended).group_by(*keys)


def _cycles(actor: Actor, wanted: Wanted, span: Span) -> Select[Any]:
    row = deals.c
    keys = (month_column(row.closes_on), row.stage, (row.closes_on - row.created_on).label("days"))
    closed = (row.stage.in_(CLOSED), row.closes_on.between(span.first, span.last), row.closes_on >= row.created_on)
    mine = [access.counted(actor, deals), *wanted.of_table(deals), *_in(row.stage, wanted)]
    return select(*keys, func.count().label("deals")).where(*closed, *mine).group_by(*keys)


def _in(column: ColumnElement[str], wanted: Wanted) -> list[ColumnElement[bool]]:
    return [] if wanted.stages is None else [column.in_(wanted.stages)]
