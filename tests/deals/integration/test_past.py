"""Deals that are brought in with their past: reports know it, and nobody is told of it as news."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text

from libs.common.problems import Forbidden, Invalid
from tests.support.actors import ADMIN, JOHN
from tests.support.delivering import told

PAST = [
    {"stage": "lead", "on": "2024-03-01"},
    {"stage": "qualified", "on": "2024-03-11"},
    {"stage": "proposal", "on": "2024-04-10"},
]


@pytest.fixture
def client_id(directory: Any) -> str:
    made: str = directory.add(JOHN.id)
    return made


def bring(deals: Any, client_id: str, who: Any = ADMIN, **data: Any) -> dict[str, Any]:
    given = {"deal_name": "Old business", "client_id": client_id, "deal_value_minor": 100_000, "owner_id": JOHN.id}
    made: dict[str, Any] = deals.as_(who).create_deal(data=given | data)
    return made


def way(deals: Any, deal: dict[str, Any]) -> list[tuple[str, str]]:
    steps = deals.as_(JOHN).history(deal_id=deal["id"])["items"]
    return [(each["to_stage"], str(each["moved_at"])[:10]) for each in steps]


def test_each_stage_has_its_day(deals: Any, client_id: str, runtime: Any) -> None:
    won = bring(deals, client_id, history=PAST, stage="won", actual_close_date="2024-05-20")
    assert (won["stage"], str(won["actual_close_date"])) == ("won", "2024-05-20")
    assert way(deals, won) == [
        ("lead", "2024-03-01"), ("qualified", "2024-03-11"), ("proposal", "2024-04-10"), ("won", "2024-05-20"),
    ]  # fmt: skip
    with runtime.database.read() as session:
        stays = session.execute(text("SELECT stayed_days FROM stage_history ORDER BY moved_at")).scalars().all()
    assert stays == [None, 10, 30, 40]
    kinds = {event.type for event in told(runtime)}
    assert "deal.created" in kinds and "deal.stage_changed" in kinds and "deal.won" not in kinds


def test_an_open_deal_is_in_the_last_of_them(deals: Any, client_id: str) -> None:
    made = bring(deals, client_id, history=PAST)
    assert made["stage"] == "proposal" and str(made["created_at"])[:10] == "2024-03-01"


def test_a_deal_without_steps_was_a_lead_until_it_was_closed(deals: Any, client_id: str, runtime: Any) -> None:
    lost = {"stage": "lost", "lost_reason": "Price", "actual_close_date": "2024-02-01", "created_on": "2024-01-02"}
    made = bring(deals, client_id, **lost)
    assert way(deals, made) == [("lead", "2024-01-02"), ("lost", "2024-02-01")]
    assert "deal.lost" not in {event.type for event in told(runtime)}


def test_a_win_of_ours_is_news_on_whatever_day_it_was(deals: Any, client_id: str, runtime: Any) -> None:
    bring(deals, client_id, stage="won", actual_close_date="2025-01-03")
    assert "deal.won" in {event.type for event in told(runtime)}


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"history": []}, "history"),
        ({"history": "lead"}, "history"),
        ({"history": [{"stage": "lead"}]}, "history.0"),
        ({"history": [{"stage": "won", "on": "2024-01-01"}]}, "history.0.stage"),
        ({"history": [{"stage": "lead", "on": "yesterday"}]}, "history.0.on"),
        ({"history": list(reversed(PAST))}, "history.1.on"),
        ({"history": PAST, "created_on": "2024-02-01"}, "history.0.on"),
        ({"history": PAST, "stage": "lead"}, "stage"),
        ({"history": PAST, "stage": "won", "actual_close_date": "2024-04-09"}, "actual_close_date"),
        ({"history": [{"stage": "lead", "on": "2099-01-01"}]}, "history"),
        ({"created_on": "2099-01-01"}, "created_on"),
    ],
)
def test_a_past_that_cannot_be_is_refused_and_leaves_nothing(
    deals: Any, client_id: str, data: dict[str, Any], field: str, runtime: Any
) -> None:
    with pytest.raises(Invalid) as refused:
        bring(deals, client_id, **data)
    assert refused.value.field == field and told(runtime) == []


def test_only_an_admin_brings_in_the_past(deals: Any, client_id: str) -> None:
    with pytest.raises(Forbidden):
        bring(deals, client_id, JOHN, history=PAST)
