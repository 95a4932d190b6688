"""What became of the mails that carry invoices and receipts."""

from __future__ import annotations

from sqlalchemy import select

from libs.common.database import UnitOfWork
from libs.common.events import Envelope
from services.billing import events
from services.billing.handlers.loading import locked_invoice, locked_payment
from services.billing.models import payments


def on_email_sent(uow: UnitOfWork, event: events.EmailSent, envelope: Envelope) -> None:
    """The mail left."""
    _note(uow, event, envelope, "sent")


def on_email_failed(uow: UnitOfWork, event: events.EmailFailed, envelope: Envelope) -> None:
    """The mail was refused for good."""
    _note(uow, event, envelope, "failed")


def _note(uow: UnitOfWork, event: events.EmailOutcome, envelope: Envelope, status: str) -> None:
    if event.kind == "invoice":
        invoice = locked_invoice(uow, event.refs.get("invoice_id"))
        if invoice is not None:
            invoice.mailed(status, event.error if status == "failed" else None, envelope.occurred_at, uow.now)
    elif event.kind == "receipt":
        payment_id = _payment_of(uow, event)
        if payment_id is not None:
            locked_payment(uow, payment_id).receipt_mailed(status, uow.now)


def _payment_of(uow: UnitOfWork, event: events.EmailOutcome) -> str | None:
    """The payment named, else the oldest of the invoice whose receipt was not mailed yet."""
    row = payments.c
    statement = select(row.id).order_by(row.created_at).limit(1)
    if event.refs.get("payment_id"):
        statement = statement.where(row.id == event.refs["payment_id"])
    else:
        statement = statement.where(row.invoice_id == event.refs.get("invoice_id"), row.receipt_mail == "waiting")
    return uow.session.execute(statement).scalar_one_or_none()
