"""For people without a session: accepting an invitation, and choosing another password by mail."""

from __future__ import annotations

from typing import Any

from flask import Response
from flask_babel import gettext as _

from libs.common.problems import Invalid, Problem
from services.gateway.accounts import invitations, login, resets
from services.gateway.accounts.client import own_unit
from services.gateway.api import joining as api
from services.gateway.api import requests as r
from services.gateway.api.routing import checked
from services.gateway.web import editing, forms, language, shell
from services.gateway.web.forms import Form
from services.gateway.web.routing import Pages
from services.gateway.web.views import session

pages = Pages("joining")


@pages.get("/join/<token>", who=None)
def join(token: str) -> Any:
    """Accept an invitation: a name and a password."""
    with r.gateway().database.read() as read:
        invited = invitations.of_token(read, token)
    return _join(token, Form({"name": invited["name"]}))


@pages.post("/join/<token>", who=None)
def accept(token: str) -> Any:
    """Create the account and sign the browser in."""
    form = forms.sent()
    password = form.values.pop("password", "")
    given = {"token": token[:200], "name": form.values.get("name", ""), "password": password}
    try:
        opened = api.open_account(checked(api.Join, given | {"locale": language.current()}), kind="web")
    except Problem as problem:
        if not editing.fits(problem) or problem.code == "conflict":
            raise
        return _join(token, form.refused(problem), problem.status)
    return session.finished(opened, Form())


@pages.get("/forgot", who=None)
def forgot() -> Any:
    """Ask for a mail to choose another password."""
    return shell.page("joining/forgot.html", form=Form(), asked=False)


@pages.post("/forgot", who=None)
def ask() -> Any:
    """Order the mail. The page says the same, whether there is such an account or not."""
    form = forms.sent()
    try:
        if "@" not in form.values.get("email", ""):
            raise Invalid("this is needed", field="email")
        api.forgot(checked(api.Forgotten, {"email": form.values["email"]}))
    except Problem as problem:
        if not editing.fits(problem) and problem.status != 429:
            raise
        return shell.page("joining/forgot.html", problem.status, form=form.refused(problem), asked=False)
    return shell.page("joining/forgot.html", form=form, asked=True)


@pages.get("/reset/<token>", who=None)
def choose(token: str) -> Any:
    """Choose another password."""
    with r.gateway().database.read() as read:
        email = resets.email_of(read, token)
    return _reset(token, Form({"email": email}))


@pages.post("/reset/<token>", who=None)
def reset(token: str) -> Any:
    """Set it and sign the browser in, by the second step where there is one."""
    form, runtime = forms.sent(), r.gateway()
    given = {"token": token[:200], "password": form.values.pop("password", "")}
    try:
        person = api.change_password(checked(api.Reset, given))
    except Problem as problem:
        if not editing.fits(problem):
            raise
        return _reset(token, form.refused(problem), problem.status)
    with own_unit(runtime.database) as uow:
        opened, ticket = login.open_or_ask(uow, runtime.settings, person, r.client(), "web")
    if opened is None:
        return session.second_step_page(ticket, Form())
    return session.finished(opened, Form())


def _join(token: str, form: Form, status: int = 200) -> Response:
    with r.gateway().database.read() as read:
        invited = invitations.of_token(read, token)
    return _private(shell.page("joining/join.html", status, form=form, invited=invited, token=token))


def _reset(token: str, form: Form, status: int = 200) -> Response:
    title = _("Choose a new password")
    return _private(shell.page("joining/reset.html", status, form=form, token=token, heading=title))


def _private(response: Response) -> Response:
    """The address of the page opens something: no page after it hears of it, not even ours."""
    # Not no-referrer: with that browsers hide the Origin of the form, too, by which we know it for ours.
    response.headers["Referrer-Policy"] = "strict-origin"
    return response
