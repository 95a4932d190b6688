"""What several events of notifications have in common."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict

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


class Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Contact(Part):
    """A person at a client."""

    contact_id: str | None = None
    first_name: str
    last_name: str
    email: str | None = None
    phone: str | None = None
    job_title: str | None = None

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()


class BillTo(Part):
    """To whom an invoice went."""

    company_name: str
    contact_name: str | None = None
    email: str | None = None
    contact_id: str | None = None


class AttachedFile(Part):
    """A file that goes with a mail."""

    key: str
    filename: str
    content_type: str


class PaymentOfInvoice(Event):
    """What is read of every event about an invoice's payment."""

    payment_id: str
    invoice_id: str
    invoice_number: str
    client_id: str
    deal_id: str | None
    company_name: str
    amount_minor: int
    currency: str
    owner_id: str | None


class UserState(Event):
    """A person who works here, whatever happened; email is None while no address is known."""

    user_id: str
    email: str | None
    name: str
    role: str
    locale: str
    active: bool
    version: int


class MeetingState(Event):
    """A meeting as it stands. zone: that of whom we meet; sequence: how often it was changed."""

    activity_id: str
    client_id: str
    contact_id: str | None
    contact_name: str | None
    contact_email: str | None
    company_name: str
    subject: str
    begins_at: datetime
    ends_at: datetime
    zone: str
    host_id: str
    host_name: str
    conversation_id: str | None
    sequence: int


class TaskState(Event):
    """A task of somebody here."""

    client_id: str
    company_name: str
    subject: str
    assignee_id: str


class WhatsAppMessage(Event):
    """A message of ours on WhatsApp. sent_by is None where nobody wrote it by hand."""

    message_id: str
    conversation_id: str
    client_id: str | None
    contact_id: str | None
    type: str
    text: str
    template_name: str | None
    sent_by: str | None
    sent_by_name: str | None
    occurred_at: datetime
    version: int
