"""Deals that stand still are told: each once for each time that begins, however many workers look."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from libs.common.context import Context
from services.deals.handlers import stagnation
from tests.support.actors import ADMIN, JOHN, system
from tests.support.delivering import told


@pytest.fixture
def look(runtime: Any) -> Callable[..., list[str]]:
    """``look(workers=5)``: so many workers look at once; the names of all deals there were ever told of, in order."""

    def run(workers: int = 1) -> list[str]:
        def once(_number: int) -> None:
            with runtime.database.unit_of_work(Context(actor=system("deals"))) as uow:
                stagnation.EVERY_HOUR.run(uow, uow.now)

        with ThreadPoolExecutor(workers) as pool:
            list(pool.map(once, range(workers)))
        return [each.data["deal_name"] for each in told(runtime, "deal.stagnant")]

    return run


def touch(hear: Any, deal: dict[str, Any], at: Any) -> None:
    hear("activity.logged", client_id=deal["client_id"], deal_id=deal["id"], type="call", occurred_at=at.isoformat())


def test_a_deal_is_told_once_for_each_time_it_stands_still(
    new_deal: Any, look: Any, clock: Any, hear: Any, runtime: Any
) -> None:
    made = new_deal()
    begun = clock.at
    clock.at += timedelta(days=13)
    assert look() == []
    clock.at += timedelta(days=1)
    assert look(workers=5) == look() == ["Chatbot"]
    (event,) = told(runtime, "deal.stagnant")
    about = {name: event.data[name] for name in ("deal_id", "owner_id", "company_name", "because", "idle_days")}
    assert about == {
        "deal_id": made["id"], "owner_id": JOHN.id, "company_name": "TechCorp", "because": ["idle"], "idle_days": 14
    }  # fmt: skip
    assert event.data["since"] == begun.isoformat().replace("+00:00", "Z")
    clock.at += timedelta(days=30)
    assert len(look()) == 1
    touch(hear, made, clock.at)
    assert len(look()) == 1
    clock.at += timedelta(days=14)
    assert len(look(workers=5)) == 2


def test_many_are_told_once_each_the_longest_first(
    new_deal: Any, directory: Any, look: Any, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    client_id = directory.add(JOHN.id)
    for number in range(30):
        clock.at += timedelta(minutes=1)
        new_deal(client_id, deal_name=f"Deal {number:02}")
    names = [f"Deal {number:02}" for number in range(30)]
    clock.at += timedelta(days=20)
    monkeypatch.setattr(stagnation, "_MOST", 7)
    assert look() == names[:7]
    assert look() == names[:14]
    look(workers=5)
    assert sorted(look()) == names


def test_moved_or_closed_deals_are_left_alone(deals: Any, new_deal: Any, look: Any, clock: Any) -> None:
    moved, won = new_deal(), new_deal(deal_name="won")
    clock.at += timedelta(days=20)
    deals.as_(JOHN).move_stage(deal_id=moved["id"], stage="proposal")
    deals.as_(JOHN).move_stage(deal_id=won["id"], stage="won")
    assert look() == []
    clock.at += timedelta(days=20)
    assert look() == ["Chatbot"]


def test_a_deal_that_comes_with_its_past_counts_like_others(deals: Any, new_deal: Any, look: Any, clock: Any) -> None:
    new_deal(created_on=(clock.at - timedelta(days=60)).date().isoformat())
    assert look() == ["Chatbot"]


def test_long_in_its_stage_is_told_once_there_and_again_when_idle(
    deals: Any, new_deal: Any, directory: Any, look: Any, clock: Any, hear: Any, runtime: Any
) -> None:
    client_id = directory.add(JOHN.id)
    quick = [new_deal(client_id, deal_name="quick")["id"] for _ in range(20)]
    slow = new_deal(client_id, deal_name="slow")
    clock.at += timedelta(days=2)
    for each in quick:
        deals.as_(ADMIN).move_stage(deal_id=each, stage="won")
    for _ in range(5):
        clock.at += timedelta(days=3)
        touch(hear, slow, clock.at)
        assert look() == ["slow"]
    assert told(runtime, "deal.stagnant")[0].data["because"] == ["long_in_stage"]
    clock.at += timedelta(days=14)
    assert look() == look() == ["slow", "slow"]
    assert told(runtime, "deal.stagnant")[1].data["because"] == ["idle", "long_in_stage"]
    touch(hear, slow, clock.at)
    assert look() == ["slow", "slow"]


def test_a_deal_that_is_taken_back_takes_its_note_along(new_deal: Any, look: Any, clock: Any, runtime: Any) -> None:
    made = new_deal()
    clock.at += timedelta(days=20)
    look()
    with runtime.database.engine.begin() as connection:
        for table, column in (("stage_history", "deal_id"), ("deals", "id")):
            connection.execute(text(f"DELETE FROM {table} WHERE {column} = :id"), {"id": made["id"]})
        assert connection.execute(text("SELECT count(*) FROM deal_stagnation")).scalar_one() == 0
