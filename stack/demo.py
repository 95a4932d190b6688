"""Plays use cases 1 to 4 over HTTP against the running stack, and prints each step with its time."""

from __future__ import annotations

import io
import secrets
import sys
import time
from collections.abc import Callable
from typing import Any, TypeVar

from libs.common.money import display, to_minor
from stack.driver import Crm, Person, wait_for

T = TypeVar("T")


class DemoFailed(Exception):
    """A step did not do what the use case says."""


def main() -> None:
    """Play it; exits 1 with the step that failed."""
    try:
        play(Crm.of())
    except FileNotFoundError:
        sys.exit("nothing runs here yet: make up")
    except (DemoFailed, TimeoutError) as error:
        sys.exit(f"  ✗ {error}")


def play(crm: Crm, say: Callable[[str], None] = print) -> dict[str, float]:
    """The whole sales cycle; returns seconds by step."""
    demo = _Demo(crm, say)
    for act in (demo.new_client, demo.brief_to_deal, demo.deal_to_invoice, demo.payment):
        say(f"\n{act.__doc__}")
        act()
    say(f"\nDone: {len(demo.times)} steps in {sum(demo.times.values()):.1f} s.")
    return demo.times


class _Demo:
    def __init__(self, crm: Crm, say: Callable[[str], None]) -> None:
        self.crm, self.say = crm, say
        self.times: dict[str, float] = {}
        mark = secrets.token_hex(2).upper()
        self.company = f"TechCorp Solutions {mark}"
        self.address = f"sarah@techcorp-{mark.lower()}.example"
        self.admin, self.john, self.fiona = (crm.sign_in(who) for who in ("admin", "sales", "finance"))
        self.client_id = self.deal_id = self.currency = ""
        self.invoice: dict[str, Any] = {}

    def new_client(self) -> None:
        """Use case 1: a contact form becomes a client, and sales knows."""
        form = self._person() | {"message": "AI automation"}
        state = self._step("form sent, client created", lambda: self._submit("/intake/contact", form), within=2.0)
        self.client_id = state["client_id"]
        self.currency = self.admin.get(f"/clients/{self.client_id}")["currency"]
        title = f"New Lead: {self.company}"
        self._step("sales notified in the app", lambda: self._notified(self.john, title))
        self._step("sales notified by e-mail", lambda: self._mailed(self.john.user["email"], self.company))
        assign = {"owner_id": self.john.user["id"]}
        self._step("admin assigns John", lambda: self.admin.post(f"/clients/{self.client_id}/assign", assign))
        mail = self._step(
            "John gets the client's details", lambda: self._mailed(self.john.user["email"], self.company, 2)
        )
        self._check(self.address in mail["text"], "the mail to John names Sarah's address")

    def brief_to_deal(self) -> None:
        """Use case 2: a brief becomes a qualified deal with AI insights."""
        brief = {
            "contact": self._person(),
            "vision": {
                "title": "E-commerce AI Chatbot",
                "summary": "AI chatbot for e-commerce with product recommendations",
            },
            "audience": "Online shoppers, 25-45 years old",
            "features": ["Live chat", "Product recommendations", "Order tracking"],
            "design": "Modern, minimalist",
            "timeline_weeks": 8,
            "budget": {"min": 50000, "max": 75000, "currency": self.currency},
        }
        state = self._step("brief sent, deal created", lambda: self._submit("/intake/brief", brief), within=2.0)
        self.deal_id = state["deal_id"]
        deal = self.admin.get(f"/deals/{self.deal_id}")
        self._check(
            (deal["deal_value"], deal["stage"]) == (62500, "qualified"), f"the deal is worth {self._worth}, qualified"
        )
        deal = self._step("AI insights on the deal", self._analyzed)
        insights = deal["ai_insights"]
        self.say(f"      score {deal['ai_score']}, {insights['complexity']} complexity, by {insights['provider']}")
        self._step("summary mailed to John", lambda: self._mailed(self.john.user["email"], "E-commerce AI Chatbot"))
        self._step("confirmation mailed to Sarah", lambda: self._mailed(self.address, ""))

    def deal_to_invoice(self) -> None:
        """Use case 3: won, invoiced, sent."""
        self._step(
            "John moves the deal to won", lambda: self.john.post(f"/deals/{self.deal_id}/stage", {"stage": "won"})
        )
        draft = self._step("billing drafts the invoice", lambda: self._invoice("draft"))
        value = wait_for(lambda: self.john.get(f"/clients/{self.client_id}")["lifetime_value"], "lifetime value")
        self._check(value == 62500, f"the client's lifetime value is {self._worth}")
        words = {"description": "E-commerce AI Chatbot Development - Phase 1", "version": draft["version"]}
        self.john.patch(f"/invoices/{draft['id']}", words)
        self._step("John sends it", lambda: self.john.post(f"/invoices/{draft['id']}/send"))
        subject = f"Invoice #{draft['invoice_number']} from"
        mail = self._step("Sarah has it, PDF attached", lambda: self._mailed(self.address, subject))
        text = pdf_text(self.crm.attachment(mail))
        self._check("62,500" in text and draft["invoice_number"] in text, "the PDF shows number and total")
        self.invoice = wait_for(lambda: self._invoice("sent", "sent"), "the invoice's mail status")
        history = wait_for(lambda: self._activity(f"Invoice {draft['invoice_number']} sent"), "the activity")
        self._check(history["description"] == f"Sent to {self.address} for {self._worth}", "the timeline says so")

    def payment(self) -> None:
        """Use case 4: Stripe's webhook pays the invoice, and everyone is told."""
        self.crm.pay(self.invoice["payment_reference"])
        paid = self._step("paid without a hand", lambda: self._invoice("paid"))
        self._check(paid["payment_method"] == "stripe" and bool(paid["paid_date"]), "method and date are on it")
        self._step("deal tagged fully_paid", lambda: "fully_paid" in self.john.get(f"/deals/{self.deal_id}")["tags"])
        self._step("'All payments received' logged", lambda: self._activity("All payments received"))
        self._step("finance notified", lambda: self._notified(self.fiona, f"Payment received: {self._worth}"))
        self._step("John notified", lambda: self._notified(self.john, f"{self.company} payment confirmed"))
        mail = self._step("receipt mailed to Sarah", lambda: self._mailed(self.address, "Payment Confirmation - "))
        self._check("62,500" in pdf_text(self.crm.attachment(mail)), f"the receipt PDF shows {self._worth}")

    # -- how

    @property
    def _worth(self) -> str:
        """The deal's value as people read it, in the currency the company counts in."""
        return display(to_minor(62500, self.currency), self.currency)

    def _person(self) -> dict[str, Any]:
        return {
            "company_name": self.company,
            "company_email": self.address.replace("sarah", "hello"),
            "first_name": "Sarah",
            "last_name": "Johnson",
            "email": self.address,
            "phone": "+1-555-0123",
            "job_title": "CTO",
            "industry": "Technology",
        }

    def _submit(self, path: str, form: dict[str, Any]) -> dict[str, Any]:
        reference = self.crm.anybody().post(path, form)["reference"]

        def done() -> dict[str, Any] | None:
            state: dict[str, Any] = self.admin.get(f"/intake/{reference}")
            return state if state["status"] == "done" else None

        return wait_for(done, "the form")

    def _notified(self, person: Person, title: str) -> Any:
        return next((each for each in person.get("/notifications")["items"] if each["title"] == title), None)

    def _mailed(self, to: str, subject: str, at_least: int = 1) -> Any:
        found = [mail for mail in self.crm.mails(to) if subject in mail["subject"] or subject in mail["text"]]
        return found[0] if len(found) >= at_least else None

    def _analyzed(self) -> Any:
        deal = self.admin.get(f"/deals/{self.deal_id}")
        return deal if deal["ai_score"] is not None else None

    def _invoice(self, status: str, mail_status: str | None = None) -> Any:
        found = self.john.get("/invoices", deal_id=self.deal_id)["items"]
        fits = [each for each in found if each["status"] == status and mail_status in (None, each["mail_status"])]
        return fits[0] if fits else None

    def _activity(self, subject: str) -> Any:
        items = self.john.get(f"/clients/{self.client_id}/timeline")["items"]
        return next((each for each in items if each["subject"] == subject), None)

    def _step(self, name: str, act: Callable[[], T | None], within: float = 60.0) -> T:
        started = time.perf_counter()
        result = wait_for(act, name, within)
        self.times[name] = time.perf_counter() - started
        self.say(f"  ✓ {name:34} {self.times[name] * 1000:8.0f} ms")
        return result

    def _check(self, holds: bool, what: str) -> None:
        if not holds:
            raise DemoFailed(f"expected: {what}")


def pdf_text(content: bytes) -> str:
    """The words of a PDF."""
    from pypdf import PdfReader

    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)


if __name__ == "__main__":
    main()
