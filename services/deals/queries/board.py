"""The pipeline: deals by stage, and what they are worth."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, Text, column, func, lateral, select, true, values
from sqlalchemy.orm import Session

from libs.common.identity import Actor
from libs.common.pages import limit_of, page
from services.deals.domain import STAGES, weighted
from services.deals.models import deals, pipeline_sums
from services.deals.queries.deals import COMPANY_NAME, SHOWN, WITH_COMPANY, document
from services.deals.queries.filters import matching
from services.deals.queries.reports.cells import month_column
from services.deals.queries.reports.wanted import FILTERS, Wanted
from services.deals.queries.weights import current_weights


def board(session: Session, actor: Actor, filters: dict[str, Any], limit: int | None, now: datetime) -> dict[str, Any]:
    """The deals by stage: count, sums by currency, and the first cards of each column, newest in the stage first.

    A column's ``next_cursor`` goes on in ``list_deals`` with its stage and sort ``-stage_since``.
    """
    wanted, size = matching(session, actor, filters, now), limit_of(limit)
    weights = current_weights(session)
    sums, cards = _sums(session, actor, filters, weights, now), _cards(session, wanted, size)
    columns = []
    for stage in STAGES:
        rows, next_cursor = page(cards[stage], size, lambda row: (row.stage_since, row.id))
        items = [document(row, weights) for row in rows]
        figures = {"stage": stage, "weight": weights[stage], **sums[stage]}
        columns.append(figures | {"items": items, "next_cursor": next_cursor})
    return {"columns": columns}


def totals(session: Session, actor: Actor, filters: dict[str, Any], now: datetime) -> dict[str, Any]:
    """Count and value of all deals that fit, a figure for each currency; they are the sums of the board's columns."""
    by_stage = _sums(session, actor, filters, current_weights(session), now)
    found: dict[str, dict[str, Any]] = {}
    for each in (value for stage in STAGES for value in by_stage[stage]["values"]):
        total = found.setdefault(
            each["currency"], {"currency": each["currency"], "value_minor": 0, "weighted_minor": 0}
        )
        total["value_minor"] += each["value_minor"]
        total["weighted_minor"] += each["weighted_minor"]
    count = sum(each["count"] for each in by_stage.values())
    return {"count": count, "values": [found[currency] for currency in sorted(found)]}


def _sums(
    session: Session, actor: Actor, filters: dict[str, Any], weights: Mapping[str, int], now: datetime
) -> dict[str, dict[str, Any]]:
    """Count and value of every stage, a figure for each currency.

    What is weighted is rounded for each month of closing and then added, as reports do.
    """
    found: dict[str, dict[str, list[int]]] = {stage: {} for stage in STAGES}
    result: dict[str, dict[str, Any]] = {stage: {"count": 0, "values": []} for stage in STAGES}
    for row in session.execute(_cells(session, actor, filters, now)):
        total = found[row.stage].setdefault(row.currency, [0, 0])
        result[row.stage]["count"] += int(row.deals)
        total[0] += int(row.value_minor)
        total[1] += weighted(int(row.value_minor), weights[row.stage])
    for stage, totals in found.items():
        for currency, (value, weight) in sorted(totals.items()):
            figure = {"currency": currency, "value_minor": value, "weighted_minor": weight}
            result[stage]["values"].append(figure)
    return result


def _cells(session: Session, actor: Actor, filters: dict[str, Any], now: datetime) -> Select[Any]:
    """Stage, currency, count and value of the deals of each month; from the sums where these tell."""
    wanted = matching(session, actor, filters, now)
    slice_ = Wanted.of(filters).slice_for(actor) if set(filters) <= set(FILTERS) else None
    if slice_ is None:
        row, month = deals.c, month_column(deals.c.closes_on)
        count, value = func.count(), func.coalesce(func.sum(row.deal_value_minor), 0)
        return _named(row, count, value).where(wanted).group_by(row.stage, row.currency, month)
    row, stages = pipeline_sums.c, slice_.wanted.stages
    conditions = [*slice_.of_table(pipeline_sums), *([] if stages is None else [row.stage.in_(stages)])]
    summed = _named(row, func.sum(row.deals), func.sum(row.value_minor)).where(*conditions)
    return summed.group_by(row.stage, row.currency, row.month).having(func.sum(row.deals) > 0)


def _named(row: Any, count: ColumnElement[Any], value: ColumnElement[Any]) -> Select[Any]:
    return select(row.stage, row.currency, count.label("deals"), value.label("value_minor"))


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
