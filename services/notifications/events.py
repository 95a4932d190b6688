"""What notifications tells, and the fields it reads of what others tell."""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar

from libs.common.company import CompanyChanged
from libs.common.erasure.parts import ErasureAsked, PartDone
from libs.common.events import Event
from libs.common.record_merges import Merged as ClientMerged
from libs.common.record_merges import Unmerged as ClientUnmerged
from libs.common.row_access import AccessChanged as ClientAccessChanged
from libs.common.row_access import AccessesChanged as ClientsAccessChanged
from services.notifications.event_shapes import (
    AttachedFile,
    BillTo,
    Contact,
    EmailOutcome,
    MeetingState,
    PaymentOfInvoice,
    TaskState,
    UserState,
    WhatsAppMessage,
)

__all__ = [
    "BillTo",
    "ClientAccessChanged",
    "ClientMerged",
    "ClientUnmerged",
    "ClientsAccessChanged",
    "CompanyChanged",
    "ErasureAsked",
    "MeetingState",
    "PaymentOfInvoice",
    "TaskState",
    "UserState",
]


class EmailSent(EmailOutcome):
    """The mail server took the mail for at least one address; ``to`` are those it took it for."""

    event_type: ClassVar[str] = "email.sent"


class EmailFailed(EmailOutcome):
    """The mail did not leave, or nobody can say whether it did; ``error`` says which and why."""

    event_type: ClassVar[str] = "email.failed"

    error: str


class PeopleNotified(Event):
    """People were told something in the app; ``action_path`` is where it leads, None where it leads nowhere."""

    event_type: ClassVar[str] = "people.notified"

    user_ids: list[str]
    kind: str
    title: str
    action_path: str | None
    version: int


class WhatsAppReceived(Event):
    """A person wrote on WhatsApp, or changed what they wrote (a higher version). client_id is None until somebody says
    whose conversation it is; then it is told again. occurred_at is WhatsApp's time; phone begins with +."""

    event_type: ClassVar[str] = "whatsapp.received"

    message_id: str
    conversation_id: str
    client_id: str | None
    contact_id: str | None
    provider_id: str
    type: str
    text: str
    occurred_at: datetime
    profile_name: str | None
    phone: str | None
    version: int


class WhatsAppSent(WhatsAppMessage):
    """WhatsApp took a message; told again, with a higher version, when one that failed or was doubtful did arrive.
    sent_by is None where nobody wrote it by hand."""

    event_type: ClassVar[str] = "whatsapp.sent"


class WhatsAppFailed(WhatsAppMessage):
    """A message did not get there or, where that is not certain, may not have. advice: what a person should do."""

    event_type: ClassVar[str] = "whatsapp.failed"

    error_code: int
    reason: str
    advice: str
    certain: bool


class WhatsAppStatusChanged(Event):
    """A message came further, or something beside its text changed: a reaction, its file."""

    event_type: ClassVar[str] = "whatsapp.status_changed"

    message_id: str
    conversation_id: str
    client_id: str | None
    status: str
    version: int


class ClientInquired(Event):
    event_type: ClassVar[str] = "client.inquired"

    client_id: str
    company_name: str
    contact: Contact
    message: str | None
    owner_id: str | None
    created: bool


class ClientAssigned(Event):
    event_type: ClassVar[str] = "client.assigned"

    client_id: str
    company_name: str
    owner_id: str | None
    industry: str | None
    phone: str | None
    email: str | None
    contact: Contact | None


class ClientsAssigned(Event):
    event_type: ClassVar[str] = "clients.assigned"

    owner_id: str
    clients: int
    first_client_id: str
    first_company_name: str


class ActivityLogged(Event):
    event_type: ClassVar[str] = "activity.logged"

    client_id: str
    type: str


class MeetingBooked(MeetingState):
    event_type: ClassVar[str] = "meeting.booked"


class MeetingCancelled(MeetingState):
    event_type: ClassVar[str] = "meeting.cancelled"


class TaskAssigned(TaskState):
    event_type: ClassVar[str] = "task.assigned"

    cause: str


class TaskDue(TaskState):
    event_type: ClassVar[str] = "task.due"

    activity_id: str
    due_at: datetime


class DealCreated(Event):
    event_type: ClassVar[str] = "deal.created"

    client_id: str


class DealStageChanged(Event):
    event_type: ClassVar[str] = "deal.stage_changed"

    client_id: str


class BriefSubmitted(Event):
    event_type: ClassVar[str] = "brief.submitted"

    brief_id: str
    deal_id: str
    client_id: str
    company_name: str
    contact_id: str | None
    contact_name: str | None
    contact_email: str | None
    owner_id: str | None
    deal_name: str
    deal_value_minor: int
    currency: str
    vision_title: str
    vision_summary: str
    audience: str
    features: list[str]
    design: str
    timeline_weeks: int
    budget_min_minor: int
    budget_max_minor: int
    requested_by: str
    # Briefs of before did not say it.
    contact_phone: str | None = None


class DealWon(Event):
    event_type: ClassVar[str] = "deal.won"

    deal_id: str
    client_id: str
    company_name: str
    deal_name: str
    deal_value_minor: int | None
    currency: str
    owner_id: str | None


class InvoiceSent(Event):
    event_type: ClassVar[str] = "invoice.sent"

    invoice_id: str
    invoice_number: str
    client_id: str
    deal_id: str | None
    company_name: str
    amount_minor: int
    paid_minor: int
    currency: str
    due_date: date
    description: str | None
    pdf_key: str
    pdf_filename: str
    pay_url: str | None
    bill_to: BillTo


class EmailOrdered(Event):
    event_type: ClassVar[str] = "email.ordered"

    draft_id: str
    client_id: str
    contact_id: str | None
    deal_id: str
    subject: str
    text: str
    attachments: list[AttachedFile]
    sent_by: str
    sent_by_name: str


class PaymentReceived(PaymentOfInvoice):
    event_type: ClassVar[str] = "payment.received"

    method: str
    paid_on: date


class PaymentRefunded(PaymentOfInvoice):
    event_type: ClassVar[str] = "payment.refunded"


class PaymentDisputed(PaymentOfInvoice):
    event_type: ClassVar[str] = "payment.disputed"

    reason: str


class PaymentUnmatched(Event):
    event_type: ClassVar[str] = "payment.unmatched"

    payment_id: str
    amount_minor: int
    currency: str
    reason: str
    provider_reference: str | None


class PaymentReceiptReady(Event):
    event_type: ClassVar[str] = "payment.receipt_ready"

    payment_id: str
    invoice_id: str
    invoice_number: str
    client_id: str
    company_name: str
    amount_minor: int
    currency: str
    receipt_key: str
    receipt_filename: str
    bill_to: BillTo


class UserJoined(UserState):
    event_type: ClassVar[str] = "user.joined"


class UserChanged(UserState):
    event_type: ClassVar[str] = "user.changed"


class UserRoleChanged(UserState):
    event_type: ClassVar[str] = "user.role_changed"


class UserDeactivated(UserState):
    event_type: ClassVar[str] = "user.deactivated"


class UserInvited(Event):
    """Somebody is to join; ``sealed_token`` is opened when the mail leaves."""

    event_type: ClassVar[str] = "user.invited"

    invitation_id: str
    email: str
    name: str
    role: str
    invited_by: str
    sealed_token: str
    expires_at: datetime


class UserResetAsked(Event):
    event_type: ClassVar[str] = "user.reset_asked"

    reset_id: str
    email: str
    name: str
    sealed_token: str
    expires_at: datetime


class PersonErased(PartDone):
    """Our part in erasing a person is done."""

    event_type: ClassVar[str] = "notifications.person_erased"
