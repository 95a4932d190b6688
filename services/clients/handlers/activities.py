"""Activities that people log, and the tasks among them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from libs.common import fields
from libs.common.database import UnitOfWork
from libs.common.identity import Actor
from libs.common.problems import Invalid
from services.clients import access, queries
from services.clients.domain import LOGGED_BY_PEOPLE, RECEIVED, Activity, Client
from services.clients.handlers.loading import activity_to_change, client_to_change
from services.clients.handlers.telling import last_activity, log, tell_activity_changed, tell_assigned
from services.clients.models import clients, contacts

# The cause of a task that somebody gave to somebody else.
GIVEN = "given"
_ACTIVITY: dict[str, fields.Reader] = {
    "type": fields.one_of(*LOGGED_BY_PEOPLE),
    "subject": fields.text(300, required=True),
    "description": fields.text(fields.TEXT_LENGTH),
    "occurred_at": fields.instant,
    "due_at": fields.instant,
    "contact_id": fields.identifier,
    "deal_id": fields.identifier,
    "assignee_id": fields.identifier,
}
_CHANGES: dict[str, fields.Reader] = {
    **{name: _ACTIVITY[name] for name in ("subject", "description", "occurred_at", "due_at", "assignee_id")},
    "done": fields.flag,
}


def log_activity(
    uow: UnitOfWork, client_id: str, data: dict[str, Any], assignee_role: str | None = None
) -> dict[str, Any]:
    """Write down what happened or is to be done; only who may change the client may add to its history.

    A task without ``assignee_id`` is its author's; with null it is nobody's yet. assignee_role: what somebody else who
    is given a task is here, so that it is not given to who may not see the client.
    """
    client = client_to_change(uow, client_id)
    given = fields.read(_ACTIVITY, data)
    for name in ("type", "subject"):
        if name not in given:
            raise Invalid(f"{name} is needed", field=name)
    kind, subject, description = given.pop("type"), given.pop("subject"), given.pop("description", None) or ""
    _check_words(kind, subject)
    if kind == "task" and not uow.actor.is_system:
        given.setdefault("assignee_id", uow.actor.id)
    if kind != "task" and given.get("assignee_id"):
        raise Invalid("only a task is somebody's to do", field="assignee_id")
    check_colleague(uow, client.id, given.get("assignee_id"), assignee_role)
    _check_contact(uow, client.id, given.get("contact_id"))
    made = log(uow, client.id, kind, subject, description, **given)
    _tell_given(uow, made, client)
    return queries.activity_document(made)


def update_activity(
    uow: UnitOfWork,
    activity_id: str,
    changes: dict[str, Any],
    version: int | None = None,
    assignee_role: str | None = None,
) -> dict[str, Any]:
    """Change an activity, or tick a task off: for its author, its assignee and whoever may change the client."""
    client, activity = activity_to_change(uow, activity_id, version)
    given = fields.read(_CHANGES, changes)
    check_colleague(uow, client.id, given.get("assignee_id"), assignee_role)
    if "description" in given:
        given["description"] = given["description"] or ""
    if "due_at" in given and activity.details.get("booked"):
        raise Invalid("this meeting is booked: move it, so that everybody is told", field="due_at")
    if "occurred_at" in given and given["occurred_at"] is None:
        raise Invalid("occurred_at is needed", field="occurred_at")
    if "subject" in given and given["subject"] != activity.subject:
        _check_words(activity.type, given["subject"])
    before = activity.assignee_id
    if given:
        activity.change(given, uow.now)
        uow.session.flush()
        tell_activity_changed(uow, activity)
    if activity.assignee_id != before:
        _tell_given(uow, activity, client)
    if "occurred_at" in given:
        last_activity(uow, client.id)
    return queries.activity_document(activity)


def check_colleague(
    uow: UnitOfWork, client_id: str, user_id: str | None, role: str | None, field: str = "assignee_id"
) -> None:
    """Invalid unless somebody else, who is to do something at a client, may see it. role: what they are here."""
    if user_id is None or role is None or user_id == uow.actor.id:
        return
    seen = select(clients.c.id).where(clients.c.id == client_id, access.scope(Actor(user_id, role)))
    if uow.session.execute(seen).first() is None:
        raise Invalid("they may not see this client; let them shadow it first", field=field)


def _tell_given(uow: UnitOfWork, activity: Activity, client: Client) -> None:
    """Who is given a task by somebody else hears of it; who ticked it off or took it knows."""
    if activity.type == "task" and activity.done_at is None and activity.assignee_id not in (None, uow.actor.id):
        tell_assigned(uow, activity, client, GIVEN)


def _check_words(kind: str, subject: str) -> None:
    """What people said on WhatsApp is noted by what comes from there; by hand one notes what was said elsewhere."""
    if kind == "whatsapp" and subject.strip().startswith(RECEIVED):
        raise Invalid("what they write on WhatsApp is noted by itself; choose another subject", field="subject")


def _check_contact(uow: UnitOfWork, client_id: str, contact_id: str | None) -> None:
    if contact_id is None:
        return
    theirs = select(contacts.c.id).where(contacts.c.id == contact_id, contacts.c.client_id == client_id)
    if uow.session.execute(theirs).first() is None:
        raise Invalid("this is no contact of this client", field="contact_id")
