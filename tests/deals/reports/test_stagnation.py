"""Deals nobody works on: what counts as work, what is usual for a stage, and one condition for lists and figures."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from libs.common.problems import Invalid
from tests.support.actors import ADMIN, JESSICA, JOHN

EVERYTHING: list[dict[str, Any]] = [{"stagnant": True}, {"idle_days": 5}, {"stagnant": True, "idle_days": 5}]


def names(answer: dict[str, Any]) -> list[str]:
    return [item["deal_name"] for item in answer["items"]]


def test_idle_from_the_fourteenth_day_on(deals: Any, new_deal: Any, clock: Any) -> None:
    made = new_deal(deal_value_minor=5_000)
    for days, total in ((13, 0), (1, 1)):
        clock.at += timedelta(days=days)
        answer = deals.as_(ADMIN).stagnation()
        assert answer["total"] == total == deals.as_(ADMIN).totals(filters={"stagnant": True})["count"]
    (item,) = answer["items"]
    assert (item["id"], item["idle_days"], item["days_in_stage"], item["because"]) == (made["id"], 14, 14, ["idle"])
    assert (item["usual_days"], answer["idle_days"]) == (None, 14)
    assert answer["values"] == [{"currency": "USD", "value_minor": 5_000}]
    assert answer["stages"][0] == {
        "stage": "lead", "count": 1, "value_minor": 5_000, "median_idle_days": 14, "usual_days": None
    }  # fmt: skip


def test_days_are_those_of_the_business(deals: Any, new_deal: Any, clock: Any) -> None:
    new_deal()  # 21:30 on the 6th
    clock.at += timedelta(days=2, hours=2)  # 23:30 on the 8th
    assert deals.as_(ADMIN).stagnation(idle_days=3)["total"] == 0
    clock.at += timedelta(hours=1)
    assert deals.as_(ADMIN).stagnation(idle_days=3)["total"] == 1


@pytest.mark.parametrize("kind", ["call", "email", "meeting", "note", "whatsapp", "task", "system"])
def test_what_counts_as_work(deals: Any, new_deal: Any, clock: Any, hear: Any, kind: str) -> None:
    made = new_deal()
    clock.at += timedelta(days=20)
    at = (clock.at - timedelta(days=2)).isoformat()
    hear("activity.logged", client_id=made["client_id"], deal_id=made["id"], type=kind, occurred_at=at)
    found = deals.as_(ADMIN).stagnation(idle_days=2)["items"]
    assert [item["idle_days"] for item in found] == [20 if kind in ("task", "system") else 2]


def test_work_on_a_client_is_work_on_its_open_deals(
    deals: Any, new_deal: Any, clock: Any, hear: Any, directory: Any
) -> None:
    client_id, other = directory.add(JOHN.id), directory.add(JOHN.id)
    new_deal(client_id, deal_name="one")
    two = new_deal(client_id, deal_name="two")
    new_deal(other, deal_name="of another")
    clock.at += timedelta(days=20)
    now = clock.at.isoformat()
    hear("activity.logged", client_id=client_id, deal_id=None, type="call", occurred_at=now)
    assert names(deals.as_(ADMIN).stagnation()) == ["of another"]
    clock.at += timedelta(days=20)
    hear("activity.logged", client_id=client_id, deal_id=two["id"], type="call", occurred_at=clock.at.isoformat())
    hear("activity.logged", client_id=client_id, deal_id=two["id"], type="call", occurred_at=now)
    assert names(deals.as_(ADMIN).stagnation()) == ["of another", "one"]
    ahead = (clock.at + timedelta(days=300)).isoformat()
    hear("activity.logged", client_id=other, deal_id=None, type="meeting", occurred_at=ahead)
    assert names(deals.as_(ADMIN).stagnation()) == ["one"]
    clock.at += timedelta(days=14)
    assert set(names(deals.as_(ADMIN).stagnation())) == {"one", "two", "of another"}


def test_a_move_is_work_and_a_closed_deal_needs_none(deals: Any, new_deal: Any, clock: Any) -> None:
    moved, won = new_deal(), new_deal()
    clock.at += timedelta(days=20)
    deals.as_(JOHN).move_stage(deal_id=moved["id"], stage="proposal")
    deals.as_(JOHN).move_stage(deal_id=won["id"], stage="won")
    assert deals.as_(ADMIN).stagnation()["total"] == 0
    clock.at += timedelta(days=20)
    assert [item["id"] for item in deals.as_(ADMIN).stagnation()["items"]] == [moved["id"]]


def test_longer_than_is_usual_for_the_stage(deals: Any, new_deal: Any, clock: Any, hear: Any) -> None:
    """Of 20 stays, 15 took no more than 15 days: who stays 16 is late, even if somebody worked on it."""
    waiting = [new_deal(deal_name="late"), *(new_deal() for _ in range(20))]
    for n, deal in enumerate(waiting[1:]):
        clock.at += timedelta(days=1)
        if n < 19:
            deals.as_(JOHN).move_stage(deal_id=deal["id"], stage="lost", lost_reason="price")
    hear(
        "activity.logged",
        client_id=waiting[0]["client_id"],
        deal_id=None,
        type="note",
        occurred_at=clock.at.isoformat(),
    )
    assert names(deals.as_(ADMIN).stagnation(filters={"client_id": waiting[0]["client_id"]})) == []
    deals.as_(JOHN).move_stage(deal_id=waiting[20]["id"], stage="proposal")
    (item,) = deals.as_(ADMIN).stagnation()["items"]
    assert (item["deal_name"], item["because"], item["usual_days"]) == ("late", ["long_in_stage"], 15)
    assert (item["idle_days"], item["days_in_stage"]) == (0, 20)
    forecast = deals.as_(ADMIN).forecast(from_day="2025-01-01", to_day="2025-01-31")
    assert [stage["usual_days"] for stage in forecast["stages"]] == [15, None, None, None, None, None]


@pytest.mark.parametrize("filters", EVERYTHING, ids=str)
@pytest.mark.parametrize("person", [ADMIN, JOHN, JESSICA], ids=lambda person: person.name)
def test_lists_board_and_totals_count_the_same(
    deals: Any, stock: Any, clock: Any, hear: Any, filters: dict[str, Any], person: Any
) -> None:
    clock.at += timedelta(days=15)
    busy = stock[3]
    hear(
        "activity.logged",
        client_id=busy["client_id"],
        deal_id=busy["id"],
        type="note",
        occurred_at=clock.at.isoformat(),
    )
    ask = deals.as_(person)
    listed, totals = ask.list_deals(filters=filters, limit=50), ask.totals(filters=filters)
    board = ask.board(filters=filters)["columns"]
    report = ask.stagnation(idle_days=filters.get("idle_days"))
    assert listed["total"] == totals["count"] == sum(column["count"] for column in board) == report["total"] > 0
    assert busy["id"] not in {item["id"] for item in listed["items"]}
    assert {item["id"] for item in report["items"]} == {item["id"] for item in listed["items"]}
    assert {v["currency"]: v["value_minor"] for v in report["values"]} == {
        v["currency"]: v["value_minor"] for v in totals["values"]
    }
    assert sum(stage["count"] for stage in report["stages"]) == report["total"]
    others = ask.list_deals(filters={"stagnant": False}, limit=50)["total"]
    assert others + ask.list_deals(filters={"stagnant": True})["total"] == ask.list_deals(filters={})["total"]


def test_pages_of_it_hold_each_deal_once(deals: Any, new_deal: Any, clock: Any) -> None:
    made = {new_deal()["id"] for _ in range(5)}
    clock.at += timedelta(days=15)
    seen, cursor = [], None
    for _ in range(3):
        page = deals.as_(ADMIN).stagnation(limit=2, cursor=cursor)
        seen, cursor = [*seen, *(item["id"] for item in page["items"])], page["next_cursor"]
    assert cursor is None and len(seen) == 5 and set(seen) == made


@pytest.mark.parametrize("days", [0, -1, 1.5, "5", True, 4000])
def test_days_that_are_none(deals: Any, days: Any) -> None:
    for ask in (
        lambda: deals.as_(ADMIN).stagnation(idle_days=days),
        lambda: deals.as_(ADMIN).list_deals(filters={"idle_days": days}),
    ):
        with pytest.raises(Invalid) as refused:
            ask()
        assert refused.value.field == "idle_days"
    with pytest.raises(Invalid) as refused:
        deals.as_(ADMIN).list_deals(filters={"stagnant": "yes"})
    assert refused.value.field == "stagnant"


def test_the_middle_of_an_even_number_is_between_two(deals: Any, new_deal: Any, clock: Any) -> None:
    for days in (1, 2, 5, 20):
        new_deal()
        clock.at += timedelta(days=days)
    assert deals.as_(ADMIN).stagnation()["stages"][0]["median_idle_days"] == 26, "28, 27, 25 and 20 days"
    new_deal()
    clock.at += timedelta(days=14)
    assert deals.as_(ADMIN).stagnation()["stages"][0]["median_idle_days"] == 39


def test_the_greatest_risks_weigh_most(deals: Any, new_deal: Any, clock: Any, hear: Any) -> None:
    hear("exchange_rate.set", currency="JPY", day="2025-01-01", rate="0.01", version=1)
    new_deal(deal_name="idle", stage="proposal", deal_value_minor=1_000)
    new_deal(deal_name="yen", stage="proposal", deal_value_minor=2_000, currency="JPY")  # 20 dollars
    new_deal(deal_name="without a rate", stage="negotiation", deal_value_minor=9_999, currency="GBP")
    new_deal(deal_name="small", stage="lead", deal_value_minor=2_000)
    new_deal(deal_name="won", stage="won", deal_value_minor=90_000)
    clock.at += timedelta(days=16)
    new_deal(deal_name="fresh", stage="negotiation", deal_value_minor=90_000)
    new_deal(deal_name="overdue", stage="qualified", deal_value_minor=3_000, expected_close_date="2025-01-21")
    items = deals.as_(ADMIN).risks()["items"]
    assert names({"items": items}) == ["yen", "overdue", "idle", "small", "without a rate"]
    assert [item["because"] for item in items[:3]] == [["idle"], ["overdue"], ["idle"]]
    assert (items[2]["weighted_minor"], items[2]["currency"], items[0]["weighted_minor"]) == (500, "USD", 1_000)
    # What stands still is counted as its own report counts it; the overdue one was left alone, too.
    for who, filters in ((ADMIN, {}), (ADMIN, {"currency": "USD"}), (JESSICA, {})):
        counted = deals.as_(who).stagnation(filters=filters)["stages"]
        told = [{name: each[name] for name in ("stage", "count", "median_idle_days")} for each in counted]
        assert deals.as_(who).risks(filters=filters)["stages"] == told
    assert sum(each["count"] for each in deals.as_(ADMIN).risks()["stages"]) == 4
    assert names(deals.as_(ADMIN).risks(limit=1, filters={"currency": "USD"})) == ["overdue"]
    # An admin's are found another way than those of somebody who sees some clients only.
    assert [deals.as_(JOHN).risks(limit=size)["items"] for size in (1, 2, 5)] == [items[:1], items[:2], items]
    assert deals.as_(ADMIN).risks(filters={"stage": ["won"]}) == {"items": [], "stages": []}
    assert names(deals.as_(JESSICA).risks()) == []
    january = {"from_day": "2025-01-01", "to_day": "2025-01-31"}
    for person in (ADMIN, JOHN):
        assert names(deals.as_(person).risks(**january)) == ["overdue"]
        assert deals.as_(person).risks(**january)["stages"] == deals.as_(person).risks()["stages"]
        assert names(deals.as_(person).risks(from_day="2030-01-01", to_day="2030-03-31")) == []
