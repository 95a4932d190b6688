"""The first page of the day: what is due, what is new, what is mine, and figures that lead to what they count."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from libs.common.clock import business_date
from libs.common.rpc.client import Call
from services.gateway.api import company
from services.gateway.api import requests as r
from services.gateway.web import parts, shell
from services.gateway.web.routing import SALES, Pages

pages = Pages("home")

_ROWS = 6


@pages.get("/")
def home() -> Any:
    """Tasks of today, new leads, my deals, and the figures."""
    me = r.signed_in().actor
    today = business_date(datetime.now(UTC), r.gateway().settings.business_tz)
    month = today.replace(day=1)
    sells = me.role in SALES
    mine: dict[str, Any] = {"owner_id": me.id} if me.role == "sales" else {}
    tasks = {"assignee_id": me.id, "done": False, "due_to": today.isoformat()}
    leads = {"status": "prospect", "owner_id": "none"}
    won = {"stage": ["won"], "closed_from": month.isoformat()} | mine
    found = parts.ask(
        {
            "tasks": Call("clients", "list_tasks", {"filters": tasks, "limit": _ROWS}),
            "leads": Call("clients", "list_clients", {"filters": leads, "limit": _ROWS}) if sells else None,
            "deals": _deals({"owner_id": me.id, "stage": ["open"]}) if sells else _deals({"stage": ["open"]}),
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


def _deals(filters: dict[str, Any]) -> Call:
    return Call("deals", "list_deals", {"filters": filters, "sort": "expected_close_date", "limit": _ROWS})


def _training() -> str:
    """Where our training materials are, for those who are new; "" when nobody said."""
    return str(company.get_company()["training_url"]) if r.signed_in().actor.role == "sales" else ""


def _greeting() -> str:
    """The first name, as people call each other."""
    return r.signed_in().actor.name.split()[0] if r.signed_in().actor.name.split() else ""
