"""Meetings as files for calendars: the same meeting under one name, whatever is in its words."""

from __future__ import annotations

from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default
from typing import Any

from icalendar import Calendar

from services.notifications.adapters.message import compose
from services.notifications.calendars import invitation
from services.notifications.domain import Addressee
from services.notifications.ports import Attachment, Company, Message
from tests.notifications.unit.test_rendering import MEETING

STAMPED = datetime(2025, 1, 14, 15, tzinfo=UTC)
COMPANY = Company("AMO AI", "", "crm@amo-ai.example", "https://crm.example", Addressee("crm@amo-ai.example", "AMO AI"))


def file_of(**changes: Any) -> Attachment:
    return invitation(MEETING | changes, STAMPED, COMPANY)


def event_of(attachment: Attachment) -> Any:
    return Calendar.from_ical(attachment.content).walk("VEVENT")[0]


def test_a_calendar_reads_the_meeting() -> None:
    event = event_of(file_of())
    assert event.decoded("dtstart") == datetime(2025, 1, 16, 21, tzinfo=UTC)
    assert event.decoded("dtend") == datetime(2025, 1, 16, 21, 30, tzinfo=UTC)
    assert str(event["uid"]) == f"{MEETING['activity_id']}@amo-ai.example"
    assert (str(event["attendee"]), str(event["organizer"])) == (
        "mailto:sarah@techcorp.com",
        "mailto:crm@amo-ai.example",
    )
    assert (event["sequence"], str(event["status"])) == (0, "CONFIRMED")


def test_called_off_it_is_the_same_meeting_in_a_later_word() -> None:
    first, last = event_of(file_of()), event_of(file_of(sequence=2, cancelled=True))
    assert first["uid"] == last["uid"] and last["sequence"] > first["sequence"]
    assert str(last["status"]) == "CANCELLED"
    assert b"METHOD:CANCEL" in file_of(cancelled=True).content and b"METHOD:REQUEST" in file_of().content


def test_words_of_others_stay_words() -> None:
    words = "Call; with, commas\r\nATTENDEE:mailto:victim@example.com"
    made = file_of(subject_line=words, contact_name='Bobby "; Tables')
    event = event_of(made)
    assert "victim" in str(event["summary"]) and str(event["attendee"]) == "mailto:sarah@techcorp.com"
    assert b"\nATTENDEE:mailto:victim" not in made.content


def test_lines_are_as_long_as_calendars_take() -> None:
    assert all(len(line) <= 75 for line in file_of(subject_line="ä" * 200).content.split(b"\r\n"))


def test_a_mail_program_sees_an_invitation() -> None:
    to = Addressee("sarah@techcorp.com", "Sarah")
    message = Message(
        message_id="<1@amo-ai.example>", to=[to], subject="Confirmed", text="x", html="<p>x</p>", date=STAMPED,
        sender=COMPANY.sender, reply_to=COMPANY.email, attachments=[file_of()],
    )  # fmt: skip
    mail: Any = message_from_bytes(compose(message).content, policy=default)
    (part,) = mail.iter_attachments()
    assert (part.get_content_type(), part.get_param("method"), part.get_filename()) == (
        "text/calendar", "REQUEST", "meeting.ics",
    )  # fmt: skip
    assert "BEGIN:VEVENT" in part.get_content()
