"""Money that came in, and money that went back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from services.billing.domain.errors import NotPossible, NotValid

UNMATCHED, RECEIVED, PARTIALLY_REFUNDED, REFUNDED = "unmatched", "received", "partially_refunded", "refunded"
PAYMENT_STATUSES = (UNMATCHED, RECEIVED, PARTIALLY_REFUNDED, REFUNDED)
STRIPE = "stripe"

# A dispute that reached one of these is over; what comes late about its beginning does not reopen it.
_DISPUTE_OVER = frozenset({"won", "lost", "warning_closed", "prevented"})


@dataclass(eq=False)
class Payment:
    """One payment, once, however often and by however many events the provider tells of it.

    status: unmatched while no invoice has it; else received, partially_refunded or refunded.
    paid_on: the day it was made, in the business time zone.
    provider_reference: the provider's id of the payment (Stripe: the payment intent), by which it is told apart.
    reference: what a person would look for; the provider's reference, or what was typed for a payment by hand.
    refunded_minor: all that went back so far. excess_minor: what it brought beyond the invoice.
    reason: why finance should look at it. suggested_invoice_id: the invoice it names and does not fit.
    """

    id: str
    amount_minor: int
    currency: str
    method: str
    paid_on: date
    created_at: datetime
    updated_at: datetime
    status: str = UNMATCHED
    invoice_id: str | None = None
    suggested_invoice_id: str | None = None
    provider_reference: str | None = None
    reference: str | None = None
    livemode: bool | None = None
    refunded_minor: int = 0
    excess_minor: int = 0
    reason: str | None = None
    dispute_status: str | None = None
    dispute_reason: str | None = None
    disputed_at: datetime | None = None
    receipt_key: str | None = None
    receipt_mail: str = "none"
    version: int = 1

    @property
    def net_minor(self) -> int:
        """What is left of it."""
        return self.amount_minor - self.refunded_minor

    @property
    def is_unmatched(self) -> bool:
        return self.status == UNMATCHED

    def apply_to(self, invoice_id: str, excess_minor: int, now: datetime) -> None:
        """Count it for an invoice; what it brought beyond what was owed is noted for finance."""
        if not self.is_unmatched:
            raise NotPossible("this payment belongs to an invoice already")
        self.invoice_id = invoice_id
        self.suggested_invoice_id = None
        self.excess_minor = excess_minor
        self.reason = "more was paid than the invoice asked for" if excess_minor else None
        self._set_status()
        self._touch(now)

    def leave_unmatched(self, reason: str, suggested_invoice_id: str | None, now: datetime) -> None:
        """Keep it for finance to look at."""
        self.reason, self.suggested_invoice_id = reason, suggested_invoice_id
        self._touch(now)

    def refund_to(self, refunded_minor: int, now: datetime) -> bool:
        """Take over how much went back in all; False when that was known. A late, smaller sum changes nothing."""
        refunded_minor = min(refunded_minor, self.amount_minor)
        if refunded_minor <= self.refunded_minor:
            return False
        self.refunded_minor = refunded_minor
        if not self.is_unmatched:
            self._set_status()
        self._touch(now)
        return True

    def dispute(self, status: str, reason: str, at: datetime, now: datetime) -> bool:
        """Note a dispute as it stands; True when it is the first word of it. Never moves money by itself."""
        first = self.dispute_status is None
        is_older = self.disputed_at is not None and at < self.disputed_at
        is_over = self.dispute_status in _DISPUTE_OVER and status not in _DISPUTE_OVER
        if is_older or is_over:
            return False
        self.dispute_status, self.dispute_reason, self.disputed_at = status, reason, at
        self._touch(now)
        return first

    def receipt_made(self, key: str, now: datetime) -> None:
        self.receipt_key, self.receipt_mail = key, "waiting"
        self._touch(now)

    def receipt_mailed(self, status: str, now: datetime) -> None:
        self.receipt_mail = status
        self._touch(now)

    def _set_status(self) -> None:
        if not self.refunded_minor:
            self.status = RECEIVED
        else:
            self.status = REFUNDED if self.refunded_minor >= self.amount_minor else PARTIALLY_REFUNDED

    def _touch(self, now: datetime) -> None:
        self.updated_at = now
        self.version += 1


@dataclass(eq=False)
class Refund:
    """Money we send back: requested until the provider has done it, then done, or failed with its reason."""

    id: str
    payment_id: str
    invoice_id: str
    amount_minor: int
    created_at: datetime
    updated_at: datetime
    status: str = "requested"
    provider_reference: str | None = None
    problem: str | None = None

    def settle(self, status: str, now: datetime, *, reference: str | None = None, problem: str | None = None) -> None:
        self.status, self.provider_reference, self.problem, self.updated_at = status, reference, problem, now


def share_refund(
    payments: list[Payment], requested: dict[str, int], amount_minor: int | None
) -> list[tuple[Payment, int]]:
    """Which payments give back how much, the newest first.

    requested: by payment id, what was asked back of it and is not done yet. amount_minor: None for all that is left.
    """
    left = {payment.id: payment.net_minor - requested.get(payment.id, 0) for payment in payments}
    available = sum(max(0, each) for each in left.values())
    wanted = available if amount_minor is None else amount_minor
    if wanted <= 0:
        raise NotPossible("there is nothing left to give back")
    if wanted > available:
        raise NotValid("this is more than was paid and not given back yet", "amount")
    shares: list[tuple[Payment, int]] = []
    for payment in sorted(payments, key=lambda each: (each.paid_on, each.created_at, each.id), reverse=True):
        part = min(wanted, max(0, left[payment.id]))
        if part:
            shares.append((payment, part))
            wanted -= part
    return shares
