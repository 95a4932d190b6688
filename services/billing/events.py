"""What billing tells, and the fields it reads of what others tell."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, ClassVar

from pydantic import BaseModel

from libs.common.company import CompanyChanged
from libs.common.erasure.parts import ErasureAsked, PartDone
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


class BillTo(BaseModel):
    """To whom an invoice went."""

    company_name: str
    contact_name: str
    email: str
    contact_id: str | None


class InvoiceState(Event):
    """An invoice as it is now. Amounts are minor units of ``currency``; ``paid_minor`` is less what went back."""

    invoice_id: str
    invoice_number: str
    client_id: str
    deal_id: str | None
    company_name: str
    amount_minor: int
    paid_minor: int
    currency: str
    status: str
    due_date: date
    paid_date: date | None
    payment_method: str | None
    payment_reference: str | None
    description: str
    origin: str
    owner_id: str | None
    version: int


class InvoiceDrafted(InvoiceState):
    """A draft was made or changed."""

    event_type: ClassVar[str] = "invoice.drafted"


class InvoiceSent(InvoiceState):
    """An invoice was issued, its PDF is stored, it is to be mailed. Without ``pay_url`` nobody can pay it online."""

    event_type: ClassVar[str] = "invoice.sent"

    pdf_key: str
    pdf_filename: str
    pay_url: str | None
    bill_to: BillTo
    sent_by: str | None


class InvoicePaid(InvoiceState):
    """The last of the money came in."""

    event_type: ClassVar[str] = "invoice.paid"

    payment_id: str
    payment_amount_minor: int
    bill_to: BillTo


class InvoiceOverdue(InvoiceState):
    event_type: ClassVar[str] = "invoice.overdue"
    has_subscribers: ClassVar[bool] = False


class InvoiceVoided(InvoiceState):
    event_type: ClassVar[str] = "invoice.voided"


class InvoiceRefunded(InvoiceState):
    """Money went back to the client; ``status`` and ``paid_minor`` are what is left."""

    event_type: ClassVar[str] = "invoice.refunded"


class PaymentOfInvoice(Event):
    """What all events about an invoice's payment carry."""

    payment_id: str
    invoice_id: str
    invoice_number: str
    client_id: str
    deal_id: str | None
    company_name: str
    amount_minor: int
    currency: str
    owner_id: str | None
    version: int


class PaymentReceived(PaymentOfInvoice):
    event_type: ClassVar[str] = "payment.received"

    method: str
    paid_on: date


class PaymentRefunded(PaymentOfInvoice):
    """``amount_minor`` is all that went back of this payment so far."""

    event_type: ClassVar[str] = "payment.refunded"


class PaymentDisputed(PaymentOfInvoice):
    """``amount_minor`` is the payment's."""

    event_type: ClassVar[str] = "payment.disputed"

    reason: str


class PaymentUnmatched(Event):
    """Money, or the part of a payment beyond what was owed, that finance should look at."""

    event_type: ClassVar[str] = "payment.unmatched"

    payment_id: str
    amount_minor: int
    currency: str
    reason: str
    provider_reference: str | None
    version: int


class PaymentReceiptReady(Event):
    """The receipt of one payment is stored and is to be mailed."""

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
    version: int


class DealState(Event):
    """What billing reads of a deal, whatever happened to it."""

    deal_id: str
    client_id: str
    company_name: str
    deal_name: str
    deal_value_minor: int | None
    currency: str
    stage: str
    owner_id: str | None
    version: int


class DealWon(DealState):
    event_type: ClassVar[str] = "deal.won"


class DealReopened(DealState):
    event_type: ClassVar[str] = "deal.reopened"


class DealChanged(DealState):
    event_type: ClassVar[str] = "deal.changed"


class EmailOutcome(Event):
    """What became of a mail. ``refs`` may name ``invoice_id`` and ``payment_id``."""

    kind: str
    refs: dict[str, Any]
    error: str | None = None


class EmailSent(EmailOutcome):
    event_type: ClassVar[str] = "email.sent"

    sent_at: datetime | None = None


class EmailFailed(EmailOutcome):
    event_type: ClassVar[str] = "email.failed"


class PersonErased(PartDone):
    """Our part in erasing a person is done."""

    event_type: ClassVar[str] = "billing.person_erased"
