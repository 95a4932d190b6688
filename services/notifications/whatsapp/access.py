"""Which conversations a person sees, and which it may write in: those of the clients it sees, or owns.

One that is nobody's yet is for all of sales and the admins to look at.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, or_

from libs.common import rights, row_access
from libs.common.identity import Actor
from libs.common.rights import Rows
from services.notifications.whatsapp.models import conversations

_SERVICE = "notifications"


def scope(actor: Actor) -> ColumnElement[bool]:
    """The conversations a person may read."""
    rows = rights.right(_SERVICE, "whatsapp.read").of(actor.role)
    if rows is Rows.ALL:
        return row_access.everything()
    if rows is not Rows.SEEN:
        return row_access.nothing()
    theirs = row_access.readable(conversations.c.client_id, actor.id)
    return or_(conversations.c.client_id.is_(None), theirs)


def writable(actor: Actor) -> ColumnElement[bool]:
    """The conversations a person may write in."""
    if writes_all(actor):
        return row_access.everything()
    if rights.right(_SERVICE, "whatsapp.write").of(actor.role) is not Rows.OWN:
        return row_access.nothing()
    owned = row_access.owned(conversations.c.client_id, actor.id)
    return and_(conversations.c.client_id.isnot(None), owned)


def writes_all(actor: Actor) -> bool:
    """Whether a person may write to every client."""
    return rights.right(_SERVICE, "whatsapp.write").of(actor.role) is Rows.ALL
