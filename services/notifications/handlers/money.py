"""Invoices, and the money they bring."""

from __future__ import annotations

from typing import Any

from libs.common.database import UnitOfWork
from libs.common.events import Envelope
from libs.common.money import display
from services.notifications import events
from services.notifications.domain import Note, day, method_name
from services.notifications.handlers.posting import mail_people, notify, post, team

_PDF = "application/pdf"


def on_invoice_sent(uow: UnitOfWork, event: events.InvoiceSent, _envelope: Envelope) -> None:
    """The invoice goes to the client, with its PDF, how to pay, and until when."""
    context = {
        "invoice_number": event.invoice_number,
        "description": event.description,
        "amount_minor": event.amount_minor,
        "paid_minor": event.paid_minor,
        "due_minor": event.amount_minor - event.paid_minor,
        "currency": event.currency,
        "due_date": event.due_date.isoformat(),
        "pay_url": event.pay_url,
    }
    refs = {
        "invoice_id": event.invoice_id,
        "invoice_number": event.invoice_number,
        "deal_id": event.deal_id,
        "amount_minor": event.amount_minor,
        "currency": event.currency,
    }
    attached = _pdf(event.pdf_key, event.pdf_filename)
    post(uow, "invoice", context, refs=refs, attachments=attached, **_bill_to(event.client_id, event.bill_to))


def on_payment_received(uow: UnitOfWork, event: events.PaymentReceived, envelope: Envelope) -> None:
    """Finance learns that money came, the rep that the client's payment is confirmed."""
    amount = display(event.amount_minor, event.currency)
    path = f"/invoices/{event.invoice_id}"
    how = f"by {method_name(event.method)} on {day(event.paid_on)}"
    finance = team(uow, "finance")
    note = Note(
        "payment_received",
        f"Payment received: {amount}",
        f"{event.company_name} paid invoice {event.invoice_number} {how}",
        "View Invoice",
        path,
    )
    notify(uow, envelope, finance, note)
    context = {
        "company_name": event.company_name,
        "invoice_number": event.invoice_number,
        "amount_minor": event.amount_minor,
        "currency": event.currency,
        "method": method_name(event.method),
        "paid_on": event.paid_on.isoformat(),
        "path": path,
    }
    about = {"client_id": event.client_id, "refs": _refs(event)}
    mail_people(uow, "payment_received", finance, context, **about)
    if event.owner_id is None:
        return
    title = f"{event.company_name} payment confirmed"
    message = f"{amount} for invoice {event.invoice_number} came {how}"
    notify(uow, envelope, [event.owner_id], Note("payment_confirmed", title, message, "View Invoice", path))
    mail_people(uow, "payment_confirmed", [event.owner_id], context, **about)


def on_receipt_ready(uow: UnitOfWork, event: events.PaymentReceiptReady, _envelope: Envelope) -> None:
    """The client is thanked, with the receipt."""
    context = {
        "invoice_number": event.invoice_number,
        "amount_minor": event.amount_minor,
        "currency": event.currency,
    }
    refs = context | {"invoice_id": event.invoice_id, "payment_id": event.payment_id}
    attached = _pdf(event.receipt_key, event.receipt_filename)
    post(uow, "receipt", context, refs=refs, attachments=attached, **_bill_to(event.client_id, event.bill_to))


def on_payment_unmatched(uow: UnitOfWork, event: events.PaymentUnmatched, envelope: Envelope) -> None:
    """Finance looks at money that fits no invoice."""
    path = "/payments?status=unmatched"
    finance = team(uow, "finance")
    title = f"Payment to check: {display(event.amount_minor, event.currency)}"
    note = Note("payment_unmatched", title, event.reason or "It fits no invoice", "View Payments", path)
    notify(uow, envelope, finance, note)
    context = event.model_dump(mode="json") | {"path": path}
    refs = {"payment_id": event.payment_id, "amount_minor": event.amount_minor, "currency": event.currency}
    mail_people(uow, "payment_unmatched", finance, context, refs=refs)


def on_payment_refunded(uow: UnitOfWork, event: events.PaymentRefunded, envelope: Envelope) -> None:
    """Finance learns what went back of a payment, in all so far."""
    title = f"Payment refunded: {display(event.amount_minor, event.currency)}"
    message = f"{event.company_name}, invoice {event.invoice_number}"
    _tell_finance(uow, envelope, "payment_refunded", title, message, event)


def on_payment_disputed(uow: UnitOfWork, event: events.PaymentDisputed, envelope: Envelope) -> None:
    """Finance has to answer a dispute in time."""
    title = f"Payment disputed: {display(event.amount_minor, event.currency)}"
    message = f"{event.company_name}, invoice {event.invoice_number}: {event.reason or 'no reason given'}"
    _tell_finance(uow, envelope, "payment_disputed", title, message, event)


def _tell_finance(
    uow: UnitOfWork, envelope: Envelope, kind: str, title: str, message: str, event: events.PaymentOfInvoice
) -> None:
    note = Note(kind, title, message, "View Invoice", f"/invoices/{event.invoice_id}")
    notify(uow, envelope, team(uow, "finance"), note)


def _bill_to(client_id: str, bill_to: events.BillTo) -> dict[str, Any]:
    return {
        "client_id": client_id,
        "contact_id": bill_to.contact_id,
        "address": bill_to.email,
        "name": bill_to.contact_name,
    }


def _pdf(key: str, filename: str) -> list[dict[str, str]]:
    return [{"key": key, "filename": filename, "content_type": _PDF}]


def _refs(event: events.PaymentOfInvoice) -> dict[str, Any]:
    names = {"payment_id", "invoice_id", "invoice_number", "deal_id", "amount_minor", "currency"}
    return event.model_dump(mode="json", include=names)
