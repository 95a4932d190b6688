"""What a model says of a deal's chances stands beside the stage's weight, while it is of the stage the deal is in."""

from __future__ import annotations

from typing import Any

from libs.common.ids import new_id
from tests.support.actors import ADMIN, JESSICA, JOHN, system
from tests.support.delivering import told

STAGE_WEIGHT = {"probability": 0.1, "source": "stage_weight", "model_version": None}


def test_the_stage_weight_stands_until_a_model_speaks(deals: Any, new_deal: Any, hear: Any) -> None:
    deal = new_deal()
    assert deal["win_probability"] == STAGE_WEIGHT | {"reasons": [], "because": None, "scored_at": None}
    hear("deal.scored", deal_id=deal["id"], stage="lead", probability=0.4375, version=1)
    likely = deals.as_(JOHN).get_deal(deal_id=deal["id"])["win_probability"]
    assert (likely["probability"], likely["source"], likely["model_version"]) == (0.4375, "model", 2)
    assert likely["reasons"] == [{"feature": "source", "value": "brief_wizard", "points": 12.5, "pooled": False}]
    in_list = deals.as_(JOHN).list_deals(filters={})["items"][0]
    assert in_list["win_probability"] == {"probability": 0.4375, "source": "model", "model_version": 2}
    assert in_list["probability"] == 10  # weighted sums go on with the stage's weight
    board = deals.as_(JOHN).board(filters={})["columns"][0]["items"][0]
    assert board["win_probability"] == in_list["win_probability"] and "score" not in board


def test_the_newest_score_wins_and_is_no_edit(deals: Any, new_deal: Any, hear: Any, runtime: Any) -> None:
    deal = new_deal()
    before = len(told(runtime))
    hear("deal.scored", deal_id=deal["id"], stage="lead", probability=0.8, version=3)
    hear("deal.scored", deal_id=deal["id"], stage="lead", probability=0.2, version=2)
    found = deals.as_(JOHN).get_deal(deal_id=deal["id"])
    assert found["win_probability"]["probability"] == 0.8 and found["version"] == deal["version"]
    assert len(told(runtime)) == before
    hear("deal.scored", deal_id=new_id(), version=1)  # of a deal nobody knows: let go


def test_a_score_of_another_stage_is_out_of_date(deals: Any, new_deal: Any, hear: Any) -> None:
    deal = new_deal()
    hear("deal.scored", deal_id=deal["id"], stage="lead", probability=0.8, version=1)
    moved = deals.as_(JOHN).move_stage(deal_id=deal["id"], stage="proposal")
    assert (moved["win_probability"]["probability"], moved["win_probability"]["source"]) == (0.5, "stage_weight")
    won = deals.as_(JOHN).move_stage(deal_id=deal["id"], stage="won")
    assert won["win_probability"]["probability"] == 1.0


def test_a_model_that_is_dropped_says_why(deals: Any, new_deal: Any, hear: Any) -> None:
    deal = new_deal()
    why = "12 of the 40 closed deals it needs"
    hear("deal.scored", deal_id=deal["id"], stage="lead", probability=0.8, version=1)
    hear("deal.scored", deal_id=deal["id"], stage="lead", probability=None, source="stage_weight", because=why,
         reasons=[], version=2)  # fmt: skip
    likely = deals.as_(JOHN).get_deal(deal_id=deal["id"])["win_probability"]
    assert (likely["probability"], likely["source"], likely["because"]) == (0.1, "stage_weight", why)


def test_history_is_read_a_page_at_a_time(deals: Any, new_deal: Any) -> None:
    made = [new_deal(), new_deal(), new_deal()]
    deals.as_(JOHN).update_deal(deal_id=made[0]["id"], changes={"deal_value_minor": 700})
    deals.as_(JOHN).move_stage(deal_id=made[0]["id"], stage="proposal")
    deals.as_(JOHN).move_stage(deal_id=made[0]["id"], stage="lost", lost_reason="price")
    first = deals.as_(system("ai")).stage_visits(limit=2)
    rest = deals.as_(system("ai")).stage_visits(limit=2, cursor=first["next_cursor"])
    assert [each["deal_id"] for each in first["items"] + rest["items"]] == [deal["id"] for deal in made]
    assert rest["next_cursor"] is None
    lost = first["items"][0]
    assert (lost["stage"], lost["version"], lost["actual_close_date"]) == ("lost", 4, "2025-01-06")
    assert [(each["stage"], each["deal_value_minor"]) for each in lost["visits"]] == [
        ("lead", 6_250_000),
        ("proposal", 700),
    ]
    assert deals.as_(JESSICA).stage_visits()["items"] == [] and len(deals.as_(ADMIN).stage_visits()["items"]) == 3
