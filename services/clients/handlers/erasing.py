"""Erasing a person: asked here, told to every service, and what each of them answers is kept as a receipt."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, delete, exists, insert, literal_column, select, update
from sqlalchemy.dialects.postgresql import array

from libs.common import fields, tables
from libs.common.database import UnitOfWork
from libs.common.erasure import parts
from libs.common.erasure.parts import PartDone
from libs.common.erasure.person import ERASED, Person
from libs.common.events import Envelope
from libs.common.ids import is_id, new_id
from libs.common.jobs import Job
from services.clients import queries
from services.clients.domain import Contact
from services.clients.erasure import ERASURE
from services.clients.events import ErasureAsked
from services.clients.handlers.documents import REMOVE
from services.clients.handlers.loading import contact_to_change
from services.clients.models import clients, contacts, documents, erasures, tags

JOB = "erase_person"
MOVE = "move_document"
# Every service answers, this one among them.
SERVICES = frozenset({"ai", "billing", "clients", "deals", "gateway", "notifications"})

_UNREAD = "what stands in the file itself is not searched: open it, and delete it if it is about them"

Document = dict[str, Any]
_reason = fields.text(1000, required=True)


@dataclass(frozen=True, slots=True)
class _Asked:
    """An erasure as the aggregate of the event that asks for it."""

    id: str
    version: int


def erasing(secret: str) -> Callable[..., Document]:
    """The command that erases a contact; ``secret`` is what every service can open the person's name with."""

    def erase_contact(uow: UnitOfWork, contact_id: str, reason: str, version: int | None = None) -> Document:
        """Blank the contact at once and have every service take the person out of what it has.

        Asked again while a service has not answered, all are told again. The receipt, as far as it is.
        """
        why = _reason("reason", reason) or ""
        # The erasure before the contact: in this order the worker locks them, too.
        known = select(erasures).where(erasures.c.contact_id == contact_id).with_for_update()
        if is_id(contact_id):
            uow.session.execute(known)
        _client, contact = contact_to_change(uow, contact_id)
        row = uow.session.execute(known).first()
        if row is None:
            contact_to_change(uow, contact_id, version)
            person = _person(uow, contact)
            row = _begin(uow, person, person.sealed(secret, erasure_id := new_id()), erasure_id, why)
            _blank(uow, contact)
            _hand_on(uow, contact)
        if row.sealed:
            _tell(uow, row)
        return queries.erasure(uow.session, uow.actor, row.id)

    return erase_contact


def erase_here(secret: Callable[[], str]) -> Callable[[UnitOfWork, Job, None], None]:
    """How the worker does this service's own part."""

    def erased(uow: UnitOfWork, job: Job, _result: None) -> None:
        row = _locked(uow, job.payload["erasure_id"])
        if row is not None and row.sealed:
            person = Person.opened(secret(), row.id, row.sealed)
            record_part(uow, parts.erase(uow, ERASURE, secret(), row.id, row.sealed))
            _move_documents(uow, person)
            _forget_tags(uow, person)

    return erased


def record_part(uow: UnitOfWork, part: parts.Part) -> None:
    """Keep this service's own part with the others'."""
    kept = part.data["kept"] + _files(uow, part.data["erasure_id"])
    _record(uow, "clients", PartDone(**part.data | {"kept": kept}))


def on_person_erased(uow: UnitOfWork, event: PartDone, envelope: Envelope) -> None:
    """Keep what a service erased."""
    _record(uow, envelope.type.partition(".")[0], event)


def moved(uow: UnitOfWork, job: Job, key: str | None) -> None:
    """A document's bytes lie under a name without the person: remember it, and remove the old one."""
    if key is None:
        return
    row = documents.c
    old = uow.session.execute(select(row.key).where(row.id == job.payload["document_id"]).with_for_update()).scalar()
    uow.session.execute(update(documents).where(row.id == job.payload["document_id"]).values(key=key))
    uow.jobs.add(REMOVE, {"key": old})


def removed(uow: UnitOfWork, job: Job, _result: None) -> None:
    """The job itself named the file, and goes with it."""
    uow.session.execute(tables.jobs.delete().where(tables.jobs.c.id == job.id))


def _person(uow: UnitOfWork, contact: Contact) -> Person:
    names = {"first_name": contact.first_name, "last_name": contact.last_name}
    ways = {"email": contact.email, "phone": contact.phone}
    alone = queries.names_alone(uow.session, contact.id, contact.client_id, *names.values())
    return Person(contact_id=contact.id, client_id=contact.client_id, alone=tuple(alone), **names, **ways)


def _begin(uow: UnitOfWork, person: Person, sealed: str, erasure_id: str, reason: str) -> Any:
    row = {
        "id": erasure_id,
        "contact_id": person.contact_id,
        "client_id": person.client_id,
        "asked_by": uow.actor.id,
        "asked_by_name": uow.actor.name,
        "reason": person.replaced(reason, theirs=True),
        "sealed": sealed,
        "parts": {},
        "asked_at": uow.now,
        "version": 0,
    }
    return uow.session.execute(insert(erasures).values(row).returning(erasures)).one()


def _blank(uow: UnitOfWork, contact: Contact) -> None:
    nothing: Document = {"last_name": "", "email": None, "phone": None, "job_title": None, "custom": {}}
    contact.change({"first_name": ERASED, **nothing}, uow.now)
    uow.session.flush()


def _hand_on(uow: UnitOfWork, contact: Contact) -> None:
    """Mail goes to somebody who can read it, the oldest contact that is left."""
    row = contacts.c
    left = select(Contact).where(row.client_id == contact.client_id, row.id != contact.id, row.first_name != ERASED)
    heir = uow.session.execute(left.order_by(row.created_at, row.id).limit(1).with_for_update()).scalar_one_or_none()
    if heir is None or not contact.is_primary:
        return
    contact.change({"is_primary": False}, uow.now)
    uow.session.flush()
    heir.change({"is_primary": True}, uow.now)
    uow.session.flush()


def _tell(uow: UnitOfWork, row: Any) -> None:
    version = row.version + 1
    uow.session.execute(update(erasures).where(erasures.c.id == row.id).values(version=version))
    about = {"contact_id": row.contact_id, "client_id": row.client_id, "sealed": row.sealed}
    uow.outbox.add(ErasureAsked(erasure_id=row.id, version=version, **about), of=_Asked(row.id, version))
    uow.jobs.add(JOB, {"erasure_id": row.id}, dedupe_key=row.id)


def _move_documents(uow: UnitOfWork, person: Person) -> None:
    """Names of files in the object store are changed outside the transaction."""
    row = documents.c
    named = select(row.id, row.key).where(row.key.op("~*")(person.loose))
    for each in uow.session.execute(named).all():
        if person.is_named_in(each.key):
            uow.jobs.add(MOVE, {"document_id": each.id}, dedupe_key=each.id)


def _files(uow: UnitOfWork, erasure_id: str) -> list[Document]:
    """The client's files, as the receipt lists what is kept."""
    of_client = select(erasures.c.client_id).where(erasures.c.id == erasure_id).scalar_subquery()
    files = select(documents.c.id).where(documents.c.client_id == of_client).order_by(documents.c.id)
    return [{"what": "documents", "id": each, "why": _UNREAD} for each in uow.session.execute(files).scalars()]


def _forget_tags(uow: UnitOfWork, person: Person) -> None:
    """A tag that named the person and is carried by no client any more is offered to nobody."""
    carried = exists().where(clients.c.tags.contains(array([tags.c.name])))
    loose = select(tags.c.name).where(~carried)
    named = [name for name in uow.session.execute(loose).scalars() if person.replaced(name, theirs=True) != name]
    uow.session.execute(delete(tags).where(tags.c.name.in_(named)))


def _record(uow: UnitOfWork, service: str, event: PartDone) -> None:
    row = _locked(uow, event.erasure_id)
    if row is None:
        return
    all_parts = row.parts | {service: _together(row.parts.get(service), event.model_dump(mode="json"))}
    done = row.erased_at or (uow.now if all_parts.keys() >= SERVICES else None)
    settled = uow.now if done and all(each["final"] for each in all_parts.values()) else None
    values = {"parts": all_parts, "erased_at": done, "settled_at": row.settled_at or settled}
    uow.session.execute(update(erasures).where(erasures.c.id == row.id).values(**values, version=row.version + 1))
    if settled:
        _forget_who(uow, row.id)


def _together(before: Document | None, part: Document) -> Document:
    """What one service did in all; of two answers the later says how things stand."""
    if before is None:
        return part
    later = part if part["version"] >= before["version"] else before
    rows: dict[str, int] = {}
    for each in [*before["changed"], *part["changed"]]:
        rows[each["what"]] = rows.get(each["what"], 0) + each["rows"]
    together = {
        "changed": [{"what": what, "rows": count} for what, count in rows.items()],
        "audit_keys": before["audit_keys"] + part["audit_keys"],
        "final": before["final"] or part["final"],
    }
    return later | together


def _forget_who(uow: UnitOfWork, erasure_id: str) -> None:
    """All have settled it: the sealed name goes from here and from the event that told it."""
    uow.session.execute(update(erasures).where(erasures.c.id == erasure_id).values(sealed=None))
    row = tables.outbox.c
    emptied: ColumnElement[Any] = literal_column("jsonb_set(envelope, '{data,sealed}', '\"\"')")
    told = (row.type == ErasureAsked.event_type, row.aggregate_id == erasure_id)
    uow.session.execute(update(tables.outbox).where(*told).values(envelope=emptied))


def _locked(uow: UnitOfWork, erasure_id: str) -> Any:
    return uow.session.execute(select(erasures).where(erasures.c.id == erasure_id).with_for_update()).first()
