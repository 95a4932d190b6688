"""Deals by the month they were created in, as they are now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    Table,
    Text,
    cast,
    func,
    literal_column,
    null,
    select,
    union_all,
)
from sqlalchemy.orm import Session

from libs.common.identity import Actor
from services.deals import access
from services.deals.domain import OPEN_STAGES
from services.deals.models import deals, pipeline_cohorts
from services.deals.queries.reports.cells import Key, month_column
from services.deals.queries.reports.spans import Span
from services.deals.queries.reports.wanted import By, Wanted

# Every deal came at least as far as the first stage.
FURTHER = OPEN_STAGES[1:]


@dataclass(slots=True)
class Cohort:
    """Deals, those with a value, its sum; and those whose furthest open stage was at least this, with their value."""

    deals: int = 0
    valued: int = 0
    value_minor: int = 0
    qualified: int = 0
    proposal: int = 0
    negotiation: int = 0
    qualified_minor: int = 0
    proposal_minor: int = 0
    negotiation_minor: int = 0

    def add(self, row: Any) -> None:
        for name in _NAMES:
            setattr(self, name, getattr(self, name) + int(getattr(row, name)))


_NAMES = tuple(Cohort.__dataclass_fields__)
_KEYS: tuple[ColumnElement[Any], ...] = tuple(literal_column(str(n)) for n in range(1, 5))


def cohorts(session: Session, actor: Actor, wanted: Wanted, span: Span, by: By = None) -> dict[Key, Cohort]:
    """By month of creation, stage now, currency, and owner or source where asked for."""
    row, stages = deals.c, wanted.stages
    slice_, whole = wanted.slice_for(actor, by), span.whole_months()
    mine = [access.counted(actor, deals), *wanted.of_table(deals), *_in(row.stage, stages)]
    if slice_ is None:
        selects = [_counted(by).where(*mine, row.created_on.between(span.first, span.last))]
    else:
        selects = [_counted(by).where(*mine, row.created_on.between(each.first, each.last)) for each in span.edges()]
        if whole is not None:
            sums = pipeline_cohorts
            months = [*slice_.of_table(sums), *_in(sums.c.stage, stages), sums.c.month.between(whole.first, whole.last)]
            selects.append(_summed(by).where(*months))
    found: dict[Key, Cohort] = {}
    for each in session.execute(union_all(*selects)):
        found.setdefault(Key(each.month, each.stage, each.currency, each.group), Cohort()).add(each)
    return {key: each for key, each in found.items() if each.deals}


def _summed(by: By) -> Select[Any]:
    row = pipeline_cohorts.c
    figures = [func.sum(row[name]).label(name) for name in _NAMES]
    return select(row.month, row.stage, row.currency, _group(pipeline_cohorts, by), *figures).group_by(*_KEYS)


def _counted(by: By) -> Select[Any]:
    row, value = deals.c, deals.c.deal_value_minor
    figures: dict[str, Any] = {"deals": func.count(), "valued": func.count(value), "value_minor": _sum(func.sum(value))}
    for bit, stage in enumerate(FURTHER, 1):
        further = row.reached >= literal_column(str(1 << bit))
        figures[stage] = func.count().filter(further)
        figures[f"{stage}_minor"] = _sum(func.sum(value).filter(further))
    shown = [figures[name].label(name) for name in _NAMES]
    return select(month_column(row.created_on), row.stage, row.currency, _group(deals, by), *shown).group_by(*_KEYS)


def _group(table: Table, by: By) -> ColumnElement[Any]:
    return (cast(table.c[by], Text) if by else cast(null(), Text)).label("group")


def _sum(value: Any) -> ColumnElement[Any]:
    return func.coalesce(value, 0)


def _in(column: ColumnElement[str], stages: tuple[str, ...] | None) -> list[ColumnElement[bool]]:
    return [] if stages is None else [column.in_(stages)]
