"""Others find clients by what stands in the own fields of deals: what they are is told, and what stands there read."""

from __future__ import annotations

from typing import Any

import pytest

from libs.common.problems import Invalid
from tests.support.actors import ADMIN, JESSICA, JOHN, system
from tests.support.delivering import told


def test_every_change_of_a_field_is_told(deals: Any, new_deal: Any, runtime: Any) -> None:
    choice = {"label": "Region", "kind": "choice", "options": ["EU", "US"]}
    used = deals.as_(ADMIN).create_custom_field(data=choice)
    new_deal(custom={"region": "EU"})
    unused = deals.as_(ADMIN).create_custom_field(data={"label": "Note", "kind": "text"})
    deals.as_(ADMIN).update_custom_field(field_id=used["id"], changes={"label": "Area", "options": ["EU"]})
    for each in (used, unused):
        deals.as_(ADMIN).delete_custom_field(field_id=each["id"])
    said = [
        (each.data["key"], each.data["label"], each.data["options"], each.data["archived"], each.data["removed"])
        for each in told(runtime, "deal_field.set")
    ]
    assert said == [
        ("region", "Region", ["EU", "US"], False, False),
        ("note", "Note", [], False, False),
        ("region", "Area", ["EU"], False, False),
        ("region", "Area", ["EU"], True, False),
        ("note", "Note", [], False, True),
    ]
    versions = [(each.aggregate_id, each.data["version"]) for each in told(runtime, "deal_field.set")]
    assert versions == [(used["id"], 1), (unused["id"], 1), (used["id"], 2), (used["id"], 3), (unused["id"], 2)]


def test_a_deal_tells_what_stands_in_them(deals: Any, new_deal: Any, runtime: Any) -> None:
    deals.as_(ADMIN).create_custom_field(data={"label": "Seats", "kind": "number"})
    made = new_deal(custom={"seats": 12.5})
    deals.as_(JOHN).update_deal(deal_id=made["id"], changes={"custom": {"seats": None}})
    said = [each.data["custom"] for each in told(runtime) if each.data.get("deal_id") == made["id"]]
    assert said == [{"seats": 12.5}, {}]


def test_what_stands_in_them_is_read_page_after_page(deals: Any, new_deal: Any) -> None:
    deals.as_(ADMIN).create_custom_field(data={"label": "Seats", "kind": "number"})
    made = [new_deal(custom={"seats": number} if number else {}) for number in range(4)]
    expected = [{"deal_id": each["id"], "custom": each["custom"], "version": 1} for each in made[1:]]
    first = deals.as_(system("clients")).own_values(limit=2)
    rest = deals.as_(system("clients")).own_values(limit=2, cursor=first["next_cursor"])
    assert first["items"] + rest["items"] == sorted(expected, key=lambda each: each["deal_id"])
    assert first["next_cursor"] and rest["next_cursor"] is None
    assert len(deals.as_(system("clients")).own_values()["items"]) == 3
    assert deals.as_(JESSICA).own_values()["items"] == []
    with pytest.raises(Invalid):
        deals.as_(ADMIN).own_values(limit=1001)
