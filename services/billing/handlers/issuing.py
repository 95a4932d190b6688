"""The outside work of sending: the online payment, the PDF, the place it is kept."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert

from libs.common.database import UnitOfWork
from libs.common.ids import new_id
from libs.common.jobs import Job
from libs.common.object_store import StoredObject
from services.billing import events, queries
from services.billing.domain import OPEN, VOID
from services.billing.handlers.loading import locked_invoice
from services.billing.handlers.sending import order_close, remember_reference
from services.billing.handlers.telling import tell
from services.billing.models import documents, invoice_references
from services.billing.ports import Outside, PaymentOrder, Refused


@dataclass(frozen=True, slots=True)
class Issue:
    """What was made outside for one invoice. ``problem``: why it cannot be paid online, though it could be tried."""

    stored: StoredObject
    filename: str
    reference: str | None
    problem: str | None
    pay_url: str | None


def issue_outside(outside: Outside, job: Job) -> Issue | None:
    """Open the payment, render and store the PDF; None when the invoice was taken back meanwhile.

    Safe to repeat: the payment has a key, and the PDF has the same bytes each time.
    """
    with outside.read() as session:
        view = queries.invoice_view(session, job.payload["invoice_id"])
    if view is None or view["status"] in ("draft", VOID):
        return None
    reference, problem = _open_payment(outside, view)
    pay_url = outside.pay_url(view["pay_token"]) if outside.payments is not None and problem is None else None
    content = outside.pdf.invoice(view | {"pay_url": pay_url})
    number = view["invoice_number"]
    stored = outside.documents.keep(f"invoices/{number.split('-')[1]}/{number}.pdf", content)
    return Issue(stored, f"{number}.pdf", reference, problem, pay_url)


def issue_finished(uow: UnitOfWork, job: Job, issue: Issue | None) -> None:
    """Note what was made, and tell that the invoice can be mailed."""
    invoice = locked_invoice(uow, job.payload["invoice_id"])
    if invoice is None or issue is None:
        return
    invoice.issue(issue.stored.key, issue.reference, issue.problem, uow.now)
    if issue.reference is not None:
        _ask_under(uow, invoice.id, issue.reference, invoice.amount_minor)
    keep_document(uow, invoice.id, None, "invoice", issue.stored, issue.filename)
    uow.session.flush()
    if invoice.status == VOID:
        order_close(uow, invoice)
        return
    tell(
        uow,
        events.InvoiceSent,
        invoice,
        pdf_key=issue.stored.key,
        pdf_filename=issue.filename,
        pay_url=issue.pay_url,
        bill_to=invoice.bill_to,
        sent_by=invoice.sent_by,
    )


def issue_failed(uow: UnitOfWork, job: Job, reason: str) -> None:
    """It was tried for days; the invoice says so, and may be sent again."""
    invoice = locked_invoice(uow, job.payload["invoice_id"])
    if invoice is not None and invoice.status != VOID:
        invoice.issue_failed(reason, uow.now)


def keep_document(
    uow: UnitOfWork, invoice_id: str, payment_id: str | None, kind: str, stored: StoredObject, filename: str
) -> None:
    """Note a stored PDF, once."""
    row = {
        "id": new_id(),
        "invoice_id": invoice_id,
        "payment_id": payment_id,
        "kind": kind,
        "key": stored.key,
        "filename": filename,
        "sha256": stored.sha256,
        "size": stored.size,
        "created_at": uow.now,
    }
    uow.session.execute(insert(documents).values(row).on_conflict_do_nothing(index_elements=["key"]))


def _open_payment(outside: Outside, view: queries.Document) -> tuple[str | None, str | None]:
    """The provider's reference, or why there is none; both None when no provider is set up or nothing is owed."""
    if outside.payments is None or view["status"] not in OPEN:
        return None, None
    order = PaymentOrder(
        key=view["id"],
        invoice_id=view["id"],
        invoice_number=view["invoice_number"],
        amount_minor=view["amount_minor"],
        currency=view["currency"],
    )
    try:
        return outside.payments.open_payment(order), None
    except Refused as refusal:
        return None, str(refusal)


def _ask_under(uow: UnitOfWork, invoice_id: str, reference: str, asked_minor: int) -> None:
    """Remember what was asked for; the payment may have come in before this was written."""
    remember_reference(uow, invoice_id, reference, asked_minor)
    row = invoice_references.c
    unasked = (row.reference == reference, row.invoice_id == invoice_id, row.asked_minor.is_(None))
    uow.session.execute(update(invoice_references).where(*unasked).values(asked_minor=asked_minor))
