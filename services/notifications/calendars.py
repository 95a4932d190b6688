"""Meetings as files that calendars read (RFC 5545, RFC 5546)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from icalendar import Calendar, Event, vCalAddress, vText

from services.notifications.ports import Attachment, Company

MEETING_MAILS = ("meeting_confirmed", "meeting_cancelled", "meeting_host")


def invitation(context: dict[str, Any], stamped: datetime, company: Company) -> Attachment:
    """The file of a mail of a meeting: what it says is what the mail says. stamped: when the mail was ordered.

    The same meeting has the same UID, whoever gets it and however often it was changed; the highest sequence counts.
    """
    cancelled = bool(context["cancelled"])
    event = Event()
    event.add("uid", f"{context['activity_id']}@{company.email.rpartition('@')[2]}")
    event.add("sequence", context["sequence"])
    event.add("dtstamp", stamped)
    event.add("dtstart", datetime.fromisoformat(context["begins_at"]))
    event.add("dtend", datetime.fromisoformat(context["ends_at"]))
    event.add("summary", f"{context['subject_line']} ({company.name})")
    event.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    event.add("organizer", _person(company.email, f"{context['host_name']} ({company.name})"))
    if context["contact_email"]:
        event.add("attendee", _person(context["contact_email"], context["contact_name"] or ""), encode=False)
    method = "CANCEL" if cancelled else "REQUEST"
    calendar = Calendar()
    calendar.add("prodid", "-//AMO CRM//EN")
    calendar.add("version", "2.0")
    calendar.add("method", method)
    calendar.add_component(event)
    return Attachment("meeting.ics", f"text/calendar; method={method}; charset=utf-8", calendar.to_ical())


def _person(address: str, name: str) -> vCalAddress:
    person = vCalAddress(f"mailto:{address}")
    if name:
        person.params["cn"] = vText(name)
    return person
