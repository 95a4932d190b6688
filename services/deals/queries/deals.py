"""Deals as lists and one by one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Date, Integer, Select, func, literal_column, select
from sqlalchemy.orm import Session

from libs.common import row_access
from libs.common.identity import Actor
from libs.common.ids import is_id
from libs.common.pages import SortKey, keyset, limit_of, page
from libs.common.problems import Invalid, NotFound
from services.deals import access
from services.deals.domain import STAGES
from services.deals.models import WORKED_OUT, briefs, deal_invoices, deals, stage_history
from services.deals.queries.filters import matching
from services.deals.queries.scores import in_short, win_probability
from services.deals.queries.weights import current_weights

COMPANY_NAME = func.coalesce(row_access.entries.c.label, "").label("company_name")
WITH_COMPANY = deals.join(row_access.entries, row_access.entries.c.record_id == deals.c.client_id, isouter=True)
# Without what only the machinery needs.
SHOWN = [column for column in deals.columns if column.name not in {"ai_generation_id", "created_on", *WORKED_OUT}]

_INNER = {"sort_value", "score_probability", "score", "score_version"}

# Constants are written out, since an index on an expression is found only for the very same expression.
_BY_NAME = func.lower(deals.c.deal_name)
_BY_COMPANY = func.lower(func.coalesce(row_access.entries.c.label, literal_column("''")))
_SORTS: dict[str, ColumnElement[Any]] = {
    "created_at": deals.c.created_at,
    "updated_at": deals.c.updated_at,
    "deal_name": _BY_NAME,
    "deal_value": func.coalesce(deals.c.deal_value_minor, literal_column("-1")),
    # a deal without a date comes after all that have one
    "expected_close_date": func.coalesce(deals.c.expected_close_date, literal_column("DATE '9999-12-31'", Date)),
    "stage_since": deals.c.stage_since,
    "last_activity_at": deals.c.last_activity_at,
    "stage": literal_column(f"array_position('{{{','.join(STAGES)}}}'::text[], deals.stage)", Integer),
    "company_name": _BY_COMPANY,
}


def list_deals(
    session: Session,
    actor: Actor,
    filters: dict[str, Any],
    sort: str | None,
    limit: int | None,
    cursor: str | None,
    now: datetime,
) -> dict[str, Any]:
    """Deals the actor may see, a page at a time."""
    size, wanted = limit_of(limit), matching(session, actor, filters, now)
    (column, descends), second = sort_keys(sort)
    source = WITH_COMPANY if column is _BY_COMPANY else deals
    chosen = select(deals.c.id, column.label("sort_value")).select_from(source).where(wanted)
    found = session.execute(_whole(keyset(chosen, [(column, descends), second], cursor, size), descends))
    rows, next_cursor = page(found.all(), size, lambda row: (row.sort_value, row.id))
    total = session.execute(select(func.count()).select_from(deals).where(wanted)).scalar_one()
    weights = current_weights(session)
    return {"items": [document(row, weights) for row in rows], "next_cursor": next_cursor, "total": total}


def deal(session: Session, actor: Actor, deal_id: str) -> dict[str, Any]:
    """One deal with its brief and its invoices' states; NotFound where the actor may not see it."""
    statement = select(*SHOWN, COMPANY_NAME).select_from(WITH_COMPANY)
    row = (
        session.execute(statement.where(deals.c.id == deal_id, access.scope(actor))).first() if is_id(deal_id) else None
    )
    if row is None:
        raise NotFound("there is no such deal, or it is not yours to see")
    brief = session.execute(select(briefs).where(briefs.c.deal_id == deal_id)).first()
    invoice = deal_invoices.c
    mine = select(invoice.invoice_id, invoice.invoice_number, invoice.amount_minor, invoice.currency, invoice.status)
    invoices = session.execute(mine.where(invoice.deal_id == deal_id).order_by(invoice.invoice_number))
    return document(row, current_weights(session), whole=True) | {
        "brief": dict(brief._mapping) if brief else None,
        "invoices": [dict(each._mapping) for each in invoices],
    }


def history(session: Session, actor: Actor, deal_id: str) -> dict[str, Any]:
    """A deal's way through the stages, oldest first."""
    deal(session, actor, deal_id)
    order = (stage_history.c.moved_at, stage_history.c.id)
    shown = [column for column in stage_history.columns if column.name not in ("moved_on", "stayed_days")]
    rows = session.execute(select(*shown).where(stage_history.c.deal_id == deal_id).order_by(*order)).all()
    return {"items": [dict(row._mapping) for row in rows], "next_cursor": None, "total": len(rows)}


def document(row: Any, weights: Mapping[str, int], *, whole: bool = False) -> dict[str, Any]:
    """A row of SHOWN and COMPANY_NAME as it is answered; whole: with the reasons of its probability."""
    shown = {str(name): value for name, value in row._mapping.items() if name not in _INNER}
    weight = weights[row.stage]
    likely = win_probability(row.stage, row.score_probability, row.score, weight)
    return shown | {"probability": weight, "win_probability": likely if whole else in_short(likely)}


def _whole(chosen: Select[Any], descends: bool) -> Select[Any]:
    """The deals of a page that was chosen by id and sort value alone: only those few rows are read in full."""
    few = chosen.subquery("page")
    order = [each.desc() if descends else each.asc() for each in (few.c.sort_value, few.c.id)]
    source = WITH_COMPANY.join(few, few.c.id == deals.c.id)
    return select(*SHOWN, COMPANY_NAME, few.c.sort_value).select_from(source).order_by(*order)


def sort_keys(sort: str | None) -> list[SortKey]:
    """The order of a list of deals, the newest first where nothing is said; Invalid where there is none such."""
    name = (sort or "-created_at").removeprefix("-")
    if name not in _SORTS:
        raise Invalid(f"sort is one of {', '.join(_SORTS)}, with - before it for descending", field="sort")
    descends = (sort or "-created_at").startswith("-")
    return [(_SORTS[name], descends), (deals.c.id, descends)]
