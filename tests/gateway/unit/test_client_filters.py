"""Filters of clients between people, who write amounts, and the service, which takes minor units."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from libs.common.problems import Invalid
from services.gateway.api.client_filters import from_service, in_address, to_service

D = Decimal


def tree(field: str, op: str, value: Any) -> dict[str, Any]:
    return {"all": [{"field": field, "op": op, "value": value}, {"any": [{"field": "city", "op": "empty"}]}]}


@pytest.mark.parametrize(
    ("field", "given", "told"),
    [
        ("deal_value", 50_000, 5_000_000),
        ("lifetime_value", [D("1.5"), 2], [150, 200]),
        ("open_deals", 3, 3),
        ("city", "50000", "50000"),
        ("tag", ["a", "b"], ["a", "b"]),
        ("custom.size", D("12.5"), {"number": "12.5"}),
        ("custom.size", 12, 12),
        ("custom.fair", True, True),
        ("custom.fee", {"amount": D("5.25"), "currency": "EUR"}, {"amount_minor": 525, "currency": "EUR"}),
        ("custom.fee", {"amount": 500, "currency": "JPY"}, {"amount_minor": 500, "currency": "JPY"}),
    ],
)
def test_there_and_back(field: str, given: Any, told: Any) -> None:
    filters = {"q": "shop", "where": tree(field, "is", given), "min_deal_value": D("10.5")}
    service = to_service(filters, "USD")
    assert service == {"q": "shop", "where": tree(field, "is", told), "min_deal_value_minor": 1050}
    assert from_service(service, "USD") == filters


@pytest.mark.parametrize("text", ["{", "[1,", "NaN", '{"field": Infinity}', "[" * 8000, "\ud800"])
def test_what_is_no_json_is_refused(text: str) -> None:
    with pytest.raises(Invalid) as refused:
        to_service({"where": text}, "USD")
    assert refused.value.field == "where"


@pytest.mark.parametrize(
    ("where", "field"),
    [
        ({"any": [{"field": "deal_value", "op": "gt", "value": D("0.001")}]}, "where.any[0].value"),
        ({"field": "deal_value", "op": "between", "value": [1, D("0.001")]}, "where.value[1]"),
        ({"field": "custom.fee", "op": "is", "value": {"amount": 1, "currency": "XXXX"}}, "where.value.amount"),
        ({"field": "custom.fee", "op": "is", "value": {"amount": 1, "currency": 5}}, "where.value.amount"),
    ],
)
def test_an_amount_that_is_none_is_named_by_its_place(where: Any, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        to_service({"where": where}, "USD")
    assert refused.value.field == field


def test_what_the_service_will_refuse_is_left_to_it() -> None:
    deep: Any = {"field": "deal_value", "op": "gt", "value": 1}
    for _ in range(20):
        deep = {"all": [deep]}
    for where in (deep, [1], "x", {"all": "x"}, {"value": None}, {"all": [5, None]}):
        assert to_service({"where": where if not isinstance(where, str) else '"x"'}, "USD")


def test_as_an_address_has_them() -> None:
    where = {"field": "lifetime_value", "op": "gt", "value": D("1.50")}
    found = in_address({"q": "a b", "shadowed": True, "where": where, "city": None, "min_deal_value": D("5.5")})
    assert found == {
        "q": "a b", "shadowed": "true", "min_deal_value": "5.5",
        "where": '{"field":"lifetime_value","op":"gt","value":1.50}',
    }  # fmt: skip
    assert to_service(found, "USD")["where"]["value"] == 150
