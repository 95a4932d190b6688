"""What stands in clients already, for who begins to type it again."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from libs.common import fields
from libs.common.identity import Actor
from services.clients import access
from services.clients.models import clients

# The texts of clients that the same few words stand in again and again.
_OFFERED = ("industry", "city", "state", "country", "source")
_MOST = 20
_LONGEST = 100


def client_values(session: Session, actor: Actor, field: str, typed: str = "") -> dict[str, Any]:
    """Texts of a field that hold what was typed, of clients that the actor may read, the most common first:
    ``{items: [{value, count}]}``. However it is written, a text stands there once. Invalid names the argument."""
    column = clients.c[fields.one_of(*_OFFERED)("field", field)]
    pattern = fields.contains(fields.text(_LONGEST)("typed", typed) or "")
    counted = func.count().label("count")
    statement = (
        select(func.min(column).label("value"), counted)
        .where(access.scope(actor), column.ilike(pattern))
        .group_by(func.lower(column))
        .order_by(counted.desc(), func.lower(column))
        .limit(_MOST)
    )
    items = [{"value": row.value, "count": row.count} for row in session.execute(statement)]
    return {"items": items, "next_cursor": None, "total": len(items)}
