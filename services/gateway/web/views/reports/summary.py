"""The daily summary: what it says now, when it comes, and having it now."""

from __future__ import annotations

from typing import Any

from flask import Response, make_response
from flask_babel import gettext as _

from libs.common.problems import Problem
from libs.common.rpc.client import Call
from services.gateway.api import requests as r
from services.gateway.api.reports import mailed as api
from services.gateway.api.routing import checked
from services.gateway.web import editing, forms, parts, shell
from services.gateway.web.forms import Form
from services.gateway.web.routing import Pages, done
from services.gateway.web.toasts import Toast

pages = Pages("summary")

# A mail has its looks within, and its charts as data; it runs nothing and loads nothing.
_MAIL_CSP = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'self'; frame-ancestors 'self'; "
    "sandbox allow-popups allow-top-navigation-by-user-activation"
)


@pages.get("/reports/summary")
def summary() -> Any:
    """What it says, as the mail would show it, and the settings."""
    return _page(None)


@pages.get("/reports/summary/mail")
def mail() -> Response:
    """The mail itself, for the frame that shows it."""
    try:
        found = r.ask("notifications", "daily_summary")
    except Problem:
        # In a frame there is no room for the page that says so elsewhere.
        response = shell.fragment("reports/no_mail.html")
    else:
        response = make_response(str(found["html"]).replace("<head>", '<head><base target="_top">', 1))
    response.headers["Content-Security-Policy"] = _MAIL_CSP
    return response


@pages.post("/reports/summary")
def save() -> Any:
    """Turn it on or off, or choose its time."""
    form = forms.sent()
    try:
        api.set_summary(checked(api.SummaryChange, _settings(form)))
    except Problem as problem:
        if not editing.fits(problem):
            raise
        return _page(form.refused(problem), problem.status)
    return done("/reports/summary", Toast(_("Saved")))


@pages.post("/reports/summary/send")
def send() -> Any:
    """Have it mailed now."""
    forms.sent()
    api.send_daily_summary()
    return done("/reports/summary", Toast(_("Your summary is on its way to %(email)s", email=r.signed_in().email)))


def _settings(form: Form) -> dict[str, Any]:
    hour, colon, minute = form.values.get("time", "").partition(":")
    found: dict[str, Any] = {
        "enabled": form.values.get("enabled") == "on",
        "time_zone": form.values.get("time_zone", "").strip() or None,
    }
    if hour:
        found["hour"] = forms.whole("time", hour)
        found["minute"] = forms.whole("time", minute) if colon else 0
    return found


def _page(form: Form | None, status: int = 200) -> Any:
    found = parts.ask({"settings": Call("notifications", "get_summary_settings")})
    kept = found["settings"]
    if form is None:
        clock = f"{kept.get('hour', 8):02d}:{kept.get('minute', 0):02d}"
        enabled = "on" if kept.get("enabled", True) else ""
        form = Form({"time": clock, "enabled": enabled, "time_zone": kept.get("time_zone") or ""})
    zone = r.gateway().settings.business_tz
    return shell.page("reports/summary.html", status, parts=found, form=form, zone=zone)
