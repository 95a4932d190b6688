"""Invoices as lists and details."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from libs.common.identity import Actor
from libs.common.ids import is_id
from libs.common.pages import SortKey, keyset, limit_of, page
from libs.common.problems import Invalid, NotFound
from services.billing import access
from services.billing.domain import OPEN
from services.billing.models import invoice_lines, invoices, refunds
from services.billing.queries.filters import business_today, matching
from services.billing.queries.payments import payments_of_invoice

_SHOWN = (
    "id invoice_number client_id deal_id company_name amount_minor subtotal_minor discount_minor tax_minor "
    "discount_percent tax_percent paid_minor refunded_minor currency status due_date issued_on paid_date "
    "payment_method payment_reference payment_problem description notes pdf_key mail_status mail_problem pay_token "
    "origin void_reason created_at updated_at version"
)
_COLUMNS = [invoices.c[name] for name in _SHOWN.split()]
_SORTS: dict[str, ColumnElement[Any]] = {
    "created_at": invoices.c.created_at,
    "updated_at": invoices.c.updated_at,
    "due_date": invoices.c.due_date,
    "amount": invoices.c.amount_minor,
    "invoice_number": invoices.c.invoice_number,
    "company_name": func.lower(invoices.c.company_name),
}


def list_invoices(
    session: Session, actor: Actor, filters: dict[str, Any], sort: str | None, limit: int | None, cursor: str | None
) -> dict[str, Any]:
    """Invoices the actor may see, a page at a time, without their lines and payments."""
    size, today = limit_of(limit), business_today()
    wanted = matching(actor, filters, today)
    key, descends = _sort(sort)
    keys: list[SortKey] = [(key, descends), (invoices.c.id, descends)]
    statement = keyset(select(*_COLUMNS, key.label("sort_value")).where(wanted), keys, cursor, size)
    rows, next_cursor = page(session.execute(statement).all(), size, lambda row: (row.sort_value, row.id))
    total = session.execute(select(func.count()).select_from(invoices).where(wanted)).scalar_one()
    return {"items": [_document(row, today) for row in rows], "next_cursor": next_cursor, "total": total}


def get_invoice(session: Session, actor: Actor, invoice_id: str) -> dict[str, Any]:
    """One invoice with lines, payments and refunds. NotFound unless the actor may see it."""
    seen = select(invoices.c.id).where(invoices.c.id == invoice_id, access.scope(actor))
    if not is_id(invoice_id) or session.execute(seen).first() is None:
        raise NotFound("there is no such invoice, or it is not yours to see")
    return invoice_document(session, invoice_id, business_today())


def invoice_document(session: Session, invoice_id: str, today: date) -> dict[str, Any]:
    """One invoice in full, for whom it was already decided that they may see it."""
    session.flush()
    row = session.execute(select(*_COLUMNS).where(invoices.c.id == invoice_id)).one()
    return _document(row, today) | {
        "lines": lines_of(session, invoice_id),
        "payments": payments_of_invoice(session, invoice_id),
        "refunds": _refunds_of(session, invoice_id),
    }


def client_of_invoice(session: Session, _actor: Actor, invoice_id: str) -> str | None:
    """Whose invoice it is, None when there is none; for the service itself, not for an answer."""
    if not is_id(invoice_id):
        return None
    return session.execute(select(invoices.c.client_id).where(invoices.c.id == invoice_id)).scalar_one_or_none()


def lines_of(session: Session, invoice_id: str) -> list[dict[str, Any]]:
    """The lines in order; quantities as text without needless zeros."""
    line = invoice_lines.c
    columns = (line.description, line.quantity, line.unit_price_minor, line.amount_minor)
    rows = session.execute(select(*columns).where(line.invoice_id == invoice_id).order_by(line.position))
    return [dict(row._mapping) | {"quantity": _plain(row.quantity)} for row in rows]


def is_overdue(status: str, due_date: date, today: date) -> bool:
    """Owed, and the due date is past in the business time zone."""
    return status in OPEN and due_date < today


def _document(row: Any, today: date) -> dict[str, Any]:
    document = dict(row._mapping)
    document.pop("sort_value", None)
    return document | {
        "discount_percent": _plain(row.discount_percent),
        "tax_percent": _plain(row.tax_percent),
        "overdue": is_overdue(row.status, row.due_date, today),
    }


def _refunds_of(session: Session, invoice_id: str) -> list[dict[str, Any]]:
    row = refunds.c
    columns = (row.id, row.payment_id, row.amount_minor, row.status, row.problem, row.created_at)
    found = session.execute(select(*columns).where(row.invoice_id == invoice_id).order_by(row.created_at, row.id))
    return [dict(each._mapping) for each in found]


def _sort(sort: str | None) -> tuple[ColumnElement[Any], bool]:
    wanted = sort or "-created_at"
    name = wanted.removeprefix("-").removesuffix("_minor")
    if name not in _SORTS:
        raise Invalid(f"sort is one of {', '.join(_SORTS)}, with - before it for descending", field="sort")
    return _SORTS[name], wanted.startswith("-")


def _plain(number: Decimal) -> str:
    """``1``, ``2.5``: never an exponent."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
