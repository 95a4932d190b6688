"""Invoices that should have been paid by now."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from libs.common.database import UnitOfWork
from services.billing import events
from services.billing.domain import OPEN, Invoice
from services.billing.handlers.telling import tell
from services.billing.models import invoices


def announce_overdue(uow: UnitOfWork, _due_at: datetime) -> None:
    """Tell each invoice that became overdue, once. Whether one is overdue is computed wherever it is shown."""
    late = select(Invoice).where(
        invoices.c.status.in_(OPEN), invoices.c.due_date < uow.today, invoices.c.overdue_announced_at.is_(None)
    )
    for invoice in uow.session.execute(late.order_by(invoices.c.id).with_for_update(of=invoices)).scalars().all():
        invoice.overdue_announced_at = uow.now
        invoice.touch(uow.now)
        uow.session.flush()
        tell(uow, events.InvoiceOverdue, invoice)
