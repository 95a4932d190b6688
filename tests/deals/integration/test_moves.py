"""Deals by hand, and their way through the stages: rows, history and events agree, whoever moves at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from libs.common.ids import new_id
from libs.common.problems import Conflict, Invalid, NotFound, Problem
from services.deals.domain import STAGES
from tests.support.actors import ADMIN, JOHN
from tests.support.delivering import told


def steps(deals: Any, deal_id: str) -> list[tuple[str | None, str]]:
    return [(row["from_stage"], row["to_stage"]) for row in deals.as_(JOHN).history(deal_id=deal_id)["items"]]


def test_a_deal_by_hand(deals: Any, new_deal: Any, runtime: Any) -> None:
    made = new_deal(tags=["VIP", "vip"], description=" big one ", expected_close_date="2025-03-01")
    assert (made["stage"], made["source"], made["currency"], made["owner_id"]) == ("lead", "manual", "USD", JOHN.id)
    assert (made["tags"], made["description"], made["expected_close_date"]) == (["vip"], "big one", "2025-03-01")
    assert made["company_name"] == "TechCorp" and made["version"] == 1 and made["probability"] == 10
    assert deals.as_(JOHN).get_deal(deal_id=made["id"]) == made
    event = told(runtime)[0]
    assert (event.type, event.aggregate_version, event.data["previous_stage"]) == ("deal.created", 1, None)
    assert steps(deals, made["id"]) == [(None, "lead")]


def test_won_closes_today_in_the_business_zone_and_tells_it(deals: Any, new_deal: Any, runtime: Any) -> None:
    deal_id = new_deal()["id"]
    won = deals.as_(JOHN).move_stage(deal_id=deal_id, stage="won")
    assert (won["stage"], won["actual_close_date"], won["probability"], won["version"]) == ("won", "2025-01-06", 100, 2)
    moved, told_won = told(runtime)[1:]
    assert (moved.type, told_won.type) == ("deal.stage_changed", "deal.won")
    assert moved.aggregate_version == told_won.aggregate_version == 2 and moved.data == told_won.data
    assert (told_won.data["previous_stage"], told_won.data["actual_close_date"]) == ("lead", "2025-01-06")
    row = deals.as_(JOHN).history(deal_id=deal_id)["items"][-1]
    assert (row["from_stage"], row["to_stage"], row["moved_by"], row["moved_by_name"]) == (
        "lead",
        "won",
        JOHN.id,
        "John Smith",
    )
    assert row["deal_value_minor"] == 6_250_000


def test_lost_needs_a_reason_and_keeps_it(deals: Any, new_deal: Any, runtime: Any) -> None:
    deal_id = new_deal()["id"]
    for reason in (None, "  "):
        with pytest.raises(Invalid) as refused:
            deals.as_(JOHN).move_stage(deal_id=deal_id, stage="lost", lost_reason=reason)
        assert refused.value.field == "lost_reason"
    lost = deals.as_(JOHN).move_stage(deal_id=deal_id, stage="lost", lost_reason=" too expensive ")
    assert (lost["lost_reason"], lost["actual_close_date"]) == ("too expensive", "2025-01-06")
    assert [event.type for event in told(runtime)][1:] == ["deal.stage_changed", "deal.lost"]


def test_reopening_undoes_both(deals: Any, new_deal: Any, runtime: Any) -> None:
    deal_id = new_deal()["id"]
    for stage, reason in (("lost", "price"), ("negotiation", None), ("won", None), ("proposal", None)):
        moved = deals.as_(JOHN).move_stage(deal_id=deal_id, stage=stage, lost_reason=reason)
    assert (moved["actual_close_date"], moved["lost_reason"], moved["version"]) == (None, None, 5)
    kinds = [event.type.removeprefix("deal.") for event in told(runtime)]
    change = "stage_changed"
    assert kinds == ["created", change, "lost", change, "reopened", change, "won", change, "reopened"]
    assert steps(deals, deal_id) == [
        (None, "lead"), ("lead", "lost"), ("lost", "negotiation"), ("negotiation", "won"), ("won", "proposal"),
    ]  # fmt: skip


def test_from_won_to_lost_is_reopened_and_lost(deals: Any, new_deal: Any, runtime: Any) -> None:
    deal_id = new_deal(stage="won")["id"]
    deals.as_(JOHN).move_stage(deal_id=deal_id, stage="lost", lost_reason="cancelled")
    last = told(runtime)[-3:]
    assert [event.type for event in last] == ["deal.stage_changed", "deal.reopened", "deal.lost"]
    assert {event.data["previous_stage"] for event in last} == {"won"} and len({e.aggregate_version for e in last}) == 1


@pytest.mark.parametrize("stage", STAGES)
def test_a_deal_may_begin_in_any_stage(deals: Any, new_deal: Any, runtime: Any, stage: str) -> None:
    made = new_deal(stage=stage, lost_reason="price" if stage == "lost" else None)
    assert made["stage"] == stage and (made["actual_close_date"] is not None) is (stage in ("won", "lost"))
    closed = {"won": ["deal.stage_changed", "deal.won"], "lost": ["deal.stage_changed", "deal.lost"]}.get(stage, [])
    assert [event.type for event in told(runtime)] == ["deal.created", *closed]


def test_to_where_it_is_changes_nothing(deals: Any, new_deal: Any, runtime: Any) -> None:
    made = new_deal(stage="proposal")
    same = made | {"previous_stage": "proposal", "previous_lost_reason": None}
    assert deals.as_(JOHN).move_stage(deal_id=made["id"], stage="proposal") == same and len(told(runtime)) == 1


def test_a_move_says_what_it_can_be_undone_with(deals: Any, new_deal: Any) -> None:
    deal_id = new_deal()["id"]
    lost = deals.as_(JOHN).move_stage(deal_id=deal_id, stage="lost", lost_reason="price")
    assert (lost["previous_stage"], lost["previous_lost_reason"]) == ("lead", None)
    again = deals.as_(JOHN).move_stage(deal_id=deal_id, stage="won")
    assert (again["previous_stage"], again["previous_lost_reason"]) == ("lost", "price")
    undo = {"stage": again["previous_stage"], "lost_reason": again["previous_lost_reason"]}
    undone = deals.as_(JOHN).move_stage(deal_id=deal_id, version=again["version"], **undo)
    assert (undone["stage"], undone["lost_reason"], undone["previous_stage"]) == ("lost", "price", "won")
    nothing = deals.as_(JOHN).move_stage(deal_id=deal_id, stage="lost")
    assert nothing["previous_stage"] == nothing["stage"] == "lost"


def test_a_stale_version_is_refused_and_says_the_newest(deals: Any, new_deal: Any) -> None:
    deal_id = new_deal()["id"]
    deals.as_(ADMIN).update_deal(deal_id=deal_id, changes={"description": "x"}, version=1)
    for late in (
        lambda: deals.as_(JOHN).update_deal(deal_id=deal_id, changes={"description": "y"}, version=1),
        lambda: deals.as_(JOHN).move_stage(deal_id=deal_id, stage="won", version=1),
    ):
        with pytest.raises(Conflict) as refused:
            late()
        assert refused.value.extra["current_version"] == 2
    assert deals.as_(JOHN).get_deal(deal_id=deal_id)["description"] == "x"


def test_a_move_sent_again_is_one_move(deals: Any, new_deal: Any, runtime: Any) -> None:
    deal_id, key = new_deal()["id"], new_id()
    first = deals.as_(JOHN, key).move_stage(deal_id=deal_id, stage="won")
    deals.as_(JOHN).move_stage(deal_id=deal_id, stage="proposal")
    assert deals.as_(JOHN, key).move_stage(deal_id=deal_id, stage="won") == first
    assert deals.as_(JOHN).get_deal(deal_id=deal_id)["stage"] == "proposal"
    assert [event.type for event in told(runtime)].count("deal.won") == 1


def test_a_refused_command_leaves_its_key_free(deals: Any, new_deal: Any) -> None:
    deal_id, key = new_deal()["id"], new_id()
    with pytest.raises(Invalid):
        deals.as_(JOHN, key).move_stage(deal_id=deal_id, stage="lost")
    assert deals.as_(JOHN, key).move_stage(deal_id=deal_id, stage="lost", lost_reason="price")["stage"] == "lost"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"stage": "won"}, "stage"),
        ({"client_id": new_id()}, "client_id"),
        ({"deal_value_minor": -1}, "deal_value_minor"),
        ({"deal_value_minor": 1.5}, "deal_value_minor"),
        ({"deal_name": ""}, "deal_name"),
        ({"expected_close_date": "soon"}, "expected_close_date"),
        ({"ai_score": 100}, "ai_score"),
        ({"version": 5}, "version"),
    ],
)
def test_what_may_not_be_changed_is_named(deals: Any, new_deal: Any, changes: dict[str, Any], field: str) -> None:
    made = new_deal()
    with pytest.raises(Invalid) as refused:
        deals.as_(JOHN).update_deal(deal_id=made["id"], changes=changes)
    assert refused.value.field == field and deals.as_(JOHN).get_deal(deal_id=made["id"]) == made


def test_a_change_tells_the_new_state(deals: Any, new_deal: Any, runtime: Any) -> None:
    deal_id = new_deal()["id"]
    changes = {
        "deal_value_minor": None,
        "tags": ["a"],
        "description": None,
        "expected_close_date": None,
        "currency": "EUR",
    }
    changed = deals.as_(JOHN).update_deal(deal_id=deal_id, changes=changes, version=1)
    assert {name: changed[name] for name in changes} == changes and changed["version"] == 2
    event = told(runtime, "deal.changed")[0]
    assert {name: event.data[name] for name in changes} == changes
    same = deals.as_(JOHN).update_deal(deal_id=deal_id, changes={})
    assert same["version"] == 2 and len(told(runtime, "deal.changed")) == 1


@pytest.mark.parametrize("deal_id", [new_id(), "x", ""])
def test_a_deal_nobody_has(deals: Any, deal_id: str) -> None:
    for ask in ("get_deal", "history", "request_analysis"):
        with pytest.raises(NotFound):
            getattr(deals.as_(ADMIN), ask)(deal_id=deal_id)
    with pytest.raises(NotFound):
        deals.as_(ADMIN).move_stage(deal_id=deal_id, stage="won")


def test_twenty_moves_at_once_are_twenty_moves_in_a_row(deals: Any, new_deal: Any, runtime: Any) -> None:
    """Each move starts where the one before it ended, in the row, the history and the events alike."""
    deal_id, stages = new_deal()["id"], [STAGES[n % len(STAGES)] for n in range(20)]

    def move(stage: str) -> None:
        deals.as_(JOHN).move_stage(deal_id=deal_id, stage=stage, lost_reason="price" if stage == "lost" else None)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(move, stages))
    deal = deals.as_(JOHN).get_deal(deal_id=deal_id)
    moves = [event for event in told(runtime) if event.type == "deal.stage_changed"]
    assert [event.aggregate_version for event in moves] == list(range(2, deal["version"] + 1))
    # Rows of one instant cannot be told apart by their time, so the history is compared as a set of steps.
    expected = [(event.data["previous_stage"], event.data["stage"]) for event in moves]
    assert sorted(steps(deals, deal_id)[1:]) == sorted(expected)
    chain = ["lead", *(end for _start, end in expected)]
    assert [start for start, _end in expected] == chain[:-1] and deal["stage"] == chain[-1]
    for stage, kind in (("won", "deal.won"), ("lost", "deal.lost")):
        assert len(told(runtime, kind)) == [end for _start, end in expected].count(stage)
    assert len(told(runtime, "deal.reopened")) == sum(start in ("won", "lost") for start, _end in expected)


def test_of_many_with_one_version_one_wins(deals: Any, new_deal: Any) -> None:
    deal_id = new_deal()["id"]

    def edit(number: int) -> str:
        try:
            deals.as_(JOHN).update_deal(deal_id=deal_id, changes={"description": str(number)}, version=1)
        except Problem as problem:
            return problem.code
        return "ok"

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(edit, range(10)))
    assert sorted(answers) == ["conflict"] * 9 + ["ok"] and deals.as_(JOHN).get_deal(deal_id=deal_id)["version"] == 2
