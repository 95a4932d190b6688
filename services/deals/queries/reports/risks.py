"""The deals that the forecast rests on most, and that are in danger."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Numeric, Subquery, Text, Values, and_, column, func, or_, select, true, values
from sqlalchemy.orm import Session

from libs.common.identity import Actor
from libs.common.money import exponent
from libs.common.pages import limit_of
from libs.common.rights import Rows
from services.deals import access
from services.deals.domain import OPEN_STAGES, weighted
from services.deals.models import deals, pipeline_sums
from services.deals.queries.deals import COMPANY_NAME, WITH_COMPANY
from services.deals.queries.idling import Idling, reasons
from services.deals.queries.reports.spans import Moment, today_of
from services.deals.queries.reports.stagnation import waits
from services.deals.queries.reports.wanted import Wanted
from services.deals.queries.reports.worth import Worth, worth_of

_SHOWN = "deal_name stage deal_value_minor currency stage_since last_activity_at expected_close_date".split()


def risks(session: Session, actor: Actor, now: datetime, filters: Any = None, limit: int | None = 5) -> dict[str, Any]:
    """The open deals that weigh most among those that are stagnant or whose day of closing has passed; and by stage how
    many are stagnant, and for how many days the middle one of them was left alone.

    because: ``idle``, ``long_in_stage``, ``overdue``. Amounts are in each deal's own currency.
    """
    wanted, idling, size = Wanted.of(filters), Idling.of(session, now), limit_of(limit)
    worth, row = worth_of(session, wanted, Moment(today_of(now))), deals.c
    overdue = and_(row.stage.in_(OPEN_STAGES), row.expected_close_date < idling.today)
    stages = [stage for stage in wanted.shown_stages if stage in OPEN_STAGES]
    theirs = and_(access.counted(actor, deals), *wanted.of_table(deals))
    if not stages:
        return {"items": [], "stages": []}
    chosen = _heaviest(session, actor, and_(theirs, or_(idling.condition(), overdue)), stages, worth, size)
    shown = [row.id.label("deal_id"), *(row[name] for name in _SHOWN), COMPANY_NAME]
    few = select(*shown).select_from(WITH_COMPANY).join(chosen, chosen.c.id == row.id)
    few = few.order_by(chosen.c.weight.desc(), row.id).limit(size)
    still = waits(session, and_(theirs, row.stage.in_(stages), idling.condition()), idling.today)
    return {
        "items": [_document(each, worth, idling) for each in session.execute(few)],
        "stages": [
            {"stage": stage, "count": still[stage].count, "median_idle_days": still[stage].median_days}
            for stage in stages
        ],
    }


def _document(row: Any, worth: Worth, idling: Idling) -> dict[str, Any]:
    why = reasons(idling, row.stage, row.stage_since, row.last_activity_at)
    if row.expected_close_date and row.expected_close_date < idling.today:
        why["because"].append("overdue")
    return {
        **{name: getattr(row, name) for name in ("deal_id", "deal_name", "company_name", "stage", "currency")},
        "value_minor": row.deal_value_minor,
        "weighted_minor": weighted(row.deal_value_minor or 0, worth.weights[row.stage]),
        "expected_close_date": row.expected_close_date,
        **why,
    }


def _heaviest(
    session: Session, actor: Actor, of: ColumnElement[bool], stages: Sequence[str], worth: Worth, size: int
) -> Subquery:
    """``id, weight`` of the deals that weigh most in one currency; nothing where there is no rate.

    Where all deals are seen, those of the greatest value of each stage and currency, which an index leads to: a weight
    of its own for every open deal takes its time where there are very many.
    """
    row, kind = deals.c, _kinds(session, stages, worth)
    same = and_(row.stage == kind.c.stage, row.currency == kind.c.currency)
    of = and_(row.stage.in_(OPEN_STAGES), of)
    if access.rows(actor) is not Rows.ALL:
        weight = (func.coalesce(row.deal_value_minor, 0) * kind.c.factor).label("weight")
        theirs = select(row.id, weight).join_from(deals, kind, same).where(of)
        return theirs.order_by(weight.desc(), row.id).limit(size).subquery("heaviest")
    ordered = select(row.id, row.deal_value_minor).where(same, of)
    ordered = ordered.order_by(row.deal_value_minor.desc().nulls_last(), row.id).limit(size)
    greatest = ordered.lateral("greatest")
    weight = (func.coalesce(greatest.c.deal_value_minor, 0) * kind.c.factor).label("weight")
    return select(greatest.c.id, weight).join_from(kind, greatest, true()).subquery("heaviest")


def _kinds(session: Session, stages: Sequence[str], worth: Worth) -> Values:
    """``stage, currency, factor``: what a minor unit of each currency there is weighs in each stage."""
    into, sums = exponent(worth.currency), pipeline_sums.c
    factors = {worth.currency: Decimal(1)}
    for currency, (_day, rate) in worth.exchange.rates.items():
        factors.setdefault(currency, rate.scaleb(into - exponent(currency)))
    used = session.scalars(select(sums.currency).where(sums.slice == "all").distinct()).all()
    rows = [
        (stage, currency, factors.get(currency, Decimal(0)) * worth.weights[stage])
        for stage in stages
        for currency in used or [worth.currency]
    ]
    named = (column("stage", Text), column("currency", Text), column("factor", Numeric))
    return values(*named, name="kind").data(rows)
