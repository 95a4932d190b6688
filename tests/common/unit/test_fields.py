"""Fields people fill in: each reader takes what is right and names the field of what is not."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.common import fields
from libs.common.ids import new_id
from libs.common.problems import Invalid

AN_ID = new_id()
TAKEN = [
    (fields.text(), "  Ann  ", "Ann"),
    (fields.text(), "   ", None),
    (fields.text(), None, None),
    (fields.text(3), "äöü", "äöü"),
    (fields.email, " Ann@Example.COM ", "Ann@example.com"),
    (fields.email, "ann@bücher.example", "ann@bücher.example"),
    (fields.email, None, None),
    (fields.email, "", None),
    (fields.one_of("a", "b"), "a", "a"),
    (fields.identifier, AN_ID, AN_ID),
    (fields.identifier, None, None),
    (fields.tags, [" VIP ", "vip", "New"], ["vip", "new"]),
    (fields.tags, [], []),
    (fields.flag, False, False),
    (fields.date_of, "2025-02-28", date(2025, 2, 28)),
    (fields.date_of, None, None),
    (fields.instant, "2025-02-10T15:00:00-05:00", datetime(2025, 2, 10, 20, tzinfo=UTC)),
    (fields.instant, "2025-02-10T15:00:00Z", datetime(2025, 2, 10, 15, tzinfo=UTC)),
    (fields.instant, None, None),
    (fields.whole(1, 5), 5, 5),
    (fields.amount, 0, 0),
    (fields.amount, 10**15, 10**15),
    (fields.amount, None, None),
    (fields.currency, "BHD", "BHD"),
]
REFUSED = [
    (fields.text(), 5),
    (fields.text(), ["a"]),
    (fields.text(), "a\x00b"),
    (fields.text(3), "abcd"),
    (fields.text(required=True), ""),
    (fields.text(required=True), " \n "),
    (fields.text(required=True), None),
    (fields.email, "not an address"),
    (fields.email, "a@b"),
    (fields.email, "a@@example.com"),
    (fields.email, f"{'a' * 250}@example.com"),
    (fields.email, "Ann <ann@example.com>"),
    (fields.email, "a@example.com\r\nBcc: b@example.com"),
    (fields.one_of("a", "b"), "c"),
    (fields.one_of("a", "b"), None),
    (fields.one_of("a", "b"), True),
    (fields.identifier, "7"),
    (fields.identifier, 7),
    (fields.tags, "vip"),
    (fields.tags, [""]),
    (fields.tags, [5]),
    (fields.tags, ["x" * 61]),
    (fields.tags, ["x"] * 51),
    (fields.flag, 1),
    (fields.flag, "true"),
    (fields.flag, None),
    (fields.date_of, "2025-02-30"),
    (fields.date_of, "tomorrow"),
    (fields.date_of, 20250210),
    (fields.instant, "2025-02-10T15:00:00"),
    (fields.instant, "2025-02-10"),
    (fields.instant, 1),
    (fields.whole(1, 5), 6),
    (fields.whole(1, 5), True),
    (fields.whole(1, 5), 2.0),
    (fields.whole(1, 5), "2"),
    (fields.amount, -1),
    (fields.amount, 10**15 + 1),
    (fields.amount, 1.5),
    (fields.currency, "usd"),
    (fields.currency, "XXX"),
    (fields.currency, None),
    (fields.currency, ["USD"]),
]


@pytest.mark.parametrize(("reader", "value", "read"), TAKEN)
def test_what_is_right_is_taken(reader: fields.Reader, value: Any, read: Any) -> None:
    assert reader("x", value) == read


@pytest.mark.parametrize(("reader", "value"), REFUSED)
def test_what_is_wrong_names_its_field(reader: fields.Reader, value: Any) -> None:
    with pytest.raises(Invalid) as refused:
        reader("contact.email", value)
    assert refused.value.field == "contact.email" and refused.value.detail


def test_unknown_fields_are_refused_by_name() -> None:
    readers = {"name": fields.text()}
    assert fields.read(readers, {"name": " x "}) == {"name": "x"} and fields.read(readers, {}) == {}
    with pytest.raises(Invalid) as refused:
        fields.read(readers, {"name": "x", "nmae": "y"})
    assert refused.value.field == "nmae"
    for no_object in (None, [], "x", 5):
        with pytest.raises(Invalid):
            fields.read(readers, no_object)


@given(st.text(alphabet="a%_\\é", max_size=8), st.text(alphabet="a%_\\é", max_size=8))
def test_a_search_for_signs_finds_those_signs(wanted: str, text: str) -> None:
    """The pattern, read as SQL reads it, matches exactly the texts that contain the words."""
    pattern, position = "", 0
    escaped = fields.contains(wanted)
    while position < len(escaped):
        sign = escaped[position]
        if sign == "\\":
            position += 1
            pattern += re.escape(escaped[position])
        else:
            pattern += {"%": ".*", "_": "."}.get(sign, re.escape(sign))
        position += 1
    assert bool(re.fullmatch(pattern, text, re.DOTALL)) is (wanted in text)
