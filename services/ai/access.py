"""Who may do what, and which generations a person sees: those about clients that person may see."""

from __future__ import annotations

from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from libs.common import rights, row_access
from libs.common.identity import Actor
from libs.common.problems import Forbidden
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


def notes_writable(actor: Actor) -> ColumnElement[bool]:
    """The readings of notes that a person may take over: those about clients of theirs."""
    match rights.right("ai", "notes.write").of(actor.role):
        case Rows.ALL:
            return row_access.everything()
        case Rows.OWN:
            return row_access.owned(generations.c.client_id, actor.id)
        case _:
            return row_access.nothing()


def require_own_client(session: Session, actor: Actor, client_id: str) -> None:
    """Forbidden where the actor may not have notes read about this client."""
    if rights.right("ai", "notes.write").of(actor.role) is Rows.ALL:
        return
    if row_access.owner(session, client_id) != actor.id:
        raise Forbidden("you may look at this deal, and only its client's owner may change it")
