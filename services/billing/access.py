"""Who may do what with money, and which rows a person sees.

Sales works with the invoices of its own clients and reads those of clients it may see; finance and admin see all.
Payments that fit no invoice belong to nobody's client, so only finance and admin see them.
"""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from libs.common import row_access
from libs.common.identity import Actor
from services.billing.models import invoices, payments

_EVERYONE = frozenset({"admin", "sales", "finance", "manager", "system"})
_FINANCE = frozenset({"admin", "finance", "system"})

PERMISSIONS: dict[str, frozenset[str]] = {
    # Everyone may ask; a role without rows gets none.
    "invoices.read": _EVERYONE,
    "invoices.write": _FINANCE | {"sales"},
    "payments.read": _EVERYONE,
    "payments.write": _FINANCE,
    "operate": frozenset({"admin", "system"}),
}


def scope(actor: Actor) -> ColumnElement[bool]:
    """The invoices a person may read."""
    if actor.role in _FINANCE:
        return row_access.everything()
    if actor.role == "sales":
        return row_access.readable(invoices.c.client_id, actor.id)
    return row_access.nothing()


def writable(actor: Actor) -> ColumnElement[bool]:
    """The invoices a person may change."""
    if actor.role in _FINANCE:
        return row_access.everything()
    if actor.role == "sales":
        return row_access.owned(invoices.c.client_id, actor.id)
    return row_access.nothing()


def payments_scope(actor: Actor) -> ColumnElement[bool]:
    """The payments a person may read: those of the invoices in scope, and for finance those of none."""
    if actor.role in _FINANCE:
        return row_access.everything()
    return payments.c.invoice_id.in_(select(invoices.c.id).where(scope(actor)))


def sees_client(session: Session, actor: Actor, client_id: str) -> bool:
    """Whether a person may know of a client's invoices."""
    return actor.role in _FINANCE or _holds(session, row_access.readable, actor, client_id)


def owns_client(session: Session, actor: Actor, client_id: str) -> bool:
    """Whether a person may write invoices to a client."""
    return actor.role in _FINANCE or _holds(session, row_access.owned, actor, client_id)


def _holds(
    session: Session, rule: Callable[[ColumnElement[str], str], ColumnElement[bool]], actor: Actor, client_id: str
) -> bool:
    record = row_access.entries.c.record_id
    found = select(record).where(record == client_id, rule(record, actor.id))
    return actor.role == "sales" and session.execute(found).first() is not None
