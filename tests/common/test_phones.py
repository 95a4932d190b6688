"""Numbers are compared as numbers."""

from __future__ import annotations

import pytest

from libs.common.phones import dialled, forms, same, tail


@pytest.mark.parametrize(
    ("written", "digits"),
    [
        ("+1 (555) 0123", "15550123"),
        ("+1-555-0123", "15550123"),
        ("(212) 555-0187", "12125550187"),
        ("+49 30 901820", "4930901820"),
        ("0049 30 901820", "4930901820"),
        ("+52 1 55 1234 5678", "525512345678"),
        ("+52 55 1234 5678", "525512345678"),
        ("0052 1 55 1234 5678", "525512345678"),
        ("011 49 30 901820", "4930901820"),
        ("+1 212 555 0187 ext. 5", "12125550187"),
        ("call me", None),
        ("", None),
        (None, None),
        ("12", None),
    ],
)
def test_what_is_dialled(written: str | None, digits: str | None) -> None:
    assert dialled(written, "US") == digits


@pytest.mark.parametrize(
    ("one", "other", "equal"),
    [
        ("5531988887777", "553188887777", True),
        ("5215512345678", "525512345678", True),
        ("5491123456789", "541123456789", True),
        ("15550123", "15550124", False),
        ("15550123", "4915550123", False),
    ],
)
def test_ways_of_dialling_one_mobile(one: str, other: str, equal: bool) -> None:
    assert same(one, other) is equal
    assert not equal or tail(one) == tail(other)


@pytest.mark.parametrize(
    ("digits", "other"),
    [("525512345678", "5215512345678"), ("5491123456789", "541123456789"), ("553188887777", "5531988887777")],
)
def test_all_forms_of_a_mobile(digits: str, other: str) -> None:
    assert forms(digits) == [digits, other] and forms(other) in ([other, digits], [other])


def test_other_numbers_have_one_form() -> None:
    assert forms("15550123") == ["15550123"] and forms("4930901820") == ["4930901820"]
