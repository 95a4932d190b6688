"""Use cases 1 to 4 as people play them at their browsers; the tests and the screenshots of one story."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Locator, Page, expect

from stack.driver import Crm
from tests.browser.visiting import Visit
from tests.support.waiting import eventually

BRIEF = (
    {"title": "E-commerce AI Chatbot", "summary": "AI chatbot for e-commerce with product recommendations"},
    {"audience": "Online shoppers, 25-45 years old"},
    {"features": "Live chat\nProduct recommendations\nOrder tracking"},
    {"design": "Modern, minimalist"},
    {"timeline_weeks": "8", "budget_min": "50,000", "budget_max": "75,000"},
)


def _mark() -> str:
    return secrets.token_hex(3)


@dataclass
class TechCorp:
    """The client of the use cases, another one each time."""

    mark: str = field(default_factory=_mark)
    phone: str = "+1-555-0123"

    @property
    def name(self) -> str:
        return f"TechCorp Solutions {self.mark}"

    @property
    def email(self) -> str:
        return f"sarah@techcorp-{self.mark}.example"

    @property
    def person(self) -> dict[str, str]:
        """Sarah, as the contact form and the last stage of the brief ask for her."""
        return {
            "first_name": "Sarah",
            "last_name": "Johnson",
            "email": self.email,
            "phone": self.phone,
            "company_name": self.name,
            "job_title": "CTO",
            "industry": "Technology",
        }


def fill(page: Page, values: dict[str, str]) -> None:
    """Type each value into the field of its name."""
    for name, value in values.items():
        page.locator(f"main [name='{name}']").fill(value)


def press(page: Page, name: str) -> None:
    """Press a button of the page's content by its words."""
    page.locator("main").get_by_role("button", name=name, exact=True).click()


def send_contact_form(visit: Visit, company: TechCorp, **more: str) -> None:
    page = visit.go("/contact")
    fill(page, company.person | more)
    press(page, "Send")
    expect(page.get_by_role("heading", name="Thank you!")).to_be_visible()


def send_brief(visit: Visit, company: TechCorp) -> None:
    """All six stages without a detour."""
    page = visit.go("/brief")
    for stage in BRIEF:
        fill(page, stage)
        press(page, "Next")
    fill(page, company.person)
    press(page, "Send the brief")
    expect(page.get_by_role("heading", name="Thank you!")).to_be_visible()


def log_in(visit: Visit, account: dict[str, str]) -> None:
    """Through the page, as people do."""
    page = visit.go("/login")
    fill(page, account)
    press(page, "Sign in")
    expect(page).to_have_url(visit.base_url + "/")


def client_of(crm: Crm, company: TechCorp) -> dict[str, Any]:
    """The client that came of a form."""
    return eventually(lambda: crm.sign_in("admin").get("/clients", q=company.name)["items"])[0]


def deal_of(crm: Crm, company: TechCorp) -> dict[str, Any]:
    """The deal that came of a brief."""
    return eventually(lambda: crm.sign_in("admin").get("/deals", q=company.name)["items"])[0]


def lane(page: Page, stage: str) -> Locator:
    """A column of the board."""
    return page.locator(f".cards[data-stage={stage}]")


def drag_card(card: Locator, to: Locator) -> None:
    """Drag a card of the board to another column as a hand does: nobody lets go before the card lies there."""
    page = card.page
    card.hover()
    page.mouse.down()
    start, end = card.bounding_box(), to.bounding_box()
    assert start and end
    lying = to.locator(".deal-card.sortable-ghost")

    def lies_there() -> bool:
        # A drag begins with the first movement, and each further one says where the pointer is.
        for x in (start["x"] + start["width"] / 2 + 12, end["x"] + end["width"] / 2 - 8, end["x"] + end["width"] / 2):
            page.mouse.move(x, end["y"] + min(end["height"] / 2, 60), steps=4)
        return lying.count() == 1

    eventually(lies_there)
    page.mouse.up()


def a_qualified_deal(crm: Crm, company: TechCorp, owner: str = "sales") -> str:
    """Use cases 1 and 2 over the API, for those that come after; the deal's id."""
    admin = crm.sign_in("admin")
    brief = {
        "contact": company.person,
        "vision": {"title": BRIEF[0]["title"], "summary": BRIEF[0]["summary"]},
        "audience": BRIEF[1]["audience"],
        "features": BRIEF[2]["features"].splitlines(),
        "design": BRIEF[3]["design"],
        "timeline_weeks": 8,
        "budget": {"min": 50000, "max": 75000, "currency": "USD"},
    }
    crm.anybody().post("/intake/brief", brief)
    deal = deal_of(crm, company)
    admin.post(f"/clients/{deal['client_id']}/assign", {"owner_id": crm.sign_in(owner).user["id"]})
    eventually(lambda: admin.get(f"/deals/{deal['id']}")["owner_id"] == crm.sign_in(owner).user["id"])
    return str(deal["id"])


def a_sent_invoice(crm: Crm, company: TechCorp) -> dict[str, Any]:
    """Use cases 1 to 3 over the API; the invoice, mailed."""
    rep, deal_id = crm.sign_in("sales"), a_qualified_deal(crm, company)
    rep.post(f"/deals/{deal_id}/stage", {"stage": "won"})
    draft = eventually(lambda: rep.get("/invoices", deal_id=deal_id)["items"])[0]
    rep.post(f"/invoices/{draft['id']}/send")
    path = f"/invoices/{draft['id']}"
    return eventually(lambda: (now := rep.get(path))["mail_status"] == "sent" and now["payment_reference"] and now, 60)
