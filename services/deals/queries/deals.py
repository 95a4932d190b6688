"""What deals answers: SQL to plain dicts, always as the actor."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Date, Select, and_, func, literal, or_, select
from sqlalchemy.orm import Session

from libs.common import row_access
from libs.common.fields import contains, date_of
from libs.common.identity import Actor
from libs.common.ids import is_id
from libs.common.pages import keyset, limit_of, page
from libs.common.problems import Invalid, NotFound
from services.deals import access
from services.deals.domain import STAGE_WEIGHTS, STAGES
from services.deals.models import briefs, deal_invoices, deals, stage_history

_FILTERS = frozenset({"stage", "owner_id", "client_id", "tag", "source", "closing_from", "closing_to", "q"})
_NEVER = literal("9999-12-31").cast(Date)
_SORTS: dict[str, ColumnElement[Any]] = {
    "created_at": deals.c.created_at,
    "updated_at": deals.c.updated_at,
    "deal_name": func.lower(deals.c.deal_name),
    "deal_value": func.coalesce(deals.c.deal_value_minor, -1),
    # a deal without a date comes after all that have one
    "expected_close_date": func.coalesce(deals.c.expected_close_date, _NEVER),
}
_BOARD_CARDS = 25


def list_deals(
    session: Session, actor: Actor, filters: dict[str, Any], sort: str | None, limit: int | None, cursor: str | None
) -> dict[str, Any]:
    """Deals the actor may see, a page at a time."""
    size = limit_of(limit)
    matching = and_(access.scope(actor), *_conditions(filters))
    column, descends = _sort(sort)
    statement = _deals().add_columns(column.label("sort_value")).where(matching)
    found = session.execute(keyset(statement, [(column, descends), (deals.c.id, descends)], cursor, size)).all()
    rows, next_cursor = page(found, size, lambda row: (row.sort_value, row.id))
    total = session.execute(select(func.count()).select_from(deals).where(matching)).scalar_one()
    return {"items": [_document(row) for row in rows], "next_cursor": next_cursor, "total": total}


def deal(session: Session, actor: Actor, deal_id: str) -> dict[str, Any]:
    """One deal with its brief and its invoices' states; NotFound where the actor may not see it."""
    row = (
        session.execute(_deals().where(deals.c.id == deal_id, access.scope(actor))).first() if is_id(deal_id) else None
    )
    if row is None:
        raise NotFound("there is no such deal, or it is not yours to see")
    brief = session.execute(select(briefs).where(briefs.c.deal_id == deal_id)).first()
    invoice = deal_invoices.c
    mine = select(invoice.invoice_id, invoice.invoice_number, invoice.amount_minor, invoice.currency, invoice.status)
    invoices = session.execute(mine.where(invoice.deal_id == deal_id).order_by(invoice.invoice_number))
    return _document(row) | {
        "brief": dict(brief._mapping) if brief else None,
        "invoices": [dict(each._mapping) for each in invoices],
    }


def history(session: Session, actor: Actor, deal_id: str) -> dict[str, Any]:
    """A deal's way through the stages, oldest first."""
    deal(session, actor, deal_id)
    order = (stage_history.c.moved_at, stage_history.c.id)
    rows = session.execute(select(stage_history).where(stage_history.c.deal_id == deal_id).order_by(*order)).all()
    return {"items": [dict(row._mapping) for row in rows], "next_cursor": None, "total": len(rows)}


def board(session: Session, actor: Actor, filters: dict[str, Any], weights: Mapping[str, int]) -> dict[str, Any]:
    """The deals by stage: count, sums by currency, and the first cards of each column, newest in the stage first."""
    matching = and_(access.scope(actor), *_conditions(filters))
    sums = _sums(session, matching, weights)
    order = (deals.c.stage_since.desc(), deals.c.id.desc())
    columns = []
    for stage in STAGES:
        cards = session.execute(_deals().where(matching, deals.c.stage == stage).order_by(*order).limit(_BOARD_CARDS))
        items = [_document(row) for row in cards]
        columns.append({"stage": stage, "weight": weights[stage], **sums[stage], "items": items})
    return {"columns": columns}


def _sums(session: Session, matching: ColumnElement[bool], weights: Mapping[str, int]) -> dict[str, dict[str, Any]]:
    """Count and value of every stage, a figure for each currency."""
    value = func.coalesce(func.sum(deals.c.deal_value_minor), 0)
    statement = select(deals.c.stage, deals.c.currency, func.count().label("count"), value.label("value_minor"))
    result: dict[str, dict[str, Any]] = {stage: {"count": 0, "values": []} for stage in STAGES}
    grouped = statement.where(matching).group_by(deals.c.stage, deals.c.currency).order_by(deals.c.currency)
    for row in session.execute(grouped):
        column, total = result[row.stage], int(row.value_minor)
        column["count"] += row.count
        weighted = (total * weights[row.stage] + 50) // 100  # half a minor unit up; values are not negative
        column["values"].append({"currency": row.currency, "value_minor": total, "weighted_minor": weighted})
    return result


def _deals() -> Select[Any]:
    """Deals with their client's name, without what only the machinery needs."""
    shown = [column for column in deals.columns if column.name != "ai_generation_id"]
    entry = row_access.entries
    return select(*shown, func.coalesce(entry.c.label, "").label("company_name")).join(
        entry, entry.c.record_id == deals.c.client_id, isouter=True
    )


def _conditions(filters: dict[str, Any]) -> list[ColumnElement[bool]]:
    unknown = [name for name in filters if name not in _FILTERS]
    if unknown:
        raise Invalid(f"there is no filter {unknown[0]!r} here", field=unknown[0])
    return [_condition(name, value) for name, value in filters.items()]


def _condition(name: str, value: Any) -> ColumnElement[bool]:
    if name == "stage":
        wanted = value if isinstance(value, list) else [value]
        if not set(wanted) <= set(STAGES):
            raise Invalid(f"stage is one of {', '.join(STAGES)}", field="stage")
        return deals.c.stage.in_(wanted)
    if name in ("owner_id", "client_id"):
        if not is_id(value):
            raise Invalid(f"{name} is an id", field=name)
        return deals.c[name].in_([value])
    if name == "tag":
        return deals.c.tags.contains([str(value).lower()])
    if name == "source":
        return deals.c.source.in_([value])
    if name == "closing_from":
        return deals.c.expected_close_date >= date_of(name, value)
    if name == "closing_to":
        return deals.c.expected_close_date <= date_of(name, value)
    pattern = contains(value)
    company = select(row_access.entries.c.record_id).where(row_access.entries.c.label.ilike(pattern))
    return or_(deals.c.deal_name.ilike(pattern), deals.c.description.ilike(pattern), deals.c.client_id.in_(company))


def _sort(sort: str | None) -> tuple[ColumnElement[Any], bool]:
    name = (sort or "-created_at").removeprefix("-")
    if name not in _SORTS:
        raise Invalid(f"sort is one of {', '.join(_SORTS)}, with - before it for descending", field="sort")
    return _SORTS[name], (sort or "-created_at").startswith("-")


def _document(row: Any) -> dict[str, Any]:
    document = {str(name): value for name, value in row._mapping.items() if name != "sort_value"}
    return document | {"probability": STAGE_WEIGHTS[document["stage"]]}
