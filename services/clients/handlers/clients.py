"""Clients by hand: create, change, delete."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert as upsert

from libs.common import custom_fields
from libs.common.database import UnitOfWork
from libs.common.fields import read
from libs.common.ids import new_id
from libs.common.problems import Forbidden, Invalid
from services.clients import access, fields, queries
from services.clients.domain import Client, mail_host, normal_name
from services.clients.events import ClientCreated
from services.clients.handlers.bulk.asking import delete_one
from services.clients.handlers.contacts import add_contact
from services.clients.handlers.loading import client_to_change
from services.clients.handlers.telling import card, know_tags, log, tell_access
from services.clients.models import client_keys, clients


def create_client(uow: UnitOfWork, data: dict[str, Any]) -> dict[str, Any]:
    """A client, with its first contact if one is given; likely duplicates are named, never refused."""
    contact_data = data.pop("contact", None) if isinstance(data, dict) else None
    custom = custom_fields.taken(uow.session, "client", data, {})
    given = read(fields.CLIENT, data) | custom
    if "company_name" not in given:
        raise Invalid("company_name is needed", field="company_name")
    owner_id = given.pop("owner_id", None) or (None if uow.actor.is_system else uow.actor.id)
    if owner_id != uow.actor.id and uow.actor.role == "sales":
        raise Forbidden("only an admin may create a client for somebody else")
    defaults = {"status": "prospect", "source": "manual", "currency": uow.business.currency}
    client = Client(
        id=new_id(),
        match_name=normal_name(given["company_name"]),
        owner_id=owner_id,
        created_at=uow.now,
        updated_at=uow.now,
        **(defaults | {name: value for name, value in given.items() if value is not None}),
    )
    similar = _similar(uow, client)
    uow.session.add(client)
    uow.session.flush()
    claim_keys(uow, client)
    know_tags(uow, client.tags)
    log(uow, client.id, "system", "Client created")
    contact = add_contact(uow, client, contact_data | {"is_primary": True}) if contact_data else None
    event = ClientCreated(
        client_id=client.id,
        company_name=client.company_name,
        status=client.status,
        source=client.source,
        industry=client.industry,
        owner_id=client.owner_id,
        contact=card(contact) if contact else None,
        message=None,
        reference=None,
        version=client.version,
    )
    uow.outbox.add(event, of=client)
    tell_access(uow, client)
    return queries.client_document(uow.session, uow.actor, client.id) | {"possible_duplicates": similar}


def update_client(
    uow: UnitOfWork, client_id: str, changes: dict[str, Any], version: int | None = None
) -> dict[str, Any]:
    """Change fields of a client; the owner is changed by assigning."""
    client = client_to_change(uow, client_id, version)
    custom = custom_fields.taken(uow.session, "client", changes, client.custom)
    given = read({name: reader for name, reader in fields.CLIENT.items() if name != "owner_id"}, changes) | custom
    if given and client.change(given, uow.now):
        tell_access(uow, client)
    if "company_name" in given:
        claim_keys(uow, client)
    know_tags(uow, given.get("tags", []))
    uow.session.flush()
    return queries.client_document(uow.session, uow.actor, client.id)


def delete_client(uow: UnitOfWork, client_id: str) -> dict[str, Any]:
    """Take a client out of every list; the rows stay, so that invoices keep their customer, and it can be undone."""
    change_set_id = delete_one(uow, client_to_change(uow, client_id))
    return {"id": client_id, "deleted": True, "change_set_id": change_set_id}


def claim_keys(uow: UnitOfWork, client: Client) -> None:
    """Let later forms of this company find the client, unless an older client has the key."""
    keys = {f"name:{client.match_name}"}
    if host := mail_host(client.email):
        keys.add(f"host:{host}")
    rows = [{"key": key, "client_id": client.id} for key in sorted(keys)]
    uow.session.execute(upsert(client_keys).values(rows).on_conflict_do_nothing())


def _similar(uow: UnitOfWork, client: Client) -> list[dict[str, Any]]:
    """Clients of the same name that the actor may see."""
    statement = (
        select(clients.c.id, clients.c.company_name)
        .where(clients.c.match_name == client.match_name, access.card_scope(uow.actor))
        .order_by(clients.c.created_at)
        .limit(5)
    )
    return [dict(row._mapping) for row in uow.session.execute(statement)]
