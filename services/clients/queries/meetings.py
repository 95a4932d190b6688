"""Meetings: when somebody of ours is free, and what is agreed."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import exists, func, select, union_all
from sqlalchemy.orm import Session

from libs.common import fields
from libs.common.clock import business_date
from libs.common.identity import Actor
from libs.common.ids import is_id
from libs.common.problems import Forbidden, Invalid, NotFound
from services.clients import access
from services.clients.free_times import Slot, Window, WorkingHours, free, proposed
from services.clients.models import activities, clients, contacts, meetings
from services.clients.queries.clients import contact_card
from services.clients.settings import ClientsSettings
from services.clients.time_zones import zone_of

LENGTH = fields.whole(15, 480)
USUAL_MINUTES = 30
# What was noted of a meeting by hand has no end.
_NOTED = timedelta(hours=1)
_WEEKS_AHEAD, _MOST_DAYS = timedelta(weeks=2), timedelta(days=120)
_MOST_WINDOWS = 20


def meeting_slots(
    session: Session,
    actor: Actor,
    client_id: str,
    now: datetime,
    settings: ClientsSettings,
    windows: Any = None,
    zone: Any = None,
    minutes: Any = USUAL_MINUTES,
    host_id: Any = None,
    contact_id: Any = None,
) -> dict[str, Any]:
    """``{zone, minutes, host_id, fits, slots: [{begins_at, ends_at, here, there, fits}]}``: two or three free times.

    windows: ``[{day, begins, ends, zone}]``, when it suits them, by the clock of the zone, theirs without one; zone:
    theirs, else what the contact's number tells. here, there: the beginning by our clock and theirs. fits: whether a
    time lies in the windows; any of them.
    """
    card = contact_card(session, actor, client_id, fields.identifier("contact_id", contact_id))
    may = select(clients.c.id).where(clients.c.id == card["client_id"], access.writable(actor))
    if session.execute(may).first() is None:
        raise Forbidden("you may look at this client, and only its owner books meetings")
    theirs = fields.time_zone("zone", zone) or zone_of(card["phone"], settings.default_country, settings.business_tz)
    wanted, length = _windows(windows), timedelta(minutes=LENGTH("minutes", minutes))
    host = fields.identifier("host_id", host_id) or actor.id
    if not is_id(host):
        raise Invalid("say who holds the meeting", field="host_id")
    today = business_date(now, settings.business_tz)
    last = min(max([today + _WEEKS_AHEAD, *(each.day + timedelta(days=2) for each in wanted)]), today + _MOST_DAYS)
    earliest = now + timedelta(minutes=settings.meeting_notice_minutes)
    busy = _busy(session, host, earliest - timedelta(hours=8), last)
    hours = WorkingHours.of(settings.working_hours)
    slots = list(free(hours, settings.business_tz, earliest, last, length, busy))
    chosen = proposed(slots, wanted, theirs, settings.business_tz)
    shown = [slot_document(each, settings.business_tz, theirs) | {"fits": fits} for each, fits in chosen]
    fits = any(each["fits"] for each in shown)
    return {"zone": theirs, "minutes": length.seconds // 60, "host_id": host, "fits": fits, "slots": shown}


def slot_document(slot: Slot, ours: str, theirs: str) -> dict[str, Any]:
    """A time, by both clocks."""
    return {
        "begins_at": slot.begins_at,
        "ends_at": slot.ends_at,
        "here": slot.begins_at.astimezone(ZoneInfo(ours)).isoformat(),
        "there": slot.begins_at.astimezone(ZoneInfo(theirs)).isoformat(),
    }


def meeting(session: Session, actor: Actor, activity_id: str) -> dict[str, Any]:
    """A meeting with its activity: ``{id, client_id, contact_id, subject, description, host_id, host_name, begins_at,
    ends_at, zone, conversation_id, cancelled_at, version, mailed_to}``. mailed_to: where the confirmation goes by mail,
    None where they have no address. NotFound unless the actor may see the client."""
    row, activity = meetings.c, activities.c
    shown = [activity[name] for name in ("id", "client_id", "contact_id", "subject", "description")]
    times = "host_id host_name begins_at ends_at zone conversation_id cancelled_at version".split()
    mailed_to = func.coalesce(contacts.c.email, clients.c.email).label("mailed_to")
    met = meetings.join(activities, activity.id == row.activity_id).join(clients)
    statement = (
        select(*shown, *(row[name] for name in times), clients.c.company_name, mailed_to)
        .select_from(met.outerjoin(contacts, contacts.c.id == activity.contact_id))
        .where(row.activity_id == activity_id, access.scope(actor))
    )
    found = session.execute(statement).first() if is_id(activity_id) else None
    if found is None:
        raise NotFound("there is no such meeting, or it is not yours to see")
    return dict(found._mapping)


def _busy(session: Session, host: str, since: datetime, last: date) -> list[Slot]:
    """Meetings that are booked, and those that were noted by hand."""
    until = datetime.combine(last + timedelta(days=2), time(), since.tzinfo)
    row, activity = meetings.c, activities.c
    booked = select(row.begins_at, row.ends_at).where(
        row.host_id == host, row.cancelled_at.is_(None), row.begins_at < until, row.ends_at > since
    )
    noted = select(activity.due_at, activity.due_at + _NOTED).where(
        activity.type == "meeting",
        activity.actor_id == host,
        activity.due_at.between(since, until),
        activity.done_at.is_(None),
        ~exists().where(row.activity_id == activity.id),
    )
    return [Slot(begins, ends) for begins, ends in session.execute(union_all(booked, noted))]


def _windows(value: Any) -> list[Window]:
    if value is None:
        return []
    if not isinstance(value, list) or len(value) > _MOST_WINDOWS:
        raise Invalid(f"windows are a list of at most {_MOST_WINDOWS} times", field="windows")
    return [_window(each) for each in value]


def _window(value: Any) -> Window:
    given = value if isinstance(value, dict) else {}
    day = fields.date_of("windows", given.get("day"))
    try:
        begins = time.fromisoformat(given.get("begins") or "00:00")
        ends = time.fromisoformat(given["ends"]) if given.get("ends") else None
    except (TypeError, ValueError):
        raise Invalid("a window has a day and hours, as in 13:00", field="windows") from None
    if day is None:
        raise Invalid("a window has a day, as in 2025-02-10", field="windows")
    return Window(day, begins, ends, fields.time_zone("windows", given.get("zone")))
