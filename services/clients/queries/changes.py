"""Changes of many clients: how far they are, and who was left out."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, func, select, true
from sqlalchemy.orm import Session

from libs.common.identity import Actor
from libs.common.ids import is_id
from libs.common.pages import keyset, limit_of, page
from libs.common.problems import NotFound
from services.clients.models import change_set_counts, change_set_rows, change_sets

_SHOWN = [
    change_sets.c[name]
    for name in "id action value about made_by status total done created_at undone_at undone_by".split()
]
# As many as are named at once; ``refused_count`` says how many there are.
_NAMED = 200


def list_change_sets(session: Session, actor: Actor, limit: int | None, cursor: str | None) -> dict[str, Any]:
    """The changes that the actor made, newest first; all of them for admins."""
    size, mine = limit_of(limit), _mine(actor)
    keys = [(change_sets.c.created_at, True), (change_sets.c.id, True)]
    found = session.execute(keyset(select(*_SHOWN).where(mine), keys, cursor, size)).all()
    rows, next_cursor = page(found, size, lambda row: (row.created_at, row.id))
    counts = _counts(session, [row.id for row in rows])
    total = session.execute(select(func.count()).select_from(change_sets).where(mine)).scalar_one()
    items = [_document(row, counts.get(row.id, {})) for row in rows]
    return {"items": items, "next_cursor": next_cursor, "total": total}


def change_set(session: Session, actor: Actor, change_set_id: str) -> dict[str, Any]:
    """One change with the clients that it left as they were, by name; NotFound for who did not make it."""
    statement = select(*_SHOWN).where(change_sets.c.id == change_set_id, _mine(actor))
    row = session.execute(statement).first() if is_id(change_set_id) else None
    if row is None:
        raise NotFound("there is no such change, or it is not yours")
    named = change_set_rows.c
    refused = select(named.client_id.label("id"), named.company_name, named.reason).where(
        named.change_set_id == change_set_id, named.state.in_(("refused", "left"))
    )
    found = session.execute(refused.order_by(named.company_name, named.client_id).limit(_NAMED))
    whole = _document(row, _counts(session, [change_set_id]).get(change_set_id, {}))
    return whole | {"refused": [dict(each._mapping) for each in found]}


def _mine(actor: Actor) -> ColumnElement[bool]:
    return true() if actor.role in ("admin", "system") else change_sets.c.made_by == actor.id


def _counts(session: Session, ids: list[str]) -> dict[str, dict[str, int]]:
    row = change_set_counts.c
    found: dict[str, dict[str, int]] = {}
    for each in session.execute(select(row.change_set_id, row.state, row.rows).where(row.change_set_id.in_(ids))):
        found.setdefault(each.change_set_id, {})[each.state] = each.rows
    return found


def _document(row: Any, states: dict[str, int]) -> dict[str, Any]:
    """``changed`` counts what the change did, whatever was taken back since; ``left`` what taking it back left."""
    counts = {
        "changed": sum(states.get(each, 0) for each in ("changed", "restored", "left")),
        "unchanged": states.get("unchanged", 0),
        "restored": states.get("restored", 0),
        "refused_count": states.get("refused", 0) + states.get("left", 0),
        "left": states.get("left", 0),
    }
    return dict(row._mapping) | counts
