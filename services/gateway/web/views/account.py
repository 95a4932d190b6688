"""A person's own account: name, language, password, and which mails they get."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import refresh

from libs.common.problems import Problem
from libs.common.rpc.client import Call
from services.gateway.api import me
from services.gateway.api import requests as r
from services.gateway.api.routing import checked
from services.gateway.web import editing, forms, parts, shell
from services.gateway.web.forms import Form
from services.gateway.web.routing import Pages, done
from services.gateway.web.toasts import Toast

pages = Pages("account")


@pages.get("/account")
def show() -> Any:
    """What can be changed of one's own account."""
    return _page(_form())


@pages.post("/account")
def save() -> Any:
    """Change name and language."""
    form = forms.sent()
    try:
        me.change_me(checked(me.MeChange, forms.read({"name": forms.text, "locale": forms.text}, form.values)))
    except Problem as problem:
        return _refused(problem, form=form)
    refresh()
    return done("/account", Toast(_("Saved")))


@pages.post("/account/password")
def change_password() -> Any:
    """Choose another password; every other session ends."""
    form = forms.sent()
    given = {name: form.values.pop(name, "") for name in ("current_password", "new_password")}
    try:
        me.change_password(checked(me.PasswordChange, given))
    except Problem as problem:
        return _refused(problem, password=form)
    return done("/account", Toast(_("The password was changed; your other sessions have ended")))


@pages.post("/account/mails")
def choose_mails() -> Any:
    """Choose which mails to get."""
    form = forms.sent()
    kinds = [name.removeprefix("kind.") for name in form.values if name.startswith("kind.")]
    chosen = {kind: form.values.get(f"mail.{kind}") == "on" for kind in kinds}
    r.ask("notifications", "set_preferences", email=chosen)
    return done("/account", Toast(_("Saved")))


def _refused(problem: Problem, **shown: Form) -> Any:
    if not editing.fits(problem) and problem.status != 429:
        raise problem
    for form in shown.values():
        form.refused(problem)
    return _page(shown.get("form") or _form(), shown.get("password"), problem.status)


def _form() -> Form:
    person = r.signed_in()
    return Form({"name": person.actor.name, "locale": person.locale})


def _page(form: Form, password: Form | None = None, status: int = 200) -> Any:
    found = parts.ask({"mails": Call("notifications", "get_preferences")})
    return shell.page("account/account.html", status, form=form, password=password or Form(), parts=found)
