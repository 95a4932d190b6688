"""What is said with clients on WhatsApp stands in their history: each message once, however often it is told."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from libs.common import record_merges
from libs.common.database import UnitOfWork
from libs.common.events import Envelope
from libs.common.identity import Actor
from services.clients.domain import Activity, Client
from services.clients.events import WhatsAppFailed, WhatsAppReceived, WhatsAppSent
from services.clients.handlers.loading import locked_client
from services.clients.handlers.telling import log, log_inbound
from services.clients.models import activities, contacts

_RECEIVED, _SENT = "WhatsApp message received", "WhatsApp message sent"
# Somebody waits for what did not get there.
_DUE = timedelta(hours=4)


def on_whatsapp_received(uow: UnitOfWork, event: WhatsAppReceived, _envelope: Envelope) -> None:
    """A client wrote and waits for an answer. A later version of the message changes what stands there."""
    client = locked_client(uow, event.client_id) if event.client_id else None
    if client is None or event.client_id is None:
        return
    known = _logged(uow, "whatsapp", event.message_id)
    if known is None:
        details = _details(event.message_id, event.conversation_id) | {"message_version": event.version}
        about: dict[str, Any] = {"contact_id": event.contact_id, "occurred_at": event.occurred_at, "details": details}
        made = log_inbound(uow, client.id, "whatsapp", _RECEIVED, event.text, **about)
        record_merges.note(uow, event.client_id, "activities", made.id)
    elif known.details["message_version"] < event.version:
        details = known.details | {"message_version": event.version}
        known.change({"description": event.text, "details": details}, uow.now)


def on_whatsapp_sent(uow: UnitOfWork, event: WhatsAppSent, _envelope: Envelope) -> None:
    """We wrote. What a person wrote is an answer to whoever waits; what leaves by itself is none."""
    client = locked_client(uow, event.client_id) if event.client_id else None
    if client is None or event.client_id is None or _logged(uow, "whatsapp", event.message_id) is not None:
        return
    by = {"by": Actor(event.sent_by, "sales", event.sent_by_name or "")} if event.sent_by else {"answers": False}
    details = _details(event.message_id, event.conversation_id)
    details |= {"template": event.template_name} if event.template_name else {}
    about = {"contact_id": event.contact_id, "occurred_at": event.occurred_at, "details": details}
    made = log(uow, client.id, "whatsapp", _SENT, event.text, **about, **by)
    record_merges.note(uow, event.client_id, "activities", made.id)


def on_whatsapp_failed(uow: UnitOfWork, event: WhatsAppFailed, _envelope: Envelope) -> None:
    """A message did not get there: the client's owner has a task, once."""
    client = locked_client(uow, event.client_id) if event.client_id else None
    if client is None or event.client_id is None or _logged(uow, "task", event.message_id) is not None:
        return
    subject = f"WhatsApp message to {_name(uow, client, event.contact_id)} was not delivered"
    text = f"{event.reason}. {event.advice}\n\n{event.text}"
    given: dict[str, Any] = {"contact_id": event.contact_id, "assignee_id": client.owner_id}
    details = _details(event.message_id, event.conversation_id)
    made = log(uow, client.id, "task", subject[:300], text, due_at=uow.now + _DUE, details=details, **given)
    record_merges.note(uow, event.client_id, "activities", made.id)


def _details(message_id: str, conversation_id: str) -> dict[str, Any]:
    return {"message_id": message_id, "conversation_id": conversation_id}


def _logged(uow: UnitOfWork, kind: str, message_id: str) -> Activity | None:
    """What stands in the history of a message; the database lets only one be there."""
    row = activities.c
    same = (row.details["message_id"].astext == message_id, row.type == kind)
    return uow.session.execute(select(Activity).where(*same).with_for_update()).scalar_one_or_none()


def _name(uow: UnitOfWork, client: Client, contact_id: str | None) -> str:
    person = select(contacts.c.first_name, contacts.c.last_name).where(contacts.c.id == contact_id)
    found = uow.session.execute(person).first() if contact_id else None
    return f"{found.first_name} {found.last_name}".strip() if found else client.company_name
