"""Deals that were closed before they were written down, and deals that are brought in with their history."""

from __future__ import annotations

from typing import Any

import pytest

from libs.common.problems import Forbidden, Invalid
from tests.support.actors import ADMIN, JOHN
from tests.support.delivering import told

RANGE = {"from_day": "2024-01-01", "to_day": "2025-01-31"}


def lost(**more: Any) -> dict[str, Any]:
    return {"stage": "lost", "lost_reason": "price", **more}


def test_it_was_closed_on_the_day_that_is_given(deals: Any, new_deal: Any, runtime: Any) -> None:
    won = new_deal(stage="won", actual_close_date="2025-01-03")
    assert (won["stage"], won["actual_close_date"]) == ("won", "2025-01-03")
    assert told(runtime, "deal.won")[0].data["actual_close_date"] == "2025-01-03"
    moved = deals.as_(JOHN).move_stage(
        deal_id=new_deal()["id"], stage="lost", lost_reason="price", actual_close_date="2024-12-31"
    )
    assert moved["actual_close_date"] == "2024-12-31"
    months = {row["key"]: row for row in deals.as_(ADMIN).win_rate(**RANGE)["rows"]}
    assert (months["2024-12"]["lost"], months["2025-01"]["won"], months["2025-01"]["lost"]) == (1, 1, 0)


def test_the_day_of_a_closed_deal_is_corrected_with_all_that_follows(
    deals: Any, new_deal: Any, runtime: Any, clock: Any
) -> None:
    deal_id = new_deal()["id"]
    clock.at = clock.at.replace(day=17)  # the 16th in New York, ten days after
    deals.as_(JOHN).move_stage(deal_id=deal_id, stage="won")
    before = deals.as_(ADMIN).velocity(**RANGE)
    assert (before["cycle"]["mean_days"], before["stages"][0]["median_days"]) == (10, 10)
    changed = deals.as_(JOHN).update_deal(deal_id=deal_id, changes={"actual_close_date": "2025-01-10"})
    assert (changed["actual_close_date"], changed["version"]) == ("2025-01-10", 3)
    assert told(runtime, "deal.changed")[-1].data["actual_close_date"] == "2025-01-10"
    after = deals.as_(ADMIN).velocity(**RANGE)
    assert (after["cycle"]["mean_days"], after["stages"][0]["median_days"]) == (4, 4)
    early = deals.as_(JOHN).update_deal(deal_id=deal_id, changes={"actual_close_date": "2024-12-01"})
    assert early["actual_close_date"] == "2024-12-01"
    never = deals.as_(ADMIN).velocity(**RANGE)
    assert (never["cycle"]["deals"], never["stages"][0]["mean_days"]) == (0, 0)


def test_brought_in_it_began_and_ended_when_it_did(deals: Any, new_deal: Any) -> None:
    made = new_deal(stage="won", created_on="2024-03-01", actual_close_date="2024-04-15", deal_value_minor=700)
    assert made["created_at"] == "2024-03-01T17:00:00+00:00"
    first, second = deals.as_(JOHN).history(deal_id=made["id"])["items"]
    assert (first["to_stage"], first["moved_at"]) == ("lead", "2024-03-01T17:00:00+00:00")
    assert (second["from_stage"], second["to_stage"]) == ("lead", "won")
    assert second["moved_at"] == "2024-04-15T16:00:00+00:00"
    velocity = deals.as_(ADMIN).velocity(**RANGE)
    assert (velocity["cycle"]["deals"], velocity["cycle"]["mean_days"]) == (1, 45)
    assert velocity["won_cycle"] == velocity["cycle"]
    assert velocity["stages"][0] == {
        "stage": "lead", "stays": 1, "mean_days": 45, "median_days": 45, "usual_days": 45
    }  # fmt: skip
    funnel = deals.as_(ADMIN).funnel(from_day="2024-03-01", to_day="2024-03-01")
    assert [stage["count"] for stage in funnel["stages"]] == [1, 1, 1, 1, 1]
    asked = {"from_day": "2024-01-01", "to_day": "2024-12-31"}
    for day, won in (("2024-02-28", 0), ("2024-04-14", 0), ("2024-04-15", 700)):
        assert deals.as_(ADMIN).forecast(**asked, as_of=day)["won_minor"] == won
    points = {p["month"]: p for p in deals.as_(ADMIN).trend(months=12)["points"]}
    assert (points["2024-03"]["open_count"], points["2024-03"]["created"], points["2024-04"]["won"]) == (1, 1, 1)


def test_begun_and_ended_on_one_day_it_stayed_nowhere(deals: Any, new_deal: Any) -> None:
    new_deal(**lost(created_on="2024-03-01", actual_close_date="2024-03-01"))
    velocity = deals.as_(ADMIN).velocity(**RANGE)
    assert velocity["stages"][0]["stays"] == 0 and velocity["cycle"]["deals"] == 1
    assert velocity["cycle"]["median_days"] == 0


def test_today_at_noon_is_not_in_the_future(deals: Any, new_deal: Any, clock: Any) -> None:
    clock.at = clock.at.replace(day=6, hour=14)  # nine in the morning in New York
    made = new_deal(stage="proposal", created_on="2025-01-06")
    assert made["created_at"] == made["stage_since"] == "2025-01-06T14:30:00+00:00"


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"stage": "won", "actual_close_date": "2025-01-07"}, "actual_close_date"),
        ({"stage": "proposal", "actual_close_date": "2025-01-02"}, "actual_close_date"),
        ({"actual_close_date": "2025-01-02"}, "actual_close_date"),
        ({"stage": "won", "actual_close_date": "soon"}, "actual_close_date"),
        ({"created_on": "2025-01-07"}, "created_on"),
        ({"created_on": 5}, "created_on"),
        ({"stage": "won", "created_on": "2025-01-05", "actual_close_date": "2025-01-04"}, "actual_close_date"),
        ({"stage": "lost", "actual_close_date": "2025-01-04"}, "lost_reason"),
    ],
    ids=str,
)
def test_what_cannot_have_been_is_named_and_makes_nothing(
    deals: Any, new_deal: Any, data: dict[str, Any], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        new_deal(**data)
    assert refused.value.field == field
    assert deals.as_(ADMIN).list_deals(filters={})["total"] == 0


def test_a_day_that_does_not_fit_a_deal_is_named_and_changes_nothing(deals: Any, new_deal: Any) -> None:
    opened, won = new_deal(), new_deal(stage="won")
    for deal, day in ((opened, "2025-01-02"), (won, "2025-01-07"), (won, None), (won, "x")):
        with pytest.raises(Invalid) as refused:
            deals.as_(JOHN).update_deal(deal_id=deal["id"], changes={"actual_close_date": day})
        assert refused.value.field == "actual_close_date"
        assert deals.as_(JOHN).get_deal(deal_id=deal["id"]) == deal
    for deal, stage in ((opened, "proposal"), (won, "won")):
        with pytest.raises(Invalid) as refused:
            deals.as_(JOHN).move_stage(deal_id=deal["id"], stage=stage, actual_close_date="2025-01-02")
        assert refused.value.field == "actual_close_date"
    again = deals.as_(JOHN).move_stage(deal_id=won["id"], stage="won", actual_close_date=won["actual_close_date"])
    assert again["version"] == won["version"]


def test_only_an_admin_brings_in_history(deals: Any, directory: Any) -> None:
    data = {"deal_name": "x", "client_id": directory.add(JOHN.id), "created_on": "2024-01-01"}
    with pytest.raises(Forbidden):
        deals.as_(JOHN).create_deal(data=data)
    del data["created_on"]
    closed = deals.as_(JOHN).create_deal(data=data | {"stage": "won", "actual_close_date": "2024-12-30"})
    assert closed["actual_close_date"] == "2024-12-30"
    assert deals.as_(ADMIN).velocity(**RANGE)["cycle"]["deals"] == 0  # it was written down after its end
    with pytest.raises(Invalid) as refused:
        deals.as_(JOHN).update_deal(deal_id=closed["id"], changes={"created_on": "2024-01-01"})
    assert refused.value.field == "created_on"
