"""A sentence that names a record is backed by that record alone, and a file by its name."""

from __future__ import annotations

from dataclasses import replace

import pytest

from services.ai.email_drafts.checks import check
from services.ai.email_drafts.context import Activity, Attachment, Deal, Invoice, MailContext, Person

CONTEXT = MailContext(
    words="Remind them of the invoice.",
    purpose="reminder",
    tone="formal",
    language="en",
    today="2026-11-24",
    sender=Person("John Smith"),
    company="AMO AI",
    client="TechCorp",
    contact=Person("Sarah Johnson"),
    deal=Deal("d", "Shop Chatbot", "won", 4_850_000, "USD", "", "2027-01-15"),
    activities=(Activity("2026-11-03", "call", "Call about scope", "All good", "John Smith", True),),
    invoices=(
        Invoice("INV-2026-003", "sent", 1_200_000, 1_200_000, "USD", "2026-12-07", "2026-11-06"),
        Invoice("INV-2026-004", "paid", 300_000, 0, "USD", "2026-11-10", "2026-10-20", "2026-11-09"),
    ),
)
WITH_FILE = replace(CONTEXT, attachments=(Attachment("timeline.pdf", "document"),))


def unsupported(text: str, context: MailContext = CONTEXT) -> list[str]:
    return [each.text for each in check("", text, context) if each.source is None]


@pytest.mark.parametrize(
    ("text", "false"),
    [
        (
            "Invoice INV-2026-003 over $48,500 was due December 7; the contract is worth $12,000.",
            ["$48,500", "$12,000"],
        ),
        ("Invoice INV-2026-003 is due January 15.", ["January 15"]),
        ("Invoice INV-2026-003 was sent on December 7.", ["December 7"]),
        ("Invoice INV-2026-004 over $12,000 was paid.", ["$12,000"]),
        ("Invoice INV-2026-004 was due on December 7.", ["December 7"]),
        ("The contract closes on December 7.", ["December 7"]),
        ("$48,500 is due on December 7.", ["$48,500"]),
        ("Shop Chatbot is $12,000.", ["$12,000"]),
        ("We owe you $12,000 of work. The deal value is $12,000.", ["$12,000"]),
        ("Die Rechnung INV-2026-003 über 48.500 $ ist am 7. Dezember fällig.", ["48.500 $"]),
        ("Im Auftrag sind 12.000 $ vereinbart.", ["12.000 $"]),
    ],
)
def test_what_belongs_to_another_record_is_unsupported(text: str, false: list[str]) -> None:
    assert unsupported(text) == false


@pytest.mark.parametrize(
    "text",
    [
        "Invoice INV-2026-003 over $12,000 is due on December 7; the contract is worth $48,500.",
        "Invoice INV-2026-003 was due on December 7; $12,000 is still to be paid.",
        "Your deal is worth $48,500 with $12,000 open under INV-2026-003.",
        "Invoice INV-2026-003 was sent on November 6 and is due December 7.",
        "Invoice INV-2026-004 was paid on November 9.",
        "As discussed in our call on November 3, invoice INV-2026-003 over $12,000 is open.",
        "Thank you for the call on November 3 about the project.",
        "The invoice of $3,000 is paid.",
    ],
)
def test_what_belongs_to_the_record_that_is_named_is_supported(text: str) -> None:
    assert unsupported(text) == []


def test_the_own_words_of_who_asks_back_any_record() -> None:
    asked = replace(CONTEXT, words="The contract is now $60,000, invoice due December 20.")
    assert unsupported("The contract is worth $60,000. INV-2026-003 is due December 20.", asked) == []


@pytest.mark.parametrize(
    "text",
    [
        "The signed contract is attached.",
        "I have attached the contract.",
        "Please find attached the timeline and the contract.",
        "Please see the attached price list.",
        "Attached is the invoice.",
        "Anbei der Vertrag.",
        "Den Vertrag finden Sie im Anhang.",
        "Ich habe den Vertrag angehängt.",
    ],
)
def test_a_file_of_another_name_is_not_attached(text: str) -> None:
    assert len(unsupported(text, WITH_FILE)) == 1


@pytest.mark.parametrize(
    "text",
    [
        "The revised timeline is attached.",
        "The new schedule is attached.",
        "I have attached it again.",
        "Please find the attached file.",
        "Have a look at the attachment when you can.",
        "Den Zeitplan finden Sie im Anhang.",
        "You will find timeline.pdf attached.",
    ],
)
def test_a_file_is_attached_by_its_name_or_by_none(text: str) -> None:
    assert [each.source for each in check("", text, WITH_FILE)] == ["attachment timeline.pdf"]
