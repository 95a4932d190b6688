"""A form from the website: it finds its client or makes one."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from libs.common import fields
from libs.common.database import UnitOfWork
from libs.common.ids import new_id
from services.clients.domain import Client, Contact, intake_key, mail_host, normal_name
from services.clients.events import ClientCreated, ClientInquired
from services.clients.handlers.loading import locked_client, primary_contact
from services.clients.handlers.telling import card, log_inbound, tell_access, tell_contact
from services.clients.models import client_keys, contacts

_FORM: dict[str, fields.Reader] = {
    "company_name": fields.text(),
    "company_email": fields.email,
    "first_name": fields.text(required=True),
    "last_name": fields.text(),
    "email": fields.email,
    "phone": fields.text(60),
    "job_title": fields.text(),
    "industry": fields.text(),
    "message": fields.text(fields.TEXT_LENGTH),
}
_SUBJECTS = {"website": "New inquiry from website", "brief_wizard": "New brief from website"}
_DID = {"website": "submitted contact form", "brief_wizard": "submitted a project brief"}


def submit_contact(uow: UnitOfWork, form: dict[str, Any], reference: str, source: str) -> dict[str, Any]:
    """Client, contact and activity of one form. Two forms of one company at once make one client."""
    given = dict.fromkeys(_FORM) | fields.read(_FORM, form)
    client, created = _client_of(uow, given, source)
    contact = _contact_of(uow, client, given)
    description = f"{contact.name} from {client.company_name} {_DID[source]}"
    details = {"reference": reference} | ({"message": given["message"]} if given["message"] else {})
    log_inbound(uow, client.id, "system", _SUBJECTS[source], description, contact_id=contact.id, details=details)
    if created:
        _tell_created(uow, client, contact, given["message"], reference)
    if source == "website":
        _tell_inquiry(uow, client, contact, given["message"], reference, created=created)
    return {
        "client_id": client.id,
        "contact_id": contact.id,
        "company_name": client.company_name,
        "owner_id": client.owner_id,
        "contact_name": contact.name,
        "contact_email": contact.email,
        "contact_phone": contact.phone,
        "created": created,
    }


def _client_of(uow: UnitOfWork, given: dict[str, Any], source: str) -> tuple[Client, bool]:
    """The client a form belongs to, locked, and whether this form made it."""
    key = intake_key(given["company_name"], given["company_email"], given["email"])
    fresh = _new_client(uow, given, source)
    if key is None:
        uow.session.add(fresh)
        uow.session.flush()
        return fresh, True
    # Whoever writes the key first makes the client; anyone else waits here and finds it.
    client_id = uow.session.execute(select(client_keys.c.client_id).where(client_keys.c.key == key)).scalar()
    while client_id is None or (client := locked_client(uow, client_id)) is None:
        if client_id is not None:  # its client was deleted: the key is free again
            uow.session.execute(client_keys.delete().where(client_keys.c.key == key))
        uow.session.add(fresh)
        uow.session.flush()
        if _claim(uow, key, fresh.id):
            _claim_host(uow, given, fresh.id)
            return fresh, True
        uow.session.delete(fresh)
        uow.session.flush()
        fresh = _new_client(uow, given, source)
        client_id = uow.session.execute(select(client_keys.c.client_id).where(client_keys.c.key == key)).scalar()
    return client, False


def _claim(uow: UnitOfWork, key: str, client_id: str) -> bool:
    statement = insert(client_keys).values(key=key, client_id=client_id).on_conflict_do_nothing()
    return uow.session.execute(statement.returning(client_keys.c.key)).first() is not None


def _claim_host(uow: UnitOfWork, given: dict[str, Any], client_id: str) -> None:
    """A later form without a company name finds this client by its mail host."""
    hosts = {mail_host(given["company_email"]), mail_host(given["email"])} - {None}
    for host in sorted(str(each) for each in hosts):  # in one order everywhere, so that no two wait for each other
        _claim(uow, f"host:{host}", client_id)


def _new_client(uow: UnitOfWork, given: dict[str, Any], source: str) -> Client:
    name = given["company_name"] or mail_host(given["company_email"]) or mail_host(given["email"])
    name = name or f"{given['first_name']} {given['last_name'] or ''}".strip()
    return Client(
        id=new_id(),
        company_name=name,
        match_name=normal_name(name),
        status="prospect",
        source=source,
        currency=uow.business.currency,
        email=given["company_email"],
        phone=given["phone"],
        industry=given["industry"],
        created_at=uow.now,
        updated_at=uow.now,
    )


def _contact_of(uow: UnitOfWork, client: Client, given: dict[str, Any]) -> Contact:
    """The person, found by address within the client; the client's row lock keeps two forms from making two."""
    known = {"phone": given["phone"], "job_title": given["job_title"], "last_name": given["last_name"]}
    match = func.lower(contacts.c.email) == given["email"].lower() if given["email"] else contacts.c.id.is_(None)
    found = uow.session.execute(select(Contact).where(contacts.c.client_id == client.id, match)).scalar_one_or_none()
    if found is not None:
        found.learn(known, uow.now)
        return found
    contact = Contact(
        id=new_id(),
        client_id=client.id,
        first_name=given["first_name"],
        last_name=given["last_name"] or "",
        email=given["email"],
        phone=given["phone"],
        job_title=given["job_title"],
        is_primary=primary_contact(uow, client.id) is None,
        created_at=uow.now,
        updated_at=uow.now,
    )
    uow.session.add(contact)
    uow.session.flush()
    tell_contact(uow, client, contact)
    return contact


def _tell_created(uow: UnitOfWork, client: Client, contact: Contact, message: str | None, reference: str) -> None:
    event = ClientCreated(
        client_id=client.id,
        company_name=client.company_name,
        status=client.status,
        source=client.source,
        industry=client.industry,
        owner_id=client.owner_id,
        contact=card(contact),
        message=message,
        reference=reference,
        version=client.version,
    )
    uow.outbox.add(event, of=client)
    tell_access(uow, client)


def _tell_inquiry(
    uow: UnitOfWork, client: Client, contact: Contact, message: str | None, reference: str, *, created: bool
) -> None:
    event = ClientInquired(
        client_id=client.id,
        company_name=client.company_name,
        contact=card(contact),
        message=message,
        owner_id=client.owner_id,
        created=created,
        reference=reference,
        version=client.version,
    )
    uow.outbox.add(event, of=client)
