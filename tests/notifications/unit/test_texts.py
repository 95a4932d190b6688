"""The words of notifications."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from services.notifications.domain import day, inquiry_line, method_name, one_line, shortened, time_of


@pytest.mark.parametrize(
    ("message", "line"),
    [
        ("AI automation", "Sarah Johnson (CTO) is interested in AI automation"),
        ("  AI automation.  ", "Sarah Johnson (CTO) is interested in AI automation"),
        ("We're interested in AI automation", "Sarah Johnson (CTO) is interested in AI automation"),
        ("Interested in a chatbot for our shop", "Sarah Johnson (CTO) is interested in a chatbot for our shop"),
        ("Hi, could somebody call me?", "Sarah Johnson (CTO) sent an inquiry"),
        ("We would like to talk", "Sarah Johnson (CTO) sent an inquiry"),
        ("Chatbots?", "Sarah Johnson (CTO) sent an inquiry"),
        ("Hosting and support", "Sarah Johnson (CTO) is interested in Hosting and support"),
        ("two\nlines", "Sarah Johnson (CTO) sent an inquiry"),
        ("", "Sarah Johnson (CTO) sent an inquiry"),
        (None, "Sarah Johnson (CTO) sent an inquiry"),
    ],
)
def test_what_somebody_is_interested_in(message: str | None, line: str) -> None:
    assert inquiry_line("Sarah Johnson", "CTO", message) == line


def test_a_long_topic_is_cut_between_words() -> None:
    line = inquiry_line("Sarah Johnson", None, "AI automation " * 30)
    topic = line.removeprefix("Sarah Johnson is interested in ")
    assert len(topic) <= 140 and topic.endswith(("automation…", "AI…"))


def test_shortened_cuts_one_long_word_too() -> None:
    assert shortened("x" * 200, 10) == "x" * 9 + "…"
    assert shortened("short", 10) == "short"


def test_one_line_has_no_control_characters() -> None:
    assert one_line("a\r\nb\tc\x00\u202ed  e\x85f") == "a b c d e f"
    assert one_line(None) == ""


def test_days_and_methods_are_spelled_for_people() -> None:
    assert day(date(2025, 2, 15)) == "February 15, 2025"
    assert day(date(2026, 12, 1)) == "December 1, 2026"
    assert method_name("stripe") == "Stripe" and method_name("bank_transfer") == "bank transfer"


@pytest.mark.parametrize(
    ("hour", "zone", "shown"),
    [
        (5, "America/New_York", "Sunday, November 1, 1:00 AM EDT"),
        (6, "America/New_York", "Sunday, November 1, 1:00 AM EST"),
        (6, "Asia/Dubai", "Sunday, November 1, 10:00 AM UTC+04"),
        (17, "UTC", "Sunday, November 1, 5:00 PM UTC"),
    ],
)
def test_a_time_says_which_of_two_hours_of_one_name_it_is(hour: int, zone: str, shown: str) -> None:
    assert time_of(datetime(2026, 11, 1, hour, tzinfo=UTC), zone) == shown
