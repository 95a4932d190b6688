"""The audit log as admins read it."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from flask import redirect
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from libs.common.problems import Invalid
from services.gateway.api import audit as api
from services.gateway.api import requests as r
from services.gateway.api.routing import checked
from services.gateway.web import audit_words, shell, words
from services.gateway.web.formats import day
from services.gateway.web.listing import PAGE, Column, Listing, given, listing
from services.gateway.web.routing import ADMIN, Pages, done, is_part
from services.gateway.web.toasts import Toast

pages = Pages("settings_audit")

_FIRST = Column("when", _l("When"))
_FILTERS = "service actor_id record record_id action correlation_id from to".split()


@pages.get("/settings/audit", who=ADMIN)
def audit() -> Any:
    """Who did what to which row, when, from where, before and after."""
    filters = given(*_FILTERS)
    page = given("cursor") | {"limit": PAGE}
    found = api.found(checked(api.AuditFilters, _instants(filters) | page))
    found["items"] = [audit_words.entry(each) for each in found["items"]]
    more = "cursor" in page and is_part()
    show = shell.fragment if is_part() else shell.page
    template = "settings/audit_rows.html" if more else _whole()
    chains = None if is_part() else api.logs().last_check()
    return show(template, found=found, filters=filters, listing=_listing(), chains=chains, **_choices())


@pages.get("/settings/audit/export", who=ADMIN)
def export() -> Any:
    """What the filters leave, as a file."""
    query = urlencode(_instants(given(*_FILTERS)))
    return redirect(f"/api/v1/audit/export?{query}", 303)


@pages.post("/settings/audit/verify", who=ADMIN)
def verify() -> Any:
    """Check every chain now."""
    found = api.verify_audit()
    if found["ok"]:
        total = sum(each["entries"] for each in found["items"])
        return done("/settings/audit", Toast(_("Every chain is whole: %(number)s entries", number=str(total))))
    broken = [str(words.SERVICES[each["service"]]) for each in found["items"] if not each["ok"]]
    away = [str(words.SERVICES[name]) for name in found["unavailable"]]
    text = (
        _("Not whole: %(services)s", services=", ".join(broken))
        if broken
        else _("Could not be checked: %(services)s", services=", ".join(away))
    )
    return done("/settings/audit", Toast(text, tone="bad"))


def _whole() -> str:
    return "settings/audit_results.html" if is_part() else "settings/audit.html"


def _choices() -> dict[str, Any]:
    systems = {f"system:{name}": _("System: %(service)s", service=str(label)) for name, label in words.SERVICES.items()}
    everybody = {each["id"]: each["name"] for each in shell.people().values()}
    actors = everybody | {"visitor": _("A visitor")} | systems
    return {"records": audit_words.RECORDS, "actions": audit_words.ACTIONS, "actors": actors}


def _listing() -> Listing:
    actors = _choices()["actors"]
    labels = {
        "service": (_l("Service"), lambda value: words.SERVICES.get(value, value)),
        "actor_id": (_l("Who"), lambda value: actors.get(value, value)),
        "record": (_l("What"), lambda value: audit_words.RECORDS.get(value, value)),
        "record_id": (_l("Record"), str),
        "action": (_l("Done"), lambda value: audit_words.ACTIONS.get(value, value)),
        "correlation_id": (_l("Request"), str),
        "from": (_l("From"), _shown_day),
        "to": (_l("Until"), _shown_day),
    }
    return listing("audit", _FIRST, (), labels)


def _shown_day(value: str) -> str:
    try:
        return day(value)
    except ValueError:
        return value


def _instants(filters: dict[str, Any]) -> dict[str, Any]:
    """Days of the business as the instants where they begin and end."""
    zone = ZoneInfo(r.gateway().settings.business_tz)
    found = dict(filters)
    for name, later in (("from", 0), ("to", 1)):
        if name in found:
            try:
                first = date.fromisoformat(str(found[name])) + timedelta(days=later)
            except (ValueError, OverflowError):
                raise Invalid(_("This is not a day."), field=name) from None
            found[name] = datetime(first.year, first.month, first.day, tzinfo=zone).isoformat()
    return found
