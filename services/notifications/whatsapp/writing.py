"""Writing to somebody: free text while their window is open, an approved template otherwise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.engine import Row

from libs.common import fields, phones, row_access
from libs.common.database import UnitOfWork
from libs.common.ids import is_id, new_id
from libs.common.problems import Conflict, Forbidden, Invalid, NotFound, Unavailable
from services.notifications.domain import one_line
from services.notifications.whatsapp import (
    access,
    applying,
    conversations,
    handing,
    identifying,
    progress,
    queries,
    telling,
)
from services.notifications.whatsapp.domain import QUEUED, filled, parameters_of, window_ends
from services.notifications.whatsapp.models import conversations as table
from services.notifications.whatsapp.models import messages, templates
from services.notifications.whatsapp.ports import Line

TEXT_LENGTH = 4096
_PARAMETER_LENGTH = 500
Template = Mapping[str, Any]


def send_message(
    uow: UnitOfWork, conversation_id: str, line: Mapping[str, Any], content: Mapping[str, Any]
) -> dict[str, Any]:
    """Queue a message in a conversation of a client; ``content``: ``{text | template, reply_to?}``.

    Forbidden for whoever may only read it, Conflict where free text is not taken now or nothing can be sent at all.
    """
    conversation = to_write(uow, conversation_id)
    _check_line(line)
    text, template = _content(uow, conversation, content)
    reply_to = _replied(uow, conversation, content.get("reply_to"))
    message_id = queue(uow, conversation_id, text, template, reply_to=reply_to)
    return queries.message_document(telling.message(uow, message_id), content.get("reply_to"))


def start_whatsapp(
    uow: UnitOfWork, card: Mapping[str, Any], line: Mapping[str, Any], content: Mapping[str, Any]
) -> dict[str, Any]:
    """Queue a message to a contact (``card``, as clients gives it), in the conversation there is or a new one."""
    owns = row_access.owned(row_access.entries.c.record_id, uow.actor.id)
    mine = select(row_access.entries.c.record_id).where(row_access.entries.c.record_id == card["client_id"], owns)
    if not access.writes_all(uow.actor) and uow.session.execute(mine).first() is None:
        raise Forbidden("you may look at this client, and only its owner may write to it")
    _check_line(line)
    conversation_id = with_contact(uow, card["client_id"], card["contact_id"], card.get("phone"), line["country"])
    return send_message(uow, conversation_id, line, content)


def with_contact(uow: UnitOfWork, client_id: str, contact_id: str | None, phone: str | None, country: str) -> str:
    """The conversation with a contact's number, linked to the client where it was nobody's; Invalid without a number
    that can be dialled."""
    digits = phones.dialled(phone, country)
    if digits is None:
        raise Invalid("this contact has no phone number that WhatsApp could send to", field="contact_id")
    conversation_id = identifying.with_number(uow, digits, client_id)
    conversation = telling.whose(uow, conversation_id)
    if conversation.number is None and conversation.bsuid is None:
        conversations.change(uow, conversation_id, number=digits, phone=f"+{digits}")
    if not conversations.is_linked(uow.session, conversation):
        applying.link(uow, conversation_id, client_id, contact_id)
    return conversation_id


def queue(
    uow: UnitOfWork,
    conversation_id: str,
    text: str,
    template: Template | None = None,
    *,
    reply_to: str | None = None,
    automatic: bool = False,
) -> str:
    """Put a message behind those that wait in its conversation; its id."""
    handing.order(uow, conversation_id)
    conversation = conversations.locked(uow, [conversation_id])[0]
    by_person = is_id(uow.actor.id) and not automatic
    row = {
        "id": new_id(),
        "conversation_id": conversation_id,
        "contact_id": conversation.contact_id,
        "direction": "out",
        "type": "template" if template is not None else "text",
        "text": text,
        "template": dict(template) if template is not None else None,
        "status": QUEUED,
        "occurred_at": uow.now,
        "reply_to": reply_to,
        "sent_by": uow.actor.id if by_person else None,
        "sent_by_name": uow.actor.name if by_person else None,
        "reactions": {},
        "attempts": 0,
        "created_at": uow.now,
        "updated_at": uow.now,
        "version": 1,
    }
    uow.session.execute(insert(messages).values(row))
    conversations.change(uow, conversation_id, **progress.latest(conversation, uow.now, text))
    return str(row["id"])


def to_write(uow: UnitOfWork, conversation_id: str) -> Row[Any]:
    """The conversation, if the actor may write in it; NotFound where it may not even be seen."""
    seen = select(table).where(table.c.id == conversation_id, access.scope(uow.actor))
    conversation = uow.session.execute(seen).first() if is_id(conversation_id) else None
    if conversation is None:
        raise NotFound("there is no such conversation, or it is not yours to see")
    if conversation.state != "linked":
        raise Conflict("this conversation is nobody's yet: link it to a client first")
    may = select(table.c.id).where(table.c.id == conversation_id, access.writable(uow.actor))
    if uow.session.execute(may).first() is None:
        raise Forbidden("you may read this conversation, and only the client's owner may write in it")
    if not row_access.usable(uow.session, conversation.client_id):
        raise Conflict("this client was deleted")
    if not conversation.number and not conversation.bsuid:
        raise Conflict("the number they wrote from is not theirs any more: write to their new one from their client")
    return conversation


def line_of(line: Line) -> dict[str, Any]:
    """What a command has to know of how we send; it is part of the command, so that nothing secret stands in it."""
    return {"open": line.open, "country": line.country}


def _check_line(line: Mapping[str, Any]) -> None:
    if not line["open"]:
        raise Unavailable("WhatsApp is not set up (WHATSAPP_TOKEN, WHATSAPP_PHONE_NUMBER_ID)")


def _content(uow: UnitOfWork, conversation: Row[Any], content: Mapping[str, Any]) -> tuple[str, dict[str, Any] | None]:
    text, template = content.get("text"), content.get("template")
    if (text is None) == (template is None):
        raise Invalid("send either a text or a template", field="text")
    if template is not None:
        return _of_template(uow, template)
    said = fields.text(TEXT_LENGTH, required=True)("text", text) or ""
    _check_window(conversation, uow.now)
    return said, None


def _check_window(conversation: Row[Any], now: datetime) -> None:
    if window_ends(conversation.last_inbound_at, now) is not None:
        return
    last = conversation.last_inbound_at
    if last is None:
        raise Conflict(
            "WhatsApp takes no free text now, because they have not written to us yet: send a template", field="text"
        )
    why = f"because their last message is more than 24 hours old ({last:%Y-%m-%d %H:%M} UTC)"
    raise Conflict(f"WhatsApp takes no free text now, {why}: send a template", field="text")


def _of_template(uow: UnitOfWork, asked: Any) -> tuple[str, dict[str, Any]]:
    """The words of a template and what is sent; Invalid where it is not approved or a parameter does not fit."""
    if not isinstance(asked, Mapping):
        raise Invalid("a template is {name, language, parameters}", field="template")
    name = fields.text(512, required=True)("template.name", asked.get("name"))
    language = fields.text(20, required=True)("template.language", asked.get("language"))
    found = uow.session.execute(
        select(templates).where(templates.c.name == name, templates.c.language == language)
    ).first()
    if found is None or found.status != "APPROVED":
        raise Invalid("there is no approved template of this name and language; sync them", field="template.name")
    if found.problem is not None:
        raise Invalid(f"this template cannot be sent from here: {found.problem}", field="template.name")
    given = asked.get("parameters") or []
    if not isinstance(given, list) or len(given) != found.places:
        raise Invalid(f"this template takes {found.places} parameters", field="template.parameters")
    reader = fields.text(_PARAMETER_LENGTH, required=True)
    parameters = [one_line(reader("template.parameters", each)) for each in given]
    return filled(found.body, parameters), to_send(found.name, found.language, found.body, parameters)


def to_send(name: str, language: str, body: str, parameters: Sequence[str]) -> dict[str, Any]:
    """What is kept of a template to be sent with its parameters, which are named where its places are."""
    return {"name": name, "language": language, "parameters": parameters_of(body, parameters)}


def _replied(uow: UnitOfWork, conversation: Row[Any], message_id: Any) -> str | None:
    """WhatsApp's id of the message that is answered."""
    if message_id is None:
        return None
    row = messages.c
    named = select(row.provider_id).where(row.id == message_id, row.conversation_id == conversation.id)
    found = uow.session.execute(named).scalar_one_or_none() if is_id(message_id) else None
    if found is None:
        raise Invalid("this is no message of this conversation that can be answered", field="reply_to")
    return str(found)
