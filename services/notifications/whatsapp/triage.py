"""What people do with a conversation: read it, say whose it is, or that nobody of ours is meant."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.engine import Row
from sqlalchemy.orm import Session

from libs.common import record_merges, rights, row_access
from libs.common.database import UnitOfWork
from libs.common.identity import Actor
from libs.common.ids import is_id, new_id
from libs.common.problems import Conflict, Forbidden, NotFound
from libs.common.rights import Rows
from services.notifications.whatsapp import access, applying, conversations, queries
from services.notifications.whatsapp.models import conversations as table

# A client is made within seconds; after that the one who began has given up.
_LEAD_TAKES = timedelta(minutes=1)


def mark_conversation_read(uow: UnitOfWork, conversation_id: str) -> dict[str, Any]:
    """Somebody has read it; the next message is news again."""
    conversation = _seen(uow, conversation_id)
    if conversation.unread or conversation.mailed_at is not None:
        conversations.change(uow, conversation.id, unread=0, mailed_at=None)
    return queries.get_conversation(uow.session, uow.actor, conversation.id, uow.now)


def link_conversation(
    uow: UnitOfWork, conversation_id: str, client_id: str, contact_id: str | None = None
) -> dict[str, Any]:
    """Say whose conversation it is; all its messages are told again with the client they belong to.

    One that is another client's is linked anew by whoever may write to both. NotFound where the client is not the
    actor's to see, Forbidden where they may not write to one of the two.
    """
    conversation = _seen(uow, conversation_id)
    client_id = record_merges.current(uow.session, client_id)
    if not row_access.usable(uow.session, client_id) or not sees(uow.session, uow.actor, client_id):
        raise NotFound("there is no such client, or it is not yours to see")
    moves = conversation.client_id != client_id
    if moves and conversations.is_linked(uow.session, conversation):
        _check_both(uow, conversation.client_id, client_id)
    if moves or conversation.contact_id != contact_id:
        applying.link(uow, conversation.id, client_id, contact_id)
    return queries.get_conversation(uow.session, uow.actor, conversation.id, uow.now)


def begin_whatsapp_lead(uow: UnitOfWork, conversation_id: str) -> dict[str, Any]:
    """``{phone, profile_name, key}`` of somebody who is to become a client; Conflict where they are one already, or
    where somebody else is making one of them.

    key: whoever makes the client under this key makes it once, however often they ask.
    """
    conversation = _seen(uow, conversation_id)
    if conversations.is_linked(uow.session, conversation):
        raise Conflict("this conversation belongs to a client already")
    key, mine = conversation.lead_key, conversation.lead_by == uow.actor.id
    if key is not None and not mine and conversation.lead_at + _LEAD_TAKES > uow.now:
        raise Conflict("somebody else is making a client of them right now; look again in a minute")
    if key is None or not mine:
        key = new_id()
    conversations.change(uow, conversation.id, lead_key=key, lead_by=uow.actor.id, lead_at=uow.now)
    return {"phone": conversation.phone, "profile_name": conversation.profile_name, "key": key}


def dismiss_conversation(uow: UnitOfWork, conversation_id: str) -> dict[str, Any]:
    """Nobody of ours is meant: it is kept, and nobody is told of it any more."""
    conversation = _seen(uow, conversation_id)
    if conversations.is_linked(uow.session, conversation):
        raise Conflict("this conversation belongs to a client; it cannot be dismissed")
    if conversation.state != "dismissed":
        conversations.release(uow, conversation.id, "dismissed")
        conversations.change(uow, conversation.id, unread=0)
    return queries.get_conversation(uow.session, uow.actor, conversation.id, uow.now)


def _seen(uow: UnitOfWork, conversation_id: str) -> Row[Any]:
    """The conversation, locked, if the actor may see it."""
    seen = select(table.c.id).where(table.c.id == conversation_id, access.scope(uow.actor))
    if not is_id(conversation_id) or uow.session.execute(seen).first() is None:
        raise NotFound("there is no such conversation, or it is not yours to see")
    found = conversations.locked(uow, [conversation_id])
    if not found:
        raise NotFound("there is no such conversation any more")
    return found[0]


def _check_both(uow: UnitOfWork, *client_ids: str) -> None:
    row = row_access.entries.c
    owned = select(row.record_id).where(row.record_id.in_(client_ids), row_access.owned(row.record_id, uow.actor.id))
    if not access.writes_all(uow.actor) and len(uow.session.execute(owned).all()) < len(client_ids):
        raise Forbidden("this conversation is another client's: only who may write to both links it to this one")


def sees(session: Session, actor: Actor, client_id: str) -> bool:
    """Whether a person reads the conversations of a client."""
    rows = rights.right("notifications", "whatsapp.read").of(actor.role)
    if rows is not Rows.SEEN or not is_id(client_id):
        return rows is Rows.ALL and is_id(client_id)
    row = row_access.entries.c
    mine = select(row.record_id).where(row.record_id == client_id, row_access.readable(row.record_id, actor.id))
    return session.execute(mine).first() is not None
