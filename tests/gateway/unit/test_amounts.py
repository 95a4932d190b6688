"""Amounts as people type and read them, in English and in German."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest
from flask import Flask, g
from flask_babel import refresh

from libs.common.problems import Invalid
from services.gateway.web import formats, forms, language

Reading = Callable[[str], AbstractContextManager[None]]


@pytest.fixture
def reading_in(monkeypatch: pytest.MonkeyPatch) -> Reading:
    """``with reading_in("de"):`` a request of somebody who reads German."""
    for module in (language, formats):
        monkeypatch.setattr(module, "timezone", lambda: "Europe/Berlin")
    app = Flask("services.gateway.app")
    language.install(app)

    @contextmanager
    def reading(tongue: str) -> Iterator[None]:
        with app.test_request_context("/"):
            g.signed_in = SimpleNamespace(locale=tongue)
            refresh()
            yield

    return reading


def read(typed: str) -> Decimal:
    return forms.amount("amount", typed)


@pytest.mark.parametrize(
    ("typed", "amount"),
    [
        ("62500", "62500"),
        ("62,500", "62500"),
        ("62,500.50", "62500.50"),
        ("1,234,567.89", "1234567.89"),
        ("1.5", "1.5"),
        (".5", "0.5"),
        ("5.", "5"),
        ("$62,500", "62500"),
        ("62,500.50 USD", "62500.50"),
        ("USD 10", "10"),
        ("-$5", "-5"),
        ("-5", "-5"),
        ("10 000", "10000"),
        ("10\u00a0000.25", "10000.25"),
        ("1'000", "1000"),
        ("1.500", "1.500"),
        ("9" * 40, "9" * 40),
    ],
)
def test_english_amounts(reading_in: Reading, typed: str, amount: str) -> None:
    with reading_in("en"):
        assert read(typed) == Decimal(amount)


@pytest.mark.parametrize(
    ("typed", "amount"),
    [
        ("62500", "62500"),
        ("62.500", "62500"),
        ("62.500,50", "62500.50"),
        ("1.500", "1500"),
        ("1,5", "1.5"),
        (",5", "0.5"),
        ("1.234.567,89", "1234567.89"),
        ("62.500,50 €", "62500.50"),
        ("EUR 10", "10"),
        ("10\u202f000,25", "10000.25"),
        ("-3,20", "-3.20"),
    ],
)
def test_german_amounts(reading_in: Reading, typed: str, amount: str) -> None:
    with reading_in("de"):
        assert read(typed) == Decimal(amount)


NEVER = [
    "NaN", "NAN", "Infinity", "-inf", "INF", "1e5", "1E5", "--5", "-", ".", ",", "$", "USD", "abc", "5 5", "1$2",
    "12USD34", "1 2 3", "0x10", "1_000", "5-", "(5)", "½", "1,23,456", "1.23.456", "1,,000", "1..5", "1,234.567.8",
    "1.234,567,8",
]  # fmt: skip


@pytest.mark.parametrize("tongue", ["en", "de"])
@pytest.mark.parametrize("typed", NEVER)
def test_what_is_no_amount_is_refused_at_its_field(reading_in: Reading, tongue: str, typed: str) -> None:
    with reading_in(tongue), pytest.raises(Invalid) as refused:
        read(typed)
    assert refused.value.field == "amount"
    assert {"en": "62,500.00", "de": "62.500,00"}[tongue] in refused.value.detail


@pytest.mark.parametrize(("tongue", "example"), [("en", "12.5"), ("de", "12,5")])
@pytest.mark.parametrize("typed", [*NEVER, "5 €", "USD 5"])
def test_what_is_no_number_is_refused_as_one(reading_in: Reading, tongue: str, example: str, typed: str) -> None:
    with reading_in(tongue), pytest.raises(Invalid) as refused:
        forms.number("size", typed)
    assert refused.value.field == "size" and example in refused.value.detail
    with reading_in(tongue):
        assert forms.number("size", example) == Decimal("12.5")


def test_all_that_does_not_fit_is_named_at_once(reading_in: Reading) -> None:
    typed = {"price": "much", "size": "large", "name": "Ada", "count": "3"}
    readers = {"price": forms.amount, "size": forms.number, "name": forms.text, "count": forms.whole}
    with reading_in("en"), pytest.raises(Invalid) as refused:
        forms.read(readers, typed)
    with reading_in("en"):
        errors = forms.Form().refused(refused.value).errors
    assert errors == {
        "price": "Write an amount in figures, as in 62,500.00.",
        "size": "Write a number in figures, as in 12.5.",
    }


@pytest.mark.parametrize(("tongue", "typed"), [("en", "1,5"), ("en", "62.500,50"), ("de", "1.5"), ("de", "62,500.50")])
def test_the_other_language_s_way_is_refused_and_not_guessed(reading_in: Reading, tongue: str, typed: str) -> None:
    with reading_in(tongue), pytest.raises(Invalid):
        read(typed)


@pytest.mark.parametrize("tongue", ["en", "de"])
@pytest.mark.parametrize(("minor", "currency"), [(6_250_050, "USD"), (5, "EUR"), (1500, "JPY"), (1_085_250, "KWD")])
def test_what_stands_in_an_input_is_read_back(reading_in: Reading, tongue: str, minor: int, currency: str) -> None:
    digits = {"JPY": 0, "KWD": 3}.get(currency, 2)
    with reading_in(tongue):
        assert read(formats.typed_amount(minor, currency)) * 10**digits == minor


def test_how_each_language_writes(reading_in: Reading) -> None:
    ago = datetime.now(UTC) - timedelta(hours=3)
    with reading_in("en"):
        assert formats.money(6_250_000, "USD") == "$62,500"
        assert formats.day("2025-02-15") == "Feb 15, 2025"
        assert formats.number(1234) == "1,234"
        assert formats.exact("1.085") == "1.085"
        assert ">3 hours ago</time>" in formats.ago(ago)
    with reading_in("de"):
        assert formats.money(6_250_000, "EUR") == "62.500\u00a0€"
        assert formats.money(6_250_050, "USD") == "62.500,50\u00a0$"
        assert formats.day("2025-02-15") == "15.02.2025"
        assert formats.day("2025-02-15T23:30:00+00:00") == "16.02.2025"  # by then it is the next day in Berlin
        assert formats.number(1234) == "1.234"
        assert formats.exact("1.085") == "1,085"
        assert ">vor 3 Stunden</time>" in formats.ago(ago)
        assert formats.money(None, "EUR") == formats.day(None) == "–"
