"""Payments as lists and rows."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, literal, or_, select
from sqlalchemy.orm import Session

from libs.common.identity import Actor
from libs.common.pages import SortKey, keyset, limit_of, page
from libs.common.problems import Invalid
from services.billing import access, fields
from services.billing.domain import PAYMENT_STATUSES, UNMATCHED
from services.billing.models import invoices, payments

_SHOWN = (
    "id invoice_id suggested_invoice_id status amount_minor refunded_minor excess_minor currency method reference "
    "provider_reference paid_on reason livemode dispute_status dispute_reason receipt_key receipt_mail created_at "
    "updated_at version"
)
_COLUMNS = [
    *(payments.c[name] for name in _SHOWN.split()),
    invoices.c.invoice_number,
    invoices.c.client_id,
    invoices.c.company_name,
]
_FILTERS = frozenset({"status", "invoice_id"})


def list_payments(
    session: Session, actor: Actor, filters: dict[str, Any], limit: int | None, cursor: str | None
) -> dict[str, Any]:
    """Payments the actor may see, newest first. ``status=unmatched`` is all that finance should look at: money of no
    invoice, and payments that brought more than was owed."""
    size = limit_of(limit)
    matching = and_(access.payments_scope(actor), *_conditions(filters))
    keys: list[SortKey] = [(payments.c.created_at, True), (payments.c.id, True)]
    statement = keyset(_rows().where(matching), keys, cursor, size)
    rows, next_cursor = page(session.execute(statement).all(), size, lambda row: (row.created_at, row.id))
    total = session.execute(select(func.count()).select_from(payments).where(matching)).scalar_one()
    return {"items": [dict(row._mapping) for row in rows], "next_cursor": next_cursor, "total": total}


def payment_document(session: Session, payment_id: str) -> dict[str, Any]:
    """One payment, for whom it was already decided that they may see it."""
    session.flush()
    return dict(session.execute(_rows().where(payments.c.id == payment_id)).one()._mapping)


def payments_of_invoice(session: Session, invoice_id: str) -> list[dict[str, Any]]:
    """An invoice's payments, oldest first."""
    found = _rows().where(payments.c.invoice_id == invoice_id).order_by(payments.c.created_at, payments.c.id)
    return [dict(row._mapping) for row in session.execute(found)]


def _rows() -> Select[Any]:
    return select(*_COLUMNS).select_from(payments).join(invoices, invoices.c.id == payments.c.invoice_id, isouter=True)


def _conditions(filters: dict[str, Any]) -> list[ColumnElement[bool]]:
    unknown = [name for name in filters if name not in _FILTERS]
    if unknown:
        raise Invalid(f"there is no filter {unknown[0]!r} here", field=unknown[0])
    conditions: list[ColumnElement[bool]] = []
    if (status := filters.get("status")) is not None:
        wanted = payments.c.status == literal(fields.one_of(*PAYMENT_STATUSES)("status", status))
        too_much = payments.c.excess_minor > payments.c.refunded_minor
        conditions.append(or_(wanted, too_much) if status == UNMATCHED else wanted)
    if (invoice_id := filters.get("invoice_id")) is not None:
        named = literal(fields.identifier("invoice_id", invoice_id), payments.c.invoice_id.type)
        conditions.append(payments.c.invoice_id == named)
    return conditions
