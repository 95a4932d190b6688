"""A search says in which of the company's own fields it found something."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.support.actors import ADMIN, JESSICA, JOHN

Hits = Callable[..., list[tuple[Any, ...]]]


@pytest.fixture
def define(clients: Any) -> Callable[..., dict[str, Any]]:
    def made(entity: str, label: str, kind: str = "text", **more: Any) -> dict[str, Any]:
        data = {"label": label, "kind": kind} | more
        field: dict[str, Any] = clients.as_(ADMIN).create_custom_field(entity=entity, data=data)
        return field

    return made


@pytest.fixture
def alpine(new_client: Any, define: Any) -> str:
    """A client with two own fields and a contact with one."""
    define("client", "Tier", "choice", options=["Gold", "Platinum Plus"])
    define("client", "About")
    define("client", "Since", "date")
    define("client", "Seats", "number")
    define("contact", "Hobby")
    own = {"tier": "Platinum Plus", "about": "They sail: <b>boats</b> of platinum", "since": "2025-03-04", "seats": 12}
    contact = {"first_name": "Ann", "custom": {"hobby": "Sail and surf"}}
    made: str = new_client(JOHN.id, company_name="Alpine", custom=own, contact=contact)["id"]
    return made


@pytest.fixture
def hits(clients: Any) -> Hits:
    """``hits("sail")``: ``(of, label, the words that are marked)`` of each, or the field where it is no own one."""

    def ask(q: str, who: Any = JOHN) -> list[tuple[Any, ...]]:
        rows = clients.as_(who).list_clients(filters={"q": q})["items"]
        found = [hit for row in rows for hit in row["hits"]]
        return [
            (
                *((each["own"]["of"], each["own"]["label"]) if "own" in each else (each["field"],)),
                " ".join(piece["text"] for piece in each["snippet"] if piece["found"]),
            )
            for each in found
        ]

    return ask


@pytest.mark.usefixtures("alpine")
def test_the_field_is_named_and_what_was_found_in_it_is_marked(clients: Any, hits: Hits) -> None:
    assert hits("plus") == [("client", "Tier", "Plus")]
    assert hits("platinum") == [("client", "Tier", "Platinum"), ("client", "About", "platinum")]
    assert sorted(hits("sail")) == [("client", "About", "sail"), ("contact", "Hobby", "Sail")]
    assert hits("2025-03-04") == [("client", "Since", "2025-03-04")]
    (row,) = clients.as_(JOHN).list_clients(filters={"q": "boats"})["items"]
    (hit,) = row["hits"]
    assert hit["own"] == {"of": "client", "key": "about", "label": "About"} and hit["field"] == "custom"
    assert [piece["text"] for piece in hit["snippet"]] == ["They sail: <b>", "boats", "</b> of platinum"]


def test_words_that_stand_in_two_fields_together_are_found_in_no_one_of_them(alpine: str, hits: Hits) -> None:
    # Values are searched in the order of their keys: about, since, tier.
    assert hits('"2025 03 04 platinum"') == [("custom", "2025-03-04, Platinum")]


def test_no_more_than_three_are_told_of_a_client(alpine: str, define: Any, clients: Any, hits: Hits) -> None:
    for number in range(4):
        define("client", f"More {number}")
    more = {f"more_{number}": "quokka" for number in range(4)}
    clients.as_(JOHN).update_client(client_id=alpine, changes={"custom": more, "notes": "a quokka"})
    assert [each[:2] for each in hits("quokka")] == [("notes", "quokka"), ("client", "More 0"), ("client", "More 1")]


def test_a_field_goes_by_its_name_of_today(clients: Any, alpine: str, hits: Hits) -> None:
    field = clients.as_(JOHN).list_custom_fields(entity="client")["items"][0]
    changes = {"label": "Class", "archived": True}
    clients.as_(ADMIN).update_custom_field(field_id=field["id"], changes=changes)
    assert hits("plus") == [("client", "Class", "Plus")]
    assert hits("plus", JESSICA) == []
