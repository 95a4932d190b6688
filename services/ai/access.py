"""Who may do what, and which generations a person sees: those about clients that person may see."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, literal, select
from sqlalchemy.orm import Session

from libs.common import rights, row_access
from libs.common.identity import Actor
from libs.common.rights import Rows
from services.ai.models import email_drafts, generations

PERMISSIONS = rights.permissions("ai")


def scope(actor: Actor) -> ColumnElement[bool]:
    """The generations about clients that a person may read."""
    rows = _rows(rights.right("ai", "generations.read").of(actor.role), generations.c.client_id, actor)
    return and_(generations.c.client_id.isnot(None), rows)


def drafts_scope(actor: Actor) -> ColumnElement[bool]:
    """The drafts of e-mails a person may read."""
    return _rows(rights.right("ai", "generations.read").of(actor.role), email_drafts.c.client_id, actor)


def drafts_writable(actor: Actor) -> ColumnElement[bool]:
    """The drafts a person may change and send: those to clients they may write to."""
    return _rows(rights.right("ai", "drafts.write").of(actor.role), email_drafts.c.client_id, actor)


def may(session: Session, actor: Actor, right: str, client_id: str) -> bool:
    """Whether a right that is held for clients holds for this one."""
    entry = row_access.entries.c
    allowed = _rows(rights.right("ai", right).of(actor.role), entry.record_id, actor)
    found = select(entry.record_id).where(entry.record_id == client_id, entry.closed.is_(False), allowed)
    return session.execute(found).first() is not None


def notes_writable(actor: Actor) -> ColumnElement[bool]:
    """The readings of notes that a person may take over: those about clients of theirs."""
    return _rows(rights.right("ai", "notes.write").of(actor.role), generations.c.client_id, actor)


def own_insights(actor: Actor) -> ColumnElement[bool]:
    """The insights a person may read: those they asked for; a service those of anybody it asked for."""
    match rights.right("ai", "insights.write").of(actor.role):
        case Rows.ALL:
            return row_access.everything()
        case Rows.SELF:
            return generations.c.user_id == literal(actor.id, generations.c.user_id.type)
        case _:
            return row_access.nothing()


def writable(actor: Actor) -> ColumnElement[bool]:
    """Generations are written by the service itself alone."""
    return row_access.everything() if actor.is_system else row_access.nothing()


def _rows(rows: Rows, client_id: ColumnElement[str], actor: Actor) -> ColumnElement[bool]:
    match rows:
        case Rows.ALL:
            return row_access.everything()
        case Rows.SEEN:
            return row_access.readable(client_id, actor.id)
        case Rows.OWN:
            return row_access.owned(client_id, actor.id)
        case _:
            return row_access.nothing()
