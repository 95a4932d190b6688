"""Fields that a company defines for its deals."""

from __future__ import annotations

from typing import Any

import pytest

from libs.common.problems import Forbidden, Invalid
from tests.support.actors import ADMIN, JESSICA, JOHN


@pytest.fixture
def budget(deals: Any) -> dict[str, Any]:
    """A field for money."""
    made: dict[str, Any] = deals.as_(ADMIN).create_custom_field(data={"label": "Their budget", "kind": "money"})
    return made


def test_a_deal_keeps_its_values(deals: Any, budget: dict[str, Any], new_deal: Any) -> None:
    money = {"amount_minor": 500_000, "currency": "EUR"}
    made = new_deal(custom={budget["key"]: money})
    assert made["custom"] == {"their_budget": money}
    assert deals.as_(JOHN).list_deals(filters={})["items"][0]["custom"] == made["custom"]
    changed = deals.as_(JOHN).update_deal(deal_id=made["id"], changes={"custom": {"their_budget": None}})
    assert changed["custom"] == {} and changed["version"] == made["version"] + 1
    with pytest.raises(Invalid) as refused:
        deals.as_(JOHN).update_deal(deal_id=made["id"], changes={"custom": {"their_budget": 5}})
    assert refused.value.field == "custom.their_budget"


def test_only_admins_define_them(deals: Any, budget: dict[str, Any]) -> None:
    assert deals.as_(JOHN).list_custom_fields()["items"] == [budget]
    with pytest.raises(Forbidden):
        deals.as_(JOHN).delete_custom_field(field_id=budget["id"])
    renamed = deals.as_(ADMIN).update_custom_field(field_id=budget["id"], changes={"label": "Budget"})
    assert (renamed["key"], renamed["label"]) == ("their_budget", "Budget")
    assert deals.as_(ADMIN).delete_custom_field(field_id=budget["id"])["deleted"] is True
    with pytest.raises(Invalid):
        deals.as_(ADMIN).list_custom_fields(entity="client")


@pytest.fixture
def filled(deals: Any, new_deal: Any) -> dict[str, str]:
    """Deals by name, with a field of each kind."""
    kinds = {"Note": "text", "Seats": "number", "Price": "money", "Due": "date", "Sure": "yes_no"}
    for label, kind in kinds.items():
        deals.as_(ADMIN).create_custom_field(data={"label": label, "kind": kind})
    deals.as_(ADMIN).create_custom_field(data={"label": "Region", "kind": "choice", "options": ["EU", "US"]})
    money = {"amount_minor": 500_000, "currency": "EUR"}
    eu = {"note": "Call 'em", "seats": 12.5, "price": money, "due": "2025-02-10", "sure": False, "region": "EU"}
    us = {"note": "call", "seats": 12, "price": money | {"currency": "USD"}, "sure": True, "region": "US"}
    return {name: new_deal(custom=custom)["id"] for name, custom in (("eu", eu), ("us", us), ("none", {}))}


@pytest.mark.parametrize(
    ("custom", "found"),
    [
        ({"note": "Call 'em"}, ["eu"]),
        ({"note": "Call"}, []),
        ({"seats": "12.50"}, ["eu"]),
        ({"seats": 12}, ["us"]),
        ({"price": {"amount_minor": 500_000, "currency": "EUR"}}, ["eu"]),
        ({"due": "2025-02-10"}, ["eu"]),
        ({"sure": False}, ["eu"]),
        ({"region": "US", "sure": True}, ["us"]),
        ({"region": "US", "sure": False}, []),
        ({"due": None}, ["us", "none"]),
        ({"due": None, "region": None}, ["none"]),
        ({"due": None, "region": "US"}, ["us"]),
        ({}, ["eu", "us", "none"]),
        (None, ["eu", "us", "none"]),
    ],
    ids=str,
)
def test_deals_are_filtered_by_their_values(deals: Any, filled: dict[str, str], custom: Any, found: list[str]) -> None:
    filters = {"custom": custom}
    page = deals.as_(JOHN).list_deals(filters=filters)
    assert {each["id"] for each in page["items"]} == {filled[name] for name in found}
    assert page["total"] == deals.as_(JOHN).totals(filters=filters)["count"] == len(found)
    board = deals.as_(JOHN).board(filters=filters)
    assert sum(column["count"] for column in board["columns"]) == len(found)
    assert len(deals.as_(JOHN).export_deals(filters=filters)["items"]) == len(found)
    assert deals.as_(JESSICA).list_deals(filters=filters)["items"] == []


@pytest.mark.parametrize(
    ("custom", "field"),
    [
        ({"color": "red"}, "custom"),
        ({"region": "Mars"}, "custom.region"),
        ({"seats": "many"}, "custom.seats"),
        ({"due": "soon"}, "custom.due"),
        ({"price": 5}, "custom.price"),
        ("region", "custom"),
        (["region"], "custom"),
    ],
    ids=str,
)
def test_what_no_deal_could_hold_is_named(deals: Any, filled: dict[str, str], custom: Any, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        deals.as_(JOHN).list_deals(filters={"custom": custom})
    assert refused.value.field == field


def test_values_of_an_archived_field_are_still_found(deals: Any, filled: dict[str, str]) -> None:
    region = next(each for each in deals.as_(ADMIN).list_custom_fields()["items"] if each["key"] == "region")
    deals.as_(ADMIN).update_custom_field(field_id=region["id"], changes={"archived": True})
    assert deals.as_(JOHN).list_deals(filters={"custom": {"region": "EU"}})["total"] == 1


def test_an_index_serves_the_filter(runtime: Any, filled: dict[str, str]) -> None:
    asked = 'EXPLAIN SELECT id FROM deals WHERE custom @> \'{"region": "EU"}\''
    with runtime.database.engine.begin() as connection:
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        connection.exec_driver_sql("SET LOCAL enable_indexscan = off")
        assert "deals_custom" in "\n".join(connection.exec_driver_sql(asked).scalars())
