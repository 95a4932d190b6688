"""Who may do what, and which rows a person sees.

Notifications belong to one person and nobody else sees them, whatever the role. Mails to people here belong to
whom they were written to; mails to clients to all who may see the client.
"""

from __future__ import annotations

from typing import cast

from sqlalchemy import ColumnElement, and_, literal, or_

from libs.common import row_access
from libs.common.identity import Actor
from libs.common.ids import is_id
from services.notifications.models import emails, notifications, people

_PEOPLE = frozenset({"admin", "sales", "finance", "manager"})
_SEE_ALL = frozenset({"admin", "finance", "system"})

PERMISSIONS: dict[str, frozenset[str]] = {
    "notifications.own": _PEOPLE,
    "emails.read": _PEOPLE | {"system"},
    "emails.test": frozenset({"admin", "system"}),
    "operate": frozenset({"admin", "system"}),
}


def own(actor: Actor) -> ColumnElement[bool]:
    """The person's own notifications, which are also the only ones it may mark as read."""
    return notifications.c.user_id == actor.id if is_id(actor.id) else row_access.nothing()


def scope(actor: Actor) -> ColumnElement[bool]:
    """The mails a person may read."""
    if actor.role in _SEE_ALL:
        return row_access.everything()
    mine = emails.c.user_id == actor.id
    if actor.role != "sales":
        return mine
    to_clients = and_(emails.c.user_id.is_(None), row_access.readable(emails.c.client_id, actor.id))
    return or_(mine, to_clients)


def sees_deals_of(client_id: str) -> ColumnElement[bool]:
    """People who may see the deals of a client, as the deals service rules: all but those of sales without access."""
    person = cast(str, people.c.user_id)  # a column stands where one person's id could
    record = literal(client_id, emails.c.client_id.type)
    return or_(people.c.role != "sales", row_access.readable(record, person))
