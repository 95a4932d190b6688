"""Telling people: notifications in the app, and mails that are stored before they leave."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from libs.common.database import UnitOfWork
from libs.common.events import Envelope
from libs.common.ids import new_id
from services.notifications import queries, rendering, settings
from services.notifications.domain import Email, Note, one_line
from services.notifications.events import PeopleNotified
from services.notifications.models import notifications, people

JOB = "send_email"


@dataclass(frozen=True, slots=True)
class _Notice:
    """What people are told of, as an event names it; it is told once."""

    id: str
    version: int = 1


def team(uow: UnitOfWork, *roles: str) -> list[str]:
    """Who works here in these roles; the admins where nobody does, so that nothing is told to no one."""
    person = people.c
    found = select(person.user_id).where(person.active, person.role.in_(roles)).order_by(person.user_id)
    ids = list(uow.session.execute(found).scalars())
    return ids or ([] if roles == ("admin",) else team(uow, "admin"))


def owner_or_sales(uow: UnitOfWork, owner_id: str | None) -> list[str]:
    """The owner; all of sales when there is none, or when the owner has left."""
    if owner_id is None:
        return team(uow, "sales")
    active = uow.session.execute(select(people.c.active).where(people.c.user_id == owner_id)).scalar_one_or_none()
    # Somebody who is not known here yet has just joined.
    return team(uow, "sales") if active is False else [owner_id]


def name_of(uow: UnitOfWork, user_id: str | None) -> str:
    """A person's name, "" when there is none."""
    if user_id is None:
        return ""
    return uow.session.execute(select(people.c.name).where(people.c.user_id == user_id)).scalar_one_or_none() or ""


def notify(uow: UnitOfWork, envelope: Envelope, user_ids: Sequence[str], note: Note) -> None:
    """Tell people in the app, each once of an event."""
    notify_of(uow, envelope.id, user_ids, note)


def notify_of(uow: UnitOfWork, cause_id: str, user_ids: Sequence[str], note: Note) -> None:
    """Tell people in the app, each once of what has this id; their open pages hear of it."""
    rows = [
        {
            "id": new_id(),
            "user_id": user_id,
            "event_id": cause_id,
            "kind": note.kind,
            "title": one_line(note.title),
            "message": note.message.strip(),
            "action_label": note.action_label,
            "action_path": note.action_path,
            "created_at": uow.now,
            "updated_at": uow.now,
            "version": 1,
        }
        for user_id in _reachable(uow, user_ids)
    ]
    if not rows:
        return
    new = insert(notifications).values(rows).on_conflict_do_nothing().returning(notifications.c.user_id)
    told = list(uow.session.execute(new).scalars())
    if told:
        about = {"kind": note.kind, "title": one_line(note.title), "action_path": note.action_path}
        uow.outbox.add(PeopleNotified(user_ids=told, version=1, **about), of=_Notice(cause_id))


def mail_people(uow: UnitOfWork, kind: str, user_ids: Sequence[str], context: dict[str, Any], **about: Any) -> None:
    """A mail of its own to each person here; where it goes is looked up when it leaves."""
    for user_id in _reachable(uow, user_ids):
        post(uow, kind, context, user_id=user_id, **about)


def _reachable(uow: UnitOfWork, user_ids: Sequence[str]) -> list[str]:
    """Each once, without those whose address is not known yet: they neither sign in nor get mail."""
    silent = select(people.c.user_id).where(people.c.user_id.in_(set(user_ids)), people.c.email.is_(None))
    without = set(uow.session.execute(silent).scalars()) if user_ids else set()
    return [each for each in dict.fromkeys(user_ids) if each not in without]


def post(uow: UnitOfWork, kind: str, context: dict[str, Any], **about: Any) -> Email:
    """Store a mail and order that it leaves. ``about``: the fields of Email that say to whom, about what, with what."""
    mail_id = new_id()
    email = Email(
        id=mail_id,
        kind=kind,
        subject=rendering.subject(kind, context, queries.company(uow.session).name),
        message_id=f"<{mail_id}@{settings.current().mail_domain}>",
        context=context,
        created_at=uow.now,
        updated_at=uow.now,
        **about,
    )
    uow.session.add(email)
    uow.session.flush()
    uow.jobs.add(JOB, {"email_id": mail_id}, dedupe_key=mail_id)
    return email
