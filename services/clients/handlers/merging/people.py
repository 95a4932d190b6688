"""The contacts of two clients that become one: who has one address is one person."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select, update

from libs.common.database import UnitOfWork
from services.clients.domain import Client, Contact
from services.clients.models import activities, contacts

Document = dict[str, Any]
_LEARNED = ("last_name", "phone", "job_title", "custom")


def join(uow: UnitOfWork, this: Client, other: Client) -> Document:
    """Make one of each two contacts with one address, and let one of all be the primary one; what undoes it."""
    theirs = {(each.email or "").lower(): each for each in _contacts(uow, this.id) if each.email}
    same = [each for each in _contacts(uow, other.id) if (each.email or "").lower() in theirs]
    joined = [_join(uow, theirs[(each.email or "").lower()], each) for each in same]
    return {"contacts": joined, "primary": _one_primary(uow, this, other)}


def part(uow: UnitOfWork, this: Client, other: Client, noted: Document) -> None:
    """Take that back, after the contacts have moved back."""
    for each in noted["contacts"]:
        _part(uow, other, each)
    row = contacts.c
    primary = select(row.id).where(row.client_id == other.id, row.is_primary)
    if noted["primary"] and uow.session.execute(primary).first() is None:
        back = update(contacts).where(row.id == noted["primary"], row.client_id == other.id)
        uow.session.execute(back.values(is_primary=True))


def _contacts(uow: UnitOfWork, client_id: str) -> list[Contact]:
    statement = select(Contact).where(contacts.c.client_id == client_id).order_by(contacts.c.created_at, contacts.c.id)
    return list(uow.session.execute(statement.with_for_update()).scalars())


def _join(uow: UnitOfWork, ours: Contact, theirs: Contact) -> Document:
    before = {name: getattr(ours, name) for name in _LEARNED}
    ours.learn({name: getattr(theirs, name) for name in _LEARNED if name != "custom"}, uow.now)
    if (together := {**theirs.custom, **ours.custom}) != ours.custom:
        ours.change({"custom": together}, uow.now)
    uow.session.flush()
    after = {name: getattr(ours, name) for name in _LEARNED}
    row = {column.name: getattr(theirs, column.name) for column in contacts.columns}
    row |= {name: row[name].isoformat() for name in ("created_at", "updated_at")}
    uow.session.execute(delete(contacts).where(contacts.c.id == theirs.id))
    uow.session.expunge(theirs)
    met = update(activities).where(activities.c.contact_id == theirs.id).values(contact_id=ours.id)
    moved = list(uow.session.execute(met.returning(activities.c.id)).scalars())
    return {"row": row, "into": ours.id, "before": before, "after": after, "activities": moved}


def _part(uow: UnitOfWork, other: Client, noted: Document) -> None:
    ours = uow.session.get(Contact, noted["into"])
    if ours is not None:
        same = [name for name in _LEARNED if getattr(ours, name) == noted["after"][name] != noted["before"][name]]
        if same:
            ours.change({name: noted["before"][name] for name in same}, uow.now)
            uow.session.flush()
    values = {column.name: noted["row"][column.name] for column in contacts.columns} | {"client_id": other.id}
    values |= {name: datetime.fromisoformat(values[name]) for name in ("created_at", "updated_at")}
    uow.session.execute(insert(contacts).values(**values))
    met = (activities.c.id.in_(noted["activities"]), activities.c.contact_id == noted["into"])
    uow.session.execute(update(activities).where(*met).values(contact_id=noted["row"]["id"]))


def _one_primary(uow: UnitOfWork, this: Client, other: Client) -> str | None:
    """Whose primary contact is one among others now, where both had one."""
    row = contacts.c
    ours = uow.session.execute(select(row.id).where(row.client_id == this.id, row.is_primary)).first()
    theirs = select(row.id).where(row.client_id == other.id, row.is_primary)
    found = uow.session.execute(theirs).scalar_one_or_none()
    if ours is None or found is None:
        return None
    uow.session.execute(update(contacts).where(row.id == found).values(is_primary=False))
    return str(found)
