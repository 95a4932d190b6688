"""What stands in the company's own fields of deals, for who keeps a copy of it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import literal_column, select
from sqlalchemy.orm import Session

from libs.common import fields
from libs.common.identity import Actor
from libs.common.pages import keyset, page
from services.deals import access
from services.deals.models import deals

MOST = 1000


def own_values(session: Session, actor: Actor, limit: int | None, cursor: str | None) -> dict[str, Any]:
    """``{items: [{deal_id, custom, version}], next_cursor}``: the deals that have any, in the order of their ids.

    There is no ``total``: this is read through.
    """
    size = MOST if limit is None else fields.whole(1, MOST)("limit", limit)
    shown = select(deals.c.id.label("deal_id"), deals.c.custom, deals.c.version)
    held = shown.where(access.scope(actor), deals.c.custom != literal_column("'{}'::jsonb"))
    found = session.execute(keyset(held, [(deals.c.id, False)], cursor, size)).all()
    rows, next_cursor = page(found, size, lambda row: (row.deal_id,))
    return {"items": [dict(row._mapping) for row in rows], "next_cursor": next_cursor}
