"""Conversations over WhatsApp."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import datetime
from typing import Annotated, Any, Literal, cast

from flask import Response, redirect
from pydantic import Field

from libs.common.problems import Conflict, Invalid
from services.gateway.api import documents as d
from services.gateway.api import requests as r
from services.gateway.api import schemas as s
from services.gateway.api.routing import ADMIN, SALES, Routes
from services.gateway.api.values import Body, Id, Line, Name, NeededName, Word

routes = Routes("conversations")
Status = Literal["received", "queued", "sending", "unknown", "sent", "failed", "delivered", "read"]


class ConversationDocument(d.Document):
    """``window_ends_at``: until when free text is taken, null when it is not taken now; ``blocked_reason``: why nothing
    reaches this person."""

    id: str
    client_id: str | None
    company_name: str | None
    contact_id: str | None
    profile_name: str | None
    phone: str | None
    state: Literal["unknown", "linked", "dismissed"]
    window_ends_at: datetime | None
    last_message_at: datetime | None
    last_text: str | None
    unread: int
    owner_id: str | None
    blocked_reason: str | None
    version: int


class MessageError(d.Document):
    """``advice``: what a person should do."""

    code: int
    reason: str
    advice: str


class MessageMedia(d.Document):
    """``problem``: why the file could not be fetched."""

    filename: str
    content_type: str
    size: int | None
    ready: bool
    document_id: str | None
    problem: str | None


class MessageDocument(d.Document):
    """``status`` never goes back; ``unknown``: nobody can say whether it left, and it is not sent again."""

    id: str
    conversation_id: str
    direction: Literal["in", "out"]
    type: str
    text: str
    template_name: str | None
    status: Status
    occurred_at: datetime
    sent_by: str | None
    sent_by_name: str | None
    error: MessageError | None
    media: MessageMedia | None
    reply_to: str | None
    reactions: list[str]
    edited_at: datetime | None
    revoked_at: datetime | None
    version: int


class TemplateDocument(d.Document):
    """``body``: its text with ``{{1}}`` or ``{{name}}`` and so on; ``places``: how many parameters it takes, in the
    order of the text; ``problem``: why it cannot be sent from here, null where it can."""

    name: str
    language: str
    status: str
    category: str | None
    body: str
    places: int
    problem: str | None
    synced_at: datetime


class Synced(d.Document):
    synced: int


class ConversationFilters(s.Page):
    client_id: Id | None = None
    state: Literal["all", "unknown", "unread"] | None = None
    q: Name | None = None


class TemplateChoice(Body):
    name: NeededName
    language: Word
    parameters: Annotated[list[Line], Field(max_length=20, default_factory=list)]


class MessageNew(Body):
    """Either a text, while the window is open, or a template. ``reply_to``: the id of the message that is answered."""

    text: Annotated[str, Field(max_length=4096)] | None = None
    template: TemplateChoice | None = None
    reply_to: Id | None = None


class FirstMessage(Body):
    """``contact_id``: the client's primary contact unless it is given."""

    contact_id: Id | None = None
    text: Annotated[str, Field(max_length=4096)] | None = None
    template: TemplateChoice | None = None


class Link(Body):
    client_id: Id
    contact_id: Id | None = None


class Lead(Body):
    """``company_name``: the person's name unless it is given."""

    first_name: NeededName
    last_name: Name = ""
    company_name: Name | None = None


@routes.route("GET", "/conversations", query=ConversationFilters, answers=d.ListOf[ConversationDocument])
def list_conversations(query: ConversationFilters) -> dict[str, Any]:
    """Conversations you may see, the latest first. Those that are nobody's yet are for sales and admins."""
    return r.ask("notifications", "list_conversations", **s.paged(query.given()))


@routes.route("GET", "/conversations/<uuid:conversation_id>", answers=ConversationDocument)
def get_conversation(conversation_id: Any) -> dict[str, Any]:
    """One conversation."""
    return r.ask("notifications", "get_conversation", conversation_id=str(conversation_id))


@routes.route("GET", "/conversations/<uuid:conversation_id>/messages", query=s.Page, answers=d.ListOf[MessageDocument])
def list_messages(conversation_id: Any, query: s.Page) -> dict[str, Any]:
    """A conversation's messages, the newest first."""
    return r.ask("notifications", "list_messages", conversation_id=str(conversation_id), **query.given())


@routes.route(
    "POST",
    "/conversations/<uuid:conversation_id>/messages",
    who=SALES,
    body=MessageNew,
    answers={201: MessageDocument},
)
def send_message(conversation_id: Any, body: MessageNew) -> dict[str, Any]:
    """Write in a conversation. Free text is taken for 24 hours after their last message, a template always: 409 says
    why it has to be one."""
    return r.ask("notifications", "send_message", conversation_id=str(conversation_id), **body.given())


@routes.route(
    "POST", "/clients/<uuid:client_id>/messages", who=SALES, body=FirstMessage, answers={201: MessageDocument}
)
def start_message(client_id: Any, body: FirstMessage) -> dict[str, Any]:
    """Write to a contact of a client, in the conversation there is or a new one."""
    return r.ask("notifications", "start_message", client_id=str(client_id), **body.given())


@routes.route("POST", "/conversations/<uuid:conversation_id>/read", answers=ConversationDocument)
def read_conversation(conversation_id: Any) -> dict[str, Any]:
    """Say that you have read it."""
    return r.ask("notifications", "mark_conversation_read", conversation_id=str(conversation_id))


@routes.route("POST", "/conversations/<uuid:conversation_id>/link", who=SALES, body=Link, answers=ConversationDocument)
def link_conversation(conversation_id: Any, body: Link) -> dict[str, Any]:
    """Say whose conversation it is; its messages come into the client's history."""
    return r.ask("notifications", "link_conversation", conversation_id=str(conversation_id), **body.given())


@routes.route("POST", "/conversations/<uuid:conversation_id>/lead", who=SALES, body=Lead, answers=ConversationDocument)
def make_lead(conversation_id: Any, body: Lead) -> dict[str, Any]:
    """Make a client and a contact of somebody unknown, and link the conversation to them; once, however many try. 409
    says that somebody else is at it, or was."""
    found = r.ask("notifications", "begin_whatsapp_lead", conversation_id=str(conversation_id))
    person = {"first_name": body.first_name, "last_name": body.last_name, "phone": found["phone"]}
    name = body.company_name or f"{body.first_name} {body.last_name}".strip()
    data = {"company_name": name, "phone": found["phone"], "source": "whatsapp", "contact": person}
    client = _made_once(found["key"], data)
    contacts = r.ask("clients", "list_contacts", client_id=client["id"])["items"]
    linked = {"client_id": client["id"], "contact_id": contacts[0]["id"] if contacts else None}
    return r.ask("notifications", "link_conversation", conversation_id=str(conversation_id), **linked)


def _made_once(key: str, data: dict[str, Any]) -> dict[str, Any]:
    """The client, made under the conversation's key: of several requests at once all get the same one."""
    context, started = replace(r.context(), idempotency_key=key), time.perf_counter()
    try:
        answer = r.gateway().rpc.call(context, "clients", "create_client", seconds=r.WRITE_SECONDS, data=data)
    except Invalid as problem:
        if problem.field == "Idempotency-Key":
            raise Conflict("a client was made of them just now; look again in a minute") from None
        raise
    finally:
        r.note_call("clients.create_client", started)
    return cast(dict[str, Any], answer)


@routes.route("POST", "/conversations/<uuid:conversation_id>/dismiss", who=SALES, answers=ConversationDocument)
def dismiss_conversation(conversation_id: Any) -> dict[str, Any]:
    """Nobody of ours is meant: it is kept, and nobody is told of it any more."""
    return r.ask("notifications", "dismiss_conversation", conversation_id=str(conversation_id))


@routes.route("GET", "/whatsapp/templates", answers=d.ListOf[TemplateDocument])
def list_templates() -> dict[str, Any]:
    """The templates that WhatsApp has of ours, as they were when they were last synced."""
    return r.ask("notifications", "list_whatsapp_templates")


@routes.route("POST", "/whatsapp/templates/sync", who=ADMIN, answers=Synced)
def sync_templates() -> dict[str, Any]:
    """Fetch the templates now."""
    return r.ask("notifications", "sync_whatsapp_templates")


@routes.route("GET", "/messages/<uuid:message_id>/media", answers={302: None})
def get_media(message_id: Any) -> Response:
    """Open the file of a message: answers with a link that is good for five minutes."""
    found = r.ask("notifications", "message_media", message_id=str(message_id))
    return redirect(found["url"])  # type: ignore[return-value]  # werkzeug's response is Flask's here
