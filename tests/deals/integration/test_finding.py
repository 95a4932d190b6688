"""Finding deals while typing: by letters of the deal's and the client's name, only those one may see."""

from __future__ import annotations

from typing import Any

import pytest

from libs.common.problems import Invalid
from tests.support.actors import ADMIN, FINANCE, JESSICA, JOHN, MANAGER


def found(deals: Any, q: str, person: Any = ADMIN, **more: Any) -> list[str]:
    return [each["deal_name"] for each in deals.as_(person).quick_find(q=q, **more)["deals"]]


@pytest.fixture
def three(new_deal: Any, directory: Any) -> None:
    johns, jessicas = directory.add(JOHN.id, label="Green_Foods 100%"), directory.add(JESSICA.id, label="Nova Labs")
    new_deal(johns, deal_name="Chatbot")
    new_deal(johns, deal_name="Website relaunch")
    new_deal(jessicas, deal_name="Chat widget", stage="won")


@pytest.mark.parametrize(
    ("q", "names"),
    [
        ("chat", ["Chat widget", "Chatbot"]),
        ("TBO", ["Chatbot"]),
        ("  relaunch ", ["Website relaunch"]),
        ("green", ["Website relaunch", "Chatbot"]),
        ("100%", ["Website relaunch", "Chatbot"]),
        ("n_f", ["Website relaunch", "Chatbot"]),
        ("nxf", []),
        ("labs", ["Chat widget"]),
        # One or two letters begin a word.
        ("%", []),
        ("w", ["Chat widget", "Website relaunch"]),
        ("La", ["Chat widget"]),
        ("ab", []),
        ("", []),
        ("   ", []),
    ],
)
def test_letters_of_either_name_newest_first(deals: Any, three: None, q: str, names: list[str]) -> None:
    assert found(deals, q) == names


def test_what_is_told_of_a_deal(deals: Any, three: None) -> None:
    (deal,) = deals.as_(JOHN).quick_find(q="chatbot")["deals"]
    assert deal.pop("id")
    assert deal == {
        "deal_name": "Chatbot",
        "company_name": "Green_Foods 100%",
        "stage": "lead",
        "deal_value_minor": 6_250_000,
        "currency": "USD",
    }


def test_everybody_finds_what_they_may_see(deals: Any, three: None) -> None:
    everything = ["Chat widget", "Chatbot"]
    expected = {ADMIN: everything, FINANCE: everything, JOHN: everything[1:], JESSICA: everything[:1]}
    expected[MANAGER] = ["Chat widget"]  # the won one
    for person, names in expected.items():
        assert found(deals, "chat", person) == names, person


def test_a_few_are_enough(deals: Any, three: None, new_deal: Any) -> None:
    for _ in range(5):
        new_deal(deal_name="Chat again")
    assert len(found(deals, "chat")) == 5 and len(found(deals, "chat", limit=7)) == 7
    with pytest.raises(Invalid) as refused:
        found(deals, "chat", limit=0)
    assert refused.value.field == "limit"


@pytest.mark.parametrize("q", ["a\x00", "a" * 201, 5])
def test_what_cannot_be_searched_for_is_named(deals: Any, q: Any) -> None:
    with pytest.raises(Invalid) as refused:
        deals.as_(ADMIN).quick_find(q=q)
    assert refused.value.field == "q"
