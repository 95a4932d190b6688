"""Deals that are taken away, a page at a time, each with its way through the stages."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import any_, literal, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from libs.common import fields
from libs.common.identity import Actor
from libs.common.pages import keyset, page
from services.deals.domain import OPEN_STAGES
from services.deals.models import deals, stage_history
from services.deals.queries.deals import COMPANY_NAME, SHOWN, WITH_COMPANY, sort_keys
from services.deals.queries.filters import matching

MOST = 2000
_LEFT_OUT = frozenset("score_probability score score_version ai_insights ai_generation_id".split())
_COLUMNS = [each for each in SHOWN if each.name not in _LEFT_OUT]


def export_deals(
    session: Session,
    actor: Actor,
    filters: dict[str, Any],
    limit: int | None,
    cursor: str | None,
    now: datetime,
    sort: str | None = None,
) -> dict[str, Any]:
    """A page of the deals the actor may see: ``{items, next_cursor}``. Each has ``history``, the open stages it was in
    with their days, as a deal is brought in with. sort: as their list has it; without, the order is always the same."""
    size = MOST if limit is None else fields.whole(1, MOST)("limit", limit)
    statement = select(*_COLUMNS, deals.c.created_on, COMPANY_NAME).select_from(WITH_COMPANY)
    chosen = statement.where(matching(session, actor, filters, now))
    keys = [(deals.c.id, False)] if sort is None else sort_keys(sort)
    named = [key.label(f"sort_{number}") for number, (key, _descends) in enumerate(keys)]
    found = session.execute(keyset(chosen.add_columns(*named), keys, cursor, size)).all()
    rows, next_cursor = page(found, size, lambda row: [row._mapping[each.name] for each in named])
    steps = _steps(session, [row.id for row in rows])
    taken = [{name: value for name, value in row._mapping.items() if not name.startswith("sort_")} for row in rows]
    items = [each | {"history": steps.get(each["id"], [])} for each in taken]
    return {"items": items, "next_cursor": next_cursor}


def _steps(session: Session, deal_ids: list[str]) -> dict[str, list[dict[str, Any]]]:
    row = stage_history.c
    theirs = (row.deal_id == any_(literal(deal_ids, ARRAY(row.deal_id.type))), row.to_stage.in_(OPEN_STAGES))
    statement = select(row.deal_id, row.to_stage, row.moved_on).where(*theirs).order_by(row.moved_at, row.id)
    found: dict[str, list[dict[str, Any]]] = {}
    for each in session.execute(statement):
        found.setdefault(each.deal_id, []).append({"stage": each.to_stage, "on": each.moved_on})
    return found
