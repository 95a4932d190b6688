"""What deals answers of deals that stand still, and of those at risk."""

from __future__ import annotations

from typing import Any

from tests.support.actors import JESSICA, JOHN
from tests.support.report_answers.forecast import CHATBOT, CLIENT, DEAL, DEAL_2, DEAL_3


def _still(
    deal_id: str, name: str, company: str, value: int, idle: int, owner: str | None, **more: Any
) -> dict[str, Any]:
    return {
        "id": deal_id,
        "deal_name": name,
        "client_id": CLIENT,
        "company_name": company,
        "owner_id": owner,
        "stage": "proposal",
        "deal_value_minor": value,
        "currency": "USD",
        "idle_days": idle,
        "days_in_stage": idle + 9,
        "usual_days": 21.5,
        "because": ["idle", "long_in_stage"],
    } | more


STAGNATION: dict[str, Any] = {
    "items": [
        _still(DEAL, CHATBOT, "TechCorp Solutions", 6_250_000, 34, JOHN.id),
        _still(DEAL_2, "Nordwind - Portal", "Nordwind GmbH", 4_800_050, 21, JESSICA.id, currency="EUR"),
        _still(DEAL_3, "Old lead", "Papyrus & Sons", 900_000, 16, None, stage="lead", because=["idle"]),
    ],
    "next_cursor": None,
    "total": 3,
    "values": [{"currency": "EUR", "value_minor": 4_800_050}, {"currency": "USD", "value_minor": 7_150_000}],
    "stages": [
        {"stage": "lead", "count": 1, "value_minor": 900_000, "median_idle_days": 16.0, "usual_days": 9.0},
        {"stage": "qualified", "count": 0, "value_minor": 0, "median_idle_days": None, "usual_days": 14.0},
        {"stage": "proposal", "count": 2, "value_minor": 11_194_050, "median_idle_days": 27.5, "usual_days": 21.5},
        {"stage": "negotiation", "count": 0, "value_minor": 0, "median_idle_days": None, "usual_days": None},
    ],
    "currency": "USD",
    "idle_days": 14,
}


def _risk(deal_id: str, name: str, company: str, value: int, idle: int, *because: str) -> dict[str, Any]:
    return {
        "deal_id": deal_id,
        "deal_name": name,
        "company_name": company,
        "stage": "proposal",
        "value_minor": value,
        "currency": "USD",
        "weighted_minor": value // 2,
        "idle_days": idle,
        "days_in_stage": idle + 9,
        "usual_days": 21.5,
        "because": list(because),
    }


RISKS: dict[str, Any] = {
    "items": [
        _risk(DEAL, CHATBOT, "TechCorp Solutions", 6_250_000, 34, "idle", "long_in_stage"),
        _risk(DEAL_3, "Intranet relaunch", "Papyrus & Sons", 2_400_050, 3, "overdue"),
    ],
    "stages": [
        {"stage": "lead", "count": 1, "median_idle_days": 16.0},
        {"stage": "qualified", "count": 0, "median_idle_days": None},
        {"stage": "proposal", "count": 2, "median_idle_days": 27.5},
        {"stage": "negotiation", "count": 0, "median_idle_days": None},
    ],
}
