"""What a PDF shows, and which PDF a person may fetch."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from libs.common import company
from libs.common.identity import Actor
from libs.common.ids import is_id
from libs.common.problems import Conflict, NotFound
from services.billing import access, settings
from services.billing.domain import DRAFT, Seller
from services.billing.models import documents, invoices, payments
from services.billing.queries.invoices import lines_of
from services.billing.queries.public import issued_by_token

PDF = "application/pdf"
_PRINTED = (
    "id invoice_number status currency subtotal_minor discount_minor tax_minor amount_minor discount_percent "
    "tax_percent description notes issued_on due_date bill_to pay_token"
)


def invoice_view(session: Session, invoice_id: str) -> dict[str, Any] | None:
    """All that an invoice's PDF shows; nothing in it changes once the invoice is issued, whatever we call ourselves."""
    row = session.execute(select(invoices).where(invoices.c.id == invoice_id)).mappings().first()
    if row is None:
        return None
    printed = {name: row[name] for name in _PRINTED.split()}
    seller = seller_now(session) if row["status"] == DRAFT else row["seller"] or _seller_before()
    return printed | {"lines": lines_of(session, invoice_id), "seller": seller}


def receipt_view(session: Session, payment_id: str) -> dict[str, Any] | None:
    """All that a payment's receipt shows."""
    columns = (payments.c.amount_minor, payments.c.method, payments.c.reference, payments.c.paid_on)
    named = ("invoice_number", "currency", "description", "issued_on", "bill_to", "seller")
    of_invoice = [invoices.c[name] for name in named]
    total = invoices.c.amount_minor.label("invoice_amount_minor")
    statement = select(payments.c.id, *columns, *of_invoice, total).join(
        invoices, invoices.c.id == payments.c.invoice_id
    )
    row = session.execute(statement.where(payments.c.id == payment_id)).mappings().first()
    return dict(row) | {"seller": row["seller"] or _seller_before()} if row is not None else None


def seller_now(session: Session) -> Seller:
    """Who we are now: what an invoice keeps when it is sent."""
    return cast(Seller, asdict(company.current(session, settings.current())))


def invoice_for_link(session: Session, actor: Actor, invoice_id: str) -> dict[str, Any]:
    """Key and name of an invoice's PDF, and whose it is. NotFound unless the actor may see it, Conflict without one."""
    columns = (invoices.c.id, invoices.c.pdf_key, invoices.c.client_id)
    statement = select(*columns).where(invoices.c.id == invoice_id, access.scope(actor))
    row = session.execute(statement).first() if is_id(invoice_id) else None
    if row is None:
        raise NotFound("there is no such invoice, or it is not yours to see")
    return _stored(session, row.pdf_key) | {"client_id": row.client_id}


def invoice_for_public_link(session: Session, _actor: Actor, token: str) -> dict[str, Any]:
    """The same for whoever holds the pay token."""
    return _stored(session, issued_by_token(session, token)["pdf_key"])


def _stored(session: Session, key: str | None) -> dict[str, Any]:
    if key is None:
        raise Conflict("this invoice has no PDF yet: it is made when the invoice is sent")
    filename = session.execute(select(documents.c.filename).where(documents.c.key == key)).scalar_one()
    return {"key": key, "filename": filename, "content_type": PDF}


def _seller_before() -> Seller:
    """Who we were on invoices sent before they kept it: what the environment says, as it stands there."""
    configured = settings.current()
    return {
        "name": configured.company_name,
        "address": configured.company_address,
        "email": configured.company_email,
        "payment_instructions": configured.payment_instructions,
        "website": "",
    }
