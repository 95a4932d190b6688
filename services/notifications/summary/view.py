"""What the daily summary shows: every number with the list of the CRM that it counts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from libs.reporting import link, word
from libs.reporting.shown import MONTHS
from services.notifications.summary.linking import linked

Answers = Mapping[str, Any]
# Items of each kind that are named one by one; the list has them all.
_NAMED = 3
_DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
_MISSING = {
    "deals": "The figures of deals could not be collected this time.",
    "billing": "The figures of invoices could not be collected this time.",
    "clients": "Meetings, tasks and messages could not be collected this time.",
    "ai": "The summary in words could not be written this time.",
}


@dataclass(frozen=True, slots=True)
class Reading:
    """Whom it is for, on which day of theirs, and in which time zone its meetings are told. sells: whether the person
    has deals of its own."""

    day: date
    greeting: str
    sells: bool
    zone: str


def view(answers: Answers, reading: Reading) -> dict[str, Any]:
    """All that the mail and the preview show, as plain JSON.

    ``answers``: ``deals, billing, clients, insight`` as the services answered, None for one that did not.
    Amounts are in minor units; every ``path`` is one of the web app.
    """
    metrics = list(_metrics(answers))
    actions = list(_actions(answers, reading.zone))
    nothing = not any(each["count"] for each in [*metrics, *actions])
    insight = answers.get("insight")
    missing = [_MISSING[name] for name in ("deals", "billing", "clients") if answers.get(name) is None]
    if insight is None and metrics:
        missing.append(_MISSING["ai"])
    return {
        "day": reading.day.isoformat(),
        "heading": f"{_DAYS[reading.day.weekday()]}, {MONTHS[reading.day.month - 1]} {reading.day.day}",
        "greeting": reading.greeting,
        "nothing": nothing and not missing,
        "insight": [linked(each, metrics) for each in insight["sentences"]] if insight and not nothing else [],
        "insight_by": _by(insight) if insight and not nothing else "",
        "metrics": [] if nothing else metrics,
        "charts": [] if nothing else list(_charts(answers)),
        "top_deals": list(_top_deals(answers)),
        "actions": [each for each in actions if each["count"]],
        "links": _links(reading.sells),
        "missing": missing,
        "headline": _headline(metrics),
    }


def _metrics(answers: Answers) -> Iterator[dict[str, Any]]:
    deals, billing, clients = (answers.get(each) for each in ("deals", "billing", "clients"))
    if deals:
        yield _metric("open", "Open deals", "deals", deals["open"], "value_minor")
        yield _metric("closing", "Closing within 7 days", "deals", deals["closing"], "value_minor")
        yield _metric("won", "Won this month", "deals", deals["won"], "value_minor")
    if billing:
        yield _metric("overdue", "Overdue invoices", "invoices", billing["overdue"], "amount_minor")
    if deals:
        yield _metric("stagnant", "Deals that stand still", "deals", deals["stagnant"], "value_minor")
    if clients:
        yield _metric("meetings", "Meetings today", "tasks", clients["meetings"])
        yield _metric("unanswered", "Waiting for an answer", "clients", clients["unanswered"])


def _metric(name: str, label: str, area: str, part: Answers, field: str = "") -> dict[str, Any]:
    amounts = [{"minor": each[field], "currency": each["currency"]} for each in part["values"]] if field else []
    path = link(area, part["filters"])
    return {"name": name, "label": label, "count": part["count"], "amounts": amounts, "path": path}


def _actions(answers: Answers, zone: str) -> Iterator[dict[str, Any]]:
    deals, billing, clients = (answers.get(each) for each in ("deals", "billing", "clients"))
    if billing:
        yield _action("overdue", "Overdue invoices to follow up", "invoices", billing["overdue"], _invoice)
    if deals:
        yield _action("stagnant", "Deals that stand still", "deals", deals["stagnant"], _still)
    if clients:
        yield _action("unanswered", "Clients who wait for an answer", "clients", clients["unanswered"], _waiting)
        yield _action("meetings", "Meetings today", "tasks", clients["meetings"], partial(_meeting, zone))
        yield _action("tasks", "Tasks that are due", "tasks", clients["tasks"], _errand)


def _action(name: str, title: str, area: str, part: Answers, item: Any) -> dict[str, Any]:
    items = [item(each) for each in part["items"][:_NAMED]]
    return {"name": name, "title": title, "count": part["count"], "path": link(area, part["filters"]), "items": items}


def _invoice(item: Answers) -> dict[str, Any]:
    days = item["days"]
    return {
        "title": item["company_name"],
        "detail": f"{item['invoice_number']}, {days} {'day' if days == 1 else 'days'} overdue",
        "minor": item["outstanding_minor"],
        "currency": item["currency"],
        "path": f"/invoices/{item['id']}",
    }


def _still(item: Answers) -> dict[str, Any]:
    days = item["idle_days"]
    why = f"{days} {'day' if days == 1 else 'days'} without activity"
    if "idle" not in item["because"]:
        why = "longer in its stage than is usual"
    return _deal(item) | {"detail": f"{word(item['stage'])}, {why}"}


def _waiting(item: Answers) -> dict[str, Any]:
    since = f"wrote on {_short_day(item['waiting_since'])}" if item.get("waiting_since") else "wrote to us"
    return {"title": item["company_name"], "detail": since, "path": f"/clients/{item['id']}"}


def _meeting(zone: str, item: Answers) -> dict[str, Any]:
    begins = item.get("due_at") or item.get("occurred_at")
    if not begins:
        return _errand(item)
    at = datetime.fromisoformat(begins).astimezone(ZoneInfo(zone))
    return _errand(item) | {"detail": f"{at:%I:%M %p}".lstrip("0") + f", {item['company_name']}"}


def _errand(item: Answers) -> dict[str, Any]:
    return {
        "title": item["subject"] or "No subject",
        "detail": item["company_name"],
        "path": f"/clients/{item['client_id']}",
    }


def _top_deals(answers: Answers) -> Iterator[dict[str, Any]]:
    deals = answers.get("deals")
    for item in deals["top"] if deals else ():
        closes = f", closes {_short_day(item['expected_close_date'])}" if item.get("expected_close_date") else ""
        yield _deal(item) | {"detail": f"{word(item['stage'])}{closes}"}


def _deal(item: Answers) -> dict[str, Any]:
    company = item.get("company_name")
    named = company and item["deal_name"].casefold().startswith(company.casefold())
    return {
        "title": item["deal_name"] if named or not company else f"{company}: {item['deal_name']}",
        "minor": item["deal_value_minor"],
        "currency": item["currency"],
        "path": f"/deals/{item['id']}",
    }


def _charts(answers: Answers) -> Iterator[dict[str, Any]]:
    deals = answers.get("deals")
    if not deals:
        return
    if deals["open"]["count"]:
        path, data = link("deals", deals["open"]["filters"]), {"stages": deals["stages"]}
        yield {"name": "summary_pipeline", "title": "Open deals by stage", "path": path, "data": data}
    items = deals["closing"]["items"]
    if items and len({each["currency"] for each in items}) == 1:
        path, data = link("deals", deals["closing"]["filters"]), {"closing": {"items": items}}
        yield {"name": "summary_closing", "title": "Closing within 7 days", "path": path, "data": data}


def _links(sells: bool) -> list[dict[str, str]]:
    places = [("Board", "/deals/board"), ("Tasks", "/tasks"), ("Clients", "/clients"), ("Invoices", "/invoices")]
    return [{"label": label, "path": path} for label, path in places if sells or path != "/deals/board"]


def _by(insight: Answers) -> str:
    return "written by Gemini" if insight["provider"] == "gemini" else "written by built-in rules"


def _headline(metrics: Sequence[Answers]) -> str:
    """What of it belongs into a subject: ``3 deals close within a week, 2 invoices overdue``; "" where nothing does."""
    found = {each["name"]: each["count"] for each in metrics}
    parts = [
        text.format(n=found[name], s="" if found[name] == 1 else "s", es="s" if found[name] == 1 else "")
        for name, text in _HEADLINES
        if found.get(name)
    ]
    return ", ".join(parts[:2])


_HEADLINES = (
    ("closing", "{n} deal{s} close{es} within a week"),
    ("overdue", "{n} invoice{s} overdue"),
    ("meetings", "{n} meeting{s} today"),
    ("unanswered", "{n} message{s} unanswered"),
    ("stagnant", "{n} deal{s} standing still"),
    ("open", "{n} open deal{s}"),
)


def _short_day(value: str) -> str:
    found = date.fromisoformat(value[:10])
    return f"{MONTHS[found.month - 1]} {found.day}"
