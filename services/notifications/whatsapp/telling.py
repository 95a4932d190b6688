"""Telling the other services and the people here what came, what left and what failed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.engine import Row

from libs.common import row_access
from libs.common.database import UnitOfWork
from services.notifications.domain import Note, shortened
from services.notifications.events import (
    WhatsAppFailed,
    WhatsAppReceived,
    WhatsAppSent,
    WhatsAppStatusChanged,
)
from services.notifications.handlers.posting import mail_people, notify_of, owner_or_sales, team
from services.notifications.models import notifications
from services.notifications.whatsapp import conversations
from services.notifications.whatsapp.domain import FAILED
from services.notifications.whatsapp.models import conversations as table
from services.notifications.whatsapp.models import messages

MAIL = "whatsapp_received"
# That a message failed, and that nobody knows.
_ALARMS = ("whatsapp_failed", "whatsapp_doubtful")
# Of several messages in a row one mail is enough, until somebody has read them.
_MAIL_EVERY = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class _Told:
    id: str
    version: int


def whose(uow: UnitOfWork, conversation_id: str) -> Row[Any]:
    """The conversation as it is in this transaction."""
    return uow.session.execute(select(table).where(table.c.id == conversation_id)).one()


def message(uow: UnitOfWork, message_id: str) -> Row[Any]:
    """A message as it is in this transaction."""
    return uow.session.execute(select(messages).where(messages.c.id == message_id)).one()


def received(uow: UnitOfWork, conversation: Row[Any], told: Row[Any]) -> None:
    """A person wrote, or changed what they wrote."""
    event = WhatsAppReceived(
        message_id=told.id,
        conversation_id=conversation.id,
        client_id=conversation.client_id,
        contact_id=conversation.contact_id,
        provider_id=told.provider_id,
        type=told.type,
        text=shown(told),
        occurred_at=told.occurred_at,
        profile_name=conversation.profile_name,
        phone=conversation.phone,
        version=told.version,
    )
    uow.outbox.add(event, of=_Told(told.id, told.version))


def shown(told: Row[Any]) -> str:
    """What a message says to a person; of one that was taken back, that it was."""
    return "[This message was taken back]" if told.revoked_at is not None else str(told.text)


def sent(uow: UnitOfWork, conversation: Row[Any], told: Row[Any]) -> None:
    """WhatsApp took a message."""
    uow.outbox.add(WhatsAppSent(**_outgoing(conversation, told)), of=_Told(told.id, told.version))


def failed(uow: UnitOfWork, conversation: Row[Any], told: Row[Any], *, certain: bool = True) -> None:
    """A message did not get there, or nobody knows whether it did: who wrote it hears so, else the client's owner."""
    error = told.error or {}
    _failed(uow, conversation, told, certain)
    people = [told.sent_by] if told.sent_by else _owner_or_sales(uow, conversation.client_id)
    what = " was not delivered" if certain else ": nobody knows whether it arrived"
    title, kind = f"WhatsApp to {name_of(uow, conversation)}{what}", _ALARMS[0 if certain else 1]
    note = Note(kind, title, f"{error['reason']}. {error['advice']}", "View Chat", path(conversation))
    notify_of(uow, told.id, people, note)


def again(uow: UnitOfWork, conversation: Row[Any], told: Row[Any]) -> None:
    """A message belongs to another client now: all that was told of it is told again, and nobody here is disturbed."""
    if told.direction == "in":
        received(uow, conversation, told)
        return
    if told.status == FAILED or told.doubted_at is not None:
        _failed(uow, conversation, told, told.status == FAILED)
    elif told.announced_at is not None:
        sent(uow, conversation, told)


def _failed(uow: UnitOfWork, conversation: Row[Any], told: Row[Any], certain: bool) -> None:
    error, facts = told.error or {}, _outgoing(conversation, told)
    why = {"error_code": error["code"], "reason": error["reason"], "advice": error["advice"]}
    uow.outbox.add(WhatsAppFailed(**facts, **why, certain=certain), of=_Told(told.id, told.version))


def _newest_alone(uow: UnitOfWork, conversation: Row[Any], told: Row[Any], user_ids: Sequence[str]) -> None:
    """Of many messages in a chat the newest alone waits to be read: who opens it sees them all."""
    row = notifications.c
    former = (row.kind == MAIL, row.action_path == path(conversation), row.event_id != told.id, row.read_at.is_(None))
    values = {"read_at": uow.now, "updated_at": uow.now, "version": row.version + 1}
    uow.session.execute(update(notifications).where(row.user_id.in_(set(user_ids)), *former).values(**values))


def settled(uow: UnitOfWork, told: Row[Any]) -> None:
    """What was said of a message is not so any more: nobody need read it now."""
    row = notifications.c
    said = (row.event_id == told.id, row.kind.in_(_ALARMS), row.read_at.is_(None))
    values = {"read_at": uow.now, "updated_at": uow.now, "version": row.version + 1}
    uow.session.execute(update(notifications).where(*said).values(**values))


def status_changed(uow: UnitOfWork, conversation: Row[Any], told: Row[Any]) -> None:
    """A message came further."""
    event = WhatsAppStatusChanged(
        message_id=told.id,
        conversation_id=conversation.id,
        client_id=conversation.client_id,
        status=told.status,
        version=told.version,
    )
    uow.outbox.add(event, of=_Told(told.id, told.version))


def notify_people(uow: UnitOfWork, conversation: Row[Any], told: Row[Any]) -> None:
    """The client's owner hears of a message, all of sales and the admins of one from somebody unknown."""
    if conversation.state == "dismissed":
        return
    who, text = name_of(uow, conversation), shortened(shown(told))
    if conversation.state == "linked":
        people, title = _owner_or_sales(uow, conversation.client_id), f"WhatsApp from {who}"
    else:
        people = [*team(uow, "sales"), *team(uow, "admin")]
        title = f"WhatsApp from an unknown number: {conversation.phone or who}"
    notify_of(uow, told.id, people, Note(MAIL, title, text, "View Chat", path(conversation)))
    _newest_alone(uow, conversation, told, people)
    due = conversation.mailed_at is None or conversation.mailed_at + _MAIL_EVERY <= uow.now
    if due:
        context = {"title": title, "who": who, "phone": conversation.phone, "message": shown(told)}
        context |= {"path": path(conversation), "unknown": conversation.state != "linked"}
        mail_people(uow, MAIL, people, context, client_id=conversation.client_id)
        conversations.change(uow, conversation.id, mailed_at=uow.now)


def stopped(uow: UnitOfWork, cause_id: str, reason: str, advice: str) -> None:
    """Nothing can be sent any more, to anybody: the admins hear it."""
    title = "WhatsApp does not take our messages any more"
    text = f"{reason}. {advice} Messages wait until then, and until a test of WhatsApp under Integrations succeeds."
    note = Note("whatsapp_stopped", title, text, "Integrations", "/settings/integrations")
    notify_of(uow, cause_id, team(uow, "admin"), note)


def name_of(uow: UnitOfWork, conversation: Row[Any]) -> str:
    """How a conversation is called: the person and the company, as far as they are known."""
    person = conversation.profile_name or conversation.phone or "somebody"
    company = row_access.label(uow.session, conversation.client_id) if conversation.client_id else ""
    return f"{person} ({company})" if company else person


def path(conversation: Row[Any]) -> str:
    """Where a conversation is read."""
    return f"/conversations/{conversation.id}"


def _owner_or_sales(uow: UnitOfWork, client_id: str | None) -> list[str]:
    return owner_or_sales(uow, row_access.owner(uow.session, client_id) if client_id else None)


def _outgoing(conversation: Row[Any], told: Row[Any]) -> dict[str, Any]:
    return {
        "message_id": told.id,
        "conversation_id": conversation.id,
        "client_id": conversation.client_id,
        "contact_id": conversation.contact_id,
        "type": told.type,
        "text": told.text,
        "template_name": told.template["name"] if told.template else None,
        "sent_by": told.sent_by,
        "sent_by_name": told.sent_by_name,
        "occurred_at": told.occurred_at,
        "version": told.version,
    }
