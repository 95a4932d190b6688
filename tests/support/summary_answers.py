"""What deals, billing and clients answer of a morning, for an admin and for a rep."""

from __future__ import annotations

from typing import Any

from tests.support.actors import JESSICA, JOHN

DEAL = "01920000-0000-7000-8000-0000000000d1"
CLIENT = "01920000-0000-7000-8000-0000000000c1"
INVOICE = "01920000-0000-7000-8000-0000000000a1"
TODAY = "2025-02-10"


def _deal(
    at: int, company: str, value: int | None, closes: str, stage: str = "negotiation", **more: Any
) -> dict[str, Any]:
    return {
        "id": f"{DEAL[:-1]}{at}",
        "deal_name": f"{company} - AI Chatbot",
        "client_id": CLIENT,
        "company_name": company,
        "owner_id": JOHN.id,
        "stage": stage,
        "deal_value_minor": value,
        "currency": "USD",
        "expected_close_date": closes,
    } | more


def _values(minor: int, weighted: int, currency: str = "USD") -> list[dict[str, Any]]:
    return [{"currency": currency, "value_minor": minor, "weighted_minor": weighted}]


_STAGES = (
    ("lead", 4, 12_000_000),
    ("qualified", 3, 8_500_000),
    ("proposal", 3, 28_000_000),
    ("negotiation", 2, 19_500_000),
)


def deals(owner_id: str | None = None) -> dict[str, Any]:
    """Use case 5: 12 open deals worth $680K, 3 of them close within a week ($120K)."""
    mine: dict[str, Any] = {"owner_id": owner_id} if owner_id else {}
    return {
        "open": {"filters": {"stage": ["open"]} | mine, "count": 12, "values": _values(68_000_000, 31_950_000)},
        "closing": {
            "filters": {"stage": ["open"], "closing_from": TODAY, "closing_to": "2025-02-17"} | mine,
            "count": 3,
            "values": _values(12_000_000, 9_000_000),
            "items": [
                _deal(1, "TechCorp Solutions", 6_250_000, "2025-02-12"),
                _deal(2, "Nordwind GmbH", 4_000_000, "2025-02-14", "proposal"),
                _deal(3, "Papyrus & Sons", 1_750_000, "2025-02-17", "qualified", owner_id=JESSICA.id),
            ],
        },
        "stagnant": {
            "filters": {"stagnant": True} | mine,
            "count": 2,
            "values": _values(9_000_000, 4_500_000),
            "items": [
                _deal(4, "Globex", 7_000_000, "2025-03-20", "proposal", idle_days=23, because=["idle"]),
                _deal(5, "Initech", 2_000_000, "2025-04-02", "lead", idle_days=16, because=["idle", "long_in_stage"]),
            ],
        },
        "won": {
            "filters": {"stage": ["won"], "closed_from": "2025-02-01", "closed_to": "2025-02-28"} | mine,
            "count": 1,
            "values": _values(4_800_000, 4_800_000),
        },
        "top": [
            _deal(4, "Globex", 7_000_000, "2025-03-20", "proposal"),
            _deal(1, "TechCorp Solutions", 6_250_000, "2025-02-12"),
        ],
        "stages": [
            {"stage": stage, "count": count, "values": _values(value, value // 2)} for stage, count, value in _STAGES
        ],
    }


def billing() -> dict[str, Any]:
    """2 overdue invoices, together $45K."""
    return {
        "overdue": {
            "filters": {"overdue": True},
            "count": 2,
            "values": [{"currency": "USD", "amount_minor": 4_500_000}],
            "items": [_invoice(1, "Globex", 3_000_000, 41), _invoice(2, "Initech & Söhne", 1_500_000, 1)],
        },
    }


def _invoice(at: int, company: str, owed: int, days: int) -> dict[str, Any]:
    return {
        "id": f"{INVOICE[:-1]}{at}",
        "invoice_number": f"INV-2025-00{at}",
        "client_id": CLIENT,
        "company_name": company,
        "currency": "USD",
        "due_date": "2025-01-01",
        "outstanding_minor": owed,
        "days": days,
    }


def clients(owner_id: str | None = None) -> dict[str, Any]:
    """Two meetings today, one task that is due, one client who waits for an answer."""
    mine = {"person_id": owner_id} if owner_id else {}
    meeting = {"id": CLIENT, "client_id": CLIENT, "company_name": "TechCorp Solutions", "occurred_at": None}
    return {
        "meetings": {
            "filters": {"type": "meeting", "due_from": TODAY, "due_to": TODAY} | mine,
            "count": 2,
            "items": [
                meeting | {"subject": "Kick-off call", "due_at": "2025-02-10T15:00:00+00:00"},
                meeting | {"subject": "Demo", "company_name": "Globex", "due_at": "2025-02-10T19:30:00+00:00"},
            ],
        },
        "tasks": {
            "filters": {"assignee_id": owner_id or JOHN.id, "done": False, "due_to": TODAY},
            "count": 1,
            "items": [meeting | {"subject": "Send the proposal", "due_at": "2025-02-10T22:00:00+00:00"}],
        },
        "unanswered": {
            "filters": {"unanswered": True} | ({"owner_id": owner_id} if owner_id else {}),
            "count": 1,
            "items": [{"id": CLIENT, "company_name": "Papyrus & Sons", "waiting_since": "2025-02-08T09:00:00+00:00"}],
        },
    }


INSIGHT: dict[str, Any] = {
    "id": CLIENT,
    "kind": "daily-summary",
    "language": "en",
    "status": "ready",
    "provider": "built-in",
    "model": "insight-rules-1",
    "sentences": [
        {"text": "You have 12 open deals worth $680,000.", "risk": False},
        {"text": "3 deals are expected to close within a week ($120,000).", "risk": False},
        {"text": "2 invoices are overdue (total $45,000) – follow up recommended.", "risk": False},
        {"text": "2 deals stand still, 1 inquiry waits for an answer, 2 meetings are today.", "risk": False},
    ],
    "dropped": 0,
    "because": None,
}
DEALS, BILLING, CLIENTS = deals(), billing(), clients()


def nothing(part: dict[str, Any]) -> dict[str, Any]:
    """The same answer of somebody who has nothing."""
    emptied: dict[str, Any] = {}
    for name, each in part.items():
        if name == "top":
            emptied[name] = []
        elif isinstance(each, list):
            emptied[name] = [stage | {"count": 0, "values": []} for stage in each]
        else:
            emptied[name] = each | {"count": 0} | {key: [] for key in ("values", "items") if key in each}
    return emptied
