"""The people of a batch, each found at its client by address, else by name."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from libs.common.copying import copy_records
from libs.common.ids import is_id, new_id
from services.clients.domain import Contact, ContactState
from services.clients.importing.committing.batch import Batch, Change, Line, lowered, texts
from services.clients.importing.committing.own import news
from services.clients.models import contacts
from services.clients.queries.filtering import FULL_NAME

_CHANGES = ("first_name", "last_name", "email", "phone", "job_title", "custom")


class People:
    """The contacts that the rows of a batch may be about."""

    def __init__(self, batch: Batch) -> None:
        self._batch = batch
        self._by_key: dict[str, ContactState] = {}
        self._by_email: dict[tuple[str, str], ContactState] = {}
        self._by_name: dict[tuple[str, str], list[ContactState]] = {}
        self._taken: set[str] = set()
        self._with_primary: set[str] = set()
        self._made: list[ContactState] = []

    def load(self, lines: list[Line]) -> None:
        batch, values = self._batch, [line.reading.contact for line in lines]
        ids = {str(each["external_id"]) for each in values if each.get("external_id")}
        known = batch.known("contact", ids)
        wanted = set(known.values()) | {each for each in ids if is_id(each)}
        client_ids = {line.client_id for line in lines if line.client_id}
        by_id = {contact.id: contact for contact in self._loaded(wanted, client_ids, values)}
        for contact in by_id.values():
            self._index(contact)
        self._by_key = {key: by_id[row_id] for key, row_id in known.items() if row_id in by_id}
        self._by_key |= {each: by_id[each.lower()] for each in ids if is_id(each) and each.lower() in by_id}
        self._taken = batch.carrying("contact", by_id)
        session = batch.uow.session
        primary = select(contacts.c.client_id).where(texts(contacts.c.client_id, client_ids), contacts.c.is_primary)
        self._with_primary = set(session.execute(primary).scalars())

    def _loaded(self, ids: set[str], client_ids: set[str], values: list[dict[str, Any]]) -> list[Contact]:
        emails = {str(each["email"]).lower() for each in values if each.get("email")}
        names = {_name(each.get("first_name"), each.get("last_name")) for each in values}
        whole = lowered(FULL_NAME)
        alike = texts(lowered(contacts.c.email), emails) | texts(whole, names)
        theirs = texts(contacts.c.client_id, client_ids) & alike
        statement = select(Contact).where(texts(contacts.c.id, ids) | theirs).order_by(contacts.c.id).with_for_update()
        found = self._batch.uow.session.execute(statement.execution_options(populate_existing=True)).scalars()
        # A contact of a client that is not theirs to change is none of the file's business.
        return [contact for contact in found if contact.client_id in client_ids]

    def _index(self, contact: ContactState) -> None:
        if contact.email:
            self._by_email[contact.client_id, contact.email.lower()] = contact
        alike = self._by_name.setdefault((contact.client_id, _name(contact.first_name, contact.last_name)), [])
        if not any(each is contact for each in alike):
            alike.append(contact)

    def settle(self, line: Line) -> None:
        """Find the person of a row at its client, or add them."""
        values = line.reading.contact
        assert line.client_id is not None
        key = str(values["external_id"]) if values.get("external_id") else None
        contact = self._found(line.client_id, values, key)
        if contact is None:
            if not values.get("first_name"):
                # A link to a person who is not here: what happened is the client's all the same.
                return
            contact = self._new(line, values)
        elif values.get("first_name"):
            self._change(line, contact, values)
        if key is not None and key != contact.id:
            self._batch.stands_for("contact", key, contact.id)
            self._by_key[key] = contact
            self._taken.add(contact.id)
        line.contact_id = contact.id

    def _found(self, client_id: str, values: dict[str, Any], key: str | None) -> ContactState | None:
        if key is not None and key in self._by_key:
            return self._by_key[key] if self._by_key[key].client_id == client_id else None
        email = str(values.get("email") or "").lower()
        if email and (client_id, email) in self._by_email:
            return self._by_email[client_id, email]
        alike = self._by_name.get((client_id, _name(values.get("first_name"), values.get("last_name"))), [])
        return next((each for each in alike if self._may_be(each, email, key)), None)

    def _may_be(self, alike: ContactState, email: str, key: str | None) -> bool:
        """Whether a person of the same name is the one of a row: two ids of one system are two people, and two people
        of one name have two addresses."""
        return not (key is not None and alike.id in self._taken) and not (email and alike.email)

    def _new(self, line: Line, values: dict[str, Any]) -> ContactState:
        uow, client_id = self._batch.uow, str(line.client_id)
        given = {name: values[name] for name in _CHANGES if values.get(name) is not None}
        contact = ContactState(
            id=new_id(),
            client_id=client_id,
            is_primary=client_id not in self._with_primary,
            created_at=values.get("created_at") or uow.now,
            updated_at=uow.now,
            **{"last_name": ""} | given,
        )
        self._with_primary.add(client_id)
        self._made.append(contact)
        self._index(contact)
        self._batch.note(Change("contact", contact.id, line.n, client_id, contact.name, True, contact.version))
        line.did("created")
        return contact

    def _change(self, line: Line, contact: ContactState, values: dict[str, Any]) -> None:
        after = news(contact, values, _CHANGES)
        if str(after.get("email", "")).lower() == (contact.email or "").lower():
            after.pop("email", None)
        if "email" in after and (contact.client_id, str(after["email"]).lower()) in self._by_email:
            line.refuse("contact.email", "another contact of this client has the address")
            return
        if not after:
            return
        before = {name: getattr(contact, name) for name in after}
        if contact in self._made:
            for name, value in after.items():
                setattr(contact, name, value)
        else:
            contact.change(after, self._batch.uow.now)
        self._index(contact)
        change = Change("contact", contact.id, line.n, contact.client_id, contact.name, False, contact.version)
        change.before, change.after = before, after
        self._batch.note(change)
        line.did("updated")

    def write(self) -> None:
        uow = self._batch.uow
        uow.session.flush()
        if self._made:
            copy_records(uow.session, contacts, self._made)
            self._batch.new_contact_ids += [each.id for each in self._made]


def settle_contacts(batch: Batch) -> None:
    """The person of every line that names one."""
    lines = [line for line in batch.lines if line.goes_on and line.reading.contact and line.client_id]
    if not lines:
        return
    people = People(batch)
    people.load(lines)
    for line in lines:
        people.settle(line)
    people.write()


def _name(first: Any, last: Any) -> str:
    return f"{first or ''} {last or ''}".lower()
