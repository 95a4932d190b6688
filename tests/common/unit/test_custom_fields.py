"""What custom fields take, and what rows keep of it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.common.custom_fields import KINDS, Definition, key_of, merged, read, searchable, shown
from libs.common.problems import Invalid

FIELDS = [
    Definition("size", "Size", "choice", ("Small", "Large")),
    *(Definition(kind, kind, kind) for kind in KINDS if kind != "choice"),
]
KEPT: list[tuple[str, Any, Any]] = [
    ("text", "  two words ", "two words"),
    ("text", " ", None),
    ("number", 5, 5),
    ("number", "5.00", 5),
    ("number", Decimal("-12.50"), -12.5),
    ("number", "0.000001", 0.000001),
    ("number", Decimal("1E+3"), 1000),
    ("number", " ", None),
    ("money", {"amount_minor": 500, "currency": "USD"}, {"amount_minor": 500, "currency": "USD"}),
    ("date", "2025-02-28", "2025-02-28"),
    ("date", date(2025, 2, 28), "2025-02-28"),
    ("date", "", None),
    ("size", "Large", "Large"),
    ("yes_no", False, False),
    ("yes_no", None, None),
]
REFUSED: list[tuple[str, Any]] = [
    ("text", 5),
    ("text", "a\x00b"),
    ("text", "x" * 501),
    ("number", True),
    ("number", "five"),
    ("number", "1,000"),
    ("number", float("nan")),
    ("number", "1" * 16),
    ("number", Decimal("1E+30")),
    ("number", "0.0000001"),
    ("number", {}),
    ("money", 5),
    ("money", {"amount_minor": 5}),
    ("money", {"amount_minor": 5.0, "currency": "USD"}),
    ("money", {"amount_minor": None, "currency": "USD"}),
    ("money", {"amount_minor": 5, "currency": "XXQ"}),
    ("date", "28.02.2025"),
    ("date", "2025-02-30"),
    ("size", "small"),
    ("size", 1),
    ("yes_no", "yes"),
    ("yes_no", 1),
]


@pytest.mark.parametrize(("key", "value", "kept"), KEPT)
def test_a_value_is_kept_as_its_kind(key: str, value: Any, kept: Any) -> None:
    found = read(FIELDS, {key: value})[key]
    assert found == kept and type(found) is type(kept)


@pytest.mark.parametrize(("key", "value"), REFUSED)
def test_what_is_of_another_kind_is_refused_by_its_key(key: str, value: Any) -> None:
    with pytest.raises(Invalid) as refused:
        read(FIELDS, {key: value})
    assert refused.value.field == f"custom.{key}"


@pytest.mark.parametrize("values", [None, [], "x", {"unknown": 1}, {5: 1}])
def test_what_is_no_object_of_fields_is_refused(values: Any) -> None:
    with pytest.raises(Invalid) as refused:
        read(FIELDS, values)
    assert refused.value.field == "custom"


def test_an_archived_field_is_emptied_and_not_set() -> None:
    old = [Definition("old", "Old", "text", archived=True)]
    assert read(old, {"old": None}) == {"old": None}
    with pytest.raises(Invalid):
        read(old, {"old": "x"})


def test_values_are_set_beside_the_others_and_removed() -> None:
    assert merged({"a": 1, "b": 2}, {"b": None, "c": False}) == {"a": 1, "c": False}


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=6, allow_nan=False))
def test_every_number_that_is_taken_is_read_again_as_it_was(number: Decimal) -> None:
    try:
        kept = read(FIELDS, {"number": number})["number"]
    except Invalid:
        assert len(number.normalize().as_tuple().digits) > 15
        return
    assert Decimal(orjson.dumps(orjson.loads(orjson.dumps(kept))).decode()) == number


@pytest.mark.parametrize(
    ("label", "key"),
    [
        ("Number of seats", "number_of_seats"),
        ("Größe (m²)", "grosse_m2"),
        ("3rd party?", "field_3rd_party"),
        ("客户", "field"),
        ("x" * 60, "x" * 40),
        ("Tier", "tier_2"),
    ],
)
def test_a_key_says_what_the_label_does(label: str, key: str) -> None:
    assert key_of(label, ["tier"]) == key


def test_values_in_words() -> None:
    assert [shown(each) for each in ("x", 5, 0.5, True, {"amount_minor": 500, "currency": "USD"})] == [
        "x",
        "5",
        "0.5",
        "true",
        "$5",
    ]


def test_what_a_row_is_searched_by() -> None:
    values = {"b": "two", "a": "2025-02-28", "c": 5, "d": True, "e": {"amount_minor": 5, "currency": "EUR"}}
    assert searchable(values) == "2025-02-28, two"
    assert searchable({"c": 5}) is None and searchable({}) is None
    assert len(searchable({f"f{n}": "x" * 500 for n in range(60)}) or "") == 20_000
