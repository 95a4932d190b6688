"""A few deals for somebody who types."""

from __future__ import annotations

from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from libs.common.fields import contains, text
from libs.common.identity import Actor
from libs.common.pages import limit_of
from services.deals import access
from services.deals.models import deals
from services.deals.queries.deals import COMPANY_NAME, WITH_COMPANY
from services.deals.queries.filters import of_company

_SHOWN = [deals.c[name] for name in ("id", "deal_name", "stage", "deal_value_minor", "currency")]


def quick_find(session: Session, actor: Actor, q: str, limit: int | None) -> dict[str, Any]:
    """The newest deals whose name or whose client's name has these letters in it; none for no letters."""
    size, words = limit_of(limit), text()("q", q)
    if words is None:
        return {"deals": []}
    pattern = contains(words)
    named = or_(deals.c.deal_name.ilike(pattern), of_company(pattern))
    newest = (deals.c.created_at.desc(), deals.c.id.desc())
    statement = select(*_SHOWN, COMPANY_NAME).select_from(WITH_COMPANY).where(named, access.scope(actor))
    rows = session.execute(statement.order_by(*newest).limit(size))
    return {"deals": [dict(row._mapping) for row in rows]}
