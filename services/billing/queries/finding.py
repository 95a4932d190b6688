"""Sums of many invoices, and a few invoices for somebody who types."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from libs.common.finding import holds, newest
from libs.common.identity import Actor
from libs.common.pages import limit_of
from services.billing import access, fields
from services.billing.domain import OPEN
from services.billing.models import invoices
from services.billing.queries.filters import business_today, matching

_FOUND = [invoices.c[name] for name in ("id", "invoice_number", "company_name", "amount_minor", "currency", "status")]


def totals(session: Session, actor: Actor, filters: dict[str, Any], today: date | None = None) -> dict[str, Any]:
    """Count and sums by currency of all invoices that fit; due is what sent and partially paid ones still ask for.

    today: the business day that overdue is reckoned from, unless it is the present one.
    """
    row = invoices.c
    owed = func.sum(row.amount_minor - row.paid_minor).filter(row.status.in_(OPEN))
    sums = {"amount_minor": func.sum(row.amount_minor), "paid_minor": func.sum(row.paid_minor), "due_minor": owed}
    columns = [func.coalesce(each, 0).label(name) for name, each in sums.items()]
    statement = select(row.currency, func.count().label("count"), *columns).group_by(row.currency)
    wanted = matching(actor, filters, today or business_today())
    rows = session.execute(statement.where(wanted).order_by(row.currency)).all()
    amounts = [{"currency": each.currency} | {name: int(each._mapping[name]) for name in sums} for each in rows]
    return {"count": sum(each._mapping["count"] for each in rows), "amounts": amounts}


def quick_find(session: Session, actor: Actor, q: str, limit: int | None) -> dict[str, Any]:
    """The newest invoices whose number or company has these letters in it; none for no letters.

    One or two letters begin a word. Of more than a thousand that are found, the newest of a thousand.
    """
    size, words = limit_of(limit), fields.text()("q", q)
    if not words:
        return {"invoices": []}
    row = invoices.c
    named = [holds(column, words) for column in (row.invoice_number, row.company_name)]
    found = newest(invoices, named, access.scope(actor), size)
    statement = select(*_FOUND).join(found, found.c.id == row.id).order_by(row.created_at.desc(), row.id.desc())
    return {"invoices": [dict(each._mapping) for each in session.execute(statement)]}
