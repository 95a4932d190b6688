"""The first page of the day: what is due, what is new, what is mine, and figures that lead to what they count."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from flask_babel import gettext as _

from libs.common.clock import business_date
from libs.common.problems import NotFound
from libs.common.rpc.client import Call
from services.gateway.api import company
from services.gateway.api import requests as r
from services.gateway.web import parts, shell
from services.gateway.web.routing import SALES, Pages

pages = Pages("home")

_ROWS = 6
# Those that a page which is open shows anew.
LISTS = ("tasks", "leads", "deals")


@pages.get("/")
def home() -> Any:
    """Tasks of today, new leads, my deals, and the figures."""
    me = r.signed_in().actor
    today = _today()
    month = today.replace(day=1)
    mine: dict[str, Any] = {"owner_id": me.id} if me.role == "sales" else {}
    won = {"stage": ["won"], "closed_from": month.isoformat()} | mine
    found = parts.ask(
        {
            **{name: _list(name) for name in LISTS},
            "open": Call("deals", "totals", {"filters": {"stage": ["open"]} | mine}),
            "won": Call("deals", "totals", {"filters": won}),
            "owed": Call("billing", "totals", {"filters": {"status": ["open"]}}),
            "overdue": Call("billing", "totals", {"filters": {"overdue": True}}),
            "guide": Call("notifications", "get_guide") if me.role == "sales" else None,
            "shadowed": Call("clients", "list_clients", {"filters": {"shadowed": True}, "limit": _ROWS})
            if me.role == "sales"
            else None,
            "unmatched": Call("billing", "list_payments", {"filters": {"status": "unmatched"}, "limit": 1})
            if shell.offered("write_payments")
            else None,
        }
    )
    return shell.page(
        "home.html", parts=found, today=today, month=month, greeting=_greeting(), mine=mine, training_url=_training()
    )


@pages.get("/home/<name>")
def one_list(name: str) -> Any:
    """One of the lists by itself, for a page that is open."""
    call = _list(name) if name in LISTS else None
    if call is None:
        raise NotFound(_("there is no such page"))
    found = parts.ask({name: call})
    return shell.fragment(f"home/{name}.html", parts=found)


def _list(name: str) -> Call | None:
    """What a list asks for; None where the reader's role has no use for it."""
    me = r.signed_in().actor
    sells = me.role in SALES
    if name == "tasks":
        due = {"assignee_id": me.id, "done": False, "due_to": _today().isoformat()}
        return Call("clients", "list_tasks", {"filters": due, "limit": _ROWS})
    if name == "leads":
        leads = {"status": "prospect", "owner_id": "none"}
        return Call("clients", "list_clients", {"filters": leads, "limit": _ROWS}) if sells else None
    return _deals({"owner_id": me.id, "stage": ["open"]} if sells else {"stage": ["open"]})


def _today() -> date:
    return business_date(datetime.now(UTC), r.gateway().settings.business_tz)


def _deals(filters: dict[str, Any]) -> Call:
    return Call("deals", "list_deals", {"filters": filters, "sort": "expected_close_date", "limit": _ROWS})


def _training() -> str:
    """Where our training materials are, for those who are new; "" when nobody said."""
    return str(company.get_company()["training_url"]) if r.signed_in().actor.role == "sales" else ""


def _greeting() -> str:
    """The first name, as people call each other."""
    return r.signed_in().actor.name.split()[0] if r.signed_in().actor.name.split() else ""
