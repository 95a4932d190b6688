"""Routes of pages: who may open them, and what a refusal looks like to a person."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import quote, urlsplit

from flask import Blueprint, Response, g, make_response, redirect, request
from flask_babel import gettext as _

from libs.common.problems import Forbidden, Problem, Unauthorized
from services.gateway.accounts import cookies
from services.gateway.api import requests as r
from services.gateway.api.routing import ADMIN, SIGNED_IN
from services.gateway.web import resuming, shell, toasts
from services.gateway.web.forms import Form
from services.gateway.web.said import refusal
from services.gateway.web.toasts import Toast

View = TypeVar("View", bound=Callable[..., Any])

SALES = frozenset({"admin", "sales"})
MONEY = frozenset({"admin", "finance"})

# What a page that keeps itself up to date may ask for although it is not there, or not theirs, any more.
_GONE = (403, 404)
__all__ = ["ADMIN", "MONEY", "SALES", "SIGNED_IN", "Pages", "done", "is_part", "local"]


class Pages:
    """The pages of one part of the app."""

    def __init__(self, name: str) -> None:
        self.blueprint = Blueprint(f"web_{name}", __name__)
        # Verb, address and roles of each: what the matrix of rights is tested from.
        self.routes: list[tuple[str, str, frozenset[str] | None]] = []

    def get(self, path: str, who: frozenset[str] | None = SIGNED_IN) -> Callable[[View], View]:
        """A page to read; ``who=None``: for everybody."""
        return self._route("GET", path, who)

    def post(self, path: str, who: frozenset[str] | None = SIGNED_IN) -> Callable[[View], View]:
        """Something to do."""
        return self._route("POST", path, who)

    def _route(self, method: str, path: str, who: frozenset[str] | None) -> Callable[[View], View]:
        def declare(view: View) -> View:
            handler = _handler(view, who)
            endpoint = f"{method} {path}".replace(".", "_")
            self.blueprint.add_url_rule(path, endpoint, handler, methods=[method])
            self.routes.append((method, path, who))
            return view

        return declare


def is_part() -> bool:
    """Whether a script of ours asks for a part of a page."""
    return request.headers.get("HX-Request") == "true" and request.headers.get("HX-History-Restore-Request") != "true"


def local(wished: str, otherwise: str = "/") -> str:
    """Only a path of ours: what a form or a link says must not lead people to another site."""
    ours = wished.startswith("/") and not wished.startswith("//") and "\\" not in wished
    return wished if ours and wished.isprintable() else otherwise


def done(location: str, toast: Toast | None = None) -> Response:
    """Something was done: go on at another page, and say so there."""
    if is_part():
        response = make_response("", 200)
        response.headers["HX-Redirect"] = location
    else:
        response = make_response(redirect(location, 303))
    if toast is not None:
        toasts.keep(response, toast)
    return response


def _handler(view: Callable[..., Any], who: frozenset[str] | None) -> Callable[..., Response]:
    @functools.wraps(view)
    def handle(**path: Any) -> Response:
        try:
            if who is None:
                cookies.check_origin(r.gateway().settings, request) if request.method == "POST" else None
                greet()
            else:
                _sign_in(who)
            return make_response(view(**path))
        except Unauthorized:
            return _to_log_in()
        except cookies.StaleToken as stale:
            return _with_fresh_token(stale)
        except Problem as problem:
            return _kept(problem) or refused(problem)

    return handle


def _kept(problem: Problem) -> Response | None:
    """A service did not answer: the form as it was sent, to be sent once more when it does."""
    typed = problem.status >= 500 and not is_part() and "signed_in" in g and resuming.kept(request)
    if not typed:
        return None
    token = cookies.csrf_token(r.gateway().settings, request.cookies.get(cookies.NAME, ""))
    target, fields = request.full_path.rstrip("?"), resuming.fields_of(request)
    shown = {"target": target, "fields": fields, "token": token, "problem": problem}
    return shell.page("resume.html", problem.status, **shown)


def refused(problem: Problem) -> Response:
    """A refusal as a page; to a script, as a message that leaves the page as it is."""
    if is_part() and "X-Live" in request.headers and problem.status in _GONE:
        return Response(status=204)
    if is_part():
        response = make_response("", problem.status)
        response.headers["HX-Reswap"] = "none"
        faults = "; ".join(str(fault["message"]) for fault in problem.extra.get("errors") or [])
        toasts.announce(response, Toast(refusal(faults or problem.detail or problem.title), tone="bad"))
        return response
    return shell.page("problem.html", problem.status, problem=problem)


def _sign_in(who: frozenset[str]) -> None:
    cookie = request.cookies.get(cookies.NAME)
    if not cookie:
        raise Unauthorized("sign in first")
    r.sign_in_browser(cookie)
    if g.signed_in.actor.role not in who:
        raise Forbidden(_("Your role does not open this page."))


def greet() -> None:
    """A page for everybody may still know who reads it."""
    cookie = request.cookies.get(cookies.NAME)
    if cookie and request.method == "GET":
        try:
            r.sign_in_browser(cookie)
        except Problem:
            g.pop("signed_in", None)


def _with_fresh_token(stale: Problem) -> Response:
    """Somebody signed in anew elsewhere: give the page its new token, and let what was typed be sent once more."""
    token = cookies.csrf_token(r.gateway().settings, request.cookies.get(cookies.NAME, ""))
    if not is_part():
        target, fields = request.full_path.rstrip("?"), resuming.fields_of(request)
        return shell.page("resume.html", stale.status, target=target, fields=fields, token=token)
    response = refused(Forbidden(_("You signed in anew meanwhile. Press once more: what you typed is still here.")))
    response.headers["HX-Trigger-After-Settle"] = json.dumps({"fresh-token": {"token": token}})
    return response


def _to_log_in() -> Response:
    wished = request.full_path.rstrip("?") if request.method == "GET" and not is_part() else _referrer()
    location = f"/login?next={quote(wished)}" if wished not in ("", "/") else "/login"
    if is_part() and request.method == "POST":
        return refused(Unauthorized(_("Your session has ended. Sign in in another tab, then press once more.")))
    if is_part():
        response = make_response("", 401)
        response.headers["HX-Redirect"] = location
        return response
    if typed := resuming.kept(request):
        return shell.page("login.html", 401, form=Form({"kept": typed}))
    return make_response(redirect(location, 303))


def _referrer() -> str:
    parts = urlsplit(request.headers.get("Referer", ""))
    return parts.path + (f"?{parts.query}" if parts.query else "") if parts.netloc == request.host else ""
