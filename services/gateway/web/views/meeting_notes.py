"""Notes of a meeting on a deal: paste them, see what they come to, tick what is to be done."""

from __future__ import annotations

from typing import Any

from flask import request
from flask_babel import gettext as _
from flask_babel import ngettext

from libs.common.problems import Invalid, NotFound, Problem
from services.gateway.api import notes as api
from services.gateway.api.routing import checked
from services.gateway.web import editing, forms, parts, shell
from services.gateway.web.forms import Form
from services.gateway.web.routing import SALES, Pages, done
from services.gateway.web.toasts import Toast

pages = Pages("meeting_notes")


@pages.get("/deals/<uuid:deal_id>/notes", who=SALES)
def paste(deal_id: Any) -> Any:
    """A place for the notes."""
    return _pasting(deal_id, Form())


@pages.post("/deals/<uuid:deal_id>/notes", who=SALES)
def take(deal_id: Any) -> Any:
    """Have them read."""
    form = forms.sent()
    try:
        given = {"deal_id": str(deal_id), "text": form.values.get("text", "")}
        made = api.take_notes(checked(api.NotesNew, given))
    except Problem as problem:
        if not editing.fits(problem):
            raise
        return _pasting(deal_id, form.refused(problem), problem.status)
    return done(f"/deals/{deal_id}/notes/{made['id']}")


@pages.get("/deals/<uuid:deal_id>/notes/<uuid:notes_id>", who=SALES)
def show(deal_id: Any, notes_id: Any) -> Any:
    """What they come to, each with a box to tick, and what was done."""
    return _page(deal_id, notes_id, Form())


@pages.get("/deals/<uuid:deal_id>/notes/<uuid:notes_id>/reading", who=SALES)
def reading(deal_id: Any, notes_id: Any) -> Any:
    """The same without its frame, as soon as the notes are read."""
    return shell.fragment("notes/reading.html", **_shown(deal_id, notes_id, Form()))


@pages.post("/deals/<uuid:deal_id>/notes/<uuid:notes_id>", who=SALES)
def apply(deal_id: Any, notes_id: Any) -> Any:
    """Do what is ticked."""
    form = forms.sent()
    try:
        body = _body()
        if not (body["summary"] or body["steps"] or body["fields"]):
            raise Invalid(_("Tick something first."))
        api.apply_notes(notes_id, checked(api.NotesChoice, body))
    except Problem as problem:
        if not (editing.fits(problem) or problem.status == 409):
            raise
        form.refused(problem)
        if problem.extra.get("changed"):
            form.problem = _("The deal was changed since the notes were read.")
        return _page(deal_id, notes_id, form, problem.status, problem.extra.get("changed"))
    count = int(body["summary"]) + len(body["steps"]) + len(body["fields"])
    words = ngettext("%(num)s thing was taken over", "%(num)s things were taken over", count)
    return done(f"/deals/{deal_id}/notes/{notes_id}", Toast(words))


def _body() -> dict[str, Any]:
    """The boxes that are ticked, with what stands beside them now."""
    steps = []
    for ticked in request.form.getlist("step"):
        place = forms.whole("steps", ticked)
        due = request.form.get(f"due_{place}", "").strip()
        steps.append({"index": place, "text": request.form.get(f"text_{place}") or None, "due": due or None})
    body: dict[str, Any] = {"summary": "summary" in request.form, "steps": steps}
    body["fields"] = request.form.getlist("field")
    if body["summary"]:
        body["summary_text"] = request.form.get("summary_text", "").strip() or None
    return body


def _pasting(deal_id: Any, form: Form, status: int = 200) -> Any:
    deal = parts.one("deals", "get_deal", deal_id=str(deal_id))
    return shell.page("notes/paste.html", status, deal=deal, form=form, most=api.MOST_CHARACTERS)


def _page(deal_id: Any, notes_id: Any, form: Form, status: int = 200, changed: Any = None) -> Any:
    return shell.page("notes/show.html", status, **_shown(deal_id, notes_id, form), changed=changed)


def _shown(deal_id: Any, notes_id: Any, form: Form) -> dict[str, Any]:
    deal = parts.one("deals", "get_deal", deal_id=str(deal_id))
    notes = parts.one("ai", "get_notes", generation_id=str(notes_id))
    if notes["deal_id"] != str(deal_id):
        raise NotFound("there are no such notes, or they are not yours to see")
    # What was unticked stays so when the form comes back.
    ticked = None
    if request.method == "POST":
        steps = {f"step:{place}" for place in request.form.getlist("step")}
        ticked = steps | {f"field:{name}" for name in request.form.getlist("field")}
        ticked |= {"summary:yes"} if "summary" in request.form else set()
    return {"deal": deal, "notes": notes, "form": form, "ticked": ticked}
