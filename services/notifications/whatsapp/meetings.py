"""A meeting that was agreed in a conversation is confirmed there, too, while free text is taken."""

from __future__ import annotations

from sqlalchemy import select

from libs.common.database import UnitOfWork
from services.notifications.event_shapes import MeetingState
from services.notifications.whatsapp import writing
from services.notifications.whatsapp.domain import window_ends
from services.notifications.whatsapp.models import conversations


def confirm(uow: UnitOfWork, event: MeetingState, words: str) -> bool:
    """Queue the words in the meeting's conversation; whether they were. The mail tells the same in any case."""
    row = conversations.c
    of_client = (row.id == event.conversation_id, row.client_id == event.client_id, row.state == "linked")
    found = (
        uow.session.execute(select(row.last_inbound_at).where(*of_client)).first() if event.conversation_id else None
    )
    if found is None or window_ends(found.last_inbound_at, uow.now) is None:
        return False
    writing.queue(uow, str(event.conversation_id), words, automatic=True)
    return True
