"""Meetings that were booked, moved or called off: both who are to meet get a file for their calendar."""

from __future__ import annotations

from typing import Any

from libs.common.database import UnitOfWork
from libs.common.events import Envelope
from services.notifications.domain import Note, time_of
from services.notifications.events import MeetingBooked, MeetingCancelled, MeetingState
from services.notifications.handlers.posting import mail_people, notify, post
from services.notifications.whatsapp import meetings


def on_meeting_booked(uow: UnitOfWork, event: MeetingBooked, envelope: Envelope) -> None:
    """The client's person gets the confirmation, the host the same for their own calendar."""
    _tell(uow, event, envelope, cancelled=False)


def on_meeting_cancelled(uow: UnitOfWork, event: MeetingCancelled, envelope: Envelope) -> None:
    """Both learn that it will not be held."""
    _tell(uow, event, envelope, cancelled=True)


def _tell(uow: UnitOfWork, event: MeetingState, envelope: Envelope, *, cancelled: bool) -> None:
    context = _context(event, uow.business.zone, cancelled=cancelled)
    refs = {"activity_id": event.activity_id}
    if event.contact_email:
        kind = "meeting_cancelled" if cancelled else "meeting_confirmed"
        to = {"address": event.contact_email, "name": event.contact_name, "contact_id": event.contact_id}
        post(uow, kind, context, client_id=event.client_id, refs=refs, **to)
    meetings.confirm(uow, event, _words(context))
    mail_people(uow, "meeting_host", [event.host_id], context, client_id=event.client_id, refs=refs)
    if envelope.actor["id"] != event.host_id:
        what = "was called off" if cancelled else "has a new time" if event.sequence else "was booked for you"
        message = f"{event.subject}, {context['here']}"
        title = f"A meeting with {event.company_name} {what}"
        note = Note("meeting", title, message, "View Client", f"/clients/{event.client_id}")
        notify(uow, envelope, [event.host_id], note)


def _words(context: dict[str, Any]) -> str:
    """What is said of it in a chat."""
    when, host = f"{context['there']} ({context['zone']})", context["host_name"]
    if context["cancelled"]:
        return f"Our meeting on {when} is called off. {host} will be in touch to find another time."
    what = "has a new time" if context["sequence"] else "is confirmed"
    by_mail = " You get the file for your calendar by e-mail." if context["contact_email"] else ""
    return f"Our meeting {what}: {when}, {context['minutes']} minutes, with {host}.{by_mail}"


def _context(event: MeetingState, ours: str, *, cancelled: bool) -> dict[str, Any]:
    called = event.subject.removeprefix("Called off: ") if cancelled else event.subject
    names = {"activity_id", "begins_at", "ends_at", "zone", "host_name", "company_name", "contact_name"}
    return event.model_dump(mode="json", include=names | {"contact_email", "sequence"}) | {
        "subject_line": called,
        "cancelled": cancelled,
        "minutes": int((event.ends_at - event.begins_at).total_seconds()) // 60,
        "here": time_of(event.begins_at, ours),
        "there": time_of(event.begins_at, event.zone),
        "our_zone": ours,
        "path": f"/clients/{event.client_id}",
    }
