"""Every kind of mail: its exact subject, the same facts in both bodies, and nothing that a name could break."""

from __future__ import annotations

import re
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from libs.common.money import display
from services.notifications import rendering
from services.notifications.domain import MAIL_KINDS, Addressee
from services.notifications.ports import Company
from services.notifications.summary import Reading, view
from tests.support.summary_answers import BILLING, CLIENTS, DEALS, INSIGHT

COMPANY = Company(
    "AMO AI",
    "1 Main Street\nNew York",
    "hello@amo-ai.example",
    "https://crm.example",
    Addressee("crm@amo-ai.example", "AMO AI"),
)
PAYMENT = {
    "company_name": "TechCorp Solutions",
    "invoice_number": "INV-2025-001",
    "amount_minor": 6250000,
    "currency": "USD",
    "method": "Stripe",
    "paid_on": "2025-02-10",
    "path": "/invoices/1",
}
MEETING = {
    "activity_id": "01940003-7a00-7000-8000-000000000003",
    "subject_line": "Call about the chatbot",
    "begins_at": "2025-01-16T21:00:00Z",
    "ends_at": "2025-01-16T21:30:00Z",
    "here": "Thursday, January 16, 4:00 PM",
    "there": "Thursday, January 16, 1:00 PM",
    "zone": "America/Los_Angeles",
    "our_zone": "America/New_York",
    "minutes": 30,
    "host_name": "John Smith",
    "company_name": "TechCorp Solutions",
    "contact_name": "Sarah Johnson",
    "contact_email": "sarah@techcorp.com",
    "sequence": 0,
    "cancelled": False,
    "path": "/clients/1",
}
BRIEF = {
    "company_name": "TechCorp Solutions",
    "contact_name": "Sarah Johnson",
    "contact_email": "sarah@techcorp.com",
    "deal_name": "TechCorp - E-commerce AI Chatbot",
    "deal_value_minor": 6250000,
    "currency": "USD",
    "vision_title": "E-commerce AI Chatbot",
    "vision_summary": "",
    "audience": "Online shoppers",
    "features": ["Live chat"],
    "design": "Modern",
    "timeline_weeks": 1,
    "budget_min_minor": 5000000,
    "budget_max_minor": 7500000,
    "path": "/deals/1",
}
CONTEXTS: dict[str, dict[str, Any]] = {
    "new_lead": {
        "created": True,
        "line": "Sarah Johnson (CTO) is interested in AI automation",
        "company_name": "TechCorp Solutions",
        "contact_name": "Sarah Johnson",
        "job_title": "CTO",
        "email": "sarah@techcorp.com",
        "phone": None,
        "message": "AI automation",
        "path": "/clients/1",
    },
    "client_assigned": {
        "company_name": "TechCorp Solutions",
        "industry": "Technology",
        "phone": "+1-555-0123",
        "email": "hello@techcorp.com",
        "contact_name": "Sarah Johnson",
        "contact_job_title": "CTO",
        "contact_email": "sarah@techcorp.com",
        "contact_phone": None,
        "path": "/clients/1",
    },
    "brief_summary": BRIEF,
    "brief_confirmation": BRIEF,
    "deal_won": {
        "deal_name": "TechCorp - E-commerce AI Chatbot",
        "company_name": "TechCorp Solutions",
        "deal_value_minor": 6250000,
        "currency": "USD",
        "path": "/deals/1",
    },
    "payment_received": PAYMENT,
    "payment_confirmed": PAYMENT,
    "payment_unmatched": PAYMENT | {"reason": "no invoice", "provider_reference": "pi_1"},
    "whatsapp_received": {
        "title": "WhatsApp from Sarah Johnson (TechCorp Solutions)",
        "who": "Sarah Johnson (TechCorp Solutions)",
        "phone": "+15550123",
        "message": "Thursday afternoon works best",
        "path": "/conversations/1",
    },
    "invoice": {
        "invoice_number": "INV-2025-001",
        "description": "E-commerce AI Chatbot Development - Phase 1",
        "amount_minor": 6250000,
        "paid_minor": 0,
        "due_minor": 6250000,
        "currency": "USD",
        "due_date": "2025-02-15",
        "pay_url": "https://crm.example/pay/token",
    },
    "letter": {"subject_line": "Revised Timeline", "words": "Hi Sarah,\n\n1. one\n2. two\n\nJohn Smith\nAMO AI"},
    "receipt": {"invoice_number": "INV-2025-001", "amount_minor": 6250000, "currency": "USD"},
    "meeting_confirmed": MEETING,
    "meeting_cancelled": MEETING | {"cancelled": True, "sequence": 1},
    "meeting_host": MEETING,
    "task_due": {
        "subject_line": "Call Sarah back",
        "company_name": "TechCorp Solutions",
        "due": "Thursday, January 16, 1:00 PM",
        "path": "/clients/1",
    },
    "invitation": {"invited_by": "Ada Admin", "role": "sales", "until": "February 17, 2025", "token": "t0ken"},
    "password_reset": {"token": "t0ken"},
    "daily_summary": view(
        {"deals": DEALS, "billing": BILLING, "clients": CLIENTS, "insight": INSIGHT},
        Reading(date(2025, 2, 10), "Good morning", True, "America/New_York"),
    )
    | {"pictures": [], "unsubscribe": "https://crm.example/unsubscribe/token"},
    "report": {
        "title": "Pipeline forecast",
        "range": "Jan 1, 2025 – Mar 31, 2025",
        "figures": [{"label": "Weighted", "text": "$814,000"}, {"label": "Won", "text": "$62,500"}],
        "about": [["As of", "Jan 15, 2025"]],
        "path": "/reports/forecast?from=2025-01-01&to=2025-03-31",
        "unsubscribe": "https://crm.example/unsubscribe/token",
    },
    "test": {"ordered_by": "Ada Admin"},
}
SUBJECTS = {
    "new_lead": "New Lead: TechCorp Solutions",
    "client_assigned": "New client for you: TechCorp Solutions",
    "brief_summary": "New brief: TechCorp - E-commerce AI Chatbot",
    "brief_confirmation": "We received your brief: E-commerce AI Chatbot",
    "deal_won": "Congratulations! TechCorp - E-commerce AI Chatbot is won",
    "payment_received": "Payment received: $62,500",
    "payment_confirmed": "TechCorp Solutions payment confirmed",
    "payment_unmatched": "Payment to check: $62,500",
    "whatsapp_received": "WhatsApp from Sarah Johnson (TechCorp Solutions)",
    "invoice": "Invoice #INV-2025-001 from AMO AI",
    "letter": "Revised Timeline",
    "receipt": "Payment Confirmation - AMO AI",
    "meeting_confirmed": "Confirmed: Call about the chatbot, Thursday, January 16, 1:00 PM",
    "meeting_cancelled": "Called off: Call about the chatbot, Thursday, January 16, 1:00 PM",
    "task_due": "Task due: Call Sarah back",
    "meeting_host": "Call about the chatbot with TechCorp Solutions, Thursday, January 16, 4:00 PM",
    "invitation": "Join AMO AI",
    "password_reset": "Choose a new password for AMO AI",
    "daily_summary": "Daily summary, Monday, Feb 10: 3 deals close within a week, 2 invoices overdue",
    "report": "Pipeline forecast, Jan 1, 2025 – Mar 31, 2025",
    "test": "Test mail from AMO AI",
}
# Whom we meet need not be told who they are.
_MEETING_MAILS = ("meeting_confirmed", "meeting_cancelled")
HOSTILE = '"><script>alert(1)</script><img src=x onerror=y> {{ 7 * 7 }}\r\nBcc: victim@example.com'


class Page(HTMLParser):
    """The tags and the text of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def rendered(kind: str, **changes: Any) -> rendering.Rendered:
    return rendering.bodies(kind, SUBJECTS[kind], CONTEXTS[kind] | changes, "Sarah", COMPANY)


def test_every_kind_has_templates_and_no_template_is_without_a_kind() -> None:
    folders = {path.name for path in Path(rendering.__file__).with_name("templates").iterdir() if path.is_dir()}
    assert folders == set(MAIL_KINDS) == set(CONTEXTS) == set(SUBJECTS)


@pytest.mark.parametrize("kind", MAIL_KINDS)
def test_subjects_are_the_products_own(kind: str) -> None:
    assert rendering.subject(kind, CONTEXTS[kind], "AMO AI") == SUBJECTS[kind]


@pytest.mark.parametrize("kind", MAIL_KINDS)
def test_both_bodies_say_the_same_facts(kind: str) -> None:
    made = rendered(kind)
    words = re.sub(r"\s+", " ", " ".join(Page(made.html).words))
    text = re.sub(r"\s+", " ", made.text)
    assert "AMO AI" in words and "AMO AI" in text
    if "amount_minor" in CONTEXTS[kind]:
        assert "$62,500" in words and "$62,500" in text
    for name in ("company_name", "contact_name", "invoice_number", "vision_title", "reason"):
        if name in CONTEXTS[kind] and (kind, name) not in {
            ("brief_confirmation", "company_name"),
            ("brief_confirmation", "contact_name"),
            *((kind, who) for kind in _MEETING_MAILS for who in ("company_name", "contact_name")),
            ("payment_unmatched", "company_name"),
            ("payment_unmatched", "invoice_number"),
        }:
            assert CONTEXTS[kind][name] in words and CONTEXTS[kind][name] in text, name
    assert "None" not in words and "None" not in text and "\n\n\n" not in made.text


@pytest.mark.parametrize("kind", MAIL_KINDS)
def test_a_mail_is_at_home_in_any_mail_program(kind: str) -> None:
    made = rendered(kind)
    page = Page(made.html)
    tags = {tag for tag, _ in page.tags}
    assert not tags & {"script", "img", "link", "iframe", "form"} and "prefers-color-scheme: dark" in made.html
    styled = [attrs for tag, attrs in page.tags if tag in ("td", "p", "h1", "a")]
    assert all(attrs.get("style") for attrs in styled)
    for tag, attrs in page.tags:
        assert tag != "table" or attrs.get("role") == "presentation"
        assert not re.search(r"(?<!max-)width:\s*(?:3[3-9]\d|[4-9]\d\d)px", attrs.get("style") or "")


@pytest.mark.parametrize("kind", MAIL_KINDS)
def test_a_hostile_value_stays_text(kind: str) -> None:
    spoiled = {
        name: HOSTILE if isinstance(value, str) and name not in ("currency", "due_date", "paid_on") else value
        for name, value in CONTEXTS[kind].items()
    }
    subject = rendering.subject(kind, spoiled, "AMO AI")
    assert "\r" not in subject and "\n" not in subject and len(subject) <= 250
    made = rendering.bodies(kind, subject, spoiled, HOSTILE, COMPANY)
    page = Page(made.html)
    assert not {tag for tag, _ in page.tags} & {"script", "img"}
    assert not any(name.startswith("on") for _, attrs in page.tags for name in attrs)
    assert "49" not in "".join(page.words) and "{{ 7 * 7 }}" in "".join(page.words)


@pytest.mark.parametrize(("minor", "currency"), [(6250000, "USD"), (62500, "JPY"), (62500500, "BHD"), (1, "EUR")])
def test_a_mail_shows_the_figure_that_everything_else_shows(minor: int, currency: str) -> None:
    made = rendered("invoice", amount_minor=minor, due_minor=minor, currency=currency)
    assert display(minor, currency) in made.text and display(minor, currency) in "".join(Page(made.html).words)


def test_a_value_that_is_missing_is_an_error_and_no_blank() -> None:
    with pytest.raises(Exception, match="undefined"):
        rendering.bodies("receipt", "x", {}, "", COMPANY)


def test_a_reader_without_a_name_is_greeted_too() -> None:
    made = rendering.bodies("receipt", "x", CONTEXTS["receipt"], "", COMPANY)
    assert made.text.startswith("Hello,\n") and "Hello," in made.html
