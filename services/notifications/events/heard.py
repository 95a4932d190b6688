"""The fields that notifications reads of what others tell."""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar

from pydantic import BaseModel, ConfigDict

from libs.common.company import CompanyChanged
from libs.common.erasure.parts import ErasureAsked
from libs.common.events import Event
from libs.common.record_merges import Merged as ClientMerged
from libs.common.record_merges import Unmerged as ClientUnmerged
from libs.common.row_access import AccessChanged as ClientAccessChanged
from libs.common.row_access import AccessesChanged as ClientsAccessChanged

__all__ = [
    "ClientAccessChanged",
    "ClientMerged",
    "ClientUnmerged",
    "ClientsAccessChanged",
    "CompanyChanged",
    "ErasureAsked",
]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Contact(_Part):
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


class BillTo(_Part):
    """To whom an invoice went."""

    company_name: str
    contact_name: str | None = None
    email: str | None = None
    contact_id: str | None = None


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


class AttachedFile(_Part):
    """A file that goes with a mail."""

    key: str
    filename: str
    content_type: str


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


class OfPayment(Event):
    """What is read of every event about an invoice's payment."""

    payment_id: str
    invoice_id: str
    invoice_number: str
    client_id: str
    company_name: str
    amount_minor: int
    currency: str


class PaymentOfInvoice(OfPayment):
    """The same of those that the rep hears of."""

    deal_id: str | None
    owner_id: str | None


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


class PaymentReceiptReady(OfPayment):
    event_type: ClassVar[str] = "payment.receipt_ready"

    receipt_key: str
    receipt_filename: str
    bill_to: BillTo


class UserState(Event):
    """A person who works here, whatever happened."""

    user_id: str
    email: str
    name: str
    role: str
    locale: str
    active: bool
    version: int


class UserJoined(UserState):
    event_type: ClassVar[str] = "user.joined"


class UserChanged(UserState):
    event_type: ClassVar[str] = "user.changed"


class UserRoleChanged(UserState):
    event_type: ClassVar[str] = "user.role_changed"


class UserDeactivated(UserState):
    event_type: ClassVar[str] = "user.deactivated"


class WithLink(Event):
    """Somebody gets a link; ``sealed_token`` is opened when the mail leaves."""

    email: str
    name: str
    sealed_token: str
    expires_at: datetime


class UserInvited(WithLink):
    event_type: ClassVar[str] = "user.invited"

    invitation_id: str
    role: str
    invited_by: str


class UserResetAsked(WithLink):
    event_type: ClassVar[str] = "user.reset_asked"

    reset_id: str
