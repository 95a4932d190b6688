"""Who may do what with money, and which rows a person sees.

Sales works with the invoices of its own clients and reads those of clients it may see; finance and admin see all.
Payments that fit no invoice belong to nobody's client, so only finance and admin see them.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from libs.common import rights, row_access
from libs.common.identity import Actor
from libs.common.rights import Rows
from services.billing.models import invoices, payments

PERMISSIONS = rights.permissions("billing")


def scope(actor: Actor) -> ColumnElement[bool]:
    """The invoices a person may read."""
    return _rule("invoices.read", actor)


def writable(actor: Actor) -> ColumnElement[bool]:
    """The invoices a person may change."""
    return _rule("invoices.write", actor)


def payments_scope(actor: Actor) -> ColumnElement[bool]:
    """The payments a person may read: those of the invoices in scope, and for finance those of none."""
    if _rows("payments.read", actor) is Rows.ALL:
        return row_access.everything()
    return payments.c.invoice_id.in_(select(invoices.c.id).where(scope(actor)))


def sees_client(session: Session, actor: Actor, client_id: str) -> bool:
    """Whether a person may know of a client's invoices."""
    return _holds(session, "invoices.read", actor, client_id)


def owns_client(session: Session, actor: Actor, client_id: str) -> bool:
    """Whether a person may write invoices to a client."""
    return _holds(session, "invoices.write", actor, client_id)


def _holds(session: Session, right: str, actor: Actor, client_id: str) -> bool:
    if _rows(right, actor) is Rows.ALL:
        return True
    record = row_access.entries.c.record_id
    found = select(record).where(record == client_id, _by_client(_rows(right, actor), record, actor))
    return session.execute(found).first() is not None


def _rule(right: str, actor: Actor) -> ColumnElement[bool]:
    return _by_client(_rows(right, actor), invoices.c.client_id, actor)


def _rows(right: str, actor: Actor) -> Rows:
    return rights.right("billing", right).of(actor.role)


def _by_client(rows: Rows, client_id: ColumnElement[str], actor: Actor) -> ColumnElement[bool]:
    match rows:
        case Rows.ALL:
            return row_access.everything()
        case Rows.OWN:
            return row_access.owned(client_id, actor.id)
        case Rows.SEEN:
            return row_access.readable(client_id, actor.id)
        case _:
            return row_access.nothing()
