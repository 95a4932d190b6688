"""Deals as lists and as a board: every row once, sums by currency, and filters that mean what they say."""

from __future__ import annotations

from typing import Any

import pytest

from libs.common.ids import new_id
from libs.common.pages import encode_cursor
from libs.common.problems import Invalid
from tests.support.actors import ADMIN, JESSICA, JOHN


@pytest.fixture
def stock(new_deal: Any, directory: Any) -> list[dict[str, Any]]:
    """Twelve deals of two clients, some alike in what is sorted by."""
    clients = [directory.add(JOHN.id, label="Acme 100% Ltd"), directory.add(JESSICA.id, label="Bcme")]
    made = []
    for n in range(12):
        data = {
            "deal_name": f"{'Alpha' if n % 2 else 'beta'} {n // 4}",
            "deal_value_minor": None if n == 0 else n // 3 * 1_001,
            "currency": "JPY" if n % 4 == 3 else "USD",
            "stage": ["lead", "qualified", "won"][n % 3],
            "expected_close_date": None if n % 5 == 0 else f"2025-03-{n + 1:02d}",
            "tags": ["vip"] if n % 2 else [],
            "source": "referral" if n < 3 else "manual",
            "description": "about 50_percent" if n == 7 else None,
        }
        made.append(new_deal(clients[n % 2], **data))
    return made


def walk(deals: Any, **ask: Any) -> list[dict[str, Any]]:
    found, cursor = [], None
    while True:
        page = deals.as_(ADMIN).list_deals(filters=ask.get("filters", {}), sort=ask.get("sort"), limit=5, cursor=cursor)
        found += page["items"]
        cursor = page["next_cursor"]
        if cursor is None:
            assert page["total"] == len(found)
            return found


@pytest.mark.parametrize("sort", ["created_at", "updated_at", "deal_name", "deal_value", "expected_close_date"])
def test_pages_hold_each_deal_once_in_order(deals: Any, stock: Any, sort: str) -> None:
    keys = {
        "deal_name": lambda deal: deal["deal_name"].lower(),
        "deal_value": lambda deal: -1 if deal["deal_value_minor"] is None else deal["deal_value_minor"],
        "expected_close_date": lambda deal: deal["expected_close_date"] or "9999-12-31",
    }
    key = keys.get(sort, lambda deal: deal[sort])
    up, down = walk(deals, sort=sort), walk(deals, sort=f"-{sort}")
    assert {deal["id"] for deal in up} == {deal["id"] for deal in stock} and len(up) == 12
    assert [key(deal) for deal in up] == sorted(map(key, up)) and up == down[::-1]


def test_newest_first_unless_told_otherwise(deals: Any, stock: Any) -> None:
    assert walk(deals) == walk(deals, sort="-created_at")


@pytest.mark.parametrize(
    ("filters", "count"),
    [
        ({"stage": "won"}, 4),
        ({"stage": ["won", "lead"]}, 8),
        ({"tag": "VIP"}, 6),
        ({"source": "referral"}, 3),
        ({"closing_from": "2025-03-07"}, 5),
        ({"closing_to": "2025-03-07"}, 5),
        ({"closing_from": "2025-03-07", "closing_to": "2025-03-07"}, 1),
        ({"q": "alpha"}, 6),
        ({"q": "50_percent"}, 1),
        ({"q": "50xpercent"}, 0),
        ({"q": "100%"}, 6),
        ({"q": "acme"}, 6),
        ({"q": "bcme"}, 6),
        ({"owner_id": JOHN.id}, 12),
        ({"owner_id": new_id()}, 0),
        ({"client_id": new_id()}, 0),
        ({"stage": "won", "tag": "vip", "q": "Alpha"}, 2),
        ({}, 12),
    ],
)
def test_filters(deals: Any, stock: Any, filters: dict[str, Any], count: int) -> None:
    page = deals.as_(ADMIN).list_deals(filters=filters)
    assert (page["total"], len(page["items"])) == (count, count)
    board = deals.as_(ADMIN).board(filters=filters)
    assert sum(column["count"] for column in board["columns"]) == count


@pytest.mark.parametrize(
    ("ask", "field"),
    [
        ({"filters": {"colour": "red"}}, "colour"),
        ({"filters": {"stage": "closed"}}, "stage"),
        ({"filters": {"owner_id": "x"}}, "owner_id"),
        ({"filters": {"closing_from": "soon"}}, "closing_from"),
        ({"filters": {}, "sort": "secret"}, "sort"),
        ({"filters": {}, "limit": 0}, "limit"),
        ({"filters": {}, "limit": 201}, "limit"),
        ({"filters": {}, "cursor": "made up"}, "cursor"),
        ({"filters": {}, "cursor": encode_cursor(["2025-01-01", "not an id"])}, "cursor"),
        ({"filters": {}, "cursor": encode_cursor(["2025-01-01", None])}, "cursor"),
        ({"filters": {}, "cursor": encode_cursor([True, new_id()]), "sort": "deal_value"}, "cursor"),
        ({"filters": {}, "cursor": encode_cursor([str(2**80), new_id()]), "sort": "deal_value"}, "cursor"),
        ({"filters": {}, "cursor": encode_cursor(["a\x00", new_id()]), "sort": "deal_name"}, "cursor"),
        ({"filters": {}, "cursor": encode_cursor(["31 March", new_id()]), "sort": "expected_close_date"}, "cursor"),
    ],
)
def test_what_cannot_be_asked_is_named(deals: Any, ask: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        deals.as_(ADMIN).list_deals(**ask)
    assert refused.value.field == field


def test_the_board_sums_each_currency_by_itself(deals: Any, stock: Any) -> None:
    columns = {column["stage"]: column for column in deals.as_(ADMIN).board(filters={})["columns"]}
    assert list(columns) == ["lead", "qualified", "proposal", "negotiation", "won", "lost"]
    for stage, weight in (("lead", 10), ("qualified", 25), ("won", 100), ("proposal", 50), ("lost", 0)):
        mine = [deal for deal in stock if deal["stage"] == stage]
        column = columns[stage]
        assert (column["count"], column["weight"], len(column["items"])) == (len(mine), weight, len(mine))
        for value in column["values"]:
            total = sum(d["deal_value_minor"] or 0 for d in mine if d["currency"] == value["currency"])
            assert value["value_minor"] == total and value["weighted_minor"] == (total * weight * 2 + 100) // 200
        assert {value["currency"] for value in column["values"]} == {deal["currency"] for deal in mine}


def test_a_column_shows_its_newest_25_and_counts_all(deals: Any, new_deal: Any, directory: Any) -> None:
    client_id = directory.add(JOHN.id)
    made = [new_deal(client_id, deal_value_minor=1)["id"] for _ in range(27)]
    lead = deals.as_(JOHN).board(filters={})["columns"][0]
    assert (lead["count"], lead["values"][0]["value_minor"]) == (27, 27)
    assert [item["id"] for item in lead["items"]] == made[::-1][:25]


def test_sums_of_a_person_are_those_of_its_rows(deals: Any, stock: Any) -> None:
    totals = {person.name: deals.as_(person).list_deals(filters={})["total"] for person in (JOHN, JESSICA, ADMIN)}
    assert totals == {"John Smith": 6, "Jessica Lee": 6, "Ada Admin": 12}
