"""What ai answers: SQL to plain dicts, always as the actor."""

from __future__ import annotations

from typing import Any

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from libs.common.identity import Actor
from libs.common.ids import is_id
from libs.common.pages import keyset, limit_of, page
from libs.common.problems import Invalid, NotFound
from services.ai import access
from services.ai.models import generations

_LISTED = [column for column in generations.columns if column.name not in ("input", "output")]


def list_generations(
    session: Session, actor: Actor, filters: dict[str, Any], limit: int | None, cursor: str | None
) -> dict[str, Any]:
    """What was made, newest first, without its texts."""
    size = limit_of(limit)
    matching = and_(access.scope(actor), *(_condition(name, value) for name, value in filters.items()))
    keys = [(generations.c.created_at, True), (generations.c.id, True)]
    found = session.execute(keyset(select(*_LISTED).where(matching), keys, cursor, size)).all()
    rows, next_cursor = page(found, size, lambda row: (row.created_at, row.id))
    total = session.execute(select(func.count()).select_from(generations).where(matching)).scalar_one()
    return {"items": [dict(row._mapping) for row in rows], "next_cursor": next_cursor, "total": total}


def generation(session: Session, actor: Actor, generation_id: str) -> dict[str, Any]:
    """One of them, whole."""
    statement = select(generations).where(generations.c.id == generation_id, access.scope(actor))
    row = session.execute(statement).first() if is_id(generation_id) else None
    if row is None:
        raise NotFound("there is no such generation, or it is not yours to see")
    return dict(row._mapping)


def _condition(name: str, value: Any) -> Any:
    if name not in ("deal_id", "brief_id", "kind"):
        raise Invalid(f"there is no filter {name!r} here", field=name)
    if name != "kind" and not is_id(value):
        raise Invalid(f"{name} is an id", field=name)
    return generations.c[name] == value
