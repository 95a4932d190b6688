"""Deals that come with an import, with values of the fields that the company made for deals; and away again."""

from __future__ import annotations

from typing import Any

import pytest

from libs.common.ids import new_id
from libs.common.problems import Forbidden
from tests.support.actors import ADMIN, JOHN, system

PERSON = {"id": JOHN.id, "role": "sales", "name": JOHN.name}
IMPORT = new_id()


@pytest.fixture
def bring(deals: Any, directory: Any) -> Any:
    """``bring({"margin": 1}, …)``: a deal for each, with what the service answers."""
    client_id = directory.add(JOHN.id)

    def ask(*custom: Any) -> list[dict[str, Any]]:
        brought = [
            {
                "n": n,
                "key": f"D{n}",
                "data": {"client_id": client_id, "deal_name": f"Deal {n}", "stage": "lead", "custom": values},
            }
            for n, values in enumerate(custom)
        ]
        given = {"import_id": IMPORT, "system": "x", "person": PERSON, "deals": brought}
        access = [directory.known[client_id]]
        found: list[dict[str, Any]] = deals.as_(system("clients")).bring_deals(**given, clients=access)["items"]
        return found

    return ask


@pytest.fixture
def fields(deals: Any) -> dict[str, str]:
    made = [
        deals.as_(ADMIN).create_custom_field(data={"label": label, "kind": kind} | more)
        for label, kind, more in (
            ("Margin", "number", {}),
            ("Fee", "money", {}),
            ("Route", "choice", {"options": ["Direct", "Partner"]}),
        )
    ]
    return {each["key"]: each["id"] for each in made}


def test_a_deal_is_brought_with_its_values_and_leaves_with_them(deals: Any, bring: Any, fields: dict[str, str]) -> None:
    own = {"margin": 0.25, "fee": {"amount_minor": 1250, "currency": "EUR"}, "route": "Partner"}
    first, bare = bring(own, None)
    assert deals.as_(JOHN).get_deal(deal_id=first["deal_id"])["custom"] == own
    assert deals.as_(JOHN).get_deal(deal_id=bare["deal_id"])["custom"] == {}
    # A deal that is here is left as it is.
    again = bring({"margin": 9}, None)
    assert [each["deal_id"] for each in again] == [first["deal_id"], bare["deal_id"]]
    assert deals.as_(JOHN).get_deal(deal_id=first["deal_id"])["custom"] == own
    gone = deals.as_(system("clients")).take_back_deals(import_id=IMPORT, deal_ids=[first["deal_id"], bare["deal_id"]])
    assert (len(gone["removed"]), gone["refused"], deals.as_(ADMIN).list_deals(filters={})["total"]) == (2, [], 0)


def test_a_value_that_does_not_fit_refuses_its_deal_alone(deals: Any, bring: Any, fields: dict[str, str]) -> None:
    deals.as_(ADMIN).update_custom_field(field_id=fields["fee"], changes={"archived": True})
    found = bring(
        {"margin": "much"},
        {"route": "Direct"},
        {"fee": {"amount_minor": 1, "currency": "EUR"}},
        {"gone": 1},
    )
    assert [each.get("field") for each in found] == ["custom.margin", None, "custom.fee", "custom"]
    assert found[2]["problem"] == "Fee is archived and takes no values any more"
    assert deals.as_(JOHN).list_deals(filters={})["total"] == 1


def test_services_know_what_fields_there_are_and_define_none(deals: Any, fields: dict[str, str]) -> None:
    asked = deals.as_(system("clients"))
    assert [each["key"] for each in asked.list_custom_fields(entity="deal")["items"]] == list(fields)
    with pytest.raises(Forbidden):
        asked.create_custom_field(data={"label": "X", "kind": "text"})
