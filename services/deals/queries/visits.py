"""The history of deals as a model learns from it."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from libs.common.identity import Actor
from libs.common.pages import keyset, limit_of, page
from services.deals import access
from services.deals.domain import OPEN_STAGES
from services.deals.models import deals, stage_history

_SHOWN = (
    "client_id stage stage_since created_at deal_value_minor currency source owner_id actual_close_date version".split()
)


def stage_visits(session: Session, actor: Actor, limit: int | None, cursor: str | None) -> dict[str, Any]:
    """Deals, the oldest first, each with its state and ``visits``: when it entered an open stage, and its value then.

    There is no ``total``: this is read through once.
    """
    size = limit_of(limit)
    keys = [(deals.c.created_at, False), (deals.c.id, False)]
    shown = [deals.c.id.label("deal_id"), *(deals.c[name] for name in _SHOWN)]
    found = session.execute(keyset(select(*shown).where(access.scope(actor)), keys, cursor, size)).all()
    rows, next_cursor = page(found, size, lambda row: (row.created_at, row.deal_id))
    visits = _visits(session, [row.deal_id for row in rows])
    return {"items": [dict(row._mapping) | {"visits": visits[row.deal_id]} for row in rows], "next_cursor": next_cursor}


def _visits(session: Session, deal_ids: list[str]) -> dict[str, list[dict[str, Any]]]:
    step = stage_history.c
    columns = (step.deal_id, step.to_stage, step.moved_at, step.deal_value_minor, step.currency)
    entered = select(*columns).where(step.deal_id.in_(deal_ids), step.to_stage.in_(OPEN_STAGES))
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in session.execute(entered.order_by(step.moved_at, step.id)):
        visit = {"stage": row.to_stage, "entered_at": row.moved_at}
        found[row.deal_id].append(visit | {"deal_value_minor": row.deal_value_minor, "currency": row.currency})
    return found
