"""Giving money back, and noting that it went back."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select

from libs.common.database import UnitOfWork
from libs.common.ids import new_id
from libs.common.jobs import GiveUp, Job
from services.billing import events, fields, queries, settings
from services.billing.domain import Invoice, NotPossible, Payment, Refund
from services.billing.domain.payment import share_refund
from services.billing.handlers.loading import invoice_to_change, locked_invoice, locked_payment, payments_of
from services.billing.handlers.telling import tell, tell_payment
from services.billing.models import refunds
from services.billing.ports import Outside, Refused

Document = dict[str, Any]


def refund_payment(uow: UnitOfWork, invoice_id: str, amount_minor: int | None = None) -> Document:
    """Give back a part, or with None all, of what an invoice brought, from its newest payments first.

    What came through the provider goes back through it, in a job; other money is noted as given back.
    """
    invoice = invoice_to_change(uow, invoice_id)
    if amount_minor is not None:
        amount_minor = fields.minor_units(least=1)("amount_minor", amount_minor)
    paid = payments_of(uow, invoice.id)
    for payment, part in share_refund(paid, _requested(uow, invoice.id), amount_minor):
        _give_back(uow, invoice, payment, part)
    uow.session.flush()
    return queries.invoice_document(uow.session, invoice.id, uow.today)


def refund_outside(outside: Outside, job: Job) -> str:
    """Ask the provider; under the refund's id, so that it does it once."""
    if outside.payments is None:
        raise GiveUp("no payment provider is configured")
    order = job.payload
    try:
        return outside.payments.refund(order["reference"], order["amount_minor"], order["currency"], order["refund_id"])
    except Refused as refusal:
        raise GiveUp(str(refusal)) from None


def refund_finished(uow: UnitOfWork, job: Job, reference: str) -> None:
    """Note it done. The provider tells of it too, and whoever comes second changes nothing."""
    refund, invoice, payment = _locked(uow, job)
    refund.settle("done", uow.now, reference=reference)
    uow.session.flush()
    row = refunds.c
    done = select(func.sum(row.amount_minor)).where(row.payment_id == payment.id, row.status == "done")
    note_refunded(uow, invoice, payment, int(uow.session.execute(done).scalar_one()))


def refund_failed(uow: UnitOfWork, job: Job, reason: str) -> None:
    """Note that the provider did not do it, and why."""
    refund, _invoice, _payment = _locked(uow, job)
    refund.settle("failed", uow.now, problem=reason)


def note_refunded(uow: UnitOfWork, invoice: Invoice | None, payment: Payment, refunded_minor: int) -> None:
    """Take over how much of a payment went back in all, both rows locked."""
    if not payment.refund_to(refunded_minor, uow.now) or invoice is None:
        return
    invoice.settle(payments_of(uow, invoice.id), uow.now)
    uow.session.flush()
    tell_payment(uow, events.PaymentRefunded, payment, invoice, payment.refunded_minor)
    tell(uow, events.InvoiceRefunded, invoice)


def _give_back(uow: UnitOfWork, invoice: Invoice, payment: Payment, part: int) -> None:
    refund = Refund(new_id(), payment.id, invoice.id, part, uow.now, uow.now)
    uow.session.add(refund)
    if payment.provider_reference is None:
        refund.settle("done", uow.now)
        note_refunded(uow, invoice, payment, payment.refunded_minor + part)
        return
    if not settings.current().stripe_api_key:
        raise NotPossible("this was paid through Stripe, which is not configured here; give it back there")
    order = {
        "refund_id": refund.id,
        "invoice_id": invoice.id,
        "payment_id": payment.id,
        "reference": payment.provider_reference,
        "amount_minor": part,
        "currency": payment.currency,
    }
    uow.jobs.add("refund_payment", order, dedupe_key=refund.id)


def _locked(uow: UnitOfWork, job: Job) -> tuple[Refund, Invoice, Payment]:
    invoice = locked_invoice(uow, job.payload["invoice_id"])
    assert invoice is not None  # a refund has an invoice, and no invoice is ever deleted
    payment = locked_payment(uow, job.payload["payment_id"])
    return uow.session.get_one(Refund, job.payload["refund_id"]), invoice, payment


def _requested(uow: UnitOfWork, invoice_id: str) -> dict[str, int]:
    """By payment, what was asked back and is not done yet."""
    row = refunds.c
    sums = (
        select(row.payment_id, func.sum(row.amount_minor))
        .where(row.invoice_id == invoice_id, row.status == "requested")
        .group_by(row.payment_id)
    )
    return {payment_id: int(total) for payment_id, total in uow.session.execute(sums)}
