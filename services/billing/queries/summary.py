"""What of money a person's morning begins with."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from libs.common.identity import Actor
from libs.common.problems import Invalid
from services.billing import fields
from services.billing.models import invoices
from services.billing.queries.filters import matching
from services.billing.queries.finding import totals

_SHOWN = 5
_COLUMNS = [invoices.c[name] for name in ("id", "invoice_number", "client_id", "company_name", "currency", "due_date")]


def summary(session: Session, actor: Actor, today: Any) -> dict[str, Any]:
    """``overdue``, with the filters that find all of it, its count and sums by currency.

    Of them the five with most to pay stand in ``items``, with what they still ask for and days overdue.
    """
    day = fields.day("today", today)
    if day is None:
        raise Invalid("today is needed", field="today")
    overdue: dict[str, Any] = {"overdue": True}
    owed = (invoices.c.amount_minor - invoices.c.paid_minor).label("outstanding_minor")
    largest = select(*_COLUMNS, owed).where(matching(actor, overdue, day)).order_by(owed.desc(), invoices.c.id)
    items = [dict(row._mapping) | {"days": (day - row.due_date).days} for row in session.execute(largest.limit(_SHOWN))]
    return {"overdue": _part(session, actor, overdue, day) | {"items": items}}


def _part(session: Session, actor: Actor, filters: dict[str, Any], today: date) -> dict[str, Any]:
    found = totals(session, actor, filters, today)
    values = [{"currency": each["currency"], "amount_minor": each["due_minor"]} for each in found["amounts"]]
    return {"filters": filters, "count": found["count"], "values": values}
