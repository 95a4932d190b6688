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


AMY = Person(
    contact_id=CONTACT,
    client_id=CLIENT,
    first_name="Amélie",
    last_name="Müßig",
    email="amelie@muessig.example",
    phone="+1 (415) 555-0187",
    alone=("Amélie", "Müßig"),
)
BERLIN = AMY.model_copy(update={"phone": "+49 30 901820"})


@pytest.mark.parametrize(
    ("person", "number"),
    [
        *[
            (AMY, each)
            for each in ("415-555-0187", "4155550187", "(415) 555-0187", "+1 415 555 0187", "001 4155550187")
        ],
        *[(BERLIN, each) for each in ("030 901820", "030/901820", "+49 (0)30 901820", "0049 30 901820", "+4930901820")],
    ],
)
def test_a_number_is_found_however_it_is_dialled(person: Person, number: str) -> None:
    text = f"call {number}, today"
    assert not re.search("[0-9]", person.replaced(text)) and re.search(person.loose, text)


@pytest.mark.parametrize("name", ["Amelie Muessig", "AMÉLIE MÜSSIG", "Mu\u0308ßig, Ame\u0301lie", "Amélie Mussig"])
def test_a_name_is_found_without_its_accents(name: str) -> None:
    assert AMY.replaced(f"with {name}!") == "with [erased]!"
    assert re.search(AMY.loose, f"with {name}!", re.IGNORECASE)


def test_what_may_be_an_amount_is_theirs_only_where_it_is_about_them() -> None:
    short = Person(contact_id=CONTACT, client_id=CLIENT, first_name="Grant", last_name="Project", phone="100000")
    assert short.replaced("It costs 100000 USD") == "It costs 100000 USD"
    assert short.replaced({"contact_id": CONTACT, "text": "call 100000"})["text"] == "call [erased]"


def test_what_names_nobody_is_left_as_it_was_written() -> None:
    """A provider's body was signed; and a first name of one letter is in all of them."""
    body = '{"id": "evt_1",  "q": [1, 2]}'
    for name in ("q", "Ed"):
        person = Person(contact_id=CONTACT, client_id=CLIENT, first_name=name)
        assert person.replaced(body) is body and not person.is_named_in(body)
        assert not re.search(person.loose, body)


def test_names_alone_are_theirs_at_their_client() -> None:
    row = {"client_id": CLIENT, "subject": "Müßig called back", "tags": ["müßig-vip"]}
    assert re.search(AMY.loose, json.dumps(row, ensure_ascii=False)) and AMY.is_near(row)
    assert AMY.replaced(row) == {"client_id": CLIENT, "subject": "[erased] called back", "tags": ["[erased]-vip"]}
    others = {
        "client_id": CLIENT,
        "actor": {"name": "Amélie Meyer"},
        "company_name": "Müßig GmbH",
        "text": "Amélie Meyer",
    }
    assert AMY.replaced(others) == others
    assert AMY.replaced({"client_id": CONTACT[:-1] + "9", "subject": "Müßig called"})["subject"] == "Müßig called"


def test_a_name_at_another_client_may_be_somebody_elses() -> None:
    other = {"client_id": "01940001-7a00-7000-8000-000000000009", "notes": "Sarah Johnson decides"}
    assert SARAH.is_elsewhere("deals", other)
    assert SARAH.is_elsewhere("clients", {"id": other["client_id"], "notes": other["notes"]})
    assert not SARAH.is_elsewhere("deals", other | {"notes": "sarah@techcorp.com"})
    assert not SARAH.is_elsewhere("deals", other | {"client_id": CLIENT})
    assert not SARAH.is_elsewhere("intake_forms", {"body": "Sarah Johnson"})
