"""Sending an invoice, taking it back, and closing what it could be paid by."""

from __future__ import annotations

from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.dialects.postgresql import insert

from libs.common.database import UnitOfWork
from libs.common.jobs import Job
from libs.common.problems import Forbidden, Invalid
from services.billing import events, fields, queries, settings
from services.billing.domain import DRAFT, BillTo, Invoice
from services.billing.handlers.loading import invoice_to_change
from services.billing.handlers.telling import tell
from services.billing.models import invoice_references, payments
from services.billing.ports import Outside, Refused

Document = dict[str, Any]


def addressee(card: Document) -> BillTo:
    """Whom an invoice goes to, from a client's contact card; Invalid when there is nobody to mail it to."""
    company_name = str(card.get("company_name") or "")
    if not card.get("contact_id"):
        raise Invalid(
            f"{company_name} has no contact yet; add one with an e-mail address and send again", field="contact"
        )
    if not card.get("email"):
        name = card.get("contact_name") or "the contact"
        raise Invalid(f"{name} of {company_name} has no e-mail address; add one and send again", field="contact")
    place = ", ".join(str(card[name]) for name in ("city", "state") if card.get(name))
    address = [str(each) for each in (card.get("address"), place, card.get("country")) if each]
    return BillTo(
        company_name=company_name,
        contact_name=str(card.get("contact_name") or ""),
        email=str(card["email"]),
        contact_id=str(card["contact_id"]),
        address=address,
    )


def send_invoice(uow: UnitOfWork, invoice_id: str, *, bill_to: BillTo) -> Document:
    """Issue an invoice: it is locked at once; its PDF, its online payment and its mail follow."""
    invoice = invoice_to_change(uow, invoice_id)
    terms_days, seller = settings.current().payment_terms_days, queries.seller_now(uow.session)
    invoice.send(bill_to, uow.actor.id, uow.today, terms_days, uow.now, seller=seller)
    uow.jobs.add("issue_invoice", {"invoice_id": invoice.id}, dedupe_key=invoice.id)
    uow.session.flush()
    return queries.invoice_document(uow.session, invoice.id, uow.today)


def void_invoice(uow: UnitOfWork, invoice_id: str, reason: str) -> Document:
    """Take an invoice back. Sales may do that to drafts; what a client has in hand is finance's to take back."""
    invoice = invoice_to_change(uow, invoice_id)
    if invoice.status != DRAFT and uow.actor.role == "sales":
        raise Forbidden("this invoice was sent; finance can void it")
    invoice.void(fields.text(2000, required=True)("reason", reason), uow.now)
    order_close(uow, invoice)
    uow.session.flush()
    tell(uow, events.InvoiceVoided, invoice)
    return queries.invoice_document(uow.session, invoice.id, uow.today)


def note_checkout(uow: UnitOfWork, invoice_id: str, reference: str, asked_minor: int) -> None:
    """Remember a page where an invoice can be paid."""
    remember_reference(uow, invoice_id, reference, asked_minor)


def remember_reference(uow: UnitOfWork, invoice_id: str, reference: str, asked_minor: int | None = None) -> None:
    """Keep an id that the provider knows an invoice by."""
    row = {"reference": reference, "invoice_id": invoice_id, "asked_minor": asked_minor, "created_at": uow.now}
    uow.session.execute(insert(invoice_references).values(row).on_conflict_do_nothing())


def order_close(uow: UnitOfWork, invoice: Invoice) -> None:
    """Let nobody pay online what is not owed any more."""
    if uow.session.execute(_open_references(invoice.id).limit(1)).first() is not None:
        uow.jobs.add("close_payments", {"invoice_id": invoice.id}, dedupe_key=invoice.id)


def close_outside(outside: Outside, job: Job) -> None:
    """Close each of an invoice's references that brought no payment."""
    if outside.payments is None:
        return
    with outside.read() as session:
        open_references = list(session.execute(_open_references(job.payload["invoice_id"])).scalars())
    for reference in open_references:
        try:
            outside.payments.close(reference)
        except Refused:
            continue  # paid or closed already; money that comes all the same is shown to finance


def close_finished(_uow: UnitOfWork, _job: Job, _result: None) -> None:
    """Nothing of ours changes."""


def _open_references(invoice_id: str) -> Any:
    row = invoice_references.c
    paid = exists().where(payments.c.provider_reference == row.reference)
    return select(row.reference).where(row.invoice_id == invoice_id, row.asked_minor.isnot(None), ~paid)


def is_payable(document: Document) -> bool:
    """Whether a public view's invoice may be paid now."""
    return bool(document["status"] in ("sent", "partially_paid") and document["due_minor"] > 0)
