"""Giving clients to the people who look after them, one or many at once."""

from __future__ import annotations

from typing import Any, Protocol

from sqlalchemy import insert

from libs.common.database import UnitOfWork
from libs.common.fields import identifier
from libs.common.ids import new_id
from services.clients import queries
from services.clients.domain import Client, Contact
from services.clients.events import ClientAssigned
from services.clients.handlers.loading import client_to_change, primary_contacts
from services.clients.handlers.telling import card, log_all, tell_access
from services.clients.models import assignments


class Assigned(Protocol):
    """What a new owner is told of a client."""

    @property
    def id(self) -> str: ...
    @property
    def company_name(self) -> str: ...
    @property
    def owner_id(self) -> str | None: ...
    @property
    def industry(self) -> str | None: ...
    @property
    def phone(self) -> str | None: ...
    @property
    def email(self) -> str | None: ...
    @property
    def version(self) -> int: ...


def assign_client(uow: UnitOfWork, client_id: str, owner_id: str | None) -> dict[str, Any]:
    """Give a client to a rep, who is told by mail; giving it to the same rep again does nothing."""
    client = client_to_change(uow, client_id)
    give(uow, [(client, identifier("owner_id", owner_id))])
    return queries.client_document(uow.session, uow.actor, client.id)


def give(uow: UnitOfWork, owners: list[tuple[Client, str | None]]) -> None:
    """Give each client, locked, to its new owner, and tell each that changed hands."""
    given: dict[str, tuple[Client, str | None]] = {}
    for client, owner_id in owners:
        previous = client.owner_id
        if client.assign(owner_id, uow.now):
            given[client.id] = (client, previous)
    if not given:
        return
    uow.session.execute(insert(assignments), [assignment(uow, *each) for each in given.values()])
    log_all(uow, {each.id: "Client assigned" if each.owner_id else "Client unassigned" for each, _ in given.values()})
    tell_access(uow, *(client for client, _ in given.values()))
    contacts = primary_contacts(uow, given)
    for client, previous in given.values():
        uow.outbox.add(assigned(uow, client, previous, contacts.get(client.id)), of=client)


def assignment(uow: UnitOfWork, client: Assigned, previous: str | None) -> dict[str, Any]:
    """The row of a client that has its new owner."""
    row = {"id": new_id(), "client_id": client.id, "owner_id": client.owner_id, "previous_owner_id": previous}
    return row | {"assigned_by": uow.actor.id, "assigned_at": uow.now}


def assigned(uow: UnitOfWork, client: Assigned, previous: str | None, contact: Contact | None) -> ClientAssigned:
    """What tells the new owner."""
    return ClientAssigned(
        client_id=client.id,
        company_name=client.company_name,
        owner_id=client.owner_id,
        previous_owner_id=previous,
        industry=client.industry,
        phone=client.phone,
        email=client.email,
        contact=card(contact) if contact else None,
        assigned_by=uow.actor.id,
        version=client.version,
    )
