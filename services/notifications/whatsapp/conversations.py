"""Conversations as rows: locked, changed, and linked to whom they are with.

Locks are taken in one order everywhere: first identities, sorted; then conversations, by id.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.engine import Row
from sqlalchemy.orm import Session

from libs.common import record_merges, row_access
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
    change(uow, conversation_id, state="linked", client_id=now, contact_id=contact_id, lead_key=None)
    record_merges.note(uow, client_id, "whatsapp_conversations", conversation_id)
    row = messages.c
    # A version of its own: what is told of them from now on is newer than what was told of the former client.
    values = {"contact_id": contact_id, "version": row.version + 1}
    uow.session.execute(update(messages).where(row.conversation_id == conversation_id).values(**values))
    return now


def release(uow: UnitOfWork, conversation_id: str, state: str = "unknown") -> None:
    """It is nobody's any more."""
    change(uow, conversation_id, state=state, client_id=None, contact_id=None, mailed_at=None, lead_key=None)


def is_linked(session: Session, conversation: Row[Any]) -> bool:
    """Whether a conversation is a client's that is still there. One whose client was deleted is nobody's, and stays as
    it is until somebody writes or a person says whose it is: deleting can be undone."""
    if conversation.state != "linked":
        return False
    row = row_access.entries.c
    closed = select(row.closed).where(row.record_id == conversation.client_id)
    return session.execute(closed).scalar_one_or_none() is not True


def change(uow: UnitOfWork, conversation_id: str, **values: Any) -> None:
    """Change a conversation that is locked."""
    row = conversations.c
    values |= {"updated_at": uow.now, "version": row.version + 1}
    uow.session.execute(update(conversations).where(row.id == conversation_id).values(**values))
