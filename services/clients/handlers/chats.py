"""What is said with clients on WhatsApp stands in their history: each message once, however often it is told."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from libs.common import record_merges
from libs.common.database import UnitOfWork
from libs.common.events import Envelope
from libs.common.identity import Actor
from libs.common.ids import is_id
from services.clients.domain import RECEIVED, Activity, Client
from services.clients.events import WhatsAppFailed, WhatsAppReceived, WhatsAppSent
from services.clients.handlers.loading import locked_client
from services.clients.handlers.telling import (
    answered,
    last_activity,
    log,
    log_inbound,
    tell_activity_changed,
    wait,
    waits_no_more,
)
from services.clients.models import activities, contacts

_SENT = "WhatsApp message sent"
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
        made = log_inbound(uow, client.id, "whatsapp", RECEIVED, event.text, **about)
        record_merges.note(uow, event.client_id, "activities", made.id)
    elif _version(known) < event.version:
        details = known.details | {"message_version": event.version}
        _follow(uow, client, event)
        known.change({"description": event.text, "details": details}, uow.now)


def on_whatsapp_sent(uow: UnitOfWork, event: WhatsAppSent, _envelope: Envelope) -> None:
    """We wrote. What a person wrote is an answer to whoever waits; what leaves by itself is none.

    One that is told again did arrive after all: nobody need look after it any more.
    """
    client = locked_client(uow, event.client_id) if event.client_id else None
    if client is None or event.client_id is None:
        return
    _follow(uow, client, event)
    _arrived(uow, event)
    if (known := _logged(uow, "whatsapp", event.message_id)) is not None:
        if _version(known) < event.version:
            known.change({"details": known.details | {"message_version": event.version}}, uow.now)
        return
    by = {"by": Actor(event.sent_by, "sales", event.sent_by_name or "")} if event.sent_by else {"answers": False}
    details = _details(event.message_id, event.conversation_id) | {"message_version": event.version}
    details |= {"template": event.template_name} if event.template_name else {}
    about = {"contact_id": event.contact_id, "occurred_at": event.occurred_at, "details": details}
    made = log(uow, client.id, "whatsapp", _SENT, event.text, **about, **by)
    record_merges.note(uow, event.client_id, "activities", made.id)


def on_whatsapp_failed(uow: UnitOfWork, event: WhatsAppFailed, _envelope: Envelope) -> None:
    """A message did not get there, or nobody knows: the client's owner has a task, once. What is certain later is said
    in the same task, and it is to be done again."""
    client = locked_client(uow, event.client_id) if event.client_id else None
    sent, known = _logged(uow, "whatsapp", event.message_id), _logged(uow, "task", event.message_id)
    told_later = any(each is not None and _version(each) >= event.version for each in (sent, known))
    if client is None or event.client_id is None or told_later:
        return
    moved = _follow(uow, client, event)
    what = " was not delivered" if event.certain else ": nobody knows whether it arrived"
    subject = f"WhatsApp message to {_name(uow, client, event.contact_id)}{what}"[:300]
    text = f"{event.reason}. {event.advice}\n\n{event.text}"
    details = _details(event.message_id, event.conversation_id) | {"message_version": event.version}
    if known is not None:
        # One that only moves with its conversation is as much done as it was.
        again = {} if known in moved else {"done": False}
        known.change({"subject": subject, "description": text, "details": details} | again, uow.now)
        tell_activity_changed(uow, known)
        return
    given: dict[str, Any] = {"contact_id": event.contact_id, "assignee_id": client.owner_id}
    made = log(uow, client.id, "task", subject, text, due_at=uow.now + _DUE, details=details, **given)
    record_merges.note(uow, event.client_id, "activities", made.id)


def _follow(uow: UnitOfWork, client: Client, event: WhatsAppReceived | WhatsAppSent | WhatsAppFailed) -> list[Activity]:
    """Take what the history tells of a message to the client whose conversation it is now; what was another's."""
    logged = [_logged(uow, kind, event.message_id) for kind in ("whatsapp", "task")]
    moved = [each for each in logged if each and each.client_id != client.id and _version(each) < event.version]
    for each in moved:
        _move(uow, each, client, event.contact_id)
        record_merges.note(uow, event.client_id or client.id, "activities", each.id)
        if each.subject == RECEIVED:
            wait(uow, each)
        elif each.type != "task" and is_id(each.actor_id):
            answered(uow, each)
    return moved


def _move(uow: UnitOfWork, known: Activity, client: Client, contact_id: str | None) -> None:
    former = known.client_id
    theirs = {"assignee_id": client.owner_id} if known.type == "task" else {}
    known.change({"client_id": client.id, "contact_id": contact_id, "deal_id": None} | theirs, uow.now)
    uow.session.flush()
    last_activity(uow, former, client.id)
    # Nobody waits there for an answer to what was said elsewhere.
    waits_no_more(uow, former, known.occurred_at)
    tell_activity_changed(uow, known)


def _arrived(uow: UnitOfWork, event: WhatsAppSent) -> None:
    """Tick off the task that a message made before it arrived."""
    task = _logged(uow, "task", event.message_id)
    if task is not None and task.done_at is None and _version(task) < event.version:
        details = task.details | {"message_version": event.version}
        task.change({"done": True, "details": details}, uow.now)
        tell_activity_changed(uow, task)


def _version(logged: Activity) -> int:
    """The version of the message that the history tells of, 0 where none was noted."""
    return int(logged.details.get("message_version", 0))


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
