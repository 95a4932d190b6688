"""Use case 10 over HTTP: technology clients in California with large deals, by words that stand anywhere about them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from stack.driver import Crm
from tests.browser.use_cases import TechCorp
from tests.support.waiting import eventually

pytestmark = pytest.mark.e2e

LARGE = {"field": "deal_value", "op": "gt", "value": 50_000}
MATCHING = 8


def made(person: Any, mark: str, number: int) -> None:
    """A client by one of the words: in its notes, in a deal's description, in what was said."""
    place = {"industry": "Technology", "state": "California" if number < MATCHING + 2 else "Texas"}
    word = ("an e-commerce shop", "a chatbot")[number % 2]
    notes = f"They want {word}" if number % 3 == 0 else "Nothing special"
    body = {"company_name": f"Finder {mark} {number:02}", "notes": notes} | place
    client = person.post("/clients", body)["id"]
    deal = {"deal_name": f"Deal {number}", "client_id": client, "deal_value": 60_000 + number * 1000}
    if number in (MATCHING, MATCHING + 1):
        deal["deal_value"] = 50_000
    if number % 3 == 1:
        deal["description"] = f"Build {word}"
    made_deal = person.post("/deals", deal)
    if number % 3 == 2:
        person.post(f"/clients/{client}/activities", {"type": "call", "subject": "Call", "description": f"On {word}"})
    person.post(f"/deals/{made_deal['id']}/stage", {"stage": "won"})


def test_use_case_10_clients_are_found_tagged_and_kept(crm: Crm) -> None:
    john, mark = crm.sign_in("sales"), TechCorp().mark
    for number in range(MATCHING + 4):
        made(john, mark, number)
    query = {"industry": "Technology", "state": "California", "where": json.dumps(LARGE), "sort": "-lifetime_value"}
    words = {"q": f'finder {mark} e-commerce OR finder {mark} "a chatbot"'}

    def found() -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = john.get("/clients", **query, **words)["items"]
        ready = len(items) == MATCHING and all(each["lifetime_value"] for each in items)
        return items if ready else []

    items = eventually(found, 60)
    values = [each["lifetime_value"] for each in items]
    assert values == sorted(values, reverse=True) and values[0] == 67_000
    fields = {hit["field"] for each in items for hit in each["hits"]}
    assert {"company_name", "notes", "deal", "activity"} <= fields
    for each in items:
        assert any(piece["found"] for hit in each["hits"] for piece in hit["snippet"])
    tag = f"q1_{mark}".lower()
    change = john.post("/clients/bulk", {"ids": [each["id"] for each in items], "action": "add_tag", "value": tag})
    assert change["changed"] == MATCHING and john.get("/clients", tag=tag)["total"] == MATCHING
    segment = john.post("/segments", {"name": f"Q1 {mark}", "filters": {"tag": tag, "where": LARGE}})
    counted = {each["id"]: each["count"] for each in john.get("/segments", counts=True)["items"]}
    assert counted[segment["id"]] == MATCHING
    assert john.get("/clients", segment_id=segment["id"])["total"] == MATCHING
    jessica = crm.sign_in("sales2")
    assert not [each for each in jessica.get("/segments")["items"] if each["id"] == segment["id"]]


def test_quick_find_names_four_kinds(crm: Crm) -> None:
    john, mark = crm.sign_in("sales"), TechCorp().mark
    contact = {"first_name": "Zoe", "last_name": mark}
    client = john.post("/clients", {"company_name": f"Quick {mark}", "contact": contact})["id"]
    john.post("/deals", {"deal_name": f"Shop {mark}", "client_id": client, "deal_value": 5})
    found = john.get("/quick-find", q=mark)
    assert [each["company_name"] for each in found["clients"]] == [f"Quick {mark}"]
    assert [each["last_name"] for each in found["contacts"]] == [mark]
    assert [each["deal_name"] for each in found["deals"]] == [f"Shop {mark}"]
    assert found["unavailable"] == [] and isinstance(found["invoices"], list)
