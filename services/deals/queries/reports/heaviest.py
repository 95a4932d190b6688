"""The open deals that weigh most: by value and stage, across currencies."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from itertools import product
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Numeric,
    Subquery,
    TableValuedAlias,
    Text,
    and_,
    column,
    func,
    literal,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from libs.common.identity import Actor
from libs.common.money import exponent
from libs.common.rights import Rows
from services.deals import access
from services.deals.domain import OPEN_STAGES
from services.deals.models import deals, pipeline_sums
from services.deals.queries.deals import COMPANY_NAME, WITH_COMPANY
from services.deals.queries.reports.worth import Worth

_SHOWN = "id deal_name stage deal_value_minor currency stage_since last_activity_at expected_close_date".split()


def heaviest(
    session: Session, actor: Actor, of: ColumnElement[bool], stages: Sequence[str], worth: Worth, size: int
) -> Sequence[Any]:
    """Rows of ``id, deal_name, company_name, stage, deal_value_minor, currency`` and their days, the heaviest first.

    of: which deals, the actor's rights among it. A weight is the value in one currency times the weight of the stage.
    """
    row, chosen = deals.c, _chosen(session, actor, of, stages, worth, size)
    shown = [*(row[name] for name in _SHOWN), COMPANY_NAME]
    few = select(*shown).select_from(WITH_COMPANY).join(chosen, chosen.c.id == row.id)
    return session.execute(few.order_by(chosen.c.weight.desc(), row.id).limit(size)).all()


def _chosen(
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


def _kinds(session: Session, stages: Sequence[str], worth: Worth) -> TableValuedAlias:
    """``stage, currency, factor``: what a minor unit of each currency there is weighs in each stage."""
    into, sums = exponent(worth.currency), pipeline_sums.c
    factors = {worth.currency: Decimal(1)}
    for currency, (_day, rate) in worth.exchange.rates.items():
        factors.setdefault(currency, rate.scaleb(into - exponent(currency)))
    used = session.scalars(select(sums.currency).where(sums.slice == "all").distinct()).all()
    kinds = list(product(stages, used or [worth.currency]))
    factor = [factors.get(currency, Decimal(0)) * worth.weights[stage] for stage, currency in kinds]
    columns = (*([kind[at] for kind in kinds] for at in (0, 1)), factor)
    named = (column("stage", Text), column("currency", Text), column("factor", Numeric))
    # Lists, unlike a list of values, make the same statement each time, which need not be compiled anew.
    lists = (literal(each, ARRAY(of.type)) for each, of in zip(columns, named, strict=True))
    return func.unnest(*lists).table_valued(*named, name="kind").render_derived()
