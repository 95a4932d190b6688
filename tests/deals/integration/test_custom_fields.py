"""Fields that a company defines for its deals."""

from __future__ import annotations

from typing import Any

import pytest

from libs.common.problems import Forbidden, Invalid
from tests.support.actors import ADMIN, JOHN


@pytest.fixture
def budget(deals: Any) -> dict[str, Any]:
    """A field for money."""
    made: dict[str, Any] = deals.as_(ADMIN).create_custom_field(data={"label": "Their budget", "kind": "money"})
    return made


def test_a_deal_keeps_its_values(deals: Any, budget: dict[str, Any], new_deal: Any) -> None:
    money = {"amount_minor": 500_000, "currency": "EUR"}
    made = new_deal(custom={budget["key"]: money})
    assert made["custom"] == {"their_budget": money}
    assert deals.as_(JOHN).list_deals(filters={})["items"][0]["custom"] == made["custom"]
    changed = deals.as_(JOHN).update_deal(deal_id=made["id"], changes={"custom": {"their_budget": None}})
    assert changed["custom"] == {} and changed["version"] == made["version"] + 1
    with pytest.raises(Invalid) as refused:
        deals.as_(JOHN).update_deal(deal_id=made["id"], changes={"custom": {"their_budget": 5}})
    assert refused.value.field == "custom.their_budget"


def test_only_admins_define_them(deals: Any, budget: dict[str, Any]) -> None:
    assert deals.as_(JOHN).list_custom_fields()["items"] == [budget]
    with pytest.raises(Forbidden):
        deals.as_(JOHN).delete_custom_field(field_id=budget["id"])
    renamed = deals.as_(ADMIN).update_custom_field(field_id=budget["id"], changes={"label": "Budget"})
    assert (renamed["key"], renamed["label"]) == ("their_budget", "Budget")
    assert deals.as_(ADMIN).delete_custom_field(field_id=budget["id"])["deleted"] is True
    with pytest.raises(Invalid):
        deals.as_(ADMIN).list_custom_fields(entity="client")
