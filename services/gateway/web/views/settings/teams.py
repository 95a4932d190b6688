"""One person who works here: their team, whom they report to, and the address that lets them in."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _

from libs.common.problems import Problem
from services.gateway.api import accounts as api
from services.gateway.api import joining
from services.gateway.api import schemas as s
from services.gateway.api.routing import checked
from services.gateway.web import editing, forms, shell
from services.gateway.web.forms import Form
from services.gateway.web.routing import ADMIN, Pages, done
from services.gateway.web.toasts import Toast

pages = Pages("settings_teams")

_CHANGE: dict[str, forms.Reader] = {"name": forms.text, "team": forms.text, "reports_to": forms.text}


@pages.get("/settings/people/<uuid:user_id>", who=ADMIN)
def person(user_id: Any) -> Any:
    """Somebody's name, team and manager."""
    return _page(user_id)


@pages.post("/settings/people/<uuid:user_id>/team", who=ADMIN)
def change(user_id: Any) -> Any:
    """Change them; an emptied field is taken away."""
    form = forms.sent()
    given = forms.read(_CHANGE, form.values, blanks=True) | forms.read({"version": forms.whole}, form.values)
    try:
        made = api.change_user(user_id, checked(s.UserChange, given))
    except Problem as problem:
        if not editing.fits(problem):
            raise
        return _page(user_id, problem.status, form=form.refused(problem))
    return done("/settings/people", Toast(_("%(name)s was changed", name=made["name"])))


@pages.post("/settings/people/<uuid:user_id>/invitation", who=ADMIN)
def invite(user_id: Any) -> Any:
    """Give somebody an address, and mail them a link to join as who they are."""
    form = forms.sent()
    try:
        made = joining.invite_person(user_id, checked(joining.Invited, {"email": form.values.get("email", "")}))
    except Problem as problem:
        if not editing.fits(problem):
            raise
        return _page(user_id, problem.status, inviting=form.refused(problem))
    return done("/settings/people", Toast(_("An invitation is on its way to %(email)s", email=made["email"])))


def _page(user_id: Any, status: int = 200, form: Form | None = None, inviting: Form | None = None) -> Any:
    found, everybody = api.get_user(user_id), api.list_users()["items"]
    shown = {
        "person": found,
        "form": form or Form({name: found[name] for name in ("name", "team", "reports_to")}),
        "inviting": inviting or Form(),
        "others": [(each["id"], each["name"]) for each in everybody if each["id"] != found["id"]],
        "teams": sorted({each["team"] for each in everybody if each["team"]}),
        "waiting": [each for each in joining.list_invitations()["items"] if each["user_id"] == found["id"]],
    }
    return shell.page("settings/person.html", status, **shown)
