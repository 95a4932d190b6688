"""How far a message of ours comes, by what WhatsApp answers and reports: further, and never back."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.engine import Row

from libs.common.database import UnitOfWork
from services.notifications.whatsapp import conversations, telling
from services.notifications.whatsapp.domain import FAILED, Fault, fault_of, is_further
from services.notifications.whatsapp.models import messages

_TEXT_SHOWN = 500


def further(uow: UnitOfWork, message_id: str, status: str, at: datetime, fault: Fault | None = None) -> None:
    """Take a message to a status, tell what follows from it; nothing where it is that far already."""
    row = messages.c
    told = uow.session.execute(select(messages).where(row.id == message_id).with_for_update()).one()
    if not is_further(told.status, status):
        return
    arrived = status not in (FAILED, "unknown", "sending", "queued")
    announce = arrived and told.announced_at is None
    alarmed = told.status == FAILED or told.doubted_at is not None
    values: dict[str, Any] = {"status": status, "error": None, "doubted_at": None}
    if status == FAILED:
        values["error"] = (fault or fault_of(None)).final().document()
    if announce:
        values |= {"announced_at": uow.now, "occurred_at": at}
    write(uow, message_id, **values)
    told = telling.message(uow, message_id)
    conversation = telling.whose(uow, told.conversation_id)
    _flag(uow, conversation, status, fault)
    if alarmed:
        telling.settled(uow, told)
    if announce or (arrived and alarmed):
        telling.sent(uow, conversation, told)
    if status == FAILED:
        telling.failed(uow, conversation, told)
    telling.status_changed(uow, conversation, told)


def _flag(uow: UnitOfWork, conversation: Row[Any], status: str, fault: Fault | None) -> None:
    """Note that somebody cannot be reached there, or can after all."""
    if status == FAILED and fault is not None and fault.flags:
        conversations.change(uow, conversation.id, blocked_reason=fault.reason)
    elif status in ("delivered", "read") and conversation.blocked_reason:
        conversations.change(uow, conversation.id, blocked_reason=None)


def write(uow: UnitOfWork, message_id: str, **values: Any) -> None:
    """Change a message."""
    row = messages.c
    values |= {"updated_at": uow.now, "version": row.version + 1}
    uow.session.execute(update(messages).where(row.id == message_id).values(**values))


def latest(conversation: Row[Any], at: datetime, text: str) -> dict[str, Any]:
    """What a conversation's list shows of a message, where nothing newer is there."""
    if conversation.last_message_at is not None and conversation.last_message_at > at:
        return {}
    return {"last_message_at": at, "last_text": text[:_TEXT_SHOWN]}
