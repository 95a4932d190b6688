"""How the open pipeline grew and shrank, month by month."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import DateTime, Integer, Select, case, column, func, or_, select, union_all, values
from sqlalchemy.orm import Session

from libs.common.identity import Actor
from libs.common.problems import Invalid
from services.deals import access
from services.deals.domain import OPEN_STAGES
from services.deals.models import deal_states, pipeline_sums
from services.deals.queries.reports.asking import Asked
from services.deals.queries.reports.cells import CLOSED, Cells, Figures, Key, Part, month_column, nearest_month
from services.deals.queries.reports.spans import Moment, Span, begins, month_name, month_of, next_month, today_of
from services.deals.queries.reports.wanted import Slice, Wanted
from services.deals.queries.reports.winning import Closed, grouped
from services.deals.queries.reports.worth import worth_of

MAX_MONTHS = 60


def trend(session: Session, actor: Actor, now: datetime, months: Any = 12, filters: Any = None) -> dict[str, Any]:
    """The open pipeline at the end of each month, now for the last, and what came and was closed in each.

    The pipeline of a month's end is at the weights and rates of that day; what was won, at today's rates. without_rate:
    of what is open now and was closed.
    """
    if isinstance(months, bool) or not isinstance(months, int) or not 1 <= months <= MAX_MONTHS:
        raise Invalid(f"months is a whole number from 1 to {MAX_MONTHS}", field="months")
    today = today_of(now)
    first = month_of(today)
    for _ in range(months - 1):
        first = month_of(first - timedelta(days=1))
    asked = Asked.within(session, actor, now, Span(first, next_month(today) - timedelta(days=1)), Wanted.of(filters))
    ends = [Moment(next_month(each) - _DAY, begins(next_month(each))) for each in list(asked.span.months())[:-1]]
    live = {"open": Part(stages=asked.stages(*OPEN_STAGES)), "closed": Part(asked.span, asked.stages(*CLOSED))}
    now_ = asked.cells(live)
    opened = [*_open_at(asked, ends), now_["open"]]
    came, closed = _came(asked), grouped(asked, now_["closed"], "month")
    points = []
    for month, moment, cells in zip(asked.span.months(), [*ends, asked.moment], opened, strict=True):
        amount = worth_of(session, asked.wanted, moment).added(cells)
        worth = {"open_count": amount.count, "open_minor": amount.value_minor, "weighted_minor": amount.weighted_minor}
        name = month_name(month)
        points.append({"month": name, **worth, **came.get(name, _NOTHING), **_ended(closed[name])})
    unrated = asked.worth.unrated(now_["open"], now_["closed"]).listed()
    return {"points": points, "currency": asked.worth.currency, "without_rate": unrated}


def _came(asked: Asked) -> dict[str, dict[str, int]]:
    """Deals created in each month, and what they are worth now."""
    found: dict[str, dict[str, int]] = {}
    for key, cohort in asked.cohorts().items():
        assert key.month is not None
        of_month = found.setdefault(month_name(key.month), dict(_NOTHING))
        of_month["created"] += cohort.deals
        of_month["created_minor"] += asked.worth.exchange.given(cohort.value_minor, key.currency) or 0
    return found


def _ended(closed: Closed) -> dict[str, int]:
    return {"won": closed.won, "won_minor": closed.won_minor, "lost": closed.lost}


def _open_at(asked: Asked, moments: Sequence[Moment]) -> list[Cells]:
    """The open deals at the ends of some days, in one statement each for the sums and for the changes since."""
    found: list[Cells] = [{} for _ in moments]
    if not moments:
        return found
    slice_ = asked.wanted.slice_for(asked.actor)
    stages = asked.stages(*OPEN_STAGES)
    if slice_ is None:
        _add(found, asked, _states_at(asked, stages, moments))
        return found
    row = pipeline_sums.c
    keys = (row.changed, row.month, row.stage, row.currency)
    figures = [func.sum(row[name]).label(name) for name in _FIGURES]
    wide = [*slice_.of_table(pipeline_sums), row.stage.in_(stages)]
    until = [nearest_month(_before(moment))[0] for moment in moments]
    for each in asked.session.execute(select(*keys, *figures).where(*wide).group_by(*keys)):
        for cells, month in zip(found, until, strict=True):
            if each.changed < month:
                _count(cells, each)
    _add(found, asked, _changes(slice_, stages, moments))
    return found


def _states_at(asked: Asked, stages: tuple[str, ...], moments: Sequence[Moment]) -> Select[Any]:
    row = deal_states.c
    listed = [(n, _before(moment)) for n, moment in enumerate(moments)]
    at = values(column("point", Integer), column("before", DateTime(timezone=True)), name="at").data(listed)
    valid = (row.valid_from < at.c.before, or_(row.valid_to.is_(None), row.valid_to >= at.c.before))
    mine = [access.counted(asked.actor, deal_states), *asked.wanted.of_table(deal_states), row.stage.in_(stages)]
    return _counted(at.c.point, 1).where(*valid, *mine)


def _changes(slice_: Slice, stages: tuple[str, ...], moments: Sequence[Moment]) -> Any:
    """What changed between the end of a month in UTC and that of the business."""
    row, instant = deal_states.c, DateTime(timezone=True)
    listed = [(n, *nearest_month(_before(moment))[1:]) for n, moment in enumerate(moments)]
    columns = (column("point", Integer), column("sign", Integer), column("since", instant), column("until", instant))
    at = values(*columns, name="at").data(listed)
    mine = [*slice_.wanted.of_table(deal_states), row.stage.in_(stages)]
    return union_all(
        *(
            _counted(at.c.point, at.c.sign * sign).where(changed >= at.c.since, changed < at.c.until, *mine)
            for changed, sign in ((row.valid_from, 1), (row.valid_to, -1))
        )
    )


def _counted(point: Any, sign: Any) -> Select[Any]:
    row = deal_states.c
    keys = (point, month_column(row.closes_on), row.stage, row.currency)
    valued = case((row.value_minor.is_not(None), 1), else_=0)
    sums = [func.sum(each * sign) for each in (1, valued, func.coalesce(row.value_minor, 0))]
    shown = [each.label(name) for name, each in zip(_FIGURES, sums, strict=True)]
    return select(*keys, *shown).group_by(*keys)


def _add(found: list[Cells], asked: Asked, statement: Any) -> None:
    for row in asked.session.execute(statement):
        _count(found[row.point], row)


def _count(cells: Cells, row: Any) -> None:
    key = Key(row.month, row.stage, row.currency, None)
    figures = cells.setdefault(key, Figures())
    for name in _FIGURES:
        setattr(figures, name, getattr(figures, name) + int(getattr(row, name)))


def _before(moment: Moment) -> datetime:
    assert moment.before is not None
    return moment.before


_DAY = timedelta(days=1)
_NOTHING = {"created": 0, "created_minor": 0}
_FIGURES = ("deals", "valued", "value_minor")
