"""What a payment provider tells us, freed of its wire format. Amounts are our own minor units (ISO 4217)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class PaymentSucceeded:
    """Money came in.

    reference: the provider's id of the payment, the same in every event about it. references: all ids it is known by.
    asked_minor: what the payer was asked for; received_minor: what came in, which may be less.
    invoice_id, invoice_number: what the metadata says, unchecked.
    """

    reference: str
    references: tuple[str, ...]
    asked_minor: int
    received_minor: int
    currency: str
    livemode: bool
    paid_at: datetime
    invoice_id: str | None = None
    invoice_number: str | None = None


@dataclass(frozen=True, slots=True)
class PaymentFailed:
    """An attempt failed; another may succeed, or already have."""

    reference: str
    references: tuple[str, ...]
    problem: str
    livemode: bool
    invoice_id: str | None = None
    invoice_number: str | None = None


@dataclass(frozen=True, slots=True)
class PaymentRefunded:
    """Money went back; ``refunded_minor`` is all of it so far."""

    reference: str
    refunded_minor: int
    livemode: bool


@dataclass(frozen=True, slots=True)
class PaymentDisputed:
    """The payer's bank asks or takes the money back; ``status`` is the provider's word."""

    reference: str
    status: str
    reason: str
    at: datetime
    livemode: bool


Notice: TypeAlias = PaymentSucceeded | PaymentFailed | PaymentRefunded | PaymentDisputed
