"""Who may do what, and which deals a person sees: those of the clients that person may see."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Table, literal, select

from libs.common import rights, row_access
from libs.common.identity import Actor
from libs.common.rights import Rows
from services.deals.models import deals

PERMISSIONS = rights.permissions("deals")


def rows(actor: Actor) -> Rows:
    """The kind of deals a person may read."""
    return rights.right("deals", "deals.read").of(actor.role)


def scope(actor: Actor) -> ColumnElement[bool]:
    """The deals a person may read."""
    return _rule("deals.read", actor)


def counted(actor: Actor, table: Table) -> ColumnElement[bool]:
    """The same for reports, on deals or on their states: written so that few clients lead to their deals, instead of
    every deal to its client. A state is seen by whoever sees its deal now."""
    match rows(actor):
        case Rows.SEEN:
            return table.c.client_id.in_(row_access.readable_records(actor.id))
        case Rows.WON if table is not deals:
            return table.c.deal_id.in_(select(deals.c.id).where(scope(actor)))
        case _:
            return scope(actor)


def writable(actor: Actor) -> ColumnElement[bool]:
    """The deals a person may change."""
    return _rule("deals.write", actor)


def _rule(right: str, actor: Actor) -> ColumnElement[bool]:
    match rights.right("deals", right).of(actor.role):
        case Rows.ALL:
            return row_access.everything()
        case Rows.OWN:
            return row_access.owned(deals.c.client_id, actor.id)
        case Rows.SEEN:
            return row_access.readable(deals.c.client_id, actor.id)
        case Rows.WON:
            return deals.c.stage == literal("won")
        case _:
            return row_access.nothing()
