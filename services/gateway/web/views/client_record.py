"""A client's page: properties edited in place, the timeline with its composer, what hangs on the client."""

from __future__ import annotations

from typing import Any

from flask import Response, make_response, redirect, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from libs.common.ids import is_id
from libs.common.problems import Forbidden, Problem
from libs.common.rpc.client import Call
from services.gateway.api import clients as api
from services.gateway.api import custom_fields, tasks
from services.gateway.api import schemas as s
from services.gateway.api.routing import checked
from services.gateway.web import custom, editing, forms, in_place, parts, shell, toasts, words
from services.gateway.web.editing import Field
from services.gateway.web.forms import Form
from services.gateway.web.in_place import Record
from services.gateway.web.listing import given
from services.gateway.web.routing import SALES, SIGNED_IN, Pages, done, is_part, local
from services.gateway.web.toasts import Toast

pages = Pages("client")

TIMELINE = 25
_RELATED = 20
FIELDS = (
    Field("company_name", _l("Company name"), needed=True),
    Field("status", _l("Status"), "choice", options=lambda: list(words.CLIENT_STATUSES.items())),
    Field("industry", _l("Industry")),
    Field("email", _l("E-mail address"), "email"),
    Field("phone", _l("Phone"), "tel", longest=60),
    Field("website", _l("Website"), "url", longest=500),
    Field("address", _l("Address"), longest=500),
    Field("city", _l("City")),
    Field("state", _l("State")),
    Field("country", _l("Country")),
    Field("tags", _l("Tags"), "tags", longest=600),
    Field("notes", _l("Notes"), "area", longest=20_000),
)
ACTIVITY: dict[str, forms.Reader] = {
    "type": forms.text,
    "subject": forms.text,
    "description": forms.text,
    "occurred_at": forms.moment,
    "due_at": forms.moment,
    "contact_id": forms.text,
    "deal_id": forms.text,
    "assignee_id": forms.text,
}


@pages.get("/clients/<uuid:client_id>")
def show(client_id: Any) -> Any:
    """Everything about one client; a service that is down takes only its own part with it."""
    key = str(client_id)
    mine = {"client_id": key}
    found = parts.ask(
        {
            "client": Call("clients", "get_client", mine),
            "contacts": Call("clients", "list_contacts", mine),
            "timeline": Call("clients", "timeline", mine | {"limit": TIMELINE}),
            "documents": Call("clients", "list_documents", mine),
            "deals": Call("deals", "list_deals", {"filters": mine, "limit": _RELATED}),
            "invoices": Call("billing", "list_invoices", {"filters": mine, "limit": _RELATED}),
            "shadows": Call("clients", "list_grants", mine) if shell.offered("assign") else None,
            "fields": custom_fields.call("client"),
            "contact_fields": custom_fields.call("contact"),
        }
    )
    client = found["client"].needed()
    if client["id"] != key:
        # It was merged into another one, which an old link leads to.
        return redirect(f"/clients/{client['id']}")
    template = "clients/card.html" if client["access"] == "card" else "clients/record.html"
    shown: dict[str, Any] = {"fields": [*FIELDS, *custom.fields_of(found["fields"])], "form": Form({"type": "note"})}
    shown["contact_fields"] = custom.fields_of(found["contact_fields"])
    return shell.page(template, client=client, parts=found, **shown)


@pages.get("/clients/<uuid:client_id>/timeline")
def timeline(client_id: Any) -> Any:
    """More of the timeline; ``whole``: its beginning, as a page that is open shows it anew."""
    query = checked(tasks.ActivityFilters, {"limit": TIMELINE} | given("cursor", "deal_id")).given()
    if request.args.get("whole") and is_part():
        part = parts.ask({"timeline": Call("clients", "timeline", {"client_id": str(client_id)} | query)})["timeline"]
        part.needed()
        return shell.fragment("clients/happened.html", part=part, client={"id": str(client_id)})
    found = parts.one("clients", "timeline", client_id=str(client_id), **query)
    show = shell.fragment if is_part() else shell.page
    template = "clients/entries.html" if is_part() else "clients/timeline.html"
    return show(template, page=found, client={"id": str(client_id)}, types=words.ACTIVITIES)


@pages.post("/clients/<uuid:client_id>/activities", who=SIGNED_IN)
def log_activity(client_id: Any) -> Any:
    """Write a note, a call, an e-mail, a meeting or a task into the timeline."""
    form = forms.sent()
    if form.values.get("type") == "whatsapp":
        # Without scripts the composer cannot show what can be sent; a page of its own does.
        return done(f"/clients/{client_id}/message")
    try:
        typed = forms.read(ACTIVITY, form.values | _about(form))
        typed.setdefault("subject", _subject(typed))
        unwanted = ("occurred_at",) if typed.get("type") == "task" else ("due_at", "assignee_id")
        typed = {name: value for name, value in typed.items() if name not in unwanted}
        made = api.log_activity(client_id, checked(s.ActivityNew, typed))
    except Problem as problem:
        if not editing.fits(problem):
            raise
        return _timeline_part(client_id, form.refused(problem), problem.status)
    toast = Toast(_("%(kind)s added", kind=words.word(made["type"])))
    if not is_part():
        return done(local(form.values.get("back", ""), f"/clients/{client_id}"), toast)
    response = _timeline_part(client_id, Form({"type": made["type"]} | _about(form)))
    toasts.announce(response, toast)
    return response


@pages.get("/clients/<uuid:client_id>/edit", who=SALES)
def edit(client_id: Any) -> Any:
    """All properties in one form."""
    return in_place.show_form(_record(client_id))


@pages.post("/clients/<uuid:client_id>/edit", who=SALES)
def save(client_id: Any) -> Any:
    """Save the form; where somebody else saved meanwhile, show both versions."""
    return in_place.save_form(_record(client_id))


@pages.get("/clients/<uuid:client_id>/fields/<name>", who=SALES)
def field(client_id: Any, name: str) -> Any:
    """One property as an input, in its place."""
    return in_place.show_field(_record(client_id), name)


@pages.post("/clients/<uuid:client_id>/fields/<name>", who=SALES)
def save_field(client_id: Any, name: str) -> Any:
    """Save one property."""
    return in_place.save_field(_record(client_id), name)


@pages.post("/clients/<uuid:client_id>/delete", who=SALES)
def delete(client_id: Any) -> Any:
    """Take a client out of every list."""
    gone = api.delete_client(client_id)
    return done("/clients", Toast(_("The client was deleted"), f"/change-sets/{gone['change_set_id']}/undo"))


@pages.post("/clients/<uuid:client_id>/documents", who=SALES)
def upload(client_id: Any) -> Any:
    """Keep a file with the client."""
    made = api.upload_document(client_id)
    return done(f"/clients/{client_id}", Toast(_("%(name)s was added", name=made["filename"])))


@pages.post("/documents/<uuid:document_id>/delete", who=SALES)
def delete_document(document_id: Any) -> Any:
    """Remove a file for good."""
    api.delete_document(document_id)
    client_id = request.form.get("client_id", "")
    return done(f"/clients/{client_id}" if is_id(client_id) else "/clients", Toast(_("Deleted")))


@pages.get("/documents/<uuid:document_id>")
def document(document_id: Any) -> Any:
    """Download a document."""
    return api.get_document(document_id)


def to_change(client_id: Any) -> dict[str, Any]:
    """A client for a form that changes it; Forbidden for who may only look."""
    found: dict[str, Any] = parts.one("clients", "get_client", client_id=str(client_id))
    if found["access"] != "write":
        raise Forbidden(_("you may look at this client, and only its owner may change it"))
    return found


def _record(client_id: Any) -> Record:
    return Record(
        kind="client",
        base=f"/clients/{client_id}",
        title="company_name",
        fields=[*FIELDS, *custom.known("client")],
        load=lambda: to_change(client_id),
        update=custom.saving(lambda body: api.change_client(client_id, checked(s.ClientChange, body))),
    )


def _timeline_part(client_id: Any, form: Form, status: int = 200) -> Response:
    mine, about = {"client_id": str(client_id)}, _about(form)
    only = {"deal_id": about["only_deal"]} if about else {}
    found = parts.ask(
        {
            "client": Call("clients", "get_client", mine),
            "contacts": Call("clients", "list_contacts", mine),
            "timeline": Call("clients", "timeline", mine | only | {"limit": TIMELINE}),
            "deals": None if about else Call("deals", "list_deals", {"filters": mine, "limit": _RELATED}),
        }
    )
    client = found["client"].needed()
    if is_part():
        return shell.fragment("clients/middle.html", status, client=client, parts=found, form=form)
    return make_response(shell.page("clients/timeline.html", status, client=client, parts=found, form=form))


def _about(form: Form) -> dict[str, str]:
    """The deal on whose page the timeline stands, if it is a deal's."""
    deal_id = form.values.get("only_deal", "")
    return {"only_deal": deal_id, "deal_id": deal_id} if deal_id else {}


def _subject(given: dict[str, Any]) -> str:
    """The first words of the text, where nobody wrote a subject."""
    text = " ".join(str(given.get("description", "")).split())
    return text[:80] + ("…" if len(text) > 80 else "")
