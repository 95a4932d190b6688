"""Who may do what, and which generations a person sees: those about clients that person may see."""

from __future__ import annotations

from sqlalchemy import ColumnElement

from libs.common import rights, row_access
from libs.common.identity import Actor
from libs.common.rights import Rows
from services.ai.models import generations

PERMISSIONS = rights.permissions("ai")


def scope(actor: Actor) -> ColumnElement[bool]:
    """The generations a person may read."""
    match rights.right("ai", "generations.read").of(actor.role):
        case Rows.ALL:
            return row_access.everything()
        case Rows.SEEN:
            return row_access.readable(generations.c.client_id, actor.id)
        case _:
            return row_access.nothing()


def writable(actor: Actor) -> ColumnElement[bool]:
    """Generations are written by the service itself alone."""
    return row_access.everything() if actor.is_system else row_access.nothing()
