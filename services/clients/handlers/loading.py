"""Finding the row a command is about, locked, and only for those who may change it."""

from __future__ import annotations

from sqlalchemy import select

from libs.common.database import UnitOfWork
from libs.common.ids import is_id
from libs.common.problems import Conflict, Forbidden, NotFound
from services.clients import access
from services.clients.domain import Client, Contact
from services.clients.models import clients, contacts


def client_to_change(uow: UnitOfWork, client_id: str, version: int | None = None) -> Client:
    """The client, locked. NotFound when the actor may not see it, Forbidden when only see, Conflict when stale."""
    client = client_to_see(uow, client_id, lock=True)
    may = select(clients.c.id).where(clients.c.id == client_id, access.writable(uow.actor))
    if uow.session.execute(may).first() is None:
        raise Forbidden("you may look at this client, and only its owner may change it")
    if version is not None and version != client.version:
        raise Conflict("somebody changed this client since you loaded it", current_version=client.version)
    return client


def client_to_see(uow: UnitOfWork, client_id: str, *, lock: bool = False) -> Client:
    """The client, if the actor may read it in full."""
    if not is_id(client_id):
        raise NotFound("there is no such client")
    statement = select(Client).where(clients.c.id == client_id, access.scope(uow.actor))
    if lock:
        # Who may see a row cannot change while it is locked, so check and change are one.
        statement = statement.with_for_update(of=clients)
    client = uow.session.execute(statement.execution_options(populate_existing=True)).scalar_one_or_none()
    if client is None:
        raise NotFound("there is no such client, or it is not yours to see")
    return client


def locked_client(uow: UnitOfWork, client_id: str) -> Client | None:
    """The client, locked, for the system's own reactions; None when it is unknown or deleted."""
    statement = select(Client).where(clients.c.id == client_id, clients.c.deleted_at.is_(None)).with_for_update()
    return uow.session.execute(statement.execution_options(populate_existing=True)).scalar_one_or_none()


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


def primary_contact(uow: UnitOfWork, client_id: str) -> Contact | None:
    """The contact to whom a client's mail goes, the oldest where none is marked."""
    statement = (
        select(Contact)
        .where(contacts.c.client_id == client_id)
        .order_by(contacts.c.is_primary.desc(), contacts.c.created_at, contacts.c.id)
        .limit(1)
    )
    return uow.session.execute(statement).scalar_one_or_none()
