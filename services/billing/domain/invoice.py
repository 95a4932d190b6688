"""An invoice from its draft to its last cent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TypedDict

from services.billing.domain.amounts import InvoiceLine, totals
from services.billing.domain.errors import NotPossible, NotValid
from services.billing.domain.payment import Payment

DRAFT, SENT, PARTIALLY_PAID, PAID, VOID = "draft", "sent", "partially_paid", "paid", "void"
STATUSES = (DRAFT, SENT, PARTIALLY_PAID, PAID, VOID)
OPEN = (SENT, PARTIALLY_PAID)
ORIGIN_DEAL, ORIGIN_MANUAL = "deal_won", "manual"

_NO_PERCENT = Decimal("0.0000")


class BillTo(TypedDict):
    """To whom an invoice goes, as it was on the day it was sent."""

    company_name: str
    contact_name: str
    email: str
    contact_id: str | None
    address: list[str]


class Seller(TypedDict):
    """Who we were on the day an invoice was sent."""

    name: str
    address: str
    email: str
    payment_instructions: str
    website: str


@dataclass(eq=False)
class Invoice:
    """Amounts are minor units of ``currency``. Once it is sent, what it asks for is locked.

    edited: whether a person changed it since it was drafted.
    dated_on: the day of the draft, then the day of issue. due_date_set: whether a person chose the due date, else it
    follows the day of issue. paid_minor: what its payments brought, less what went back, at most its amount.
    payment_problem: why it cannot be paid online, or why the last attempt failed. mail_problem: why it was not mailed.
    """

    id: str
    invoice_number: str
    client_id: str
    company_name: str
    currency: str
    origin: str
    pay_token: str
    dated_on: date
    due_date: date
    created_by: str
    created_at: datetime
    updated_at: datetime
    due_date_set: bool = False
    edited: bool = False
    deal_id: str | None = None
    description: str = ""
    notes: str = ""
    lines: list[InvoiceLine] = field(default_factory=list)
    discount_percent: Decimal = _NO_PERCENT
    tax_percent: Decimal = _NO_PERCENT
    subtotal_minor: int = 0
    discount_minor: int = 0
    tax_minor: int = 0
    amount_minor: int = 0
    paid_minor: int = 0
    refunded_minor: int = 0
    status: str = DRAFT
    issued_on: date | None = None
    paid_date: date | None = None
    payment_method: str | None = None
    payment_reference: str | None = None
    payment_problem: str | None = None
    bill_to: BillTo | None = None
    seller: Seller | None = None
    sent_by: str | None = None
    pdf_key: str | None = None
    mail_status: str = "none"
    mail_problem: str | None = None
    mail_changed_at: datetime | None = None
    voided_at: datetime | None = None
    void_reason: str | None = None
    overdue_announced_at: datetime | None = None
    version: int = 1

    @property
    def due_minor(self) -> int:
        """What is still owed."""
        return self.amount_minor - self.paid_minor

    @property
    def follows_deal(self) -> bool:
        """Whether it is still what the system drafted for a won deal, which it then follows."""
        return self.origin == ORIGIN_DEAL and self.status == DRAFT and not self.edited and len(self.lines) == 1

    def price(self, lines: list[InvoiceLine], discount_percent: Decimal, tax_percent: Decimal) -> None:
        """Set what it asks for; NotPossible once it is sent."""
        self.check_draft()
        sums = totals((line.amount_minor for line in lines), discount_percent, tax_percent)
        if lines != self.lines:
            self.lines = lines
        self.discount_percent, self.tax_percent = discount_percent, tax_percent
        self.subtotal_minor, self.discount_minor = sums.subtotal_minor, sums.discount_minor
        self.tax_minor, self.amount_minor = sums.tax_minor, sums.amount_minor

    def check_draft(self) -> None:
        if self.status != DRAFT:
            raise NotPossible("an invoice that was sent is locked; void it or write another")

    def choose_due_date(self, chosen: date | None, terms_days: int) -> None:
        """A person's due date, or None for the usual terms from the day of issue."""
        self.due_date_set = chosen is not None
        self.due_date = chosen or self.dated_on + timedelta(days=terms_days)

    def send(
        self, bill_to: BillTo, sent_by: str, today: date, terms_days: int, now: datetime, *, seller: Seller
    ) -> None:
        """Issue it: from now on it is locked and owed. One whose mail failed may be sent once more, as it is."""
        again = self.status in OPEN and self.mail_status == "failed"
        if not again:
            if self.status != DRAFT:
                raise NotPossible(f"this invoice is {self.status.replace('_', ' ')} and cannot be sent")
            if self.amount_minor <= 0:
                raise NotValid("this invoice asks for nothing; give it a line with a price before sending it", "amount")
            self.status, self.issued_on, self.dated_on = SENT, today, today
            if not self.due_date_set:
                self.due_date = today + timedelta(days=terms_days)
            self.company_name, self.seller = bill_to["company_name"], seller
        self.bill_to, self.sent_by = bill_to, sent_by
        self.mail_status, self.mail_problem = "waiting", None
        self.touch(now)

    def issue(self, pdf_key: str, payment_reference: str | None, payment_problem: str | None, now: datetime) -> None:
        """Note the PDF that was made and, when it can be paid online, the provider's reference."""
        self.pdf_key = pdf_key
        self.payment_reference = self.payment_reference or payment_reference
        self.payment_problem = payment_problem
        self.touch(now)

    def void(self, reason: str, now: datetime) -> None:
        """Take it back; NotPossible while somebody's money is on it."""
        if self.status == VOID:
            raise NotPossible("this invoice is void already")
        if self.paid_minor:
            raise NotPossible("this invoice was paid, in whole or in part; give the money back before voiding it")
        self.status, self.void_reason, self.voided_at = VOID, reason, now
        self.touch(now)

    def excess_of(self, amount_minor: int) -> int:
        """What a payment of this amount brings beyond what is owed."""
        return max(0, amount_minor - self.due_minor)

    def settle(self, payments: Sequence[Payment], now: datetime) -> bool:
        """Bring the state in line with its payments, all of them; True when it has just become paid."""
        was = self.status
        live = sorted(
            (each for each in payments if each.net_minor > 0), key=lambda each: (each.paid_on, each.created_at)
        )
        self.paid_minor = min(self.amount_minor, sum(each.net_minor for each in live))
        self.refunded_minor = sum(each.refunded_minor for each in payments)
        if self.status != VOID:
            self.status = self._status_by_payments()
        if live:
            self.payment_method = live[-1].method
            self.payment_reference = live[-1].reference or self.payment_reference
            self.payment_problem = None
        self.paid_date = live[-1].paid_on if self.status == PAID else None
        self.touch(now)
        return self.status == PAID and was != PAID

    def _status_by_payments(self) -> str:
        if self.paid_minor == self.amount_minor:
            return PAID
        return PARTIALLY_PAID if self.paid_minor else SENT

    def payment_failed(self, problem: str, now: datetime) -> None:
        """Note a failed attempt. It takes nothing away from what was paid, before or after."""
        if self.status in OPEN:
            self.payment_problem = problem
            self.touch(now)

    def mailed(self, status: str, problem: str | None, at: datetime, now: datetime) -> None:
        """Note what became of its mail, unless something later is known."""
        if self.mail_changed_at is not None and at < self.mail_changed_at:
            return
        self.mail_status, self.mail_problem, self.mail_changed_at = status, problem, at
        self.touch(now)

    def issue_failed(self, problem: str, now: datetime) -> None:
        self.mail_status, self.mail_problem = "failed", problem
        self.touch(now)

    def touch(self, now: datetime) -> None:
        self.updated_at = now
        self.version += 1
