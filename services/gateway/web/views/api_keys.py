"""One's own API keys."""

from __future__ import annotations

from typing import Any

from flask import Response, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from libs.common.problems import Problem
from services.gateway.api import api_keys as api
from services.gateway.api.routing import checked
from services.gateway.web import editing, forms, shell
from services.gateway.web.forms import Form
from services.gateway.web.routing import Pages, done
from services.gateway.web.toasts import Toast

pages = Pages("api_keys")

SCOPES = {"read": _l("Read only"), "write": _l("Read and write")}
AREAS = {
    "clients": _l("Clients"),
    "deals": _l("Deals"),
    "billing": _l("Billing"),
    "notifications": _l("Notifications"),
    "reports": _l("Reports"),
}
LIVES = {"30": _l("30 days"), "90": _l("90 days"), "365": _l("One year"), "": _l("Until it is revoked")}
_NEW: dict[str, forms.Reader] = {"name": forms.text, "scope": forms.text, "expires_in_days": forms.whole}


@pages.get("/account/keys")
def show() -> Any:
    """All own keys."""
    return _page(Form({"scope": "read", "expires_in_days": "90"}))


@pages.post("/account/keys")
def create() -> Any:
    """Make a key, and show it this once."""
    form = forms.sent()
    given = forms.read(_NEW, form.values) | {"areas": request.form.getlist("areas")}
    try:
        made = api.create_api_key(checked(api.ApiKeyNew, given))
    except Problem as problem:
        if not editing.fits(problem):
            raise
        return _page(form.refused(problem), problem.status)
    return _page(Form({"scope": "read", "expires_in_days": "90"}), made=made)


@pages.post("/account/keys/<uuid:key_id>/revoke")
def revoke(key_id: Any) -> Any:
    """End one at once."""
    api.revoke_api_key(key_id)
    return done("/account/keys", Toast(_("The key was revoked")))


def _page(form: Form, status: int = 200, made: dict[str, Any] | None = None) -> Response:
    words = {"scopes": SCOPES, "areas": AREAS, "lives": LIVES, "picked": request.form.getlist("areas")}
    return shell.page("account/keys.html", status, form=form, items=api.list_api_keys()["items"], made=made, **words)
