"""Others find clients by what stands in the own fields of deals: what they are is told, and what stands there read."""

from __future__ import annotations

from typing import Any

import pytest

from libs.common.ids import new_id
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


def test_fields_come_and_go_with_an_import(deals: Any, new_deal: Any, runtime: Any) -> None:
    clients, import_id = deals.as_(system("clients")), new_id()
    given = {"import_id": import_id, "person": {"id": ADMIN.id, "role": "admin", "name": "Ada"}}
    kept = deals.as_(ADMIN).create_custom_field(data={"label": "Kept", "kind": "text"})
    wanted = [{"key": key, "label": key.title(), "kind": "text"} for key in ("kept", "old", "used", "named", "changed")]
    for _ in range(2):
        assert clients.bring_custom_fields(**given, fields=wanted)["made"] == ["old", "used", "named", "changed"]
        assert clients.bring_custom_fields(**given, fields=wanted[1:2], archive=True)["made"] == ["old"]
    other = clients.bring_custom_fields(**given | {"import_id": new_id()}, fields=wanted)
    by_key = {each["key"]: each for each in deals.as_(ADMIN).list_custom_fields()["items"]}
    new_deal(custom={"used": "x"})
    deals.as_(ADMIN).update_custom_field(field_id=by_key["changed"]["id"], changes={"label": "Other"})
    answers = [clients.take_back_custom_fields(**given, named=["named", "kept"])["kept"] for _ in range(2)]
    reasons = {each["label"]: each["reason"] for each in answers[0]}
    assert (answers[0], other["made"]) == (answers[1], [])
    assert reasons == {
        "Used": "records have values of it", "Named": "a segment filters by it", "Other": "changed since",
    }  # fmt: skip
    there = {each["key"] for each in deals.as_(ADMIN).list_custom_fields()["items"]}
    assert there == {kept["key"], "used", "named", "changed"}
    old = [each.data for each in told(runtime, "deal_field.set") if each.aggregate_id == by_key["old"]["id"]]
    said = [(each["version"], each["archived"], each["removed"]) for each in old]
    assert said == [(1, False, False), (2, True, False), (3, True, True)]


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
