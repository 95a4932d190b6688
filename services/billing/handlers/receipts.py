"""The receipt of a payment: rendered and stored outside, then told, once."""

from __future__ import annotations

from dataclasses import dataclass

from libs.common.database import UnitOfWork
from libs.common.jobs import Job
from libs.common.object_store import StoredObject
from services.billing import events, queries
from services.billing.domain import Payment
from services.billing.handlers.issuing import keep_document
from services.billing.handlers.loading import locked_invoice, locked_payment
from services.billing.ports import Outside


@dataclass(frozen=True, slots=True)
class Receipt:
    """What was made outside for one payment."""

    stored: StoredObject
    filename: str


def receipt_outside(outside: Outside, job: Job) -> Receipt | None:
    """Render and store the receipt; the same payment gives the same bytes."""
    payment_id = job.payload["payment_id"]
    with outside.read() as session:
        view = queries.receipt_view(session, payment_id)
    if view is None:
        return None
    number = view["invoice_number"]
    content = outside.pdf.receipt(view | {"balance_minor": job.payload["balance_minor"]})
    # The payment's id ends in random digits: an invoice may have several payments.
    stored = outside.documents.keep(f"receipts/{number.split('-')[1]}/{number}-{payment_id[-12:]}.pdf", content)
    return Receipt(stored, f"Receipt-{number}.pdf")


def receipt_finished(uow: UnitOfWork, job: Job, receipt: Receipt | None) -> None:
    """Note the receipt and tell that it can be mailed; a payment has one receipt, whatever happens."""
    payment = uow.session.get_one(Payment, job.payload["payment_id"])
    invoice = locked_invoice(uow, payment.invoice_id)
    payment = locked_payment(uow, payment.id)
    if receipt is None or invoice is None or payment.receipt_key is not None:
        return
    payment.receipt_made(receipt.stored.key, uow.now)
    keep_document(uow, invoice.id, payment.id, "receipt", receipt.stored, receipt.filename)
    uow.session.flush()
    event = events.PaymentReceiptReady(
        payment_id=payment.id,
        invoice_id=invoice.id,
        invoice_number=invoice.invoice_number,
        client_id=invoice.client_id,
        company_name=invoice.company_name,
        amount_minor=payment.amount_minor,
        currency=payment.currency,
        receipt_key=receipt.stored.key,
        receipt_filename=receipt.filename,
        bill_to=events.BillTo.model_validate(invoice.bill_to),
        version=payment.version,
    )
    uow.outbox.add(event, of=payment)
