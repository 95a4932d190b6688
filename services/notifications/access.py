"""Who may do what, and which rows a person sees.

Notifications belong to one person and nobody else sees them, whatever the role. Mails to people here belong to
whom they were written to; mails to clients to all who may see the client.
"""

from __future__ import annotations

from typing import cast

from sqlalchemy import ColumnElement, and_, literal, or_

from libs.common import rights, row_access
from libs.common.identity import Actor
from libs.common.ids import is_id
from libs.common.rights import Rows
from services.notifications.models import emails, notifications, people

PERMISSIONS = rights.permissions("notifications")


def own(actor: Actor) -> ColumnElement[bool]:
    """The person's own notifications, which are also the only ones it may mark as read."""
    return notifications.c.user_id == actor.id if is_id(actor.id) else row_access.nothing()


def scope(actor: Actor) -> ColumnElement[bool]:
    """The mails a person may read."""
    rows = rights.right("notifications", "emails.read").of(actor.role)
    if rows is Rows.ALL:
        return row_access.everything()
    mine = emails.c.user_id == actor.id
    if rows is not Rows.SEEN:
        return mine
    to_clients = and_(emails.c.user_id.is_(None), row_access.readable(emails.c.client_id, actor.id))
    return or_(mine, to_clients)


def sees_deals_of(client_id: str) -> ColumnElement[bool]:
    """People who may see the deals of a client, as the deals service rules: all but those of sales without access."""
    person = cast(str, people.c.user_id)  # a column stands where one person's id could
    record = literal(client_id, emails.c.client_id.type)
    return or_(people.c.role != "sales", row_access.readable(record, person))
