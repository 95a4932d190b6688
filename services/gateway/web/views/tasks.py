"""Tasks: what somebody has to do, by day; ticking one off can be taken back."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from flask import request
from flask_babel import gettext as _

from libs.common.clock import business_date
from libs.common.problems import Problem
from libs.common.rpc.client import Call
from services.gateway.api import clients, tasks
from services.gateway.api import requests as r
from services.gateway.api import schemas as s
from services.gateway.api.routing import checked
from services.gateway.api.values import Body, Id
from services.gateway.web import editing, forms, parts, picking, shell, words
from services.gateway.web.formats import day
from services.gateway.web.forms import Form
from services.gateway.web.listing import PAGE, Column, Listing, given, listing
from services.gateway.web.routing import Pages, done, is_part, local
from services.gateway.web.toasts import Toast
from services.gateway.web.views.client_record import ACTIVITY

pages = Pages("tasks")

_FILTERS = "type assignee_id person_id done due_from due_to client_id deal_id zone".split()


class _Whose(Body):
    client_id: Id


@pages.get("/tasks")
def list_tasks() -> Any:
    """My tasks, or everybody's that I may see: open ones, or those that are done; or meetings by their day."""
    page = {"limit": PAGE} | given("cursor")
    query = checked(tasks.TaskFilters, _filters() | page)
    found = parts.ask({"tasks": Call("clients", "list_tasks", s.paged(query.given()))})
    today = business_date(datetime.now(UTC), r.gateway().settings.business_tz)
    show = shell.fragment if is_part() else shell.page
    part = "tasks/rows.html" if "cursor" in page else "tasks/body.html"
    template = part if is_part() else "tasks/list.html"
    state = "meetings" if query.type == "meeting" else "done" if query.done else "open"
    whose = "mine" if query.assignee_id == r.signed_in().actor.id else "all"
    return show(template, parts=found, today=today.isoformat(), whose=whose, state=state, listing=_listing())


@pages.get("/tasks/new")
def new() -> Any:
    """The form for a task: for which client, what, until when."""
    return _form(Form(given("client_id")))


@pages.post("/tasks/new")
def create() -> Any:
    """Add a task."""
    form = forms.sent()
    if "find" in form.values:
        return _form(form)
    try:
        client_id = checked(_Whose, {"client_id": form.values.get("client_id", "")}).client_id
        readers = {name: ACTIVITY[name] for name in ("subject", "description", "due_at", "assignee_id")}
        body = checked(s.ActivityNew, forms.read(readers, form.values) | {"type": "task"})
        clients.log_activity(client_id, body)
    except Problem as problem:
        if not editing.fits(problem) and problem.status != 404:
            raise
        return _form(form.refused(problem), problem.status)
    return done("/tasks", Toast(_("The task was added")))


@pages.post("/activities/<uuid:activity_id>/done")
def tick(activity_id: Any) -> Any:
    """Tick a task off, or open it again."""
    ticked = forms.flag("done", request.form.get("done", ""))
    body = {"done": ticked, "version": forms.whole("version", request.form.get("version", "0"))}
    made = tasks.change_activity(activity_id, checked(tasks.ActivityChange, body))
    back = request.form.get("back", "/tasks")
    again = {"done": str(not ticked).lower(), "version": str(made["version"]), "back": back}
    undo = f"/activities/{activity_id}/done" if ticked else None
    text = _("Done: %(subject)s", subject=made["subject"]) if ticked else _("Open again")
    return done(local(back, "/tasks"), Toast(text, undo, again))


def _filters() -> dict[str, Any]:
    """What the address says, as the tabs or as the API's own filters; of tasks nobody named, one's own open ones."""
    found = given(*_FILTERS)
    if found.get("type") == "meeting":
        return found
    mine = request.args.get("whose", "mine") == "mine" and not {"assignee_id", "person_id"} & set(found)
    whose = {"assignee_id": r.signed_in().actor.id} if mine else {}
    return {"done": str(request.args.get("state") == "done").lower()} | found | whose


def _listing() -> Listing:
    people = shell.people()
    labels = {
        "type": (_("Kind"), words.word),
        "assignee_id": (_("For whom"), lambda id: people.get(id, {}).get("name", "?")),
        "person_id": (_("With"), lambda id: people.get(id, {}).get("name", "?")),
        "due_from": (_("From"), day),
        "due_to": (_("Until"), day),
        "client_id": (_("Client"), lambda _id: _("only one")),
        "deal_id": (_("Deal"), lambda _id: _("only one")),
        "zone": (_("Days of"), str),
    }
    return listing("tasks", Column("subject", _("Task")), (), labels)


def _form(form: Form, status: int = 200) -> Any:
    typed = form.values.get(picking.SEARCH_FIELD, "")
    found = parts.ask({"clients": picking.offered(typed), "client": picking.chosen(form.values.get("client_id"))})
    picked = picking.choices(found["clients"], found.get("client"))
    return shell.page("tasks/new.html", status, form=form, parts=found, **picked)
