"""The board and the totals: sums by currency, a page of cards a column, and cards without end."""

from __future__ import annotations

from typing import Any

import pytest

from libs.common.problems import Invalid
from tests.support.actors import ADMIN, JESSICA, JOHN


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


def test_more_cards_of_a_column_come_from_the_list(deals: Any, new_deal: Any, directory: Any, clock: Any) -> None:
    client_id = directory.add(JOHN.id)
    made = [new_deal(client_id, stage="won" if n % 3 == 0 else "lead")["id"] for n in range(12)]
    filters = {"client_id": client_id}
    board = deals.as_(JOHN).board(filters=filters, limit=3)
    seen = []
    for column in board["columns"]:
        cards, cursor = [item["id"] for item in column["items"]], column["next_cursor"]
        while cursor:
            ask = {"filters": filters | {"stage": column["stage"]}, "sort": "-stage_since", "limit": 2}
            page = deals.as_(JOHN).list_deals(**ask, cursor=cursor)
            assert page["total"] == column["count"]
            cards, cursor = cards + [item["id"] for item in page["items"]], page["next_cursor"]
        assert len(cards) == len(set(cards)) == column["count"]
        seen += cards
    assert sorted(seen) == sorted(made)


def test_a_column_that_is_shown_whole_has_no_next(deals: Any, stock: Any) -> None:
    columns = deals.as_(ADMIN).board(filters={}, limit=4)["columns"]
    assert [column["next_cursor"] for column in columns] == [None] * 6
    assert deals.as_(ADMIN).board(filters={}, limit=3)["columns"][0]["next_cursor"] is not None


@pytest.mark.parametrize("limit", [0, 201, "3", True])
def test_a_page_of_cards_has_its_bounds(deals: Any, limit: Any) -> None:
    with pytest.raises(Invalid) as refused:
        deals.as_(JOHN).board(filters={}, limit=limit)
    assert refused.value.field == "limit"


@pytest.mark.parametrize("person", [ADMIN, JOHN, JESSICA], ids=lambda person: person.name)
@pytest.mark.parametrize("filters", [{}, {"stage": "open"}, {"tag": "vip"}, {"q": "alpha"}], ids=str)
def test_totals_are_the_sums_of_the_columns(deals: Any, stock: Any, person: Any, filters: dict[str, Any]) -> None:
    columns = deals.as_(person).board(filters=filters)["columns"]
    totals = deals.as_(person).totals(filters=filters)
    assert totals["count"] == sum(column["count"] for column in columns)
    for each in totals["values"]:
        mine = [v for column in columns for v in column["values"] if v["currency"] == each["currency"]]
        for name in ("value_minor", "weighted_minor"):
            assert each[name] == sum(value[name] for value in mine)
    assert {each["currency"] for each in totals["values"]} == {v["currency"] for c in columns for v in c["values"]}


def test_totals_refuse_what_lists_refuse(deals: Any) -> None:
    with pytest.raises(Invalid) as refused:
        deals.as_(ADMIN).totals(filters={"limit": 5})
    assert refused.value.field == "limit"
