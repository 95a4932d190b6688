"""The fields that the company adds to its clients, contacts and deals."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from libs.common.problems import Problem
from services.gateway.api import custom_fields as api
from services.gateway.api.routing import checked
from services.gateway.web import custom, editing, forms, parts, shell
from services.gateway.web.forms import Form
from services.gateway.web.routing import ADMIN, Pages, done
from services.gateway.web.toasts import Toast

pages = Pages("settings_fields")

ENTITIES = {"client": _l("Clients"), "contact": _l("Contacts"), "deal": _l("Deals")}


def _lines(_name: str, typed: str) -> list[str]:
    """One option a line."""
    return list(dict.fromkeys(line.strip() for line in typed.splitlines() if line.strip()))


_NEW: dict[str, forms.Reader] = dict.fromkeys(("entity", "label", "kind"), forms.text)
_CHANGE: dict[str, forms.Reader] = {"label": forms.text, "options": _lines, "position": forms.whole}


@pages.get("/settings/fields", who=ADMIN)
def fields() -> Any:
    """All fields, by what they belong to."""
    return _page(Form({"entity": "client", "kind": "text"}))


@pages.post("/settings/fields", who=ADMIN)
def create() -> Any:
    """Define a field."""
    form = forms.sent()
    try:
        typed = forms.read(_NEW, form.values)
        if typed.get("kind") == "choice":
            typed |= forms.read({"options": _lines}, form.values)
        made = api.create_custom_field(checked(api.FieldNew, typed))
    except Problem as problem:
        if not editing.fits(problem):
            raise
        return _page(form.refused(problem), problem.status)
    return done("/settings/fields", Toast(_("%(name)s was added", name=made["label"])))


@pages.post("/settings/fields/<entity>/<uuid:field_id>", who=ADMIN)
def change(entity: str, field_id: Any) -> Any:
    """Change a field's name, options or place; archive it, or bring it back."""
    form, of = forms.sent(), checked(api.OfEntity, {"entity": entity})
    try:
        typed = forms.read(_CHANGE, form.values) | forms.read({"version": forms.whole}, form.values)
        if "archived" in form.values:
            typed["archived"] = form.values["archived"] == "true"
        api.change_custom_field(field_id, of, checked(api.FieldChange, typed))
    except Problem as problem:
        if not editing.fits(problem):
            raise
        return _page(
            Form({"entity": entity, "kind": "text"}), problem.status, at=(str(field_id), form.refused(problem))
        )
    return done("/settings/fields", Toast(_("Saved")))


@pages.post("/settings/fields/<entity>/<uuid:field_id>/delete", who=ADMIN)
def delete(entity: str, field_id: Any) -> Any:
    """Remove a field that nothing uses; any other is archived."""
    gone = api.delete_custom_field(field_id, checked(api.OfEntity, {"entity": entity}))
    kept = _("Records have values of this field, so it was archived: they stay to be read")
    return done("/settings/fields", Toast(_("Deleted") if gone["deleted"] else kept))


def _page(form: Form, status: int = 200, at: tuple[str, Form] | None = None) -> Any:
    """at: the field whose form was refused, with what is wrong about it."""
    found = parts.ask({entity: api.call(entity) for entity in ENTITIES})
    shown: dict[str, Any] = {"entities": ENTITIES, "kinds": custom.KINDS, "refused": dict([at]) if at else {}}
    return shell.page("settings/fields.html", status, form=form, parts=found, **shown)
