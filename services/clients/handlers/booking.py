"""Meetings are booked, moved and called off; nobody of ours has two at once, which the database sees to."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError

from libs.common import fields
from libs.common.database import UnitOfWork
from libs.common.ids import is_id
from libs.common.problems import Conflict, Forbidden, Invalid, NotFound
from services.clients import access, queries
from services.clients.domain import Activity, Client, Contact
from services.clients.events import MeetingBooked, MeetingCancelled, MeetingState
from services.clients.handlers.activities import check_colleague
from services.clients.handlers.loading import client_to_change, primary_contact
from services.clients.handlers.telling import log
from services.clients.models import clients, contacts, meetings
from services.clients.queries.meetings import LENGTH, USUAL_MINUTES
from services.clients.time_zones import zone_of

_TAKEN = "this time was taken a moment ago; choose another"
_FARTHEST = timedelta(days=730)
_NEW: dict[str, fields.Reader] = {
    "begins_at": fields.instant,
    "minutes": LENGTH,
    "subject": fields.text(300, required=True),
    "description": fields.text(fields.TEXT_LENGTH),
    "contact_id": fields.identifier,
    "conversation_id": fields.identifier,
    "host_id": fields.identifier,
    "host_name": fields.text(),
    "zone": fields.time_zone,
}
_MOVED: dict[str, fields.Reader] = {name: _NEW[name] for name in ("begins_at", "minutes")}


def book_meeting(
    uow: UnitOfWork, client_id: str, country: str, data: dict[str, Any], host_role: str | None = None
) -> dict[str, Any]:
    """A meeting with a client, held by the actor or by ``host_id``; Conflict when the host has another at that time.

    host_role: what somebody else who holds it is here. country: how numbers without a country code are read. The
    client's person is told by events.
    """
    client = client_to_change(uow, client_id)
    given = fields.read(_NEW, data)
    begins_at, ends_at = _time(uow, given)
    host_id = given.get("host_id") or uow.actor.id
    if not is_id(host_id):
        raise Invalid("say who holds the meeting", field="host_id")
    check_colleague(uow, client.id, host_id, host_role, "host_id")
    contact = _contact(uow, client.id, given.get("contact_id"))
    phone = contact.phone if contact else client.phone
    activity = log(
        uow,
        client.id,
        "meeting",
        given.get("subject") or f"Meeting with {client.company_name}",
        given.get("description") or "",
        contact_id=contact.id if contact else None,
        due_at=begins_at,
        details={"booked": True},
    )
    values = {
        "activity_id": activity.id,
        "host_id": host_id,
        "host_name": given.get("host_name") or uow.actor.name,
        "begins_at": begins_at,
        "ends_at": ends_at,
        "zone": given.get("zone") or zone_of(phone, country, uow.business.zone),
        "conversation_id": given.get("conversation_id"),
        "sequence": 0,
    }
    # Not a plain insert: two at once would wait for each other.
    made = insert(meetings).values(**values, created_at=uow.now, updated_at=uow.now, version=1)
    if uow.session.execute(made.on_conflict_do_nothing().returning(meetings.c.activity_id)).first() is None:
        raise Conflict(_TAKEN)
    _tell(uow, client, contact, activity, MeetingBooked)
    return queries.meeting(uow.session, uow.actor, activity.id)


def move_meeting(
    uow: UnitOfWork, activity_id: str, changes: dict[str, Any], version: int | None = None
) -> dict[str, Any]:
    """Another time for a meeting; Conflict when the host has another then, or it was called off."""
    client, activity, row = _to_change(uow, activity_id, version)
    given = fields.read(_MOVED, changes)
    given.setdefault("begins_at", row.begins_at)
    given.setdefault("minutes", int((row.ends_at - row.begins_at).total_seconds()) // 60)
    begins_at, ends_at = _time(uow, given)
    if (begins_at, ends_at) != (row.begins_at, row.ends_at):
        try:
            with uow.session.begin_nested():
                _change(uow, row, begins_at=begins_at, ends_at=ends_at)
        except IntegrityError:
            raise Conflict(_TAKEN) from None
        activity.change({"due_at": begins_at}, uow.now)
        _tell(uow, client, _met(uow, activity), activity, MeetingBooked)
    return queries.meeting(uow.session, uow.actor, activity.id)


def cancel_meeting(uow: UnitOfWork, activity_id: str, version: int | None = None) -> dict[str, Any]:
    """Call a meeting off: its time is free again, and the client's person is told."""
    client, activity, row = _to_change(uow, activity_id, version)
    _change(uow, row, cancelled_at=uow.now)
    activity.change({"subject": f"Called off: {activity.subject}"[:300], "due_at": None}, uow.now)
    _tell(uow, client, _met(uow, activity), activity, MeetingCancelled)
    return queries.meeting(uow.session, uow.actor, activity.id)


def _time(uow: UnitOfWork, given: dict[str, Any]) -> tuple[datetime, datetime]:
    begins_at: datetime | None = given.get("begins_at")
    if begins_at is None:
        raise Invalid("begins_at is needed", field="begins_at")
    if begins_at <= uow.now:
        raise Invalid("this time is over", field="begins_at")
    if begins_at > uow.now + _FARTHEST:
        raise Invalid("this is more than two years ahead", field="begins_at")
    return begins_at, begins_at + timedelta(minutes=given.get("minutes") or USUAL_MINUTES)


def _contact(uow: UnitOfWork, client_id: str, contact_id: str | None) -> Contact | None:
    if contact_id is None:
        return primary_contact(uow, client_id)
    theirs = select(Contact).where(contacts.c.id == contact_id, contacts.c.client_id == client_id)
    found = uow.session.execute(theirs).scalar_one_or_none()
    if found is None:
        raise Invalid("this is no contact of this client", field="contact_id")
    return found


def _met(uow: UnitOfWork, activity: Activity) -> Contact | None:
    return uow.session.get(Contact, activity.contact_id) if activity.contact_id else None


def _to_change(uow: UnitOfWork, activity_id: str, version: int | None) -> tuple[Client, Activity, Any]:
    """The meeting, its client locked: for its host and whoever may change the client."""
    found = queries.meeting(uow.session, uow.actor, activity_id)
    held = select(Client).where(clients.c.id == found["client_id"]).with_for_update()
    client = uow.session.execute(held.execution_options(populate_existing=True)).scalar_one()
    locked = select(meetings).where(meetings.c.activity_id == activity_id).with_for_update()
    row = uow.session.execute(locked).one()
    may = select(clients.c.id).where(clients.c.id == client.id, access.writable(uow.actor))
    if row.host_id != uow.actor.id and uow.session.execute(may).first() is None:
        raise Forbidden("you may look at this meeting, and only its host or the client's owner may change it")
    if version is not None and version != row.version:
        raise Conflict("somebody changed this meeting since you loaded it", current_version=row.version)
    if row.cancelled_at is not None:
        raise Conflict("this meeting was called off")
    if row.begins_at <= uow.now:
        raise Conflict("this meeting is over, or has begun")
    activity = uow.session.get(Activity, activity_id)
    if activity is None:
        raise NotFound("there is no such meeting")
    return client, activity, row


def _change(uow: UnitOfWork, row: Any, **values: Any) -> None:
    more = {"sequence": meetings.c.sequence + 1, "version": meetings.c.version + 1, "updated_at": uow.now}
    mine = meetings.c.activity_id == row.activity_id
    uow.session.execute(update(meetings).where(mine).values(**values, **more))


def _tell(
    uow: UnitOfWork,
    client: Client,
    contact: Contact | None,
    activity: Activity,
    kind: type[MeetingState],
) -> None:
    uow.session.flush()
    row = uow.session.execute(select(meetings).where(meetings.c.activity_id == activity.id)).one()
    event = kind(
        activity_id=activity.id,
        client_id=client.id,
        contact_id=contact.id if contact else None,
        contact_name=f"{contact.first_name} {contact.last_name}".strip() if contact else None,
        contact_email=(contact.email if contact else None) or client.email,
        company_name=client.company_name,
        subject=activity.subject,
        begins_at=row.begins_at,
        ends_at=row.ends_at,
        zone=row.zone,
        host_id=row.host_id,
        host_name=row.host_name,
        conversation_id=row.conversation_id,
        sequence=row.sequence,
        version=row.version,
    )
    uow.outbox.add(event, of=activity)
