"""How alike two names are, and whether two clients are reached at one place."""

from __future__ import annotations

import pytest

from services.clients.domain import normal_name
from services.clients.similarity import LEAST, Reached, similar_names


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("Granite Logistics Ost GmbH", "Granite Logistics West GmbH", False),
        ("Granite Logistics Süd", "Granite Logistics Nord", False),
        ("Granite Logistics East Ltd", "South Granite Logistics Inc.", False),
        ("Fund I", "Fund II", False),
        ("Granite Logistics 1", "Granite Logistics 2", False),
        ("Granite Logistics Ost", "Granite Logistcs Ost GmbH", True),
        ("Granite Logistics", "Granite Logistics Ost", True),
        ("TechCorp Solutions", "Techcorp Solution AG", True),
    ],
)
def test_what_tells_branches_apart_makes_two_names(one: str, other: str, alike: bool) -> None:
    assert (similar_names(normal_name(one), normal_name(other)) >= LEAST) is alike


@pytest.mark.parametrize(
    ("one", "other", "elsewhere"),
    [
        (("a@one.example", "one.example", "+49 731 1234567"), ("a@two.example", "two.example", "+49 30 7654321"), True),
        (("a@one.example", None, None), (None, "https://www.one.co.uk/contact", "+49 30 7654321"), False),
        (("a@one.example", None, "+49 731 1234567"), ("b@two.example", None, "0731 / 123 45 67"), False),
        (("a@one.example", None, None), (None, None, "+49 30 7654321"), False),
        (("a@gmail.com", "-", "12"), ("b@gmx.de", "none", "34"), False),
        (("a@shop.one.com.au", None, None), (None, "ONE.de", None), False),
        ((None, None, None), (None, None, None), False),
    ],
)
def test_who_is_reached_elsewhere_in_every_way(one: tuple[str, ...], other: tuple[str, ...], elsewhere: bool) -> None:
    this, that = Reached.of(*one), Reached.of(*other)
    assert this.elsewhere(that) is that.elsewhere(this) is elsewhere
