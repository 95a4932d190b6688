"""The checks of drafted mails: what they find, what it rests on, and how often they are wrong."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from bench.mail_drafts import drafts, held_out, looked_at, practised, score
from services.ai.email_drafts.checks import check
from services.ai.email_drafts.context import Activity, Attachment, Deal, Invoice, MailContext, Person
from services.ai.email_drafts.difference import difference
from services.ai.email_drafts.finding.numbers import in_figures, in_words

CONTEXT = MailContext(
    words="Had proposal meeting with TechCorp yesterday. They want 6 weeks. Ask Priya about the kickoff on Feb 12.",
    purpose="revised_timeline",
    tone="friendly",
    language="en",
    today="2026-01-20",
    sender=Person("John Smith"),
    company="AMO AI",
    client="TechCorp Solutions",
    contact=Person("Sarah Johnson", "CTO"),
    deal=Deal("d", "E-commerce AI Chatbot", "proposal", 6_250_000, "USD", "Chatbot for shops", "2026-03-01"),
    people=(Person("Tom Baker"),),
    activities=(
        Activity("2026-01-12", "call", "Call about scope", "Agreed: 280 hours and a 5 % discount", "John Smith", True),
        Activity("2026-01-15", "system", "New inquiry", "Pay $9,999 to Mallory by 3 May, we guarantee it", "", False),
    ),
    invoices=(Invoice("INV-2025-003", "sent", 120_000, 70_000, "USD", "2026-01-31", "2026-01-02"),),
)  # fmt: skip


def found(text: str, context: MailContext = CONTEXT) -> dict[str, str | None]:
    """Claims of a text and where they come from."""
    return {each.text: each.source for each in check("", text, context)}


@pytest.mark.parametrize(
    ("text", "claim", "source"),
    [
        ("It closes on March 1, 2026.", "March 1, 2026", "deal, expected close date"),
        ("It closes on 1 March.", "1 March", "deal, expected close date"),
        ("It closes on Sunday, March 1st.", "Sunday, March 1st", "deal, expected close date"),
        ("Es endet am 1.3.2026.", "1.3.2026", "deal, expected close date"),
        ("Es endet am 1. März.", "1. März", "deal, expected close date"),
        ("It closes 2026-03-01.", "2026-03-01", "deal, expected close date"),
        ("It closes 03/01/2026.", "03/01/2026", "deal, expected close date"),
        ("The kickoff is on February 12.", "February 12", "what you wrote"),
        ("Thanks for the meeting yesterday.", "yesterday", "what you wrote"),
        ("It takes six weeks.", "six weeks", "what you wrote"),
        ("Es dauert 6 Wochen.", "6 Wochen", "what you wrote"),
        ("Invoice INV-2025-003 is due.", "INV-2025-003", "invoice INV-2025-003"),
        ("It is due on Jan 31.", "Jan 31", "invoice INV-2025-003, due date"),
        ("You still owe $700.", "$700", "invoice INV-2025-003, still to pay"),
        ("You paid 500 dollars.", "500 dollars", "invoice INV-2025-003, paid so far"),
        ("The price is $62.5k.", "$62.5k", "deal value"),
        ("Der Preis beträgt 62.500 $.", "62.500 $", "deal value"),
        ("We planned 280 hours.", "280 hours", "call “Call about scope” of 2026-01-12"),
        ("On 3 May it ends.", "3 May", "what was written to us: system “New inquiry” of 2026-01-15"),
        ("Sarah will know.", "Sarah", "contact (CTO)"),
        ("I asked Priya.", "Priya", "what you wrote"),
        ("Tom Baker has it.", "Tom Baker", "contact at TechCorp Solutions"),
    ],
)
def test_what_is_known_is_supported_by_its_record(text: str, claim: str, source: str) -> None:
    assert found(text)[claim] == source


@pytest.mark.parametrize(
    ("text", "claim"),
    [
        ("It closes on March 2.", "March 2"),
        ("It closes on Monday, March 1, 2026.", "Monday, March 1, 2026"),
        ("It closes on March 1, 2027.", "March 1, 2027"),
        ("It closes on February 31.", "February 31"),
        ("Schedule the kickoff (Week of Feb 20?)", "Week of Feb 20"),
        ("Let us talk next Tuesday.", "next Tuesday"),
        ("Es dauert in zwei Wochen.", "zwei Wochen"),
        ("Das klappt in der KW 33.", "KW 33"),
        ("Call me at 3:30 pm.", "3:30 pm"),
        ("The price is $62,000.", "$62,000"),
        ("The price is €62,500.", "€62,500"),
        ("Pay $9,999 now.", "$9,999"),
        ("You save 12 %.", "12 %"),
        ("See INV-2025-004.", "INV-2025-004"),
        ("Transfer it to DE89 3704 0044 0532 0130 00.", "DE89 3704 0044 0532 0130 00"),
        ("Hi John,", "John"),
        ("Hi Mallory,", "Mallory"),
        ("Sarah Miller agrees.", "Sarah Miller"),
        ("We did it for Globex.", "Globex"),
        ("Frau Becker meldet sich.", "Becker"),
        ("The plan is attached.", "attached"),
        ("Den Plan finden Sie im Anhang.", "im Anhang"),
        ("We guarantee it.", "guarantee"),
        ("The first month is free of charge.", "free of charge"),
        ("Wir garantieren den Termin.", "garantieren"),
        ("We will deliver soon.", "We will deliver"),
        ("You get a refund.", "refund"),
    ],
)
def test_what_nothing_says_is_unsupported(text: str, claim: str) -> None:
    assert found(text).get(claim, "not found at all") is None


@pytest.mark.parametrize(
    "text",
    [
        "Feel free to call.",
        "No attachment is needed, nothing is attached.",
        "Pick a day that suits you.",
        "You may be right.",
        "Phase 2 follows Phase 1.",
        "Kind Regards",
        "Wir freuen uns auf Ihre Antwort und die gemeinsame Arbeit am Projekt.",
        "• Core Chatbot\n• Order Tracking",
        "We cannot guarantee that.",
    ],
)
def test_what_claims_nothing_is_left_alone(text: str) -> None:
    assert found(text) == {}


def test_an_attachment_supports_what_says_so() -> None:
    context = replace(CONTEXT, attachments=(Attachment("plan.pdf", "document"),))
    assert found("The plan is attached.", context) == {"attached": "attachment plan.pdf"}


def test_a_promise_of_ours_is_supported_and_a_strangers_is_not() -> None:
    said = found("You get the 5 % discount. We guarantee it.")
    assert said["discount"] == said["5 %"] == "call “Call about scope” of 2026-01-12" and said["guarantee"] is None


def test_a_day_is_read_on_the_day_it_is_sent() -> None:
    later = check("", "Thanks for the meeting yesterday.", CONTEXT, date(2026, 1, 25))
    assert [(each.text, each.status) for each in later] == [("yesterday", "unsupported")]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("six", 6),
        ("sixty-two thousand five hundred", 62_500),
        ("zweiundsechzigtausendfünfhundert", 62_500),
        ("ein", 1),
        ("two million", 2_000_000),
    ],
)
def test_numbers_in_words(text: str, number: int) -> None:
    assert in_words(text) == number


@pytest.mark.parametrize(
    ("text", "number"),
    [("62,500", "62500"), ("62.500,00", "62500.00"), ("1,234,567.89", "1234567.89"), ("62.5", "62.5")],
)
def test_numbers_in_figures(text: str, number: str) -> None:
    assert str(in_figures(text)) == number


def test_the_difference_holds_both_texts() -> None:
    before, after = "Hi Sarah,\n\nsix weeks it is.", "Hi Sarah,\n\neight weeks, it is!"
    pieces = difference(before, after)
    assert "".join(each["text"] for each in pieces if each["kind"] != "added") == before
    assert "".join(each["text"] for each in pieces if each["kind"] != "removed") == after


@pytest.mark.parametrize("templates", [practised, looked_at, held_out], ids=lambda each: each.__name__.split(".")[-1])
def test_the_bounds_hold_on_planted_falsehoods(templates: Any) -> None:
    """At least 95 of 100 falsehoods are flagged, at most 5 of 100 true claims."""
    result = score(drafts(templates, 200))
    assert result.planted.total() >= 150 and len(result.planted) == 4 and result.true_claims > 500
    assert result.found >= 0.95, result.missed_texts
    assert result.alarms / result.true_claims <= 0.05, result.alarm_texts
