"""Events and activities that several commands share."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from libs.common.database import UnitOfWork
from libs.common.ids import new_id
from services.clients.domain import Activity, Client, Contact
from services.clients.events import ActivityLogged, ClientAccessChanged, ContactCard, ContactCreated, Reader
from services.clients.models import access_grants, clients, tags


def card(contact: Contact) -> ContactCard:
    return ContactCard(
        contact_id=contact.id,
        first_name=contact.first_name,
        last_name=contact.last_name,
        email=contact.email,
        phone=contact.phone,
        job_title=contact.job_title,
    )


def access_of(uow: UnitOfWork, client: Client) -> ClientAccessChanged:
    """Who may see the client now, as the other services keep it."""
    grant = access_grants.c
    rows = uow.session.execute(
        select(grant.user_id, grant.ends_at).where(grant.client_id == client.id, grant.revoked_at.is_(None))
    )
    return ClientAccessChanged(
        record_id=client.id,
        owner_id=None if client.deleted_at else client.owner_id,
        label=client.company_name,
        is_open=client.is_open,
        closed=client.deleted_at is not None,
        readers=[] if client.deleted_at else [Reader(user_id=row.user_id, until=row.ends_at) for row in rows],
        version=client.access_version,
    )


def tell_access(uow: UnitOfWork, client: Client) -> None:
    uow.session.flush()
    uow.outbox.add(access_of(uow, client), of=client)


def tell_contact(uow: UnitOfWork, client: Client, contact: Contact) -> None:
    event = ContactCreated(
        **card(contact).model_dump(),
        client_id=client.id,
        company_name=client.company_name,
        is_primary=contact.is_primary,
        version=contact.version,
    )
    uow.outbox.add(event, of=contact)


def log(uow: UnitOfWork, client_id: str, kind: str, subject: str, description: str = "", **more: Any) -> Activity:
    """Write an activity in the actor's name and tell it."""
    occurred_at = more.pop("occurred_at", None) or uow.now
    activity = Activity(
        id=new_id(),
        client_id=client_id,
        type=kind,
        subject=subject,
        description=description,
        occurred_at=occurred_at,
        created_at=uow.now,
        actor_id=uow.actor.id,
        actor_name=uow.actor.name,
        **more,
    )
    uow.session.add(activity)
    uow.session.flush()
    uow.session.execute(
        # Not a change of the client itself, so its version stays: nobody's edit is refused for it.
        update(clients)
        .where(clients.c.id == client_id)
        .values(last_activity_at=occurred_at)
        .where((clients.c.last_activity_at.is_(None)) | (clients.c.last_activity_at < occurred_at))
    )
    event = ActivityLogged(activity_id=activity.id, client_id=client_id, type=kind, subject=subject, version=1)
    uow.outbox.add(event, of=activity)
    return activity


def know_tags(uow: UnitOfWork, names: list[str]) -> None:
    """Keep the list of tags that people choose from."""
    if names:
        rows = [{"name": name, "created_at": uow.now} for name in sorted(names)]
        uow.session.execute(insert(tags).values(rows).on_conflict_do_nothing())
