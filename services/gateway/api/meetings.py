"""Meetings with clients: free times that suit, booked by one call, moved and called off."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import AwareDatetime, Field

from libs.common.problems import Invalid, NotFound, Problem
from libs.common.rpc.client import Call
from services.gateway.accounts import users
from services.gateway.api import documents as d
from services.gateway.api import requests as r
from services.gateway.api import schemas as s
from services.gateway.api.routing import SALES, Routes
from services.gateway.api.tasks import assignee_role
from services.gateway.api.values import Body, Id, NeededTitle, Paragraph, Text, TimeZone

routes = Routes("meetings")

Minutes = Annotated[int, Field(ge=15, le=480, strict=True)]


class SlotsWanted(Body):
    """``text``: what somebody wrote of when it suits, read for the day it was ``sent_at``. ``zone``: theirs, else what
    their number tells. ``host_id``: who holds the meeting, else you."""

    text: Paragraph | None = None
    sent_at: AwareDatetime | None = None
    zone: TimeZone | None = None
    minutes: Minutes = 30
    contact_id: Id | None = None
    host_id: Id | None = None


class MeetingNew(Body):
    """``zone``: that of whom you meet. ``conversation_id``: the chat it was agreed in; it is confirmed there, too."""

    begins_at: datetime
    minutes: Minutes = 30
    subject: NeededTitle | None = None
    description: Text | None = None
    contact_id: Id | None = None
    conversation_id: Id | None = None
    host_id: Id | None = None
    zone: TimeZone | None = None


class MeetingChange(s.Version):
    begins_at: datetime | None = None
    minutes: Minutes | None = None


class WindowDocument(d.Document):
    """By the clock of ``zone``, which is theirs unless they named another; ``ends`` is null where they named the moment
    it is to begin."""

    day: date
    begins: time
    ends: time | None
    words: str
    zone: str


class SlotDocument(d.Document):
    """``here`` and ``there``: when it begins by our clock and theirs. ``fits``: whether it lies in the windows."""

    begins_at: datetime
    ends_at: datetime
    here: str
    there: str
    fits: bool


class SlotsDocument(d.Document):
    """``fits``: whether any of the times lies in the windows. ``status``: pending while AI still reads and the built-in
    reading stands in; ask again. ``reading_missing``: why nothing was read."""

    windows: list[WindowDocument]
    provider: str | None
    status: str | None
    reading_missing: str | None
    zone: str
    minutes: int
    host_id: str
    fits: bool
    slots: list[SlotDocument]


class MeetingDocument(d.Document):
    """``mailed_to``: where the confirmation goes by mail; null where they have no address."""

    id: str
    client_id: str
    company_name: str
    contact_id: str | None
    subject: str
    description: str
    host_id: str
    host_name: str
    begins_at: datetime
    ends_at: datetime
    zone: str
    conversation_id: str | None
    cancelled_at: datetime | None
    mailed_to: str | None
    version: int


@routes.route(
    "POST", "/clients/<uuid:client_id>/meeting-slots", who=SALES, body=SlotsWanted, answers={200: SlotsDocument}
)
def meeting_slots(client_id: Any, body: SlotsWanted) -> dict[str, Any]:
    """Two or three free times for a meeting, those that suit what somebody wrote before others.

    Working hours and what is booked already are those of the host; nothing is booked by asking.
    """
    if body.host_id is not None:
        _role(body.host_id)
    asked = {name: getattr(body, name) for name in ("zone", "minutes", "contact_id", "host_id")}
    found = r.ask("clients", "meeting_slots", client_id=str(client_id), **asked)
    read = _read(str(client_id), body, found["zone"]) if body.text else {}
    windows = [each | {"zone": each.get("zone") or found["zone"]} for each in read.get("windows", [])]
    if windows:
        wanted = [{name: each[name] for name in ("day", "begins", "ends", "zone")} for each in windows]
        theirs = {"zone": read["zone"] or found["zone"], "windows": wanted}
        found = r.ask("clients", "meeting_slots", client_id=str(client_id), **asked | theirs)
    return found | {
        "windows": windows,
        **{name: read.get(name) for name in ("provider", "status", "reading_missing")},
    }


def _check_conversation(client_id: str, conversation_id: str) -> None:
    """Invalid unless it is this client's: the meeting is confirmed in it."""
    try:
        found = r.ask("notifications", "get_conversation", conversation_id=conversation_id)
    except NotFound:
        found = {"client_id": None}
    if found["client_id"] != client_id:
        raise Invalid("this is no conversation with this client", field="conversation_id")


@routes.route(
    "POST", "/clients/<uuid:client_id>/meetings", who=SALES, body=MeetingNew, answers={201: MeetingDocument},
    refusals=(409,),
)  # fmt: skip
def book_meeting(client_id: Any, body: MeetingNew) -> dict[str, Any]:
    """Book a meeting: it stands in the client's history, and whom you meet gets the confirmation with a file for their
    calendar. 409 when the host has another meeting then."""
    data = body.given()
    if body.conversation_id is not None:
        _check_conversation(str(client_id), body.conversation_id)
    role = None
    if body.host_id is not None and body.host_id.lower() != r.signed_in().actor.id:
        role = _role(body.host_id)
        data["host_name"] = _name(body.host_id.lower())
    return r.ask("clients", "book_meeting", client_id=str(client_id), data=data, host_role=role)


@routes.route(
    "PATCH", "/meetings/<uuid:meeting_id>", who=SALES, body=MeetingChange, answers=MeetingDocument, refusals=(409,)
)
def move_meeting(meeting_id: Any, body: MeetingChange) -> dict[str, Any]:
    """Another time or length for a meeting; everybody is told. 409 when the host has another meeting then."""
    return r.ask("clients", "move_meeting", activity_id=str(meeting_id), **s.changes(body))


@routes.route("DELETE", "/meetings/<uuid:meeting_id>", who=SALES, answers=MeetingDocument, refusals=(409,))
def cancel_meeting(meeting_id: Any) -> dict[str, Any]:
    """Call a meeting off: everybody is told, and its time is free again."""
    return r.ask("clients", "cancel_meeting", activity_id=str(meeting_id))


def _read(client_id: str, body: SlotsWanted, zone: str) -> dict[str, Any]:
    """When it suits, as AI reads it; why it did not, where AI cannot be asked: free times are there without it."""
    try:
        said = (body.sent_at or datetime.now(UTC)).astimezone(ZoneInfo(zone)).date()
    except OverflowError:
        raise Invalid("this is no time that anybody wrote at", field="sent_at") from None
    about = {"client_id": client_id, "text": body.text, "said_on": said.isoformat(), "zone": zone}
    answered = r.ask_many([Call("ai", "read_times", about)])[0]
    if isinstance(answered, Problem):
        return {"reading_missing": answered.detail or answered.title}
    found: dict[str, Any] = answered
    return found


def _role(host_id: str) -> str | None:
    """What somebody is here who holds a meeting; Invalid for who is nobody."""
    try:
        return assignee_role(host_id)
    except Invalid as problem:
        raise Invalid(problem.detail, field="host_id") from None


def _name(user_id: str) -> str:
    with r.gateway().database.read() as session:
        return next(str(each["name"]) for each in users.directory(session)["items"] if each["id"] == user_id)
