"""Deals as lists and as a board: every row once, sums by currency, and filters that mean what they say."""

from __future__ import annotations

from typing import Any

import pytest

from libs.common.ids import new_id
from libs.common.pages import encode_cursor
from libs.common.problems import Invalid
from tests.deals.conftest import BRIEF
from tests.support.actors import ADMIN, JESSICA, JOHN, system


def walk(deals: Any, **ask: Any) -> list[dict[str, Any]]:
    found, cursor = [], None
    while True:
        page = deals.as_(ADMIN).list_deals(filters=ask.get("filters", {}), sort=ask.get("sort"), limit=5, cursor=cursor)
        found += page["items"]
        cursor = page["next_cursor"]
        if cursor is None:
            assert page["total"] == len(found)
            return found


SORTS = "created_at updated_at deal_name deal_value expected_close_date stage_since stage company_name".split()
STAGES = ["lead", "qualified", "proposal", "negotiation", "won", "lost"]


@pytest.mark.parametrize("sort", SORTS)
def test_pages_hold_each_deal_once_in_order(deals: Any, stock: Any, sort: str) -> None:
    keys = {
        "deal_name": lambda deal: deal["deal_name"].lower(),
        "deal_value": lambda deal: -1 if deal["deal_value_minor"] is None else deal["deal_value_minor"],
        "expected_close_date": lambda deal: deal["expected_close_date"] or "9999-12-31",
        "stage": lambda deal: STAGES.index(deal["stage"]),
        "company_name": lambda deal: deal["company_name"].lower(),
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
        ({"stage": "open"}, 8),
        ({"stage": ["open", "won"]}, 12),
        ({"stage": ["open", "lead"]}, 8),
        ({"stage": []}, 0),
        ({"owner_id": "none"}, 0),
        ({"created_from": "2025-01-06"}, 12),
        ({"created_from": "2025-01-07"}, 0),  # it is not the 7th in New York yet
        ({"closed_from": "2025-01-06"}, 4),
        ({"closed_from": "2025-01-07"}, 0),
        ({"closed_to": "2025-01-06"}, 4),
        ({"closed_to": "2025-01-05"}, 0),
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
    assert deals.as_(ADMIN).totals(filters=filters)["count"] == count


@pytest.mark.parametrize(
    ("ask", "field"),
    [
        ({"filters": {"colour": "red"}}, "colour"),
        ({"filters": {"stage": "closed"}}, "stage"),
        ({"filters": {"stage": [["won"]]}}, "stage"),
        ({"filters": {"owner_id": "nobody"}}, "owner_id"),
        ({"filters": {"client_id": "none"}}, "client_id"),
        ({"filters": {"created_from": None}}, "created_from"),
        ({"filters": {"created_from": "soon"}}, "created_from"),
        ({"filters": {"closed_to": "2025-13-01"}}, "closed_to"),
        ({"filters": {}, "cursor": encode_cursor(["six", new_id()]), "sort": "stage"}, "cursor"),
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


def test_sums_of_a_person_are_those_of_its_rows(deals: Any, stock: Any) -> None:
    totals = {person.name: deals.as_(person).list_deals(filters={})["total"] for person in (JOHN, JESSICA, ADMIN)}
    assert totals == {"John Smith": 6, "Jessica Lee": 6, "Ada Admin": 12}


def test_deals_of_nobody_can_be_asked_for(deals: Any, new_deal: Any, directory: Any) -> None:
    new_deal()
    deals.as_(system("gateway")).submit_brief(brief=BRIEF, client=lead(directory.add(None)), reference="r")
    (found,) = deals.as_(ADMIN).list_deals(filters={"owner_id": "none"})["items"]
    assert found["owner_id"] is None


def lead(client_id: str) -> dict[str, Any]:
    return {"client_id": client_id, "company_name": "Fresh", "owner_id": None}
