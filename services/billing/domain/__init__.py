"""Invoices, payments and how they fit together. Pure: no I/O."""

from services.billing.domain.amounts import InvoiceLine, Totals, percent, quantity, totals
from services.billing.domain.errors import BillingError, NotPossible, NotValid
from services.billing.domain.invoice import (
    DRAFT,
    OPEN,
    ORIGIN_DEAL,
    ORIGIN_MANUAL,
    PAID,
    PARTIALLY_PAID,
    SENT,
    STATUSES,
    VOID,
    BillTo,
    Invoice,
    Seller,
)
from services.billing.domain.matching import misfit
from services.billing.domain.notices import (
    Notice,
    PaymentDisputed,
    PaymentFailed,
    PaymentRefunded,
    PaymentSucceeded,
)
from services.billing.domain.payment import PAYMENT_STATUSES, RECEIVED, STRIPE, UNMATCHED, Payment, Refund

__all__ = [
    "DRAFT",
    "OPEN",
    "ORIGIN_DEAL",
    "ORIGIN_MANUAL",
    "PAID",
    "PARTIALLY_PAID",
    "PAYMENT_STATUSES",
    "RECEIVED",
    "SENT",
    "STATUSES",
    "STRIPE",
    "UNMATCHED",
    "VOID",
    "BillTo",
    "BillingError",
    "Invoice",
    "InvoiceLine",
    "NotPossible",
    "NotValid",
    "Notice",
    "Payment",
    "PaymentDisputed",
    "PaymentFailed",
    "PaymentRefunded",
    "PaymentSucceeded",
    "Refund",
    "Seller",
    "Totals",
    "misfit",
    "percent",
    "quantity",
    "totals",
]
