"""E-mails that AI drafts: a draft beside its checks, changed and sent by a person."""

from __future__ import annotations

import threading
import time
from datetime import datetime
from typing import Annotated, Any, Literal

from flask import g
from pydantic import Field

from libs.common.problems import Unavailable
from services.gateway.api import documents as d
from services.gateway.api import requests as r
from services.gateway.api import schemas as s
from services.gateway.api.ai import Dollars, dollars
from services.gateway.api.routing import Routes
from services.gateway.api.values import Body, Id, NeededLine, Note, Text

routes = Routes("ai drafts")

# A draft is waited for in a thread that answers others meanwhile; those who wait may not take all of them.
AT_ONCE = 3
WAIT_SECONDS = 28.0
_LOOK_SECONDS = 0.25
_seats = threading.BoundedSemaphore(AT_ONCE)

Purpose = Literal["follow_up", "revised_timeline", "reminder", "thank_you", "cold_revival"]
Tone = Literal["friendly", "formal", "brief"]
Subject = Annotated[NeededLine, Field(max_length=250)]
MailText = Annotated[Text, Field(min_length=1, max_length=15_000)]


class EmailWish(Body):
    """``context`` is what you would tell a colleague who writes it for you; what it says counts as known."""

    deal_id: Id
    context: Annotated[Note, Field(max_length=4000)] | None = None
    purpose: Purpose | None = None
    tone: Tone | None = None
    language: Literal["en", "de"] | None = None


class AttachmentChoice(Body):
    """A document of the client, or the PDF of one of its invoices."""

    kind: Literal["document", "invoice"]
    id: Id


class EmailDraftChange(s.Version):
    subject: Subject | None = None
    body: MailText | None = None
    attachments: Annotated[list[AttachmentChoice], Field(max_length=5)] | None = None


class EmailSend(s.Version):
    """``confirm``: you have seen what is unsupported, and send it all the same. It speaks of ``version``; without one,
    of the version that was last refused to you."""

    confirm: Annotated[bool, Field(strict=True)] = False


class Check(d.Document):
    kind: Literal["date", "amount", "person", "contact", "attachment", "promise"]
    text: str
    status: Literal["supported", "unsupported"]
    source: Annotated[str | None, Field(description="The record it comes from, in plain words.")]


class Recipient(d.Document):
    contact_id: str
    name: str
    email: str


class Piece(d.Document):
    kind: Literal["same", "removed", "added"]
    text: str


class DraftAttachment(d.Document):
    kind: Literal["document", "invoice"]
    id: str
    filename: str


class EmailDraftLine(d.Document):
    id: str
    deal_id: str
    client_id: str
    status: Literal["waiting", "ready", "failed", "sent"]
    subject: str
    provider: str | None
    sent_at: datetime | None
    mail_status: Literal["queued", "sent", "failed"] | None
    version: int


class EmailDraft(EmailDraftLine):
    """``to`` is whom it would go to as known when it was drafted; the address is looked up again when it leaves.

    ``difference`` is what was changed of the ``generated`` body. ``missing`` names what did not answer, ``removed``
    links and addresses that were taken out of the answer.
    """

    body: str
    model: str | None
    prompt_version: str | None
    milliseconds: int | None
    cost: Dollars | None
    stands_in_because: str | None
    checks: list[Check]
    to: Recipient | None
    language: Literal["en", "de"]
    purpose: Purpose
    tone: Tone
    words: str
    missing: list[str]
    removed: list[str]
    attachments: list[DraftAttachment]
    changed: bool
    difference: list[Piece]
    confirmed: list[Check]
    sent_by: str | None
    sent_to: list[str]


@routes.route("POST", "/ai/email-drafts", body=EmailWish, answers={201: EmailDraft, 202: EmailDraft})
def draft_email(body: EmailWish) -> dict[str, Any]:
    """Have an e-mail about a deal drafted.

    Waits for the draft, up to half a minute; 202 when it takes longer: look at it again. No more than a few wait at
    once; the others are asked to come back (503 with Retry-After).
    """
    if not _seats.acquire(blocking=False):
        raise Unavailable("several mails are being drafted right now; try again in a few seconds", retry_after=5)
    try:
        return shown(_waited_for(order(body)))
    finally:
        _seats.release()


def order(body: EmailWish) -> dict[str, Any]:
    """Order the draft, without waiting for it."""
    return r.ask("ai", "draft_email", data=body.given())


def _waited_for(draft: dict[str, Any]) -> dict[str, Any]:
    until = time.monotonic() + WAIT_SECONDS
    while draft["status"] == "waiting" and time.monotonic() < until:
        time.sleep(_LOOK_SECONDS)
        draft = r.ask("ai", "get_email_draft", draft_id=draft["id"])
    if draft["status"] == "waiting":
        g.status = 202
    return draft


@routes.route("GET", "/deals/<uuid:deal_id>/email-drafts", query=s.Page, answers=d.ListOf[EmailDraftLine])
def list_email_drafts(deal_id: Any, query: s.Page) -> dict[str, Any]:
    """A deal's drafts, newest first, without their texts."""
    return r.ask("ai", "list_email_drafts", deal_id=str(deal_id), **query.given())


@routes.route("GET", "/ai/email-drafts/<uuid:draft_id>", answers=EmailDraft)
def get_email_draft(draft_id: Any) -> dict[str, Any]:
    """One draft, with its checks and what was known when it was written."""
    return shown(r.ask("ai", "get_email_draft", draft_id=str(draft_id)))


@routes.route("PATCH", "/ai/email-drafts/<uuid:draft_id>", body=EmailDraftChange, answers=EmailDraft)
def change_email_draft(draft_id: Any, body: EmailDraftChange) -> dict[str, Any]:
    """Change its text, or what is attached; the checks come back anew. A mail that was sent stays as it is."""
    given = body.given()
    version = given.pop("version", None)
    return shown(r.ask("ai", "update_email_draft", draft_id=str(draft_id), changes=given, version=version))


@routes.route("POST", "/ai/email-drafts/<uuid:draft_id>/send", body=EmailSend, answers=EmailDraft)
def send_email_draft(draft_id: Any, body: EmailSend) -> dict[str, Any]:
    """Send & Log: it goes to the contact, and into the client's history once the mail server took it.

    409 while something in it is unsupported and `confirm` is not true; `unsupported` lists it, `current_version` says
    of which version. `confirm` counts for what you have seen: send it with the `version` whose checks you looked at, or
    right after the 409. Was the draft changed since, it is refused anew. Sent again, it answers what was sent.
    """
    return shown(r.ask("ai", "send_email_draft", draft_id=str(draft_id), **body.given()))


@routes.route("POST", "/ai/email-drafts/<uuid:draft_id>/again", answers={201: EmailDraft})
def redraft_email(draft_id: Any) -> dict[str, Any]:
    """A new draft of a mail that did not leave (`mail_status` is failed), to be changed and sent; 409 for any other."""
    return shown(r.ask("ai", "redraft_email", draft_id=str(draft_id)))


def shown(draft: dict[str, Any]) -> dict[str, Any]:
    """With the cost in dollars; the other amounts are made major units when it is answered."""
    cost: dict[str, Any] = dollars({"cost_micro_usd": draft.get("cost_micro_usd")})
    return {name: value for name, value in draft.items() if name != "cost_micro_usd"} | cost
