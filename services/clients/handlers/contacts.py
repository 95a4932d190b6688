"""Contacts by hand."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select, update

from libs.common import custom_fields
from libs.common.database import UnitOfWork
from libs.common.fields import read
from libs.common.ids import new_id
from libs.common.problems import Conflict, Invalid
from services.clients import fields, queries
from services.clients.domain import Client, Contact
from services.clients.handlers.loading import client_to_change, contact_to_change, primary_contact
from services.clients.handlers.telling import tell_contact
from services.clients.models import contacts


def create_contact(uow: UnitOfWork, client_id: str, data: dict[str, Any]) -> dict[str, Any]:
    """A further person at a client."""
    return queries.contact_document(add_contact(uow, client_to_change(uow, client_id), data))


def update_contact(
    uow: UnitOfWork, contact_id: str, changes: dict[str, Any], version: int | None = None
) -> dict[str, Any]:
    client, contact = contact_to_change(uow, contact_id, version)
    custom = custom_fields.taken(uow.session, "contact", changes, contact.custom)
    given = read(fields.CONTACT, changes) | custom
    given = {name: value if name != "last_name" else value or "" for name, value in given.items()}
    if given.get("is_primary") is False and contact.is_primary:
        raise Invalid("name another contact the primary one instead", field="is_primary")
    _refuse_same_address(uow, client, given.get("email"), other_than=contact.id)
    if given.get("is_primary") and not contact.is_primary:
        _unset_primary(uow, client)
    contact.change(given, uow.now)
    uow.session.flush()
    return queries.contact_document(contact)


def delete_contact(uow: UnitOfWork, contact_id: str) -> dict[str, Any]:
    """Remove a contact; when it was the primary one, the oldest other takes its place."""
    client, contact = contact_to_change(uow, contact_id)
    uow.session.delete(contact)
    uow.session.flush()
    heir = primary_contact(uow, client.id) if contact.is_primary else None
    if heir is not None:
        heir.change({"is_primary": True}, uow.now)
    return {"id": contact_id, "deleted": True}


def add_contact(uow: UnitOfWork, client: Client, data: dict[str, Any]) -> Contact:
    """Add a person; the first one is the primary contact whatever was asked."""
    custom = custom_fields.taken(uow.session, "contact", data, {})
    given = read(fields.CONTACT, data) | custom
    if "first_name" not in given:
        raise Invalid("first_name is needed", field="first_name")
    _refuse_same_address(uow, client, given.get("email"))
    first = primary_contact(uow, client.id) is None
    primary = bool(given.pop("is_primary", False)) or first
    if primary and not first:
        _unset_primary(uow, client)
    given["last_name"] = given.get("last_name") or ""
    contact = Contact(
        id=new_id(), client_id=client.id, is_primary=primary, created_at=uow.now, updated_at=uow.now, **given
    )
    uow.session.add(contact)
    uow.session.flush()
    tell_contact(uow, client, contact)
    return contact


def _unset_primary(uow: UnitOfWork, client: Client) -> None:
    statement = update(contacts).where(contacts.c.client_id == client.id, contacts.c.is_primary)
    uow.session.execute(statement.values(is_primary=False, version=contacts.c.version + 1, updated_at=uow.now))


def _refuse_same_address(uow: UnitOfWork, client: Client, address: str | None, other_than: str | None = None) -> None:
    """Said in words here; under concurrency the unique index says it."""
    if not address:
        return
    same = select(contacts.c.id).where(
        contacts.c.client_id == client.id,
        func.lower(contacts.c.email) == address.lower(),
        contacts.c.id.is_distinct_from(other_than),
    )
    if uow.session.execute(same).first() is not None:
        raise Conflict(f"this client has a contact with the address {address} already", field="email")
