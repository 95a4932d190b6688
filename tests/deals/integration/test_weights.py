"""Stage weights: an admin's, else the settings'; what is set counts everywhere at once."""

from __future__ import annotations

from typing import Any

import pytest

from libs.common.problems import Forbidden, Invalid
from services.deals.domain import STAGE_WEIGHTS
from services.deals.settings import DealsSettings
from tests.support.actors import ADMIN, FINANCE, JOHN, MANAGER, system


def weights(deals: Any, person: Any = ADMIN) -> dict[str, int]:
    return {each["stage"]: each["weight"] for each in deals.as_(person).stage_weights()["items"]}


def test_until_somebody_sets_them_they_are_the_settings(deals: Any) -> None:
    items = deals.as_(JOHN).stage_weights()["items"]
    assert [(each["stage"], each["weight"]) for each in items] == list(STAGE_WEIGHTS.items())
    assert all(each["weight"] == each["default"] for each in items)


def test_what_an_admin_sets_counts_at_once_and_everywhere(deals: Any, new_deal: Any) -> None:
    made = new_deal(deal_value_minor=1_000)
    set_ = deals.as_(ADMIN).set_stage_weights(weights={"lead": 33, "proposal": 60})
    assert set_ == deals.as_(JOHN).stage_weights()
    assert set_["items"][0] == {"stage": "lead", "weight": 33, "default": 10}
    assert weights(deals) == STAGE_WEIGHTS | {"lead": 33, "proposal": 60}
    lead = deals.as_(JOHN).board(filters={})["columns"][0]
    assert (lead["weight"], lead["values"][0]["weighted_minor"], lead["items"][0]["probability"]) == (33, 330, 33)
    assert deals.as_(JOHN).totals(filters={})["values"][0]["weighted_minor"] == 330
    assert deals.as_(JOHN).get_deal(deal_id=made["id"])["probability"] == 33
    assert deals.as_(JOHN).list_deals(filters={})["items"][0]["probability"] == 33
    assert deals.as_(JOHN).move_stage(deal_id=made["id"], stage="proposal")["probability"] == 60


def test_the_last_word_counts_and_the_others_stay(deals: Any) -> None:
    deals.as_(ADMIN).set_stage_weights(weights={"lead": 33, "proposal": 60})
    deals.as_(ADMIN).set_stage_weights(weights={"lead": 0, "won": 100, "lost": 0})
    assert weights(deals) == STAGE_WEIGHTS | {"lead": 0, "proposal": 60}
    assert deals.as_(ADMIN).set_stage_weights(weights={}) == deals.as_(ADMIN).stage_weights()


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"won": 99}, "won"),
        ({"lost": 1}, "lost"),
        ({"lead": 101}, "lead"),
        ({"lead": -1}, "lead"),
        ({"lead": 10.5}, "lead"),
        ({"lead": True}, "lead"),
        ({"lead": "10"}, "lead"),
        ({"lead": None}, "lead"),
        ({"open": 10}, "open"),
        ([10], "weights"),
    ],
)
def test_what_is_no_weight_is_named_and_changes_nothing(deals: Any, given: Any, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        deals.as_(ADMIN).set_stage_weights(weights=given)
    assert refused.value.field == field
    assert weights(deals) == STAGE_WEIGHTS


@pytest.mark.parametrize("person", [JOHN, FINANCE, MANAGER, system("gateway")], ids=lambda person: person.role)
def test_only_an_admin_sets_them_and_everybody_reads_them(deals: Any, person: Any) -> None:
    with pytest.raises(Forbidden):
        deals.as_(person).set_stage_weights(weights={"lead": 20})
    assert weights(deals, person) == STAGE_WEIGHTS


@pytest.mark.parametrize("given", [{"won": 90}, {"lead": 101}, {"closed": 5}])
def test_settings_are_held_to_the_same_rules(given: dict[str, int]) -> None:
    with pytest.raises(ValueError):
        DealsSettings._percentages(given)
    assert DealsSettings._percentages({"lead": 20}) == STAGE_WEIGHTS | {"lead": 20}
