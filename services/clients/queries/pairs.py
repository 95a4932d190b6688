"""The list of work: clients that may be one."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from libs.common.identity import Actor
from libs.common.pages import keyset, limit_of, page
from services.clients import access
from services.clients.models import clients, duplicate_pairs

_SHOWN = [
    clients.c[name]
    for name in (
        "id company_name industry status owner_id email phone city country lifetime_value_minor currency "
        "last_activity_at created_at"
    ).split()
]


def list_duplicates(session: Session, actor: Actor, limit: int | None, cursor: str | None) -> dict[str, Any]:
    """Pairs of clients that may be one, the likeliest first; those of which the actor may change both."""
    size, pair = limit_of(limit), duplicate_pairs.c
    mine = select(clients.c.id).where(access.writable(actor))
    wanted = (pair.dismissed_at.is_(None), pair.first_id.in_(mine), pair.second_id.in_(mine))
    keys = [(pair.score, True), (pair.first_id, False), (pair.second_id, False)]
    columns = (pair.first_id, pair.second_id, pair.score, pair.reasons, pair.found_at)
    found = session.execute(keyset(select(*columns).where(*wanted), keys, cursor, size)).all()
    rows, next_cursor = page(found, size, lambda row: (row.score, row.first_id, row.second_id))
    known = _clients(session, {each for row in rows for each in (row.first_id, row.second_id)})
    items = [
        {"first": known[row.first_id], "second": known[row.second_id]}
        | {"score": row.score, "reasons": row.reasons, "found_at": row.found_at}
        for row in rows
    ]
    total = session.execute(select(func.count()).select_from(duplicate_pairs).where(*wanted)).scalar_one()
    return {"items": items, "next_cursor": next_cursor, "total": total}


def both_to_change(session: Session, actor: Actor, first_id: str, second_id: str) -> bool:
    """Whether the actor may change two clients."""
    mine = select(func.count()).where(clients.c.id.in_([first_id, second_id]), access.writable(actor))
    return bool(session.execute(mine).scalar_one() == 2)


def _clients(session: Session, ids: set[str]) -> dict[str, dict[str, Any]]:
    rows = session.execute(select(*_SHOWN).where(clients.c.id.in_(ids)))
    return {row.id: dict(row._mapping) for row in rows}
