"""Conversations as rows: locked, changed, and linked to whom they are with.

Locks are taken in one order everywhere: first identities, sorted; then conversations, by id.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.engine import Row

from libs.common import record_merges
from libs.common.database import UnitOfWork
from services.notifications.whatsapp.models import conversations, messages


def locked(uow: UnitOfWork, ids: Iterable[str]) -> list[Row[Any]]:
    """Conversations, locked, by id; one that was joined to another meanwhile is not among them."""
    row = conversations.c
    statement = select(conversations).where(row.id.in_(sorted(set(ids)))).order_by(row.id).with_for_update()
    return list(uow.session.execute(statement))


def link(uow: UnitOfWork, conversation_id: str, client_id: str, contact_id: str | None) -> str:
    """Say whose conversation it is; the client that it hangs on now, where the one named was merged into another."""
    now = record_merges.current(uow.session, client_id)
    change(uow, conversation_id, state="linked", client_id=now, contact_id=contact_id)
    record_merges.note(uow, client_id, "whatsapp_conversations", conversation_id)
    theirs = messages.c.conversation_id == conversation_id
    uow.session.execute(update(messages).where(theirs).values(contact_id=contact_id))
    return now


def change(uow: UnitOfWork, conversation_id: str, **values: Any) -> None:
    """Change a conversation that is locked."""
    row = conversations.c
    values |= {"updated_at": uow.now, "version": row.version + 1}
    uow.session.execute(update(conversations).where(row.id == conversation_id).values(**values))
