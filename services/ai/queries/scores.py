"""The models that were trained, and what stands now."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from libs.common.identity import Actor
from libs.common.pages import keyset, limit_of, page
from services.ai.models import deal_facts, score_models
from services.ai.score_history import newest
from services.ai.scoring import NEEDED, NEEDED_EACH

_WITHOUT = ("updated_at", "version")
_SHOWN = [column for column in score_models.columns if column.name not in _WITHOUT]


def list_score_models(session: Session, _actor: Actor, limit: int | None, cursor: str | None) -> dict[str, Any]:
    """Every training, the newest first, with its figures and, where it is used, its coefficients."""
    size = limit_of(limit)
    found = session.execute(keyset(select(*_SHOWN), [(score_models.c.number, True)], cursor, size)).all()
    rows, next_cursor = page(found, size, lambda row: (row.number,))
    total = session.execute(select(func.count()).select_from(score_models)).scalar_one()
    return {"items": [dict(row._mapping) for row in rows], "next_cursor": next_cursor, "total": total}


def score_standing(session: Session, _actor: Actor) -> dict[str, Any]:
    """``{newest, closed, needed, needed_each}``: the last training without coefficients, None before the first; how
    many deals are closed now, and how many are needed."""
    row = newest(session)
    shown = {name: value for name, value in row._mapping.items() if name not in (*_WITHOUT, "model")} if row else None
    counted = select(func.count()).select_from(deal_facts).where(deal_facts.c.closed_on.is_not(None))
    closed = session.execute(counted).scalar_one()
    return {"newest": shown, "closed": closed, "needed": NEEDED, "needed_each": NEEDED_EACH}
