"""Whose numbers are these? Asked of the clients service, before any transaction."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import exists, select, tuple_

from libs.common import row_access
from libs.common.context import Context
from libs.common.problems import NotFound
from services.notifications.whatsapp.domain import Notice, Received, Reported
from services.notifications.whatsapp.models import conversations, identities
from services.notifications.whatsapp.ports import Outside

# ``{number: {client_id, contact_id}}``
Known = dict[str, dict[str, Any]]


def contacts_of(outside: Outside, context: Context, notices: Iterable[Notice]) -> Known:
    """Who is behind the numbers that no conversation links to a client yet. Unavailable where clients is down."""
    numbers = {each.person.wa_id for each in notices if not isinstance(each, Reported) and each.person.wa_id}
    asked = sorted(numbers - _linked(outside, numbers)) if numbers else []
    found = outside.contacts.behind(asked) if asked else {}
    for client_id in {each["client_id"] for each in found.values()}:
        know_client(outside, context, client_id)
    return found


def know_client(outside: Outside, context: Context, client_id: str) -> bool:
    """See to it that we know who may see a client; False when there is no such client."""
    with outside.read() as session:
        if row_access.known(session, client_id):
            return True
    try:
        answer = outside.contacts.access(client_id)
    except NotFound:
        return False
    with outside.transaction(context) as uow:
        row_access.apply(uow.session, row_access.AccessChanged.model_validate(answer))
    return True


def senders(notices: Iterable[Notice]) -> list[Received]:
    """The messages among the notices."""
    return [each for each in notices if isinstance(each, Received)]


def _linked(outside: Outside, numbers: set[str]) -> set[str]:
    row = identities.c
    named = tuple_(row.kind, row.value).in_([("number", each) for each in sorted(numbers)])
    client = row_access.entries.c
    there = exists().where(client.record_id == conversations.c.client_id, client.closed.is_(False))
    statement = select(row.value).join(conversations).where(named, conversations.c.state == "linked", there)
    with outside.read() as session:
        return set(session.execute(statement).scalars())
