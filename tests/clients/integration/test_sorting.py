"""The list of clients in every order, page after page."""

from __future__ import annotations

from typing import Any

import pytest

from libs.common.ids import new_id
from libs.common.problems import Invalid
from tests.support.actors import ADMIN, JESSICA, JOHN


@pytest.fixture
def three(new_client: Any, hear: Any) -> None:
    """Acorn has everything; Birch has it in lower case; Cedar has nothing, and is nobody's."""
    told = {
        "Acorn": {"status": "active", "industry": "Food", "city": "Ulm", "state": "Ohio", "country": "France"},
        "birch": {"status": "inactive", "industry": "retail", "city": "berlin", "state": "iowa", "country": "GERMANY"},
        "Cedar": {"status": "prospect", "source": "website", "city": ""},
    }
    owners = {"Acorn": JOHN.id, "birch": JESSICA.id, "Cedar": None}
    ids = {name: new_client(owners[name], company_name=name, **data)["id"] for name, data in told.items()}
    for name, value in (("Acorn", 500), ("birch", 900), ("birch", 100)):
        hear(
            "deal.created", deal_id=new_id(), client_id=ids[name], stage="lead", deal_value_minor=value, currency="USD"
        )


def names(clients: Any, sort: str, who: Any = ADMIN, limit: int = 1, **more: Any) -> str:
    """First letters, in order, read page by page."""
    found, cursor = "", None
    while True:
        page = clients.as_(who).list_clients(filters={}, sort=sort, limit=limit, cursor=cursor, **more)
        found += "".join(row["company_name"][0].upper() for row in page["items"])
        if (cursor := page["next_cursor"]) is None:
            return found


@pytest.mark.usefixtures("three")
def test_every_order_and_its_reverse(clients: Any) -> None:
    expected = {
        "company_name": "ABC",
        "created_at": "ABC",
        "status": "ABC",
        "industry": "ABC",
        "city": "BAC",
        "state": "BAC",
        "country": "ABC",
        "open_deals": "CAB",
        "deal_value": "CAB",
    }
    assert {sort: names(clients, sort) for sort in expected} == expected
    assert {sort: names(clients, f"-{sort}") for sort in expected} == {
        sort: found[::-1] for sort, found in expected.items()
    }
    assert names(clients, "-city", limit=2) == "CAB" and len(names(clients, "source")) == 3


@pytest.mark.usefixtures("three")
def test_what_is_sorted_by_stands_in_the_rows_but_not_on_cards(clients: Any) -> None:
    def figures(who: Any) -> list[tuple[Any, ...]]:
        rows = clients.as_(who).list_clients(filters={}, sort="company_name")["items"]
        return [(row["company_name"], row.get("open_deals"), row.get("deal_value_minor")) for row in rows]

    assert figures(ADMIN) == [("Acorn", 1, 500), ("birch", 2, 900), ("Cedar", 0, None)]
    assert figures(JESSICA)[0] == ("Acorn", None, None)


@pytest.mark.usefixtures("three")
def test_by_owner_in_the_order_that_people_are_named(clients: Any) -> None:
    assert names(clients, "owner", owners=[JESSICA.id, JOHN.id]) == "BAC"
    assert names(clients, "-owner", owners=[JESSICA.id, JOHN.id]) == "CAB"
    assert names(clients, "owner", owners=[JOHN.id, new_id()])[0] == "A"
    assert sorted(names(clients, "owner")) == ["A", "B", "C"]
    # Of others' active clients the card shows whose they are.
    assert names(clients, "owner", who=JESSICA, owners=[JESSICA.id, JOHN.id]) == "BAC"
    for wrong in (["x"], "x", [JOHN.id] * 10_001):
        with pytest.raises(Invalid) as refused:
            names(clients, "owner", owners=wrong)
        assert refused.value.field == "owners"


def test_another_order_is_refused(clients: Any) -> None:
    for wrong in ("notes", "--city", "owner_id", "City"):
        with pytest.raises(Invalid) as refused:
            names(clients, wrong)
        assert refused.value.field == "sort"
