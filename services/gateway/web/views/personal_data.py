"""What is known of one person, erasing them, and the receipts."""

from __future__ import annotations

from typing import Any

from flask import redirect, request
from flask_babel import gettext as _

from libs.common.problems import NotFound, Problem
from services.gateway.api import personal_data as api
from services.gateway.api import schemas as s
from services.gateway.api.routing import checked
from services.gateway.web import audit_words, editing, forms, parts, shell, words
from services.gateway.web.forms import Form
from services.gateway.web.listing import given
from services.gateway.web.routing import ADMIN, Pages, done
from services.gateway.web.toasts import Toast

pages = Pages("personal_data")

# Where a row that was kept is looked at.
_PAGES = {"invoices": "/invoices/", "documents": "/documents/", "clients": "/clients/", "deals": "/deals/"}


@pages.get("/contacts/<uuid:contact_id>/personal-data", who=ADMIN)
def export(contact_id: Any) -> Any:
    """Everything known of a person, as a file."""
    return redirect(f"/api/v1/contacts/{contact_id}/personal-data", 303)


@pages.get("/contacts/<uuid:contact_id>/erase", who=ADMIN)
def ask(contact_id: Any) -> Any:
    """What goes, what stays, and the question whether to do it."""
    contact = _load(str(contact_id))
    return _form(Form({"version": str(contact["version"])}), contact)


@pages.post("/contacts/<uuid:contact_id>/erase", who=ADMIN)
def erase(contact_id: Any) -> Any:
    """Do it, and show the receipt."""
    form = forms.sent()
    contact = _load(str(contact_id))
    if form.values.get("sure") != "true":
        form.errors["sure"] = _("Say that you are sure: this cannot be undone.")
        return _form(form, contact, 422)
    version = str(form.values.get("version", ""))
    asked = forms.read({"reason": forms.text}, form.values) | ({"version": int(version)} if version.isdecimal() else {})
    try:
        made = api.erase_contact(contact_id, checked(api.Erase, asked))
    except Problem as problem:
        if not editing.fits(problem):
            raise
        return _form(form.refused(problem), contact, problem.status)
    return done(f"/settings/erasures/{made['id']}", Toast(_("The person is being erased")))


@pages.get("/settings/erasures", who=ADMIN)
def receipts() -> Any:
    """All receipts, newest first."""
    found = api.list_erasures(checked(s.Page, given("cursor") | {"limit": 50}))
    return shell.page("settings/erasures.html", found=found)


@pages.get("/settings/erasures/<uuid:erasure_id>", who=ADMIN)
def receipt(erasure_id: Any) -> Any:
    """What was erased where, what is kept and why, and when the rest goes."""
    found = api.get_erasure(erasure_id)
    missing = ", ".join(str(words.SERVICES[name]) for name in found["missing"])
    shown: dict[str, Any] = {"missing": missing, "records": audit_words.RECORDS | audit_words.COPIES, "pages": _PAGES}
    return shell.page("settings/erasure.html", receipt=found, **shown)


def _load(contact_id: str) -> dict[str, Any]:
    # A link may come without its client: whose contact it is, its service knows.
    client_id = request.args.get("client_id") or parts.one("clients", "person", contact_id=contact_id)["client_id"]
    for contact in parts.one("clients", "list_contacts", client_id=client_id)["items"]:
        if contact["id"] == contact_id:
            return dict(contact)
    raise NotFound(_("there is no such contact, or it is not yours to see"))


def _form(form: Form, contact: dict[str, Any], status: int = 200) -> Any:
    return shell.page("contacts/erase.html", status, form=form, contact=contact)
