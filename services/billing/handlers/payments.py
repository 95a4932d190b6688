"""Booking money on invoices, whoever brought it."""

from __future__ import annotations

from typing import Any

from libs.common.database import UnitOfWork
from libs.common.ids import new_id
from libs.common.problems import Conflict, Invalid
from services.billing import events, fields, queries, settings
from services.billing.domain import OPEN, Invoice, NotPossible, Payment
from services.billing.handlers.loading import invoice_to_change, locked_payment, payments_of
from services.billing.handlers.sending import order_close, remember_reference
from services.billing.handlers.telling import tell, tell_payment, tell_unmatched

Document = dict[str, Any]


def record_payment(uow: UnitOfWork, invoice_id: str, data: Document) -> Document:
    """Book money that came in by other ways: ``amount_minor``, ``method``, ``paid_on`` (today), ``reference``."""
    given = fields.read(fields.PAYMENT, data)
    for name in ("amount_minor", "method"):
        if name not in given:
            raise Invalid(f"{name.removesuffix('_minor')} is needed", field=name.removesuffix("_minor"))
    paid_on = given.get("paid_on") or uow.today
    if paid_on > uow.today:
        raise Invalid("a payment is booked when it has come in, not before", field="paid_on")
    invoice = invoice_to_change(uow, invoice_id)
    _check_open(invoice)
    payment = Payment(
        id=new_id(),
        amount_minor=given["amount_minor"],
        currency=invoice.currency,
        method=given["method"],
        paid_on=paid_on,
        reference=given.get("reference") or None,
        created_at=uow.now,
        updated_at=uow.now,
    )
    uow.session.add(payment)
    book(uow, invoice, payment)
    return queries.invoice_document(uow.session, invoice.id, uow.today)


def assign_payment(uow: UnitOfWork, payment_id: str, invoice_id: str) -> Document:
    """Book an unmatched payment on the invoice that finance says it is for."""
    invoice = invoice_to_change(uow, invoice_id)
    payment = locked_payment(uow, payment_id)
    _check_open(invoice)
    if payment.currency != invoice.currency:
        raise Invalid(f"the payment is in {payment.currency}, the invoice in {invoice.currency}", field="invoice_id")
    if payment.livemode not in (None, settings.current().expects_live_money):
        raise Conflict("a test payment cannot pay a real invoice, nor a real one a test invoice")
    if payment.net_minor <= 0:
        raise Conflict("nothing is left of this payment")
    book(uow, invoice, payment)
    return queries.payment_document(uow.session, payment.id)


def book(uow: UnitOfWork, invoice: Invoice, payment: Payment) -> None:
    """Count a payment for an invoice, both locked: states, events, receipt."""
    payment.apply_to(invoice.id, invoice.excess_of(payment.net_minor), uow.now)
    became_paid = invoice.settle(payments_of(uow, invoice.id), uow.now)
    if payment.provider_reference:
        remember_reference(uow, invoice.id, payment.provider_reference)
    uow.session.flush()
    tell_payment(
        uow,
        events.PaymentReceived,
        payment,
        invoice,
        payment.amount_minor,
        method=payment.method,
        paid_on=payment.paid_on,
    )
    if payment.excess_minor:
        tell_unmatched(uow, payment, payment.excess_minor)
    if became_paid:
        _tell_paid(uow, invoice, payment)
    job = {"payment_id": payment.id, "balance_minor": invoice.due_minor}
    uow.jobs.add("issue_receipt", job, dedupe_key=payment.id)


def _tell_paid(uow: UnitOfWork, invoice: Invoice, payment: Payment) -> None:
    tell(
        uow,
        events.InvoicePaid,
        invoice,
        payment_id=payment.id,
        payment_amount_minor=payment.amount_minor,
        bill_to=invoice.bill_to,
    )
    order_close(uow, invoice)


def _check_open(invoice: Invoice) -> None:
    if invoice.status not in OPEN:
        said = {"draft": "was not sent yet", "void": "is void", "paid": "is paid already"}[invoice.status]
        raise NotPossible(f"this invoice {said}, so no payment can be booked on it")
