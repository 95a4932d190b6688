"""Money: exact to the minor unit of every currency, and never a float."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.common.money import (
    EXPONENTS,
    MAX_MINOR,
    Money,
    MoneyError,
    display,
    exponent,
    json_number,
    round_minor,
    to_major,
    to_minor,
)

minors = st.integers(-MAX_MINOR, MAX_MINOR)
currencies = st.sampled_from(sorted(EXPONENTS))


@given(minors, currencies)
def test_there_and_back_is_the_same(minor: int, currency: str) -> None:
    major = to_major(minor, currency)
    assert -major.as_tuple().exponent == exponent(currency) or exponent(currency) == 0  # type: ignore[operator]
    if abs(major) < MAX_MINOR:
        assert to_minor(major, currency) == minor


@given(minors.filter(lambda minor: abs(minor) < MAX_MINOR // 10**4), currencies)
def test_the_json_number_is_exact_and_short(minor: int, currency: str) -> None:
    text = json_number(minor, currency)
    assert to_minor(json.loads(text, parse_float=Decimal), currency) == minor
    assert "e" not in text.lower() and not ("." in text and text.endswith("0"))


@pytest.mark.parametrize("currency", sorted(EXPONENTS))
def test_each_currency_takes_its_decimals_and_no_more(currency: str) -> None:
    digits = EXPONENTS[currency]
    assert to_minor(1, currency) == 10**digits
    assert to_minor(Decimal(1).scaleb(-digits), currency) == 1
    with pytest.raises(MoneyError, match=f"{digits} decimals"):
        to_minor(Decimal(1).scaleb(-digits - 1), currency)


@pytest.mark.parametrize(
    ("currency", "digits"), [("JPY", 0), ("KRW", 0), ("USD", 2), ("HUF", 2), ("BHD", 3), ("TND", 3), ("CLF", 4)]
)
def test_exponents_are_those_of_the_standard(currency: str, digits: int) -> None:
    assert exponent(currency) == digits


@pytest.mark.parametrize("amount", [True, False, 0.1, 1.0, "5", "5.00", None, [1], 1j, float("nan")])
def test_what_is_no_plain_number_is_refused(amount: Any) -> None:
    with pytest.raises(MoneyError, match="plain number"):
        to_minor(amount, "USD")


@pytest.mark.parametrize(
    "amount",
    [
        Decimal("NaN"),
        Decimal("Infinity"),
        Decimal("-Infinity"),
        Decimal("sNaN"),
        Decimal("1E+400"),
        10**15,
        Decimal("10000000000000.01"),
        Decimal("0.30000000000000004"),
        # more digits than a decimal context keeps: the last one must still be seen
        Decimal("0.1" + "0" * 40 + "1"),
        Decimal("1E-400000000"),
    ],
)
def test_what_cannot_be_kept_exactly_is_refused(amount: Decimal) -> None:
    with pytest.raises(MoneyError):
        to_minor(amount, "USD")


@pytest.mark.parametrize("amount", [Decimal("62500." + "0" * 90), Decimal("6.25E+4"), 62500, Decimal("62500")])
def test_every_spelling_of_an_amount_is_one_amount(amount: Decimal | int) -> None:
    assert to_minor(amount, "USD") == 6_250_000


@pytest.mark.parametrize("currency", ["usd", "XXX", "", "US", None, 5, "USDT"])
def test_unknown_currencies_are_refused(currency: Any) -> None:
    with pytest.raises(MoneyError, match="ISO 4217"):
        exponent(currency)
    with pytest.raises(MoneyError, match="ISO 4217"):
        Money(1, currency)


@pytest.mark.parametrize(
    ("minor", "currency", "text"),
    [
        (6_250_000, "USD", "$62,500"),
        (6_250_050, "USD", "$62,500.50"),
        (5, "USD", "$0.05"),
        (0, "EUR", "€0"),
        (-1_999, "GBP", "-£19.99"),
        (62_500, "JPY", "¥62,500"),
        (62_500_500, "BHD", "BHD 62,500.500"),
        (-10_001, "CLF", "-CLF 1.0001"),
        (123_456_789_012, "CHF", "CHF 1,234,567,890.12"),
    ],
)
def test_amounts_for_people(minor: int, currency: str, text: str) -> None:
    assert display(minor, currency) == str(Money(minor, currency)) == text


def test_money_adds_in_one_currency_only() -> None:
    assert Money.of(Decimal("0.10"), "USD") + Money.of(Decimal("0.20"), "USD") == Money.of(Decimal("0.30"), "USD")
    assert Money(5, "USD") - Money(7, "USD") == Money(-2, "USD")
    for operate in (lambda a, b: a + b, lambda a, b: a - b, lambda a, b: a.midpoint(b)):
        with pytest.raises(MoneyError, match="do not add up"):
            operate(Money(1, "USD"), Money(1, "EUR"))


@given(st.integers(0, MAX_MINOR), st.integers(0, MAX_MINOR))
def test_the_midpoint_lies_between(low: int, high: int) -> None:
    middle = Money(low, "USD").midpoint(Money(high, "USD")).minor
    assert middle == -(-(low + high) // 2)


@pytest.mark.parametrize(("value", "rounded"), [("0.5", 1), ("1.5", 2), ("2.5", 3), ("-0.5", -1), ("0.49999", 0)])
def test_halves_are_rounded_away_from_zero(value: str, rounded: int) -> None:
    assert round_minor(Decimal(value)) == rounded
