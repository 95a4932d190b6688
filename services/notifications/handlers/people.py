"""Who works here, who we are, who may see which client, and what a person does with its own rows."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Text, cast, literal, select, update
from sqlalchemy.dialects.postgresql import insert

from libs.common import company, fields, row_access
from libs.common.database import UnitOfWork
from libs.common.events import Envelope
from libs.common.ids import is_id
from libs.common.problems import Invalid, NotFound
from services.notifications import access, queries
from services.notifications.events import ClientAccessChanged, ClientsAccessChanged, CompanyChanged, UserState
from services.notifications.handlers.posting import post
from services.notifications.models import guides, notifications, people


def on_client_access_changed(uow: UnitOfWork, event: ClientAccessChanged, _envelope: Envelope) -> None:
    """Keep who may see the client."""
    row_access.apply(uow.session, event)


def on_clients_access_changed(uow: UnitOfWork, event: ClientsAccessChanged, _envelope: Envelope) -> None:
    """Keep who may see each of many clients."""
    row_access.apply(uow.session, *event.accesses)


def on_company_changed(uow: UnitOfWork, event: CompanyChanged, _envelope: Envelope) -> None:
    """Keep the newest state: mails that leave from now on come from it."""
    company.apply(uow.session, event)


def on_user(uow: UnitOfWork, event: UserState, _envelope: Envelope) -> None:
    """Keep the newest state of a person."""
    values = event.model_dump(include={"email", "name", "role", "locale", "active", "version"})
    statement = insert(people).values(user_id=event.user_id, known_since=uow.now, **values)
    statement = statement.on_conflict_do_update(
        index_elements=["user_id"], set_=values, where=people.c.version < event.version
    )
    uow.session.execute(statement)


def mark_read(uow: UnitOfWork, notification_id: str) -> dict[str, Any]:
    """Mark one of the actor's own notifications as read; it keeps the time it was first read."""
    row = notifications.c
    mine = (row.id == notification_id, access.own(uow.actor))
    first = (*mine, row.read_at.is_(None))
    if is_id(notification_id):
        values = {"read_at": uow.now, "updated_at": uow.now, "version": row.version + 1}
        uow.session.execute(update(notifications).where(*first).values(values))
        found = uow.session.execute(select(notifications).where(*mine)).first()
        if found is not None:
            _note_review(uow, found.action_path)
            return queries.notification_document(found)
    raise NotFound("there is no such notification, or it is not yours")


def _note_review(uow: UnitOfWork, action_path: str | None) -> None:
    """Who is led to the client of the own guide looks at its details: its first step."""
    there = literal("/clients/") + cast(guides.c.client_id, Text) == literal(action_path)
    first = (guides.c.user_id == uow.actor.id, guides.c.review_at.is_(None), there)
    values = {"review_at": uow.now, "updated_at": uow.now, "version": guides.c.version + 1}
    uow.session.execute(update(guides).where(*first).values(values))


def mark_all_read(uow: UnitOfWork) -> dict[str, Any]:
    """Mark all of the actor's own notifications as read; ``{marked}``: how many that were."""
    row = notifications.c
    values = {"read_at": uow.now, "updated_at": uow.now, "version": row.version + 1}
    unread = update(notifications).where(access.own(uow.actor), row.read_at.is_(None)).values(values)
    return {"marked": len(uow.session.execute(unread.returning(row.id)).all())}


def send_test_email(uow: UnitOfWork, to: str) -> dict[str, Any]:
    """A mail to any address, through the same queue as all others."""
    address = fields.email("to", to)
    if address is None:
        raise Invalid("to is needed", field="to")
    email = post(uow, "test", {"ordered_by": uow.actor.name or "an admin"}, address=address)
    return queries.email_document(email)
