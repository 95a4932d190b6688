"""What whoever holds an invoice's pay token may see: no ids, nothing of ours."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from libs.common import company
from libs.common.clock import business_date
from libs.common.identity import Actor
from libs.common.problems import NotFound
from services.billing import settings
from services.billing.domain import DRAFT, OPEN
from services.billing.models import invoices
from services.billing.queries.invoices import is_overdue, lines_of

_SHOWN = (
    "invoice_number amount_minor subtotal_minor discount_minor tax_minor paid_minor currency status due_date "
    "issued_on paid_date description notes"
)


def public_invoice(session: Session, _actor: Actor, token: str) -> dict[str, Any]:
    """The invoice as its client sees it. NotFound for a false token, and for an invoice that was never sent."""
    row = issued_by_token(session, token)
    configured = settings.current()
    seller = company.current(session, configured)
    today = business_date(datetime.now(UTC), configured.business_tz)
    return {name: row[name] for name in _SHOWN.split()} | {
        "discount_percent": f"{row['discount_percent'].normalize():f}",
        "tax_percent": f"{row['tax_percent'].normalize():f}",
        "due_minor": row["amount_minor"] - row["paid_minor"],
        "overdue": is_overdue(row["status"], row["due_date"], today),
        "seller": seller.name,
        "seller_email": seller.email,
        "seller_website": seller.website,
        "company_name": row["company_name"],
        "lines": lines_of(session, row["id"]),
        "payment_instructions": seller.payment_instructions,
        "can_pay_online": row["status"] in OPEN and bool(configured.stripe_api_key),
        "has_pdf": row["pdf_key"] is not None,
    }


def payable_invoice(session: Session, _actor: Actor, token: str) -> dict[str, Any]:
    """What a payment of this invoice needs: ids, what is owed, and the mail address it went to."""
    row = issued_by_token(session, token)
    return {
        "id": row["id"],
        "invoice_number": row["invoice_number"],
        "status": row["status"],
        "due_minor": row["amount_minor"] - row["paid_minor"],
        "currency": row["currency"],
        "pay_token": row["pay_token"],
        "email": (row["bill_to"] or {}).get("email"),
    }


def issued_by_token(session: Session, token: str) -> Any:
    """The row of an issued invoice; NotFound for a false token and for a draft."""
    usable = isinstance(token, str) and token.isascii() and token.isprintable()
    statement = select(invoices).where(
        invoices.c.pay_token == token, invoices.c.status != DRAFT, invoices.c.issued_on.isnot(None)
    )
    row = session.execute(statement).mappings().first() if usable else None
    if row is None:
        raise NotFound("there is no invoice under this address")
    return row
