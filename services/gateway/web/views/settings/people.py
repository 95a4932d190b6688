"""The people who work here: their accounts and roles."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _

from libs.common.problems import Problem
from services.gateway.accounts import second_factors
from services.gateway.api import accounts as api
from services.gateway.api import joining
from services.gateway.api import requests as r
from services.gateway.api import schemas as s
from services.gateway.api.routing import checked
from services.gateway.web import editing, forms, shell, words
from services.gateway.web.forms import Form
from services.gateway.web.routing import ADMIN, Pages, done
from services.gateway.web.said import refusal
from services.gateway.web.toasts import Toast

pages = Pages("settings_people")

_NEW: dict[str, forms.Reader] = {"name": forms.text, "email": forms.text, "role": forms.text, "password": forms.text}
_INVITED: dict[str, forms.Reader] = {"name": forms.text, "email": forms.text, "role": forms.text}
_CHANGE: dict[str, forms.Reader] = {"role": forms.text, "active": forms.flag, "version": forms.whole}


@pages.get("/settings/people", who=ADMIN)
def people() -> Any:
    """All accounts."""
    return _page(Form({"role": "sales"}))


@pages.post("/settings/people", who=ADMIN)
def create() -> Any:
    """Make an account that can sign in at once."""
    form = forms.sent()
    try:
        made = api.create_user(checked(s.UserNew, forms.read(_NEW, form.values)))
    except Problem as problem:
        if not editing.fits(problem):
            raise
        form.values.pop("password", None)
        return _page(form.refused(problem), problem.status)
    return done("/settings/people", Toast(_("%(name)s can sign in now", name=made["name"])))


@pages.post("/settings/people/invitations", who=ADMIN)
def invite() -> Any:
    """Mail somebody a link to join."""
    form = forms.sent()
    try:
        made = joining.invite(checked(joining.InvitationNew, forms.read(_INVITED, form.values)))
    except Problem as problem:
        if not editing.fits(problem):
            raise
        return _page(Form({"role": "sales"}), problem.status, inviting=form.refused(problem))
    return done("/settings/people", Toast(_("An invitation is on its way to %(email)s", email=made["email"])))


@pages.post("/settings/people/invitations/<uuid:invitation_id>/send-again", who=ADMIN)
def invite_again(invitation_id: Any) -> Any:
    """Mail a new link."""
    made = joining.send_invitation_again(invitation_id)
    return done("/settings/people", Toast(_("An invitation is on its way to %(email)s", email=made["email"])))


@pages.post("/settings/people/invitations/<uuid:invitation_id>/revoke", who=ADMIN)
def revoke(invitation_id: Any) -> Any:
    """End an invitation."""
    joining.revoke_invitation(invitation_id)
    return done("/settings/people", Toast(_("The invitation was revoked")))


@pages.post("/settings/people/<uuid:user_id>/sessions/end", who=ADMIN)
def end_sessions(user_id: Any) -> Any:
    """Sign somebody out everywhere."""
    api.end_sessions_of_user(user_id)
    return done("/settings/people", Toast(_("They are signed out everywhere")))


@pages.post("/settings/people/<uuid:user_id>/second-factor/off", who=ADMIN)
def take_second_factor_off(user_id: Any) -> Any:
    """For somebody who lost their phone and their recovery codes."""
    api.take_second_factor_off(user_id)
    return done("/settings/people", Toast(_("Two-factor log-in was taken off their account")))


@pages.post("/settings/people/<uuid:user_id>", who=ADMIN)
def change(user_id: Any) -> Any:
    """Change somebody's role, or end or restore their access; ending it ends every session at once."""
    form = forms.sent()
    try:
        made = api.change_user(user_id, checked(s.UserChange, forms.read(_CHANGE, form.values)))
    except Problem as problem:
        if not editing.fits(problem):
            raise
        return _page(Form({"role": "sales"}), problem.status, note=refusal(problem.detail))
    ended = not made["active"] and made["email"] is not None
    text = (
        _("%(name)s was changed", name=made["name"])
        if not ended
        else _("%(name)s can no longer sign in", name=made["name"])
    )
    undo = {"active": "true", "version": str(made["version"])}
    back = f"/settings/people/{user_id}" if ended else None
    return done("/settings/people", Toast(text % {"name": made["name"]}, back, undo))


def _page(form: Form, status: int = 200, note: str = "", inviting: Form | None = None) -> Any:
    with r.gateway().database.read() as session:
        protected = second_factors.with_it(session)
    shown = {"accounts": api.list_users()["items"], "invited": joining.list_invitations()["items"]}
    shown["names"] = {each["id"]: each["name"] for each in shown["accounts"]}
    shown["waiting"] = {each["user_id"]: each["email"] for each in shown["invited"] if each["user_id"]}
    shown |= {"inviting": inviting or Form({"role": "sales"}), "protected": protected, "now": r.gateway().clock.now()}
    return shell.page("settings/people.html", status, form=form, roles=words.ROLES, note=note, **shown)
