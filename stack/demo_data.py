"""A business to look at: clients, contacts, a year of deals, invoices. Made once, through the API."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from stack import demo_history
from stack.driver import Crm, Person, wait_for


@dataclass(frozen=True)
class _Company:
    name: str
    industry: str
    city: str
    state: str
    contact: tuple[str, str, str]
    deals: tuple[tuple[str, int, str, int], ...] = ()
    owner: str = "sales"
    status: str = "active"
    tags: tuple[str, ...] = ()


# Each deal: name, value in USD, stage, days until it is expected to close.
COMPANIES = (
    _Company(
        "Northwind Retail",
        "Retail",
        "San Francisco",
        "California",
        ("Amelia", "Stone", "COO"),
        tags=("retail",),
        deals=(("Store assistant chatbot", 48_000, "negotiation", 18), ("Demand forecast", 36_500, "won", 0)),
    ),
    _Company(
        "Helio Health",
        "Healthcare",
        "Boston",
        "Massachusetts",
        ("Daniel", "Okafor", "CIO"),
        (("Patient intake assistant", 92_000, "proposal", 32),),
        tags=("regulated",),
    ),
    _Company(
        "Brightline Logistics",
        "Logistics",
        "Chicago",
        "Illinois",
        ("Priya", "Raman", "VP Operations"),
        (("Dispatch automation", 75_000, "qualified", 55), ("Invoice reading", 22_000, "won", 0)),
        owner="sales2",
    ),
    _Company(
        "Cobalt Software",
        "Technology",
        "San Jose",
        "California",
        ("Lukas", "Meyer", "CTO"),
        (("Support copilot", 64_000, "proposal", 21), ("Churn signals", 28_000, "lost", 0)),
        tags=("saas",),
    ),
    _Company(
        "Juniper Legal",
        "Legal",
        "New York",
        "New York",
        ("Grace", "Whitfield", "Managing Partner"),
        (("Contract search", 54_000, "negotiation", 12),),
        owner="sales2",
    ),
    _Company(
        "Marlow Foods",
        "Food",
        "Portland",
        "Oregon",
        ("Tomás", "Rivera", "Head of Digital"),
        (("Recipe recommendations", 31_000, "qualified", 70),),
    ),
    _Company(
        "Atlas Insurance",
        "Insurance",
        "Hartford",
        "Connecticut",
        ("Ingrid", "Larsen", "CFO"),
        (("Claims triage", 118_000, "lead", 90),),
        status="prospect",
        owner="sales2",
    ),
    _Company(
        "Sierra Outdoor",
        "Retail",
        "Denver",
        "Colorado",
        ("Noah", "Bennett", "E-commerce Lead"),
        (("Voice of customer", 17_500, "lead", 60),),
        status="prospect",
    ),
)


def main() -> None:
    """Fill an empty system; one that has clients is left as it is."""
    crm = Crm.of()
    if crm.sign_in("admin").get("/clients", limit=1)["total"]:
        return
    clients = [{"id": _add(crm, company, number), "owner": company.owner} for number, company in enumerate(COMPANIES)]
    demo_history.add(
        crm, [each for each, company in zip(clients, COMPANIES, strict=True) if company.status == "active"]
    )
    # John knows his way; Jessica is new, and has her first steps on her first page.
    crm.sign_in("sales").post("/me/guide/close")


def _add(crm: Crm, company: _Company, number: int) -> str:
    rep = crm.sign_in(company.owner)
    key = f"demo-{number}"
    host = company.name.lower().replace(" ", "") + ".example"
    first, last, title = company.contact
    client = rep.post("/clients", _client(company, host, first, last, title), key)
    _history(rep, client["id"], first, number)
    for index, deal in enumerate(company.deals):
        _deal(rep, client["id"], deal, f"{key}-deal-{index}")
    return str(client["id"])


def _client(company: _Company, host: str, first: str, last: str, title: str) -> dict[str, Any]:
    contact = {"first_name": first, "last_name": last, "email": f"{first.lower()}@{host}", "job_title": title}
    contact["email"] = contact["email"].encode("ascii", "ignore").decode()
    return {
        "company_name": company.name,
        "email": f"hello@{host}",
        "industry": company.industry,
        "city": company.city,
        "state": company.state,
        "country": "United States",
        "status": company.status,
        "source": "referral",
        "tags": list(company.tags),
        "contact": contact,
    }


def _history(rep: Person, client_id: str, first: str, number: int) -> None:
    now = datetime.now(UTC)
    for days, kind, subject in (
        (9 + number, "call", f"Intro call with {first}"),
        (4 + number % 3, "meeting", "Walked through what we build"),
    ):
        body = {"type": kind, "subject": subject, "occurred_at": (now - timedelta(days=days)).isoformat()}
        rep.post(f"/clients/{client_id}/activities", body, f"demo-{client_id}-{kind}")


def _deal(rep: Person, client_id: str, deal: tuple[str, int, str, int], key: str) -> None:
    name, value, stage, days = deal
    closing = (datetime.now(UTC) + timedelta(days=days)).date().isoformat()
    body = {"deal_name": name, "client_id": client_id, "deal_value": value, "expected_close_date": closing}
    reason = {"lost_reason": "Chose to build it themselves"} if stage == "lost" else {}
    made = rep.post("/deals", body | {"source": "referral"}, key)
    if stage != "lead":
        rep.post(f"/deals/{made['id']}/stage", {"stage": stage} | reason, f"{key}-stage")
    if stage == "won":
        _send_invoice(rep, made["id"], key)


def _send_invoice(rep: Person, deal_id: str, key: str) -> None:
    def draft() -> Any:
        items = rep.get("/invoices", deal_id=deal_id)["items"]
        return items[0] if items else None

    invoice = wait_for(draft, "the demo invoice", 30.0)
    if invoice["status"] == "draft":
        rep.post(f"/invoices/{invoice['id']}/send", None, f"{key}-send")


if __name__ == "__main__":
    main()
