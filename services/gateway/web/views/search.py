"""The command palette: records by a few letters, pages and actions by their names."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask import redirect, request
from flask_babel import gettext as _

from libs.common.rpc.client import Call
from services.gateway.web import parts, shell
from services.gateway.web.formats import money
from services.gateway.web.reporting import catalogue
from services.gateway.web.routing import Pages, is_part
from services.gateway.web.words import word

pages = Pages("search")

_EACH = 5
_LONGEST = 100


@pages.get("/search")
def search() -> Any:
    """What fits the letters typed, as options to choose from."""
    if not is_part():
        return redirect(f"/clients?{urlencode({'q': request.args.get('q', '')[:_LONGEST]})}")
    typed = " ".join(request.args.get("q", "").replace("\x00", " ").split())[:_LONGEST]
    arguments = {"q": typed, "limit": _EACH}
    services = ("clients", "deals", "billing") if typed else ()
    found = parts.ask({name: Call(name, "quick_find", arguments) for name in services})
    groups = [(_("Go to and do"), _commands(typed)), *_records(found)]
    missing = [part for part in found.values() if not part]
    return shell.fragment("search.html", groups=[group for group in groups if group[1]], typed=typed, missing=missing)


def _records(found: dict[str, parts.Part]) -> list[tuple[str, list[dict[str, Any]]]]:
    clients, deals, billing = (found.get(name) or parts.Part(name, {}) for name in ("clients", "deals", "billing"))
    return [
        (_("Clients"), [_option(f"/clients/{c['id']}", "building", c["company_name"], word(c["status"]))
                        for c in clients.get("clients", [])]),
        (_("Contacts"), [_option(f"/clients/{c['client_id']}", "user", f"{c['first_name']} {c['last_name'] or ''}",
                                 c["company_name"]) for c in clients.get("contacts", [])]),
        (_("Deals"), [_option(f"/deals/{d['id']}", "target-arrow", d["deal_name"],
                              f"{word(d['stage'])} · {money(d['deal_value_minor'], d['currency'])}")
                      for d in deals.get("deals", [])]),
        (_("Invoices"), [_option(f"/invoices/{i['id']}", "file-invoice", i["invoice_number"],
                                 f"{i['company_name']} · {money(i['amount_minor'], i['currency'])}")
                         for i in billing.get("invoices", [])]),
    ]  # fmt: skip


def _commands(typed: str) -> list[dict[str, Any]]:
    """Pages and actions whose name holds the letters."""
    places = [*_places(), *(_reports() if typed else [])]
    offers = [_option(path, icon, str(label), _("Page")) for path, label, icon in places]
    offers += [_option(path, "plus", label, _("Action")) for path, label, offer in _actions() if shell.offered(offer)]
    return [offer for offer in offers if typed.lower() in offer["text"].lower()]


def _places() -> list[tuple[str, Any, str]]:
    own = [("/notifications", _("Notifications"), "bell"), ("/account", _("Your account"), "user")]
    own.insert(0, ("/deals/board", _("Board"), "layout-kanban"))
    settings = [("/settings", _("Settings"), "settings")] if shell.offered("administer") else []
    return [*shell.navigation(), *own, *settings]


def _reports() -> list[tuple[str, Any, str]]:
    return [(f"/reports/{page.name}", page.title, page.icon) for page in catalogue.PAGES.values()]


def _actions() -> list[tuple[str, str, str]]:
    return [
        ("/clients/new", _("New client"), "write_clients"),
        ("/deals/new", _("New deal"), "write_deals"),
        ("/invoices/new", _("New invoice"), "write_invoices"),
        ("/tasks/new", _("New task"), "write_clients"),
    ]


def _option(path: str, icon: str, text: str, hint: str) -> dict[str, Any]:
    return {"path": path, "icon": icon, "text": text.strip(), "hint": hint}
