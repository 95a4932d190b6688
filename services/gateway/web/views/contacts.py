"""A client's people: adding, changing, removing."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from libs.common.problems import NotFound, Problem, Unavailable
from services.gateway.api import clients as api
from services.gateway.api import schemas as s
from services.gateway.api.routing import checked
from services.gateway.web import custom, editing, forms, parts, shell
from services.gateway.web.editing import Field, Merge
from services.gateway.web.forms import Form
from services.gateway.web.routing import SALES, Pages, done
from services.gateway.web.toasts import Toast
from services.gateway.web.views import client_record

pages = Pages("contacts")

FIELDS = (
    Field("first_name", _l("First name"), needed=True),
    Field("last_name", _l("Last name")),
    Field("email", _l("E-mail address"), "email"),
    Field("phone", _l("Phone"), "tel", longest=60),
    Field("job_title", _l("Job title")),
)


@pages.get("/clients/<uuid:client_id>/contacts/new", who=SALES)
def new(client_id: Any) -> Any:
    """The form for a new person."""
    # While the service is silent the form stands: what is typed is kept until it answers.
    with suppress(Unavailable):
        client_record.to_change(client_id)
    return _form(Form(), str(client_id), f"/clients/{client_id}/contacts/new", _("New contact"))


@pages.post("/clients/<uuid:client_id>/contacts/new", who=SALES)
def create(client_id: Any) -> Any:
    """Add a person."""
    form = forms.sent()
    try:
        own = custom.typed(form, "contact")
        given = forms.read({field.name: field.reader for field in FIELDS}, form.values) | own
        primary = {"is_primary": True} if form.values.get("is_primary") else {}
        made = api.create_contact(client_id, checked(s.ContactNew, given | primary))
    except Problem as problem:
        if not editing.fits(problem):
            raise
        action = f"/clients/{client_id}/contacts/new"
        refused = form.refused(custom.at_inputs(problem))
        return _form(refused, str(client_id), action, _("New contact"), problem.status)
    return done(f"/clients/{client_id}", Toast(_("%(name)s was added", name=made["first_name"])))


@pages.get("/contacts/<uuid:contact_id>/edit", who=SALES)
def edit(contact_id: Any) -> Any:
    """The form with what is known of a person."""
    client_id = request.args.get("client_id", "")
    contact = _load(client_id, str(contact_id))
    form = editing.form_of(contact, _fields())
    form.values["is_primary"] = contact["is_primary"]
    return _form(form, client_id, f"/contacts/{contact_id}/edit?client_id={client_id}", _("Edit contact"))


@pages.post("/contacts/<uuid:contact_id>/edit", who=SALES)
def save(contact_id: Any) -> Any:
    """Save what was changed; two people's changes are brought together."""
    form, client_id, key, fields = forms.sent(), request.args.get("client_id", ""), str(contact_id), _fields()
    action = f"/contacts/{key}/edit?client_id={client_id}"

    @custom.saving
    def update(body: dict[str, Any]) -> dict[str, Any]:
        return api.change_contact(key, checked(s.ContactChange, body))

    try:
        saved = editing.save(form, fields, update, lambda: _load(client_id, key))
        if not isinstance(saved, Merge) and form.values.get("is_primary") and not saved["is_primary"]:
            update({"is_primary": True})
    except Problem as problem:
        if not editing.fits(problem):
            raise
        return _form(form.refused(problem), client_id, action, _("Edit contact"), problem.status)
    if isinstance(saved, Merge):
        back = f"/clients/{client_id}"
        return shell.page("conflict.html", 409, merge=saved, form=form, fields=fields, action=action, back=back)
    return done(f"/clients/{client_id}", Toast(_("Saved")))


@pages.post("/contacts/<uuid:contact_id>/delete", who=SALES)
def delete(contact_id: Any) -> Any:
    """Remove a person."""
    api.delete_contact(contact_id)
    client_id = request.form.get("client_id", "")
    return done(f"/clients/{client_id}" if client_id.replace("-", "").isalnum() else "/clients", Toast(_("Deleted")))


def _fields() -> list[Field]:
    return [*FIELDS, *custom.of("contact")]


def _load(client_id: str, contact_id: str) -> dict[str, Any]:
    found = parts.one("clients", "list_contacts", client_id=client_id)["items"]
    for contact in found:
        if contact["id"] == contact_id:
            return dict(contact)
    raise NotFound(_("there is no such contact, or it is not yours to see"))


def _form(form: Form, client_id: str, action: str, title: str, status: int = 200) -> Any:
    shown = {"form": form, "client_id": client_id, "action": action, "title": title, "fields": _fields()}
    shown["contact_id"] = (request.view_args or {}).get("contact_id")
    return shell.page("contacts/form.html", status, **shown)
