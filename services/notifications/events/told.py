"""What notifications tells."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from libs.common.erasure.parts import PartDone
from libs.common.events import Event


class EmailOutcome(Event):
    """What became of a mail. ``refs`` may hold invoice_id, invoice_number, deal_id, payment_id, amount_minor, currency;
    of a letter draft_id, deal_id, contact_id, sent_by, sent_by_name.

    ``text`` is the plain text, up to 20,000 characters.
    """

    email_id: str
    kind: str
    client_id: str | None
    to: list[str]
    subject: str
    text: str
    refs: dict[str, Any]
    sent_at: datetime | None
    version: int


class EmailSent(EmailOutcome):
    """The mail server took the mail for at least one address; ``to`` are those it took it for."""

    event_type: ClassVar[str] = "email.sent"


class EmailFailed(EmailOutcome):
    """The mail did not leave, or nobody can say whether it did; ``error`` says which and why."""

    event_type: ClassVar[str] = "email.failed"

    error: str


class OfMessage(Event):
    """A message on WhatsApp. client_id is None until somebody says whose conversation it is."""

    message_id: str
    conversation_id: str
    client_id: str | None
    version: int


class WhatsAppReceived(OfMessage):
    """A person wrote, or changed what they wrote (a higher version); told again when a client is known."""

    event_type: ClassVar[str] = "whatsapp.received"

    contact_id: str | None
    provider_id: str
    type: str
    text: str
    occurred_at: datetime
    profile_name: str | None
    phone: str | None


class WhatsAppSent(OfMessage):
    """WhatsApp took a message. sent_by is None where nobody wrote it by hand."""

    event_type: ClassVar[str] = "whatsapp.sent"

    contact_id: str | None
    type: str
    text: str
    template_name: str | None
    sent_by: str | None
    sent_by_name: str | None
    occurred_at: datetime


class WhatsAppFailed(WhatsAppSent):
    """A message did not get there. advice: what a person should do."""

    event_type: ClassVar[str] = "whatsapp.failed"

    error_code: int
    reason: str
    advice: str


class WhatsAppStatusChanged(OfMessage):
    """A message came further, or something beside its text changed: a reaction, its file."""

    event_type: ClassVar[str] = "whatsapp.status_changed"
    has_subscribers: ClassVar[bool] = False

    status: str


class PersonErased(PartDone):
    """Our part in erasing a person is done."""

    event_type: ClassVar[str] = "notifications.person_erased"
