"""Fields that a company defines for its deals."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from libs.common import migrate
from libs.common.problems import Forbidden, Invalid
from services.deals import models
from services.deals.queries import custom
from tests.support.actors import ADMIN, JESSICA, JOHN
from tests.support.delivering import told


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


def test_texts_of_its_own_fields_are_told(deals: Any, runtime: Any, filled: dict[str, str]) -> None:
    deals.as_(JOHN).update_deal(deal_id=filled["eu"], changes={"custom": {"note": None}})
    deals.as_(JOHN).move_stage(deal_id=filled["eu"], stage="proposal")
    said = [(each.type, each.data["custom_text"]) for each in told(runtime) if each.data.get("deal_id") == filled["eu"]]
    assert said == [
        ("deal.created", "2025-02-10, Call 'em, EU"),
        ("deal.changed", "2025-02-10, EU"),
        ("deal.stage_changed", "2025-02-10, EU"),
    ]
    assert [each.data["custom_text"] for each in told(runtime) if each.data.get("deal_id") == filled["none"]] == [None]


def _euros(amount: int, currency: str = "EUR") -> dict[str, Any]:
    return {"amount_minor": amount, "currency": currency}


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({"custom_from": {"seats": 12.5}}, ["eu"]),
        ({"custom_from": {"seats": "12"}}, ["eu", "us"]),
        ({"custom_from": {"seats": 13}}, []),
        ({"custom_to": {"seats": "12.499999"}}, ["us"]),
        ({"custom_from": {"seats": 12}, "custom_to": {"seats": 12}}, ["us"]),
        ({"custom_from": {"price": _euros(500_000)}}, ["eu"]),
        ({"custom_to": {"price": _euros(500_000, "USD")}}, ["us"]),
        ({"custom_from": {"price": _euros(1)}, "custom_to": {"price": _euros(499_999)}}, []),
        ({"custom_from": {"due": "2025-02-10"}, "custom_to": {"due": "2025-02-10"}}, ["eu"]),
        ({"custom_from": {"due": "2025-02-11"}}, []),
        ({"custom_from": {"seats": 1, "due": "2025-01-01"}, "custom_to": {"price": _euros(10**9)}}, ["eu"]),
        ({"custom_contains": {"note": "CALL"}}, ["eu", "us"]),
        ({"custom_contains": {"note": "l 'e"}}, ["eu"]),
        ({"custom_contains": {"note": "%"}}, []),
        ({"custom_contains": {"note": "c_ll"}}, []),
        ({"custom_contains": {"note": "call"}, "custom_from": {"seats": 12.1}}, ["eu"]),
        ({"custom_contains": {"note": "call"}, "custom": {"region": "US"}, "stage": ["lead"]}, ["us"]),
        ({"custom_from": {}, "custom_to": None, "custom_contains": {}}, ["eu", "us", "none"]),
        ({"q": "CALL"}, ["eu", "us"]),
        ({"q": "l 'e"}, ["eu"]),
    ],
    ids=str,
)
def test_deals_are_filtered_by_bounds_and_by_parts(
    deals: Any, filled: dict[str, str], filters: dict[str, Any], found: list[str]
) -> None:
    page = deals.as_(JOHN).list_deals(filters=filters)
    assert {each["id"] for each in page["items"]} == {filled[name] for name in found}
    assert page["total"] == deals.as_(JOHN).totals(filters=filters)["count"] == len(found)
    board = deals.as_(JOHN).board(filters=filters)
    assert sum(column["count"] for column in board["columns"]) == len(found)
    assert sum(len(column["items"]) for column in board["columns"]) == len(found)
    assert len(deals.as_(JOHN).export_deals(filters=filters)["items"]) == len(found)
    assert deals.as_(JESSICA).list_deals(filters=filters)["items"] == []


@pytest.mark.parametrize(
    ("filters", "field"),
    [
        ({"custom_from": {"color": 5}}, "custom_from"),
        ({"custom_to": ["seats"]}, "custom_to"),
        ({"custom_contains": "note"}, "custom_contains"),
        ({"custom_from": {"note": "a"}}, "custom_from.note"),
        ({"custom_from": {"region": "EU"}}, "custom_from.region"),
        ({"custom_to": {"sure": True}}, "custom_to.sure"),
        ({"custom_from": {"seats": "many"}}, "custom_from.seats"),
        ({"custom_from": {"seats": True}}, "custom_from.seats"),
        ({"custom_from": {"seats": None}}, "custom_from.seats"),
        ({"custom_to": {"due": "soon"}}, "custom_to.due"),
        ({"custom_to": {"due": ""}}, "custom_to.due"),
        ({"custom_to": {"price": 5}}, "custom_to.price"),
        ({"custom_to": {"price": {"amount_minor": 5, "currency": "XXX"}}}, "custom_to.price"),
        ({"custom_from": {"seats": 13}, "custom_to": {"seats": 12}}, "custom_from.seats"),
        ({"custom_from": {"due": "2025-02-11"}, "custom_to": {"due": "2025-02-10"}}, "custom_from.due"),
        ({"custom_from": {"price": _euros(2)}, "custom_to": {"price": _euros(1)}}, "custom_from.price"),
        ({"custom_from": {"price": _euros(1)}, "custom_to": {"price": _euros(2, "USD")}}, "custom_to.price"),
        ({"custom_contains": {"region": "E"}}, "custom_contains.region"),
        ({"custom_contains": {"note": 5}}, "custom_contains.note"),
        ({"custom_contains": {"note": " "}}, "custom_contains.note"),
        ({"custom_contains": {"note": "a\x00"}}, "custom_contains.note"),
    ],
    ids=str,
)
def test_bounds_that_no_field_has_are_named(
    deals: Any, filled: dict[str, str], filters: dict[str, Any], field: str
) -> None:
    for asked in (deals.as_(JOHN).list_deals, deals.as_(JOHN).totals, deals.as_(JOHN).board):
        with pytest.raises(Invalid) as refused:
            asked(filters=filters)
        assert refused.value.field == field


def test_bounds_follow_what_deals_hold_now(deals: Any, filled: dict[str, str]) -> None:
    def found(**filters: Any) -> int:
        total: int = deals.as_(JOHN).list_deals(filters=filters)["total"]
        return total

    deals.as_(JOHN).update_deal(deal_id=filled["us"], changes={"custom": {"seats": 40, "note": None}})
    assert found(custom_from={"seats": 20}) == 1 and found(custom_contains={"note": "call"}) == 1
    deals.as_(JOHN).update_deal(deal_id=filled["eu"], changes={"custom": {"seats": None}})
    assert found(custom_from={"seats": 0}) == 1
    seats = next(each for each in deals.as_(ADMIN).list_custom_fields()["items"] if each["key"] == "seats")
    deals.as_(ADMIN).update_custom_field(field_id=seats["id"], changes={"archived": True})
    assert found(custom_from={"seats": 40}) == 1


def test_values_of_an_archived_field_are_still_found(deals: Any, filled: dict[str, str]) -> None:
    region = next(each for each in deals.as_(ADMIN).list_custom_fields()["items"] if each["key"] == "region")
    deals.as_(ADMIN).update_custom_field(field_id=region["id"], changes={"archived": True})
    assert deals.as_(JOHN).list_deals(filters={"custom": {"region": "EU"}})["total"] == 1


@pytest.mark.parametrize(
    ("filters", "index"),
    # Of the two for text the smaller costs less where there are few.
    [
        ({"custom_from": {"seats": 12}}, "deal_custom_values_number"),
        ({"custom_to": {"price": _euros(5)}}, "deal_custom_values_money"),
        ({"custom_from": {"due": "2025-02-10"}, "custom_to": {"due": "2025-03-01"}}, "deal_custom_values_date"),
        ({"custom_contains": {"note": "call"}}, "deal_custom_values_t"),
    ],
    ids=str,
)
def test_indexes_serve_the_bounds(runtime: Any, filled: dict[str, str], filters: dict[str, Any], index: str) -> None:
    with runtime.database.engine.begin() as connection:
        (wanted,) = custom.conditions(Session(connection), filters)
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        written = select(models.deals.c.id).where(wanted).compile(connection, compile_kwargs={"literal_binds": True})
        plan = "\n".join(connection.exec_driver_sql(f"EXPLAIN {written}").scalars())
    assert index in plan, plan


def test_what_deals_held_before_is_taken_over(databases: Any) -> None:
    url = databases.empty("deals_values").replace("postgresql://", "postgresql+psycopg://", 1)
    migrate.upgrade("deals", url, "0011")
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.exec_driver_sql(_OLD_ROWS)
    migrate.upgrade("deals", url)
    with engine.begin() as connection:
        rows = connection.exec_driver_sql("SELECT * FROM deal_custom_values ORDER BY key").mappings().all()
    engine.dispose()
    kept = [{name: value for name, value in row.items() if value is not None and name != "deal_id"} for row in rows]
    assert kept == [
        {"key": "due", "date": date(2025, 2, 10)},
        {"key": "note", "text": "it's so"},
        {"key": "price", "amount_minor": 500, "currency": "EUR"},
        {"key": "region", "text": "EU"},
        {"key": "seats", "number": Decimal("12.5")},
        {"key": "sure", "flag": False},
    ]


_OLD_ROWS = """
INSERT INTO custom_fields (id, entity, key, label, kind, options, position, archived, created_at, updated_at, version)
SELECT gen_random_uuid(), 'deal', key, key, kind, '[]', 1, false, now(), now(), 1
FROM (VALUES ('due', 'date'), ('note', 'text'), ('price', 'money'), ('region', 'choice'), ('seats', 'number'),
    ('sure', 'yes_no')) AS f (key, kind);
INSERT INTO deals (id, deal_name, client_id, currency, stage, stage_since, source, tags, custom, created_on,
    last_activity_at, created_at, updated_at, version)
SELECT gen_random_uuid(), 'Old', gen_random_uuid(), 'USD', 'lead', now(), 'manual', '{}', custom::jsonb, current_date,
    now(), now(), now(), 1
FROM (VALUES ('{}'), ('{"due": "2025-02-10", "note": "it''s so", "price": {"amount_minor": 500, "currency": "EUR"},
    "region": "EU", "seats": 12.5, "sure": false, "gone": 5}')) AS d (custom);
"""


def test_an_index_serves_the_filter(runtime: Any, filled: dict[str, str]) -> None:
    asked = 'EXPLAIN SELECT id FROM deals WHERE custom @> \'{"region": "EU"}\''
    with runtime.database.engine.begin() as connection:
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        connection.exec_driver_sql("SET LOCAL enable_indexscan = off")
        assert "deals_custom" in "\n".join(connection.exec_driver_sql(asked).scalars())
