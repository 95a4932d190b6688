"""Finding the row a command is about, locked, and only for those who may change it."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import select

from libs.common import record_merges
from libs.common.database import UnitOfWork
from libs.common.ids import is_id
from libs.common.problems import Conflict, Forbidden, NotFound
from services.clients import access
from services.clients.domain import Activity, Client, Contact
from services.clients.models import clients, contacts

# ``{id, company_name, reason}`` of a row that a bulk change leaves as it is.
Refusal = dict[str, Any]


def client_to_change(uow: UnitOfWork, client_id: str, version: int | None = None) -> Client:
    """The client, locked. NotFound when the actor may not see it, Forbidden when only see, Conflict when stale."""
    client = client_to_see(uow, client_id, lock=True)
    may = select(clients.c.id).where(clients.c.id == client.id, access.writable(uow.actor))
    if uow.session.execute(may).first() is None:
        raise Forbidden("you may look at this client, and only its owner may change it")
    if version is not None and version != client.version:
        raise Conflict("somebody changed this client since you loaded it", current_version=client.version)
    return client


def client_to_see(uow: UnitOfWork, client_id: str, *, lock: bool = False) -> Client:
    """The client, if the actor may read it in full; by the id of one that was merged, the one that stayed."""
    if not is_id(client_id):
        raise NotFound("there is no such client")
    statement = select(Client).where(clients.c.id == client_id, access.scope(uow.actor))
    if lock:
        # Who may see a row cannot change while it is locked, so check and change are one.
        statement = statement.with_for_update(of=clients)
    client = uow.session.execute(statement.execution_options(populate_existing=True)).scalar_one_or_none()
    if client is None:
        if (now := record_merges.current(uow.session, client_id)) != client_id:
            return client_to_see(uow, now, lock=lock)
        raise NotFound("there is no such client, or it is not yours to see")
    return client


def locked_client(uow: UnitOfWork, client_id: str) -> Client | None:
    """The client, locked, for the system's own reactions; None when it is unknown or deleted.

    A late word about one that was merged is about the one that stayed.
    """
    statement = select(Client).where(clients.c.id == client_id, clients.c.deleted_at.is_(None)).with_for_update()
    client = uow.session.execute(statement.execution_options(populate_existing=True)).scalar_one_or_none()
    if client is None and (now := record_merges.current(uow.session, client_id)) != client_id:
        return locked_client(uow, now)
    return client


def contact_to_change(uow: UnitOfWork, contact_id: str, version: int | None = None) -> tuple[Client, Contact]:
    """A contact and its client, both locked."""
    found = uow.session.get(Contact, contact_id) if is_id(contact_id) else None
    if found is None:
        raise NotFound("there is no such contact")
    client = client_to_change(uow, found.client_id)
    uow.session.refresh(found, with_for_update=True)
    if version is not None and version != found.version:
        raise Conflict("somebody changed this contact since you loaded it", current_version=found.version)
    return client, found


def activity_to_change(uow: UnitOfWork, activity_id: str, version: int | None) -> tuple[Client, Activity]:
    """An activity, locked, and its client: for whoever may change the client, and for its author and its assignee.

    NotFound when the actor may not see the client. What the system wrote is nobody's to change: Conflict.
    """
    found = uow.session.get(Activity, activity_id) if is_id(activity_id) else None
    if found is None:
        raise NotFound("there is no such activity")
    client = client_to_see(uow, found.client_id, lock=True)
    uow.session.refresh(found, with_for_update=True)
    may = select(clients.c.id).where(clients.c.id == client.id, access.writable(uow.actor))
    own = uow.actor.id in (found.actor_id, found.assignee_id)
    if not own and uow.session.execute(may).first() is None:
        raise Forbidden("you may look at this activity, and only its author, its assignee or the owner may change it")
    if found.type == "system":
        raise Conflict("the system wrote this; what happened is not changed afterwards")
    if version is not None and version != found.version:
        raise Conflict("somebody changed this activity since you loaded it", current_version=found.version)
    return client, found


def primary_contact(uow: UnitOfWork, client_id: str) -> Contact | None:
    """The contact to whom a client's mail goes, the oldest where none is marked."""
    return primary_contacts(uow, [client_id]).get(client_id)


def primary_contacts(uow: UnitOfWork, client_ids: Collection[str]) -> dict[str, Contact]:
    """The same for many clients, by their ids."""
    statement = (
        select(Contact)
        .where(contacts.c.client_id.in_(client_ids))
        .distinct(contacts.c.client_id)
        .order_by(contacts.c.client_id, contacts.c.is_primary.desc(), contacts.c.created_at, contacts.c.id)
    )
    return {contact.client_id: contact for contact in uow.session.execute(statement).scalars()}
