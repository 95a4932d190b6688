"""Signing in and out, and what people choose for themselves."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from flask import Response, g, make_response, redirect, request

from libs.common.problems import Problem
from services.gateway.accounts import cookies, login, sessions
from services.gateway.api import requests as r
from services.gateway.web import choices, forms, resuming, shell
from services.gateway.web.forms import Form
from services.gateway.web.routing import Pages, done, local

pages = Pages("session")


@pages.get("/login", who=None)
def log_in() -> Any:
    """Where people sign in; who is signed in already goes on."""
    wished = local(request.args.get("next", ""))
    if "signed_in" in g:
        return redirect(wished)
    return shell.page("login.html", form=Form({"next": wished}))


@pages.post("/login", who=None)
def sign_in() -> Any:
    """Check the password and give the browser its session."""
    form, runtime = forms.sent(), r.gateway()
    email, password = form.values.get("email", ""), form.values.pop("password", "")
    try:
        opened = login.log_in(runtime.database, runtime.settings, email[:254], password[:200], r.client(), kind="web")
    except login.SecondFactorNeeded as needed:
        return second_step_page(needed.ticket, form)
    except Problem as problem:
        return shell.page("login.html", problem.status, form=form.refused(problem))
    return finished(opened, form)


@pages.post("/login/second", who=None)
def second_step() -> Any:
    """Check the code that the second step asks for."""
    form, runtime = forms.sent(), r.gateway()
    ticket, code = form.values.pop("ticket", "")[:200], form.values.pop("code", "")[:60]
    try:
        opened = login.second_step(runtime.database, runtime.settings, ticket, code, r.client())
    except Problem as problem:
        return second_step_page(ticket, form.refused(problem), problem.status)
    return finished(opened, form)


def second_step_page(ticket: str, form: Form, status: int = 200) -> Response:
    """The second step of a log-in."""
    return shell.page("login_second.html", status, form=form, ticket=ticket)


def finished(opened: dict[str, Any], form: Form) -> Response:
    """Give the browser its session, and go on where the person was."""
    settings = r.gateway().settings
    kept = resuming.opened(form.values.get("kept", ""))
    response: Response = make_response(redirect(local(form.values.get("next", "")), 303))
    if kept is not None:
        token = cookies.csrf_token(settings, opened["refresh_token"])
        response = shell.page("resume.html", target=kept[0], fields=kept[1], token=token)
    cookies.put(response, settings, request, opened["refresh_token"])
    return response


@pages.post("/logout")
def sign_out() -> Response:
    """End this browser's session."""
    sessions.log_out(r.gateway().database, r.signed_in().session_id)
    response = done("/login")
    cookies.forget(response)
    return response


@pages.post("/choices")
def choose() -> Any:
    """Remember a choice: a theme, the columns of a list, the fields of a card."""
    name = request.form.get("name", "")
    default = choices.DEFAULTS.get(name)
    if isinstance(default, list):
        value: Any = [each[:40] for each in request.form.getlist("value") if each]
    elif isinstance(default, bool):
        value = forms.flag(name, request.form.get("value", ""))
    else:
        value = request.form.get("value", "")[:40]
    choices.choose(name, value)
    return done(_back())


def _back() -> str:
    parts = urlsplit(request.headers.get("Referer", ""))
    return (parts.path + (f"?{parts.query}" if parts.query else "")) if parts.netloc == request.host else "/"
