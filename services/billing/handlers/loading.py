"""Finding the rows a command is about, locked, and only for those who may change them.

Locks are taken in one order everywhere, so that no two wait for each other: the turn of a provider's payment, the
invoice, its payments.
"""

from __future__ import annotations

from sqlalchemy import Select, func, select

from libs.common.database import UnitOfWork
from libs.common.ids import is_id
from libs.common.problems import Conflict, Forbidden, NotFound
from services.billing import access
from services.billing.domain import Invoice, Payment
from services.billing.models import invoices, payments


def invoice_to_change(uow: UnitOfWork, invoice_id: str, version: int | None = None) -> Invoice:
    """The invoice, locked. NotFound when the actor may not see it, Forbidden when only see, Conflict when stale."""
    found = _one_invoice(uow, select(Invoice).where(invoices.c.id == invoice_id, access.scope(uow.actor)), invoice_id)
    if found is None:
        raise NotFound("there is no such invoice, or it is not yours to see")
    may = select(invoices.c.id).where(invoices.c.id == invoice_id, access.writable(uow.actor))
    if uow.session.execute(may).first() is None:
        raise Forbidden("you may look at this invoice, and only the client's owner may change it")
    if version is not None and version != found.version:
        raise Conflict("somebody changed this invoice since you loaded it", current_version=found.version)
    return found


def locked_invoice(uow: UnitOfWork, invoice_id: str | None) -> Invoice | None:
    """The invoice, locked, for the system's own reactions; None when there is none."""
    return _one_invoice(uow, select(Invoice).where(invoices.c.id == invoice_id), invoice_id)


def locked_payment(uow: UnitOfWork, payment_id: str) -> Payment:
    """A payment, locked; whoever locks its invoice too does that first. NotFound when there is none."""
    statement = select(Payment).where(payments.c.id == payment_id).with_for_update()
    found = None
    if is_id(payment_id):
        found = uow.session.execute(statement.execution_options(populate_existing=True)).scalar_one_or_none()
    if found is None:
        raise NotFound("there is no such payment")
    return found


def payments_of(uow: UnitOfWork, invoice_id: str) -> list[Payment]:
    """All payments of an invoice whose row is locked, as they are now."""
    uow.session.flush()
    statement = (
        select(Payment).where(payments.c.invoice_id == invoice_id).order_by(payments.c.created_at, payments.c.id)
    )
    return list(uow.session.execute(statement.execution_options(populate_existing=True)).scalars())


def take_turn(uow: UnitOfWork, reference: str) -> None:
    """Wait until nobody else works on what the provider tells of this payment; held until the transaction ends."""
    uow.session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(reference, 0))))


def _one_invoice(uow: UnitOfWork, statement: Select[Invoice], invoice_id: str | None) -> Invoice | None:
    if not is_id(invoice_id):
        return None
    statement = statement.with_for_update(of=invoices).execution_options(populate_existing=True)
    return uow.session.execute(statement).scalar_one_or_none()
