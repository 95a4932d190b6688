"""The deals that the forecast rests on most, and that are in danger."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Numeric, and_, case, cast, func, literal, or_, select
from sqlalchemy.orm import Session

from libs.common.identity import Actor
from libs.common.money import exponent
from libs.common.pages import limit_of
from services.deals import access
from services.deals.domain import OPEN_STAGES, weighted
from services.deals.models import deals
from services.deals.queries.deals import COMPANY_NAME, WITH_COMPANY
from services.deals.queries.idling import Idling, reasons
from services.deals.queries.reports.spans import Moment, today_of
from services.deals.queries.reports.stagnation import median_wait, waits
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
    theirs = and_(access.counted(actor, deals), row.stage.in_(stages), *wanted.of_table(deals))
    weight = _weight(worth)
    endangered = (theirs, or_(idling.condition(), overdue))
    chosen = select(row.id).where(*endangered).order_by(weight.desc(), row.id).limit(size)
    shown = [row.id.label("deal_id"), *(row[name] for name in _SHOWN), COMPANY_NAME]
    few = select(*shown).select_from(WITH_COMPANY).where(row.id.in_(chosen)).order_by(weight.desc(), row.id)
    still = waits(session, and_(theirs, idling.condition()), idling.today)
    return {
        "items": [_document(each, worth, idling) for each in session.execute(few)],
        "stages": [
            {"stage": stage, "count": days.total(), "median_idle_days": median_wait(days)}
            for stage, days in ((stage, still.get(stage, Counter())) for stage in stages)
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


def _weight(worth: Worth) -> ColumnElement[Any]:
    """What a deal weighs in one currency; nothing where there is no rate. One factor for each currency and stage, since
    exact products of very many deals take their time."""
    row, into = deals.c, exponent(worth.currency)
    rates = {worth.currency: Decimal(1)}
    for currency, (_day, rate) in worth.exchange.rates.items():
        rates.setdefault(currency, rate.scaleb(into - exponent(currency)))
    factors = [(row.currency == currency, _by_stage(rate, worth)) for currency, rate in rates.items()]
    return cast(func.coalesce(row.deal_value_minor, 0), Numeric) * case(*factors, else_=literal(0, Numeric))


def _by_stage(rate: Decimal, worth: Worth) -> ColumnElement[Any]:
    weights = [(deals.c.stage == stage, literal(rate * weight, Numeric)) for stage, weight in worth.weights.items()]
    return case(*weights, else_=literal(0, Numeric))
