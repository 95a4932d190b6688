"""Which day is meant by a weekday or a date without a year, and what it backs in a drafted mail."""

from __future__ import annotations

import pytest

from services.ai.email_drafts.checks import check
from services.ai.email_drafts.context import Activity, Deal, Invoice, MailContext, Person


def context(words: str, *activities: Activity) -> MailContext:
    """A Tuesday, 24 November 2026."""
    return MailContext(
        words=words,
        purpose="follow_up",
        tone="friendly",
        language="en",
        today="2026-11-24",
        sender=Person("John Smith"),
        company="AMO AI",
        client="TechCorp",
        contact=Person("Sarah Johnson"),
        deal=Deal("d", "Chatbot", "proposal", 6_250_000, "USD", "", "2027-08-15"),
        activities=activities,
        invoices=(Invoice("INV-2026-003", "sent", 1_200_000, 1_200_000, "USD", "2026-12-07", "2026-11-06"),),
    )


def source(words: str, text: str, *activities: Activity) -> str | None:
    """What backs the only claim of the text."""
    (found,) = check("", text, context(words, *activities))
    return found.source


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ("They need it by Friday.", "It comes Friday."),
        ("They need it by Friday.", "It comes on Friday, November 27."),
        ("They need it by Friday.", "It comes on November 27, 2026."),
        ("We met on Friday.", "Thank you for Friday."),
        ("We met on Friday.", "Thank you for November 20."),
        ("Call them next Wednesday.", "May I call next Wednesday?"),
        ("Call them next Wednesday.", "May I call on December 2?"),
        ("We met last Wednesday.", "Thank you for November 18."),
        ("Ich rufe am Freitag an.", "Ich rufe am 27. November an."),
        ("Wir haben am Freitag gesprochen.", "Danke für den 20. November."),
        ("It starts on the 3rd.", "It starts on December 3."),
        ("It ends on January 5.", "It ends on January 5, 2027."),
        ("It ended on October 5.", "It ended on October 5, 2026."),
    ],
)
def test_a_day_is_the_one_that_was_meant(words: str, text: str) -> None:
    assert source(words, text) == "what you wrote"


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ("They need it by Friday.", "It comes on Friday, December 4."),
        ("They need it by Friday.", "It comes on November 20."),
        ("Demo is Wednesday.", "The demo was on November 18."),
        ("Demo is Wednesday.", "The demo is on December 2."),
        ("We met on Friday.", "We meet on November 27."),
        ("We met last Wednesday.", "We met on November 11."),
        ("It starts on the 3rd.", "It starts on November 3."),
        ("It ends on December 9.", "It ends on 9 December 2027."),
        ("It ends on December 9.", "It ends on December 9, 2025."),
        ("It ends in January.", "It ends in January 2026."),
        ("Anything.", "It is due on Tuesday, December 7."),
        ("It starts in KW 50.", "It starts in KW 50 2027."),
    ],
)
def test_another_day_of_that_name_is_not_backed(words: str, text: str) -> None:
    assert source(words, text) is None


def test_a_day_of_a_record_is_reckoned_from_the_day_of_the_record() -> None:
    call = Activity("2026-11-02", "call", "Call", "They decide on Friday", "John Smith", True)
    assert source("Hello.", "You wanted to decide on November 6.", call) == "invoice INV-2026-003, sent"
    assert source("Hello.", "You wanted to decide on November 27.", call) is None


def test_the_source_is_the_record_that_says_it() -> None:
    assert source("They need it by Friday.", "It is due on December 7.") == "invoice INV-2026-003, due date"
    assert source("They need it by Friday.", "We close on August 15.") == "deal, expected close date"
