"""The figures of a morning as ai takes them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

Answers = Mapping[str, Any]


def insight_figures(answers: Answers) -> list[dict[str, Any]]:
    """Figures under the names that ai knows; what could not be collected is left out. Empty where nothing was."""
    return list(_figures(answers))


def own_first(answer: Answers, base_currency: str) -> Answers:
    """A service's answer with the sums in the company's own currency before those in others."""
    return {
        name: part | {"values": sorted(part["values"], key=lambda each: each["currency"] != base_currency)}
        if isinstance(part, dict) and "values" in part
        else part
        for name, part in answer.items()
    }


def _figures(answers: Answers) -> Iterator[dict[str, Any]]:
    deals, billing, clients = (answers.get(each) for each in ("deals", "billing", "clients"))
    if deals:
        yield _count("open_deals", deals["open"])
        yield from _money("open_value", deals["open"], "value_minor")
        yield _count("closing_deals", deals["closing"])
        yield from _money("closing_value", deals["closing"], "value_minor")
        yield _count("stagnant_deals", deals["stagnant"])
        yield _count("won_deals", deals["won"])
        yield from _money("won_value", deals["won"], "value_minor")
    if billing:
        yield _count("overdue_invoices", billing["overdue"])
        yield from _money("overdue_value", billing["overdue"], "amount_minor")
    if clients:
        yield _count("meetings_today", clients["meetings"])
        yield _count("unanswered", clients["unanswered"])


def _count(name: str, part: Answers) -> dict[str, Any]:
    return {"name": name, "kind": "count", "value": part["count"]}


def _money(name: str, part: Answers, field: str) -> Iterator[dict[str, Any]]:
    for each in part["values"]:
        yield {"name": name, "kind": "money", "value": each[field], "currency": each["currency"]}
