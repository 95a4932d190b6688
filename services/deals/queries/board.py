"""The pipeline: deals by stage, and what they are worth."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Text, column, func, lateral, select, true, values
from sqlalchemy.orm import Session

from libs.common.identity import Actor
from libs.common.pages import limit_of, page
from services.deals.domain import STAGES, weighted
from services.deals.models import deals
from services.deals.queries.deals import COMPANY_NAME, SHOWN, WITH_COMPANY, document
from services.deals.queries.filters import matching
from services.deals.queries.weights import current_weights


def board(session: Session, actor: Actor, filters: dict[str, Any], limit: int | None) -> dict[str, Any]:
    """The deals by stage: count, sums by currency, and the first cards of each column, newest in the stage first.

    A column's ``next_cursor`` goes on in ``list_deals`` with its stage and sort ``-stage_since``.
    """
    wanted, size = matching(actor, filters), limit_of(limit)
    weights = current_weights(session)
    sums, cards = _sums(session, wanted, weights), _cards(session, wanted, size)
    columns = []
    for stage in STAGES:
        rows, next_cursor = page(cards[stage], size, lambda row: (row.stage_since, row.id))
        items = [document(row, weights) for row in rows]
        figures = {"stage": stage, "weight": weights[stage], **sums[stage]}
        columns.append(figures | {"items": items, "next_cursor": next_cursor})
    return {"columns": columns}


def totals(session: Session, actor: Actor, filters: dict[str, Any]) -> dict[str, Any]:
    """Count and value of all deals that fit, a figure for each currency; they are the sums of the board's columns."""
    by_stage = _sums(session, matching(actor, filters), current_weights(session))
    found: dict[str, dict[str, Any]] = {}
    for each in (value for stage in STAGES for value in by_stage[stage]["values"]):
        total = found.setdefault(
            each["currency"], {"currency": each["currency"], "value_minor": 0, "weighted_minor": 0}
        )
        total["value_minor"] += each["value_minor"]
        total["weighted_minor"] += each["weighted_minor"]
    count = sum(each["count"] for each in by_stage.values())
    return {"count": count, "values": [found[currency] for currency in sorted(found)]}


def _sums(session: Session, wanted: ColumnElement[bool], weights: Mapping[str, int]) -> dict[str, dict[str, Any]]:
    """Count and value of every stage, a figure for each currency."""
    value = func.coalesce(func.sum(deals.c.deal_value_minor), 0)
    statement = select(deals.c.stage, deals.c.currency, func.count().label("count"), value.label("value_minor"))
    result: dict[str, dict[str, Any]] = {stage: {"count": 0, "values": []} for stage in STAGES}
    grouped = statement.where(wanted).group_by(deals.c.stage, deals.c.currency).order_by(deals.c.currency)
    for row in session.execute(grouped):
        stage, total = result[row.stage], int(row.value_minor)
        stage["count"] += row.count
        figure = {"value_minor": total, "weighted_minor": weighted(total, weights[row.stage])}
        stage["values"].append({"currency": row.currency} | figure)
    return result


def _cards(session: Session, wanted: ColumnElement[bool], size: int) -> dict[str, list[Any]]:
    """One row more than a page of every stage, in one statement."""
    stages = values(column("stage", Text), name="stages").data([(stage,) for stage in STAGES])
    order = (deals.c.stage_since.desc(), deals.c.id.desc())
    first = select(deals.c.id).where(wanted, deals.c.stage == stages.c.stage).order_by(*order).limit(size + 1)
    few = lateral(first.correlate(stages), "few")
    source = stages.join(few, true()).join(WITH_COMPANY, deals.c.id == few.c.id)
    found: dict[str, list[Any]] = {stage: [] for stage in STAGES}
    for row in session.execute(select(*SHOWN, COMPANY_NAME).select_from(source).order_by(*order)):
        found[row.stage].append(row)
    return found
