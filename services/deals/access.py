"""Who may do what, and which deals a person sees: those of the clients that person may see."""

from __future__ import annotations

from sqlalchemy import ColumnElement, literal

from libs.common import rights, row_access
from libs.common.identity import Actor
from libs.common.rights import Rows
from services.deals.models import deals

PERMISSIONS = rights.permissions("deals")


def scope(actor: Actor) -> ColumnElement[bool]:
    """The deals a person may read."""
    return _rule("deals.read", actor)


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
