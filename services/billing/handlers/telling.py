"""Events that several commands share."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from libs.common import row_access
from libs.common.database import UnitOfWork
from services.billing import events
from services.billing.domain import Invoice, Payment
from services.billing.models import deal_states


def tell(uow: UnitOfWork, kind: type[events.InvoiceState], invoice: Invoice, **more: Any) -> None:
    """Tell an invoice's state."""
    uow.outbox.add(kind(**state_of(invoice, owner_of(uow, invoice)), **more), of=invoice)


def tell_payment(
    uow: UnitOfWork,
    kind: type[events.PaymentOfInvoice],
    payment: Payment,
    invoice: Invoice,
    amount_minor: int,
    **more: Any,
) -> None:
    """Tell something of an invoice's payment."""
    event = kind(**payment_of(payment, invoice, owner_of(uow, invoice)), amount_minor=amount_minor, **more)
    uow.outbox.add(event, of=payment)


def tell_unmatched(uow: UnitOfWork, payment: Payment, amount_minor: int) -> None:
    """Tell finance of money to look at."""
    event = events.PaymentUnmatched(
        payment_id=payment.id,
        amount_minor=amount_minor,
        currency=payment.currency,
        reason=payment.reason or "",
        provider_reference=payment.provider_reference,
        version=payment.version,
    )
    uow.outbox.add(event, of=payment)


def state_of(invoice: Invoice, owner_id: str | None) -> dict[str, Any]:
    """What every event about an invoice carries."""
    same = (
        "invoice_number client_id deal_id company_name amount_minor paid_minor currency status due_date paid_date "
        "payment_method payment_reference description origin version"
    )
    return {name: getattr(invoice, name) for name in same.split()} | {"invoice_id": invoice.id, "owner_id": owner_id}


def payment_of(payment: Payment, invoice: Invoice, owner_id: str | None) -> dict[str, Any]:
    """What every event about an invoice's payment carries beside its amount."""
    return {
        "payment_id": payment.id,
        "invoice_id": invoice.id,
        "invoice_number": invoice.invoice_number,
        "client_id": invoice.client_id,
        "deal_id": invoice.deal_id,
        "company_name": invoice.company_name,
        "currency": payment.currency,
        "owner_id": owner_id,
        "version": payment.version,
    }


def owner_of(uow: UnitOfWork, invoice: Invoice) -> str | None:
    """Whom in sales an invoice concerns: the client's owner, and where it has none the deal's."""
    owner = row_access.owner(uow.session, invoice.client_id)
    if owner is None and invoice.deal_id is not None:
        deal = select(deal_states.c.owner_id).where(deal_states.c.deal_id == invoice.deal_id)
        owner = uow.session.execute(deal).scalar_one_or_none()
    return owner
