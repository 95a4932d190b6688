"""What names a person is found however it is written, and nothing else is touched."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from libs.common.erasure.person import Person
from libs.common.sealing import SealBroken

CONTACT, CLIENT = "01940002-7a00-7000-8000-000000000002", "01940001-7a00-7000-8000-000000000001"
SARAH = Person(
    contact_id=CONTACT,
    client_id=CLIENT,
    first_name="Sarah",
    last_name="Johnson",
    email="sarah@techcorp.com",
    phone="+1-555-0123",
)
GONE = [
    "Sarah Johnson",
    "talked to SARAH JOHNSON today",
    "Johnson, Sarah",
    "sarah_johnson.pdf",
    "Sarah\nJohnson",
    "<Sarah@TechCorp.com>",
    "/search?q=sarah%40techcorp.com",
    "call +1-555-0123!",
    "call +1 (555) 0123",
    "15550123",
    '{"body": "line\\nSarah Johnson"}',
]
STAYS = [
    "Sarahs Johnsons",
    "Sarah Connor met Bob Johnson",
    "dsarah@techcorp.com",
    "sarah@techcorp.com.au",
    "+1-555-01234",
    "01940155-1555-0123-8000-000000000001",
    "$1,555.01 and 23 hours",
    "TechCorp Solutions",
]


@pytest.mark.parametrize("value", GONE)
def test_it_is_found(value: str) -> None:
    assert SARAH.is_named_in(value)
    left = SARAH.replaced(value).casefold()
    assert "[erased]" in left and not re.search("sarah|johnson|techcorp.com|0123", left)


@pytest.mark.parametrize("value", [*GONE, CONTACT])
def test_the_database_is_asked_for_at_least_that(value: str) -> None:
    """PostgreSQL searches the row as JSON; these patterns mean the same there."""
    row = json.dumps({"id": 1, "text": value}, ensure_ascii=False)
    assert re.search(SARAH.loose, row, re.IGNORECASE | re.DOTALL)


def test_the_database_finds_names_in_two_columns_and_letters_beyond_ascii() -> None:
    jose = Person(contact_id=CONTACT, client_id=CLIENT, first_name="José", last_name="Núñez O'Hara")
    for row in (
        {"first_name": "José", "last_name": "Núñez O'Hara"},
        {"body": json.dumps({"name": "José Núñez O'Hara"})},
        {"body": "Núñez O'Hara, José"},
    ):
        assert re.search(jose.loose, json.dumps(row, ensure_ascii=False), re.IGNORECASE | re.DOTALL), row
    assert jose.replaced('{"name": "Jos\\u00e9 N\\u00fa\\u00f1ez O\'Hara"}') == '{"name": "[erased]"}'


@pytest.mark.parametrize("value", STAYS)
def test_nothing_else_is_touched(value: str) -> None:
    assert SARAH.replaced(value) == value and not SARAH.is_named_in(value)


def test_lists_and_objects_are_looked_through() -> None:
    card = {"first_name": "Sarah", "last_name": "Johnson", "email": None, "job_title": "CTO"}
    given: dict[str, Any] = {"to": ["sarah@techcorp.com", "bob@techcorp.com"], "contact": card, "count": 3}
    assert SARAH.replaced(given) == {
        "to": ["[erased]", "bob@techcorp.com"],
        "contact": {"first_name": "[erased]", "last_name": "[erased]", "email": None, "job_title": "CTO"},
        "count": 3,
    }


def test_a_first_name_alone_is_theirs_only_where_it_is_about_them() -> None:
    assert SARAH.replaced("Dear Sarah,") == "Dear Sarah,"
    assert SARAH.replaced("Dear Sarah,", theirs=True) == "Dear [erased],"
    mail = {"address": "sarah@techcorp.com", "text": "Dear Sarah, the Johnsons"}
    assert SARAH.is_about(mail) and SARAH.is_about({"contact_id": CONTACT})
    assert SARAH.replaced(mail) == {"address": "[erased]", "text": "Dear [erased], the Johnsons"}


def test_who_has_no_last_name_address_or_number_is_found_by_their_id_alone() -> None:
    person = Person(contact_id=CONTACT, client_id=CLIENT, first_name="Li")
    assert person.replaced("Li and Lima") == "Li and Lima"
    assert person.replaced("Li and Lima", theirs=True) == "[erased] and Lima"
    assert re.search(person.loose, f'{{"contact_id": "{CONTACT}"}}')


def test_who_it_is_travels_sealed() -> None:
    sealed = SARAH.sealed("secret", "one erasure")
    assert "Sarah" not in sealed and Person.opened("secret", "one erasure", sealed) == SARAH
    for secret, erasure in (("other", "one erasure"), ("secret", "another")):
        with pytest.raises(SealBroken):
            Person.opened(secret, erasure, sealed)
