"""Finding clients: by a few letters, as likely duplicates, by the newer filters; always as the person may see them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import text

from libs.common.clock import business_date
from libs.common.problems import Invalid
from tests.clients.integration.test_scope import MATRIX, PEOPLE
from tests.support.actors import ADMIN, FINANCE, JESSICA, JOHN


def names(found: dict[str, Any], part: str = "items") -> list[str]:
    return [row["company_name"] for row in found[part]]


@pytest.fixture
def companies(new_client: Any) -> dict[str, str]:
    made = {
        "TechCorp Solutions": {"email": "hello@techcorp.example", "phone": "+1 (555) 010-1234"},
        "Bright TechCorp": {"email": "bright@gmail.com"},
        "Techniker AG": {},
        "Müller & Söhne GmbH": {},
        "Other": {"phone": "5550101234"},
    }
    return {name: new_client(JOHN.id, company_name=name, **data)["id"] for name, data in made.items()}


def test_beginnings_come_first(clients: Any, companies: dict[str, str]) -> None:
    find = clients.as_(JOHN).quick_find
    assert names(find(q="techc"), "clients") == ["TechCorp Solutions", "Bright TechCorp"]
    assert names(find(q="TECH"), "clients") == ["TechCorp Solutions", "Techniker AG", "Bright TechCorp"]
    assert names(find(q="te"), "clients") == ["TechCorp Solutions", "Techniker AG", "Bright TechCorp"]
    assert names(find(q="t"), "clients") == ["TechCorp Solutions", "Techniker AG"]
    # Of those that hold it in the middle any is found first.
    assert names(find(q="chcorp", limit=1), "clients")[0] in ("Bright TechCorp", "TechCorp Solutions")
    assert names(find(q="bright@g"), "clients") == ["Bright TechCorp"]
    assert names(find(q="müll"), "clients") == ["Müller & Söhne GmbH"]
    assert find(q="müll")["clients"][0].keys() == {"id", "company_name", "industry", "status", "access"}
    for nothing in ("", "  ", "%", "_ech", "\\", "zzz"):
        assert find(q=nothing) == {"clients": [], "contacts": []}
    for wrong in (0, 21, "5", True):
        with pytest.raises(Invalid) as refused:
            find(q="x", limit=wrong)
        assert refused.value.field == "limit"


def test_contacts_are_found_by_name_and_address(clients: Any, companies: dict[str, str]) -> None:
    client_id = companies["TechCorp Solutions"]
    for first, last, email in (("Sarah", "Johnson", "sj@techcorp.example"), ("Ann", "Sarasin", None)):
        data = {"first_name": first, "last_name": last, "email": email, "job_title": "CTO"}
        clients.as_(JOHN).create_contact(client_id=client_id, data=data)

    def found(q: str) -> list[str]:
        return [row["first_name"] for row in clients.as_(JOHN).quick_find(q=q)["contacts"]]

    assert found("sara") == ["Sarah", "Ann"] and found("sarah jo") == found("sj@tech") == ["Sarah"]
    assert found("sa") == ["Sarah", "Ann"] and found("s") == ["Sarah"] and found("techcorp.ex") == ["Sarah"]
    (row,) = clients.as_(JOHN).quick_find(q="Sarah J")["contacts"]
    assert row | {"id": ""} == {
        "id": "", "client_id": client_id, "company_name": "TechCorp Solutions", "first_name": "Sarah",
        "last_name": "Johnson", "email": "sj@techcorp.example", "job_title": "CTO",
    }  # fmt: skip


def test_accents_do_not_count_however_many_words_are_typed(clients: Any, companies: dict[str, str]) -> None:
    for first, last in (("Zoë", "Custom"), ("Zoe", "Plain"), ("Łukasz", "Große")):
        data = {"first_name": first, "last_name": last}
        clients.as_(JOHN).create_contact(client_id=companies["Other"], data=data)

    def found(q: str) -> list[str]:
        return [row["last_name"] for row in clients.as_(JOHN).quick_find(q=q)["contacts"]]

    assert found("zoe custom") == found("Zoë custom") == found("oé cus") == found("ZOE CU") == ["Custom"]
    assert sorted(found("zoe")) == sorted(found("zoë")) == sorted(found("zo")) == ["Custom", "Plain"]
    assert found("zoë plain") == ["Plain"] and found("lukasz grosse") == ["Große"] and found("zoe%custom") == []
    for q in ("muller", "muller & sohne", "MÜLLER & SO", "mullér"):
        assert names(clients.as_(JOHN).quick_find(q=q), "clients") == ["Müller & Söhne GmbH"]
    by_two = clients.as_(JOHN).list_clients(filters={"q": "zö"})["items"]
    assert [row["company_name"] for row in by_two] == ["Other"]


def test_digits_of_a_number_find_who_has_it(clients: Any, companies: dict[str, str]) -> None:
    for first, phone in (("Ann", "+1 (415) 555-2671"), ("Bob", "0731 / 98 76 543"), ("Cem", None)):
        data = {"first_name": first, "last_name": "X", "phone": phone}
        clients.as_(JOHN).create_contact(client_id=companies["Other"], data=data)

    def found(q: str, who: Any = JOHN) -> list[str]:
        return [row["first_name"] for row in clients.as_(who).quick_find(q=q)["contacts"]]

    for q in ("415555", "4155", "(415) 555", "+1415", "555-26", "0014155552671", "2671"):
        assert found(q) == ["Ann"], q
    assert found("0731") == found("07319876543") == ["Bob"]
    # Too few digits, digits that are not in a row, and what is no number.
    assert found("415") == found("415671") == found("4155x") == found("0000") == []
    assert found("415555", JESSICA) == []
    assert set(names(clients.as_(JOHN).quick_find(q="5550101"), "clients")) == {"Other", "TechCorp Solutions"}
    assert names(clients.as_(JESSICA).quick_find(q="5550101"), "clients") == []


@pytest.mark.parametrize("who", MATRIX)
def test_quick_find_shows_what_the_list_does(clients: Any, world: dict[str, str], who: str) -> None:
    found = clients.as_(PEOPLE[who]).quick_find(q="Company", limit=20)
    ids = {client_id: name for name, client_id in world.items()}
    assert {ids[row["id"]]: row["access"] for row in found["clients"]} == MATRIX[who]
    people = clients.as_(PEOPLE[who]).quick_find(q="zoe@secret", limit=20)["contacts"]
    assert {ids[row["client_id"]] for row in people} == {n for n, access in MATRIX[who].items() if access != "card"}


def test_duplicates_are_named_with_their_signs(clients: Any, companies: dict[str, str]) -> None:
    find = clients.as_(JOHN).find_duplicates
    same = find(company_name="TECHCORP SOLUTIONS, Inc.")["items"][0]
    assert (same["company_name"], same["reasons"], same["score"]) == ("TechCorp Solutions", ["same name"], 90)
    assert same.keys() == {"id", "company_name", "industry", "status", "owner_id", "access", "reasons", "score"}
    alike = find(company_name="Techcorp Solution")["items"][0]
    assert (alike["company_name"], alike["reasons"]) == ("TechCorp Solutions", ["similar name"]) and alike["score"] > 60
    assert find(company_name="Something else")["items"] == []
    (host,) = find(email="Sarah@TechCorp.example")["items"]
    assert (host["reasons"], host["score"]) == (["same e-mail domain"], 70)
    (address,) = find(email="HELLO@techcorp.example")["items"]
    assert (address["reasons"], address["score"]) == (["same e-mail address"], 95)
    assert find(email="somebody@gmail.com")["items"] == []
    assert names(find(email="Bright@Gmail.com")) == ["Bright TechCorp"]
    assert names(find(phone="+1 555 0101234")) == ["Other", "TechCorp Solutions"]
    assert find(phone="1234")["items"] == find()["items"] == find(company_name="  ")["items"] == []
    both = find(company_name="TechCorp Solutions", email="x@techcorp.example", phone="555-010-1234")["items"][0]
    assert both["reasons"] == ["same name", "same phone", "same e-mail domain"] and both["score"] == 99
    left = find(phone="+1 555 0101234", exclude_id=companies["Other"])
    assert names(left) == ["TechCorp Solutions"]
    with pytest.raises(Invalid) as refused:
        find(company_name="x", exclude_id="x")
    assert refused.value.field == "exclude_id"


def test_contacts_give_their_client_away_to_who_may_read_it(clients: Any, new_client: Any) -> None:
    hers = new_client(JESSICA.id, company_name="Hers", status="active", email="a@hers.example", phone="5551112222")[
        "id"
    ]
    data = {"first_name": "Eve", "email": "eve@people.example", "phone": "+49 731 9876543"}
    clients.as_(JESSICA).create_contact(client_id=hers, data=data)
    signs: tuple[dict[str, str], ...] = (
        {"email": "x@hers.example"}, {"email": "a@hers.example"}, {"phone": "555 111 2222"},
        {"email": "eve@people.example"}, {"email": "bob@people.example"}, {"phone": "0731 9876543"},
    )  # fmt: skip
    for sign in signs:
        for who in (JESSICA, FINANCE, ADMIN):
            assert names(clients.as_(who).find_duplicates(**sign)) == ["Hers"], (who, sign)
        assert clients.as_(JOHN).find_duplicates(**sign)["items"] == [], sign
    (card,) = clients.as_(JOHN).find_duplicates(company_name="Hers", email="a@hers.example")["items"]
    assert (card["access"], card["reasons"]) == ("card", ["same name"])


@pytest.mark.parametrize("who", MATRIX)
def test_duplicates_are_those_a_person_sees(clients: Any, world: dict[str, str], who: str) -> None:
    ids = {client_id: name for name, client_id in world.items()}
    found = set()
    for name in world:
        found |= {
            ids[row["id"]] for row in clients.as_(PEOPLE[who]).find_duplicates(company_name=f"Company {name}")["items"]
        }
    assert found == set(MATRIX[who])


def test_at_most_five_duplicates_the_likeliest_first(clients: Any, new_client: Any) -> None:
    for name in ("Alpine Works", "Alpine Work", "Alpine Workshop", "Alpine Worker", "Alpine Worksite", "Alpine Wörks"):
        new_client(JOHN.id, company_name=name)
    items = clients.as_(JOHN).find_duplicates(company_name="Alpine Works")["items"]
    assert len(items) == 5 and names({"items": items})[:2] == ["Alpine Works", "Alpine Wörks"]
    scores = [row["score"] for row in items]
    assert scores == sorted(scores, reverse=True)


def test_lists_by_place_source_and_first_day(clients: Any, new_client: Any, runtime: Any) -> None:
    old = new_client(JOHN.id, company_name="Old", city="Ulm", source="fair")["id"]
    new_client(JOHN.id, company_name="New", city="ULM", source="website")
    new_client(JESSICA.id, company_name="Card", city="Ulm", status="active")
    with runtime.database.engine.begin() as connection:
        # 23:59:59 on 28 February in New York
        moved = "UPDATE clients SET created_at = '2025-03-01 04:59:59+00' WHERE id = :id"
        connection.execute(text(moved), {"id": old})

    def listed(**filters: Any) -> list[str]:
        return names(clients.as_(JOHN).list_clients(filters=filters, sort="company_name"))

    assert listed(city="ulm") == ["New", "Old"] and listed(source="Fair") == ["Old"]
    assert listed(created_from="2025-02-28") == ["New", "Old"] and listed(created_from="2025-03-01") == ["New"]
    today = str(business_date(datetime.now(UTC), "America/New_York"))
    assert listed(created_from=today, status="prospect") == ["New"] and listed() == ["Card", "New", "Old"]
    for wrong in ("soon", None):
        with pytest.raises(Invalid) as refused:
            listed(created_from=wrong)
        assert refused.value.field == "created_from"


@pytest.mark.parametrize("sort", ["company_name", "-company_name", "created_at", "-lifetime_value", "last_activity_at"])
@pytest.mark.parametrize("filters", [{}, {"q": "company"}, {"status": "active"}, {"q": "co"}, {"owner_id": "none"}])
def test_page_by_page_a_list_is_whole(clients: Any, world: dict[str, str], sort: str, filters: dict[str, Any]) -> None:
    for who in (ADMIN, JOHN):
        whole = clients.as_(who).list_clients(filters=filters, sort=sort)
        found, cursor = [], None
        while True:
            page = clients.as_(who).list_clients(filters=filters, sort=sort, limit=2, cursor=cursor)
            assert page["total"] == whole["total"] == len(whole["items"])
            found += page["items"]
            cursor = page["next_cursor"]
            if cursor is None:
                break
        assert found == whole["items"] and len({row["id"] for row in found}) == len(found)
