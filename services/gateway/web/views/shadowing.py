"""Who reads a client without owning it; and which roles may do what."""

from __future__ import annotations

from typing import Any

from flask import request
from flask_babel import gettext as _

from libs.common import rights
from libs.common.problems import Problem
from services.gateway.api import shadowing as api
from services.gateway.api.routing import checked
from services.gateway.web import editing, forms, shell, words
from services.gateway.web.routing import ADMIN, Pages, done
from services.gateway.web.said import refusal
from services.gateway.web.toasts import Toast

pages = Pages("shadowing")


@pages.post("/clients/<uuid:client_id>/shadows", who=ADMIN)
def add(client_id: Any) -> Any:
    """Lend a client to somebody to read, through a day."""
    typed = forms.read({"user_id": forms.text, "ends_on": forms.text}, request.form)
    back = f"/clients/{client_id}"
    try:
        api.add_shadow(client_id, checked(api.ShadowNew, typed))
    except Problem as problem:
        if not editing.fits(problem):
            raise
        return done(back, Toast(refusal(problem)))
    name = shell.people()[str(typed["user_id"])]["name"]
    return done(back, Toast(_("%(name)s shadows this client now", name=name)))


@pages.post("/clients/<uuid:client_id>/shadows/<uuid:user_id>/end", who=ADMIN)
def end(client_id: Any, user_id: Any) -> Any:
    """End it now."""
    api.end_shadow(client_id, user_id)
    name = shell.people().get(str(user_id), {}).get("name", "")
    return done(f"/clients/{client_id}", Toast(_("%(name)s no longer shadows this client", name=name)))


@pages.get("/settings/rights", who=ADMIN)
def show_rights() -> Any:
    """The table of rights, as the services decide by it."""
    shown = [right for right in rights.RIGHTS if any(right.of(role) is not rights.Rows.NO for role in rights.PEOPLE)]
    return shell.page("settings/rights.html", rights=shown, roles=rights.PEOPLE, words=words)
