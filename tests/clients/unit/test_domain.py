"""Who a company is, and what happens to clients and contacts: without I/O."""

from __future__ import annotations

import unicodedata
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.clients.domain import (
    Activity,
    Client,
    ClientError,
    Contact,
    bulk_value,
    day_begins,
    in_base,
    intake_key,
    likeness,
    mail_host,
    normal_name,
    phone_key,
)

T0, T1 = datetime(2025, 1, 6, tzinfo=UTC), datetime(2025, 1, 7, tzinfo=UTC)

SAME = [
    # case, spaces, punctuation
    ("TechCorp Solutions", "techcorp solutions"),
    ("  TechCorp\tSOLUTIONS ", "techcorp solutions"),
    ("TechCorp-Solutions", "techcorp solutions"),
    ("TechCorp_Solutions!", "techcorp solutions"),
    ("“TechCorp” Solutions", "techcorp solutions"),
    ("McDonald's", "mcdonalds"),
    ("McDonald’s", "mcdonalds"),
    # accents and their kin
    ("Téléphone", "telephone"),
    ("Te\u0301le\u0301phone", "telephone"),
    ("Müller & Söhne", "muller and sohne"),
    ("Strauß", "strauss"),
    ("STRAUSS", "strauss"),
    ("Ｔｅｃｈ", "tech"),  # full width
    # legal forms at the end do not count
    ("TechCorp Solutions, Inc.", "techcorp solutions"),
    ("TechCorp Solutions LLC", "techcorp solutions"),
    ("TechCorp Solutions L.L.C.", "techcorp solutions"),
    ("Bäcker GmbH & Co. KG", "backer"),
    ("Sociedad X, S.A. de C.V.", "sociedad x"),
    ("Acme Pty Ltd", "acme"),
    ("Żabka Polska sp. z o.o.", "zabka polska"),
    ("Novo Nordisk A/S", "novo nordisk"),
    ("Škoda Auto a.s.", "skoda auto"),
    ("Kofola s. r. o.", "kofola"),
    # and count where they are more than an ending
    ("SE Ranking", "se ranking"),
    ("Limited Brands", "limited brands"),
    ("Company of Heroes", "company of heroes"),
    # a name of nothing but legal forms stays as it is
    ("AG", "ag"),
    ("Co. KG", "co kg"),
    ("Inc Ltd", "inc ltd"),
    ("S.A.", "sa"),
    # digits and other scripts
    ("3M", "3m"),
    ("7-Eleven, Inc.", "7 eleven"),
    ("株式会社", "株式会社"),
    ("Газпром", "газпром"),
    # nothing that could be compared
    ("", ""),
    ("!!!", ""),
]


@pytest.mark.parametrize(("name", "normal"), SAME)
def test_what_a_name_is_matched_by(name: str, normal: str) -> None:
    assert normal_name(name) == normal


@pytest.mark.parametrize(
    ("one", "other"),
    [("TechCorp", "TechCorp Solutions"), ("Acme", "Acme Holding"), ("A B", "AB"), ("Alpha 1", "Alpha 2")],
)
def test_different_companies_stay_different(one: str, other: str) -> None:
    assert normal_name(one) != normal_name(other)


@given(st.text(max_size=60))
def test_a_normal_name_is_its_own_normal_name(name: str) -> None:
    assert normal_name(normal_name(name)) == normal_name(name)


@given(st.text(alphabet=st.characters(categories=("Lu", "Ll", "Nd", "Zs", "Po")), max_size=40))
def test_case_and_outer_space_never_count(name: str) -> None:
    assert normal_name(f"  {name} ") == normal_name(name)
    assert normal_name(unicodedata.normalize("NFD", name)) == normal_name(unicodedata.normalize("NFC", name))


@pytest.mark.parametrize(
    ("address", "host"),
    [
        ("sarah@techcorp.com", "techcorp.com"),
        ("Sarah@EU.TechCorp.com.", "eu.techcorp.com"),
        ("a@b@techcorp.com", "techcorp.com"),
        ("ann@gmail.com", None),
        ("ann@GoogleMail.com", None),
        ("ann@t-online.de", None),
        ("ann@notgmail.com", "notgmail.com"),
        ("ann@mail.gmail.com", "mail.gmail.com"),
        ("no address", None),
        ("ann@", None),
        ("", None),
        (None, None),
    ],
)
def test_the_host_of_an_address(address: str | None, host: str | None) -> None:
    assert mail_host(address) == host


@pytest.mark.parametrize(
    ("company", "addresses", "key"),
    [
        ("TechCorp Inc.", ("hello@techcorp.com", "sarah@techcorp.com"), "name:techcorp"),
        (None, ("hello@techcorp.com", "sarah@gmail.com"), "host:techcorp.com"),
        (None, (None, "sarah@techcorp.com"), "host:techcorp.com"),
        (None, ("office@gmail.com", "sarah@techcorp.com"), "host:techcorp.com"),
        (None, (None, "Ann@Gmail.com"), "mail:ann@gmail.com"),
        ("", ("", "ann@gmail.com"), "mail:ann@gmail.com"),
        ("!!!", (None, "ann@gmail.com"), "mail:ann@gmail.com"),
        (None, (None, None), None),
        (None, (), None),
    ],
)
def test_what_a_form_is_matched_by(company: str | None, addresses: tuple[str | None, ...], key: str | None) -> None:
    assert intake_key(company, *addresses) == key


def client(**changes: Any) -> Client:
    values = {"id": "c", "company_name": "Acme", "match_name": "acme", "status": "prospect", "source": "website"}
    return Client(**(values | {"currency": "USD", "created_at": T0, "updated_at": T0} | changes))


def test_a_prospect_without_an_owner_is_open() -> None:
    assert client().is_open
    assert (
        not client(owner_id="u").is_open and not client(status="active").is_open and not client(deleted_at=T0).is_open
    )


def test_a_change_raises_the_version_and_says_whether_access_changed() -> None:
    one = client()
    assert not one.change({"notes": "x"}, T1)
    assert (one.version, one.access_version, one.updated_at) == (2, 1, T1)
    assert one.change({"company_name": "Bcme Ltd"}, T1) and one.match_name == "bcme"
    assert one.change({"status": "active"}, T1) and (one.version, one.access_version) == (4, 3)
    assert not one.change({"status": "churned"}, T1)


def test_assigning_twice_is_assigning_once() -> None:
    one = client()
    assert one.assign("u", T1) and not one.assign("u", T1) and (one.version, one.access_version) == (2, 2)
    assert one.assign(None, T1) and one.is_open


def test_winning_makes_a_prospect_active_and_leaves_others() -> None:
    assert client().won(T1) and not client(status="active").won(T1)
    churned = client(status="churned")
    assert not churned.won(T1) and churned.status == "churned" and churned.version == 1


def test_a_contact_learns_what_was_not_known_and_keeps_what_was() -> None:
    sarah = Contact("p", "c", "Sarah", "", created_at=T0, updated_at=T0, phone="+1")
    sarah.learn({"phone": "+2", "job_title": None, "last_name": "Johnson"}, T1)
    assert (sarah.phone, sarah.name, sarah.version, sarah.updated_at) == ("+1", "Sarah Johnson", 2, T1)
    sarah.learn({"phone": "+3", "last_name": "Jones"}, T1)
    assert (sarah.name, sarah.version) == ("Sarah Johnson", 2)


@pytest.mark.parametrize(
    ("phone", "key"),
    [
        ("+49 731 9876543", "319876543"),
        ("0731/9876543", "319876543"),
        ("+1-555-0123", "15550123"),
        ("555 0123", "5550123"),
        ("123456", None),
        ("", None),
        (None, None),
    ],
)
def test_what_spellings_of_a_phone_number_share(phone: str | None, key: str | None) -> None:
    assert phone_key(phone) == key


def test_each_sign_leaves_less_doubt() -> None:
    assert [likeness(signs) for signs in ([], [90], [70, 80], [95, 90, 80], [100, 5])] == [0, 90, 94, 100, 100]


@given(st.lists(st.integers(0, 100), max_size=6), st.integers(0, 100))
def test_a_further_sign_never_makes_less_sure(signs: list[int], one_more: int) -> None:
    assert 0 <= likeness(signs) <= likeness([*signs, one_more]) <= 100


@pytest.mark.parametrize(
    ("minor", "currency", "rate", "base", "worth"),
    [
        (1_000_000, "EUR", "1.03", "USD", 1_030_000),
        (1_000_000, "JPY", "0.0064", "USD", 640_000),
        (1_001, "BHD", "2.65", "USD", 265),
        (100, "USD", "149.5", "JPY", 150),  # half a yen is rounded up
        (10**15, "KWD", "999999999999.999999999999", "CLF", 10**28 - 10**4),
    ],
)
def test_an_amount_in_the_base_currency(minor: int, currency: str, rate: str, base: str, worth: int) -> None:
    assert in_base(minor, currency, Decimal(rate), base) == worth


def test_what_a_bulk_action_makes_of_a_field() -> None:
    assert bulk_value("add_tag", "b", ["a"]) == ["a", "b"] and bulk_value("add_tag", "a", ["a"]) == ["a"]
    assert bulk_value("remove_tag", "a", ["a", "b"]) == ["b"] and bulk_value("remove_tag", "c", ["a"]) == ["a"]
    assert bulk_value("set_status", "active", "prospect") == "active" and bulk_value("assign", None, "u") is None


def test_a_day_begins_in_its_zone() -> None:
    assert day_begins(date(2025, 3, 1), "America/New_York").astimezone(UTC) == datetime(2025, 3, 1, 5, tzinfo=UTC)
    assert day_begins(date(2025, 7, 1), "America/New_York").astimezone(UTC) == datetime(2025, 7, 1, 4, tzinfo=UTC)


def activity(kind: str = "task") -> Activity:
    return Activity("a", "c", kind, "Call back", occurred_at=T0, created_at=T0, updated_at=T0)


def test_a_task_keeps_when_it_was_done_first() -> None:
    one = activity()
    one.change({"done": True}, T0)
    one.change({"done": True, "subject": "New"}, T1)
    assert (one.done_at, one.subject, one.updated_at, one.version) == (T0, "New", T1, 3)
    one.change({"done": False}, T1)
    assert one.done_at is None


@pytest.mark.parametrize("changes", [{"done": True}, {"done": False}, {"assignee_id": "u"}, {"assignee_id": None}])
def test_only_a_task_is_somebodys_to_do(changes: dict[str, Any]) -> None:
    with pytest.raises(ClientError) as refused:
        activity("note").change(changes, T1)
    assert refused.value.field == next(iter(changes))
