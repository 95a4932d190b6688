"""A few deals for somebody who types."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Uuid, any_, func, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from libs.common import row_access
from libs.common.fields import text
from libs.common.finding import holds, newest, some
from libs.common.identity import Actor
from libs.common.pages import limit_of
from services.deals import access
from services.deals.models import deals
from services.deals.queries.deals import COMPANY_NAME, WITH_COMPANY

# Whoever finds more companies than that types on.
_COMPANIES = 300
_SHOWN = [deals.c[name] for name in ("id", "deal_name", "stage", "deal_value_minor", "currency")]


def quick_find(session: Session, actor: Actor, q: str, limit: int | None) -> dict[str, Any]:
    """The newest deals whose name or whose client's name has these letters in it; none for no letters.

    One or two letters begin a word. Of more than a thousand that are found, the newest of a thousand.
    """
    size, words = limit_of(limit), text()("q", q)
    if words is None:
        return {"deals": []}
    found = newest(deals, (holds(deals.c.deal_name, words), _of(words)), access.scope(actor), size)
    statement = select(*_SHOWN, COMPANY_NAME).select_from(WITH_COMPANY).join(found, found.c.id == deals.c.id)
    rows = session.execute(statement.order_by(deals.c.created_at.desc(), deals.c.id.desc()))
    return {"deals": [dict(row._mapping) for row in rows]}


def _of(words: str) -> ColumnElement[bool]:
    """Deals of companies that are called so."""
    entry = row_access.entries.c
    named = some(select(entry.record_id).where(holds(entry.label, words)), _COMPANIES).scalar_subquery()
    return deals.c.client_id == any_(func.array(named, type_=ARRAY(Uuid(as_uuid=False))))
