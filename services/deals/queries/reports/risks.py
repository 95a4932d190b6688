"""The deals that the forecast rests on most, and that are in danger."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, or_
from sqlalchemy.orm import Session

from libs.common.identity import Actor
from libs.common.pages import limit_of
from services.deals import access
from services.deals.domain import OPEN_STAGES, weighted
from services.deals.models import deals
from services.deals.queries.idling import Idling, reasons
from services.deals.queries.reports.heaviest import heaviest
from services.deals.queries.reports.spans import Moment, Span, asked_span, today_of
from services.deals.queries.reports.stagnation import waits
from services.deals.queries.reports.wanted import Wanted
from services.deals.queries.reports.worth import Worth, worth_of


def risks(
    session: Session,
    actor: Actor,
    now: datetime,
    filters: Any = None,
    limit: int | None = 5,
    from_day: Any = None,
    to_day: Any = None,
) -> dict[str, Any]:
    """The open deals that weigh most among those that are stagnant or whose day of closing has passed; and by stage how
    many are stagnant, and for how many days the middle one of them was left alone.

    from_day, to_day: when the deals are to close; without them all, dated or not. The stages are of all in any case.

    because: ``idle``, ``long_in_stage``, ``overdue``. Amounts are in each deal's own currency.
    """
    wanted, idling, size = Wanted.of(filters), Idling.of(session, now), limit_of(limit)
    worth, row = worth_of(session, wanted, Moment(today_of(now))), deals.c
    overdue = and_(row.stage.in_(OPEN_STAGES), row.expected_close_date < idling.today)
    stages = [stage for stage in wanted.shown_stages if stage in OPEN_STAGES]
    theirs = and_(access.counted(actor, deals), *wanted.of_table(deals))
    if not stages:
        return {"items": [], "stages": []}
    closing = [] if from_day is None and to_day is None else [_closing(asked_span(from_day, to_day))]
    few = heaviest(session, actor, and_(theirs, *closing, or_(idling.condition(), overdue)), stages, worth, size)
    still = waits(session, and_(theirs, row.stage.in_(stages), idling.condition()), idling.today)
    return {
        "items": [_document(each, worth, idling) for each in few],
        "stages": [
            {"stage": stage, "count": still[stage].count, "median_idle_days": still[stage].median_days}
            for stage in stages
        ],
    }


def _closing(span: Span) -> ColumnElement[bool]:
    # An open deal closes when it is expected to, and that stands in the index that the heaviest are looked for in.
    return deals.c.expected_close_date.between(span.first, span.last)


def _document(row: Any, worth: Worth, idling: Idling) -> dict[str, Any]:
    why = reasons(idling, row.stage, row.stage_since, row.last_activity_at)
    if row.expected_close_date and row.expected_close_date < idling.today:
        why["because"].append("overdue")
    return {
        "deal_id": row.id,
        **{name: getattr(row, name) for name in ("deal_name", "company_name", "stage", "currency")},
        "value_minor": row.deal_value_minor,
        "weighted_minor": weighted(row.deal_value_minor or 0, worth.weights[row.stage]),
        "expected_close_date": row.expected_close_date,
        **why,
    }
