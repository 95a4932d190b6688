"""Finding a time with a client: what they said of it, times that are free, and one click that books."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _

from libs.common.problems import Problem
from libs.common.rpc.client import Call
from services.gateway.api import meetings as api
from services.gateway.api.routing import checked
from services.gateway.web import editing, forms, parts, shell
from services.gateway.web.forms import Form
from services.gateway.web.listing import given
from services.gateway.web.routing import SALES, Pages, done, local
from services.gateway.web.toasts import Toast

pages = Pages("scheduling")

_ASKED = "text sent_at zone minutes contact_id host_id".split()
_READERS: dict[str, forms.Reader] = {
    "begins_at": forms.moment,
    "minutes": forms.whole,
    "subject": forms.text,
    "description": forms.text,
    "contact_id": forms.text,
    "conversation_id": forms.text,
    "host_id": forms.text,
    "zone": forms.text,
}
# So many of the latest messages are looked at, and so many of those that are theirs are read.
_LOOKED_AT, _READ = 30, 3
LENGTHS = (15, 30, 45, 60, 90)


@pages.get("/clients/<uuid:client_id>/schedule", who=SALES)
def schedule(client_id: Any) -> Any:
    """Two or three free times, those that suit what was said before others: in a chat, the latest words of theirs that
    name a time."""
    form = Form(given(*_ASKED, "conversation_id", "back"))
    if not form.values.get("text") and form.values.get("conversation_id"):
        return _page(client_id, form, said=_said(form.values["conversation_id"]))
    return _page(client_id, form)


@pages.post("/clients/<uuid:client_id>/schedule", who=SALES)
def book(client_id: Any) -> Any:
    """Book the time that was picked, or typed."""
    form = forms.sent()
    back = local(form.values.get("back", ""), f"/clients/{client_id}")
    try:
        typed = forms.read(_READERS, form.values)
        made = api.book_meeting(client_id, checked(api.MeetingNew, typed))
    except Problem as problem:
        if not editing.fits(problem) and problem.status != 409:
            raise
        return _page(client_id, form.refused(problem), problem.status)
    return done(back, Toast(_told(made)))


@pages.get("/meetings/<uuid:meeting_id>", who=SALES)
def show(meeting_id: Any) -> Any:
    """A meeting: when, with whom; moved or called off from here."""
    return _meeting(meeting_id, Form())


@pages.post("/meetings/<uuid:meeting_id>", who=SALES)
def change(meeting_id: Any) -> Any:
    """Move it."""
    form = forms.sent()
    try:
        typed = forms.read({name: _READERS[name] for name in ("begins_at", "minutes")}, form.values)
        api.move_meeting(meeting_id, checked(api.MeetingChange, typed))
    except Problem as problem:
        if not editing.fits(problem) and problem.status != 409:
            raise
        return _meeting(meeting_id, form.refused(problem), problem.status)
    return done(f"/meetings/{meeting_id}", Toast(_("The meeting was moved, and everybody is told")))


@pages.post("/meetings/<uuid:meeting_id>/cancel", who=SALES)
def cancel(meeting_id: Any) -> Any:
    """Call it off."""
    try:
        api.cancel_meeting(meeting_id)
    except Problem as problem:
        if problem.status != 409:
            raise
        return _meeting(meeting_id, Form().refused(problem), problem.status)
    return done(f"/meetings/{meeting_id}", Toast(_("The meeting is called off, and everybody is told")))


def _told(made: dict[str, Any]) -> str:
    """What whoever booked has still to do."""
    company = made["company_name"]
    if made["mailed_to"] or made["conversation_id"]:
        return str(_("The meeting is booked; %(company)s gets the confirmation", company=company))
    return str(_("The meeting is booked. %(company)s has no e-mail address: tell them yourself", company=company))


def _said(conversation_id: str) -> list[dict[str, str]]:
    """What they wrote last in a chat, the newest first."""
    found = parts.one("notifications", "list_messages", conversation_id=conversation_id, limit=_LOOKED_AT)["items"]
    theirs = [each for each in found if each["direction"] == "in" and each["text"]]
    return [{"text": each["text"][:1000], "sent_at": each["occurred_at"]} for each in theirs[:_READ]]


def _times(client_id: Any, asked: dict[str, Any], said: list[dict[str, str]]) -> tuple[dict[str, Any], dict[str, str]]:
    """Free times, and the words that were read for them: the newest that name a time, else the newest."""
    read: list[tuple[dict[str, Any], dict[str, str]]] = []
    for words in said or [{}]:
        times = api.meeting_slots(client_id, checked(api.SlotsWanted, asked | words))
        read.append((times, words))
        if times["windows"]:
            return read[-1]
    return read[0]


def _page(client_id: Any, form: Form, status: int = 200, said: list[dict[str, str]] | None = None) -> Any:
    mine = {"client_id": str(client_id)}
    found = parts.ask(
        {
            "client": Call("clients", "get_client", mine),
            "contacts": Call("clients", "list_contacts", mine),
        }
    )
    client = found["client"].needed()
    asked = {name: form.values[name] for name in _ASKED if form.values.get(name)}
    if "minutes" in asked:
        asked["minutes"] = forms.whole("minutes", str(asked["minutes"]))
    times, words = _times(client_id, asked, said or [])
    form.values |= words
    form.values.setdefault("minutes", times["minutes"])
    return shell.page("meetings/schedule.html", status, form=form, parts=found, client=client, times=times,
                      lengths=LENGTHS)  # fmt: skip


def _meeting(meeting_id: Any, form: Form, status: int = 200) -> Any:
    meeting = parts.one("clients", "get_meeting", activity_id=str(meeting_id))
    return shell.page("meetings/meeting.html", status, form=form, meeting=meeting, lengths=LENGTHS)
