"""Conditions as people write them and as a service keeps them: exact both ways, strange ones left to the service."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from libs.common import conditions
from libs.common.problems import Invalid

MONEY = frozenset({"price"})
WRITTEN = (
    '{"all":[{"field":"price","op":"between","value":[0.05,1234.5]},{"any":[{"field":"pages","op":"is","value":7}]},'
    '{"field":"weight","op":"is","value":0.10},{"field":"own","op":"gt","value":{"amount":1.5,"currency":"BHD"}}]}'
)


def test_a_tree_is_the_same_there_and_back() -> None:
    found = conditions.kept(conditions.parsed(WRITTEN), MONEY, "USD")
    assert [each.get("value") for each in found["all"]] == [
        [5, 123450], None, {"number": "0.10"}, {"amount_minor": 1500, "currency": "BHD"},
    ]  # fmt: skip
    assert conditions.as_json(conditions.shown(found, MONEY, "USD"), in_order=True) == WRITTEN


def test_an_amount_that_its_currency_lacks_is_named_by_its_place() -> None:
    tree = {
        "any": [
            {"field": "pages", "op": "is", "value": 1},
            {"field": "price", "op": "is", "value": [1, Decimal("0.001")]},
        ]
    }
    with pytest.raises(Invalid) as refused:
        conditions.kept(tree, MONEY, "USD")
    assert refused.value.field == "where.any[1].value[1]"


@pytest.mark.parametrize(
    "tree", [None, 5, "x", [], {"all": 5}, {"field": ["price"], "op": {}, "value": 1}, {"value": True}]
)
def test_what_is_no_condition_is_left_as_it_is(tree: Any) -> None:
    assert conditions.kept(tree, MONEY, "USD") == tree == conditions.shown(tree, MONEY, "USD")


def test_groups_without_end_are_left_as_they_are() -> None:
    tree: Any = {"field": "price", "op": "is", "value": 1}
    for _ in range(50):
        tree = {"all": [tree]}
    assert conditions.kept(tree, MONEY, "USD") == tree


@pytest.mark.parametrize("text", ["{", "NaN", '{"a": Infinity}', "[" * 100_000])
def test_what_is_no_json_is_refused(text: str) -> None:
    with pytest.raises(Invalid) as refused:
        conditions.parsed(text, "filters")
    assert (refused.value.field, str(refused.value)) == ("filters", "filters is JSON")
