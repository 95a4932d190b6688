"""The frame around every page: navigation, who is signed in, language, theme, and the rules a browser keeps."""

from __future__ import annotations

import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Any

from flask import Response, g, make_response, render_template, request
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from services.gateway.accounts import cookies
from services.gateway.accounts import users as accounts
from services.gateway.api import requests as r
from services.gateway.company import shown_name
from services.gateway.live.address import address_for
from services.gateway.models import users
from services.gateway.web import choices, toasts
from services.gateway.web.language import LANGUAGES, current

STATIC = Path(__file__).parent / "static"
BUILT = STATIC / "built"
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; frame-src 'self'; base-uri 'none'; frame-ancestors 'none'; "
    "form-action 'self'"
)
_EVERYBODY = frozenset({"admin", "sales", "finance", "manager"})
_MONEY = frozenset({"admin", "finance"})
NAV: tuple[tuple[str, Any, str, frozenset[str]], ...] = (
    ("/", _l("Home"), "home", _EVERYBODY),
    ("/clients", _l("Clients"), "building", _EVERYBODY),
    ("/deals", _l("Deals"), "target-arrow", _EVERYBODY),
    ("/tasks", _l("Tasks"), "checkbox", _EVERYBODY),
    ("/invoices", _l("Invoices"), "file-invoice", _EVERYBODY),
    ("/conversations", _l("Messages"), "brand-whatsapp", frozenset({"admin", "sales"})),
    ("/payments", _l("Payments"), "cash", _MONEY),
    ("/reports", _l("Reports"), "chart-bar", _EVERYBODY),
)
# What a role is offered; whether it may is decided in the service that owns the row.
_OFFERED = {
    "write_clients": frozenset({"admin", "sales"}),
    "assign": frozenset({"admin"}),
    "write_deals": frozenset({"admin", "sales"}),
    "write_invoices": frozenset({"admin", "sales", "finance"}),
    "write_payments": _MONEY,
    "administer": frozenset({"admin"}),
}


def page(template: str, status: int = 200, **values: Any) -> Response:
    """A whole page."""
    toast = toasts.waiting()
    body = render_template(template, toast=toast, **_frame(), **values)
    response = make_response(body, status)
    toasts.shown(response)
    return dressed(response)


def fragment(template: str, status: int = 200, **values: Any) -> Response:
    """A part of a page, for a script of ours."""
    return dressed(make_response(render_template(template, **_frame(), **values), status))


def dressed(response: Response, csp: str = CSP) -> Response:
    """The rules every page of ours sets for the browser."""
    stream = live_url()
    if stream and not stream.startswith("/"):
        csp = csp.replace("connect-src 'self'", f"connect-src 'self' {stream}")
    response.headers["Content-Security-Policy"] = csp
    response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    response.headers["Vary"] = "HX-Request, Cookie, Accept-Language"
    journal = r.journal()
    spent = sum(call["ms"] for call in journal.calls)
    response.headers["Server-Timing"] = f'rpc;desc="{r.calls_made()}";dur={spent:.1f}'
    return response


def live_url() -> str:
    """Where a signed-in person's pages learn of changes; "" where they do not."""
    if "signed_in" not in g:
        return ""
    return address_for(r.gateway().settings.live_url, request.scheme, request.host)


def script(name: str, values: dict[str, Any]) -> str:
    """A script of ours for another website, with what it has to know before it."""
    known = json.dumps(values, ensure_ascii=True).replace("<", "\\u003c")
    return f"(() => {{ const crm = {known};\n{(STATIC / 'js' / name).read_text()}}})();\n"


def offered(what: str) -> bool:
    """Whether the person's role has a use for this."""
    return "signed_in" in g and g.signed_in.actor.role in _OFFERED[what]


def navigation() -> list[tuple[str, Any, str]]:
    """The pages of the main navigation that the person's role has a use for: path, name, icon."""
    role = g.signed_in.actor.role
    return [(path, label, icon) for path, label, icon, who in NAV if role in who]


def people() -> dict[str, dict[str, Any]]:
    """Everybody who works here, by id."""
    if "people" not in g:
        columns = (users.c.id, users.c.name, users.c.role, users.c.active, accounts.OWNING.label("can_own"))
        with r.gateway().database.read() as session:
            rows = session.execute(select(*columns).order_by(users.c.name, users.c.id))
            g.people = {row.id: dict(row._mapping) for row in rows}
    found: dict[str, dict[str, Any]] = g.people
    return found


def owners() -> list[dict[str, Any]]:
    """Those who can own clients and deals."""
    return [each for each in people().values() if each["can_own"]]


@cache
def _version(name: str) -> str:
    return hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:10]


def asset(name: str) -> str:
    """Where a file of ours is, under an address that changes with it."""
    return f"/assets/{name}?v={_version(name)}"


def _frame() -> dict[str, Any]:
    settings = r.gateway().settings
    me = g.get("signed_in")
    frame: dict[str, Any] = {
        "me": me,
        "lang": current(),
        "languages": LANGUAGES,
        "asset": asset,
        "company": shown_name(r.gateway()),
        "inbox_url": settings.sandbox_inbox_url,
        "sso_label": settings.sso_label if settings.sso_is_on else "",
        "theme": "auto",
        "can": offered,
        "here": request.path,
    }
    if me is None:
        return frame
    cookie = request.cookies.get(cookies.NAME, "")
    return frame | {
        "nav": navigation(),
        "live_url": live_url(),
        "csrf": cookies.csrf_token(settings, cookie),
        "theme": choices.chosen("theme"),
        "people": people(),
        "owners": owners(),
        "base_currency": settings.base_currency,
    }
