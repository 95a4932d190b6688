"""Who sees which deals: decided in SQL from the copy of the clients' access, the same in lists, sums and details."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from libs.common.ids import new_id
from libs.common.problems import Forbidden, NotFound, Unavailable
from tests.support.actors import ADMIN, FINANCE, JESSICA, JOHN, MANAGER, system
from tests.support.delivering import told

READERS = [ADMIN, FINANCE, system("deals")]


def seen(deals: Any, person: Any) -> tuple[int, int, int]:
    """How many deals the list, its total and the board show; totals and search show the same."""
    page = deals.as_(person).list_deals(filters={})
    columns = deals.as_(person).board(filters={})["columns"]
    assert deals.as_(person).totals(filters={})["count"] == page["total"]
    found = deals.as_(person).quick_find(q="chatbot", limit=50)["deals"]
    assert {each["id"] for each in found} <= {each["id"] for each in page["items"]}
    return len(page["items"]), page["total"], sum(column["count"] for column in columns)


def values(deals: Any, person: Any) -> list[Any]:
    return [
        each for column in deals.as_(person).board(filters={})["columns"] for each in column["values"] + column["items"]
    ]


def test_nothing_of_johns_deals_shows_to_jessica(deals: Any, new_deal: Any) -> None:
    made = new_deal()
    assert seen(deals, JESSICA) == (0, 0, 0) and values(deals, JESSICA) == []
    for ask in (
        lambda: deals.as_(JESSICA).get_deal(deal_id=made["id"]),
        lambda: deals.as_(JESSICA).history(deal_id=made["id"]),
        lambda: deals.as_(JESSICA).update_deal(deal_id=made["id"], changes={}),
        lambda: deals.as_(JESSICA).move_stage(deal_id=made["id"], stage="won"),
        lambda: deals.as_(JESSICA).request_analysis(deal_id=made["id"]),
    ):
        with pytest.raises(NotFound):
            ask()
    for filters in ({"client_id": made["client_id"]}, {"q": "Chatbot"}, {"stage": ["lead"]}, {"owner_id": JOHN.id}):
        assert deals.as_(JESSICA).list_deals(filters=filters)["total"] == 0
    assert seen(deals, JOHN) == (1, 1, 1)


@pytest.mark.parametrize("person", READERS, ids=lambda person: person.role)
def test_who_sees_everything(deals: Any, new_deal: Any, person: Any) -> None:
    made = new_deal()
    assert seen(deals, person) == (1, 1, 1) and deals.as_(person).get_deal(deal_id=made["id"])["id"] == made["id"]


def test_managers_see_the_deals_that_projects_begin_with(deals: Any, new_deal: Any) -> None:
    made = new_deal()
    assert seen(deals, MANAGER) == (0, 0, 0)
    deals.as_(JOHN).move_stage(deal_id=made["id"], stage="won")
    assert seen(deals, MANAGER) == (1, 1, 1)


@pytest.mark.parametrize("person", [FINANCE, MANAGER], ids=lambda person: person.role)
def test_finance_and_managers_only_read(deals: Any, new_deal: Any, person: Any) -> None:
    made = new_deal()
    for change in (
        lambda: deals.as_(person).create_deal(data={"deal_name": "x", "client_id": made["client_id"]}),
        lambda: deals.as_(person).update_deal(deal_id=made["id"], changes={"description": "x"}),
        lambda: deals.as_(person).move_stage(deal_id=made["id"], stage="won"),
        lambda: deals.as_(person).request_analysis(deal_id=made["id"]),
    ):
        with pytest.raises(Forbidden):
            change()


def test_deals_of_an_open_prospect_are_all_of_sales_to_read(deals: Any, new_deal: Any, directory: Any) -> None:
    made = new_deal(directory.add(None), owner_id=None)
    for person in (JOHN, JESSICA):
        assert seen(deals, person) == (1, 1, 1)
        with pytest.raises(Forbidden):
            deals.as_(person).move_stage(deal_id=made["id"], stage="won")
        with pytest.raises(Forbidden):
            deals.as_(person).create_deal(data={"deal_name": "mine", "client_id": made["client_id"]})


def test_a_loan_is_to_read_and_ends(deals: Any, new_deal: Any, hear: Any) -> None:
    made = new_deal()
    access = {
        "record_id": made["client_id"],
        "owner_id": JOHN.id,
        "label": "TechCorp",
        "is_open": False,
        "closed": False,
    }

    def lend(until: str | None, version: int) -> None:
        hear("client.access_changed", **access, readers=[{"user_id": JESSICA.id, "until": until}], version=version)

    lend(None, 2)
    assert seen(deals, JESSICA) == (1, 1, 1)
    with pytest.raises(Forbidden):
        deals.as_(JESSICA).move_stage(deal_id=made["id"], stage="won")
    lend((datetime.now(UTC) + timedelta(hours=1)).isoformat(), 3)
    assert seen(deals, JESSICA) == (1, 1, 1)
    lend((datetime.now(UTC) - timedelta(seconds=1)).isoformat(), 4)
    assert seen(deals, JESSICA) == (0, 0, 0)
    lend(None, 3)  # an older word that comes late changes nothing
    assert seen(deals, JESSICA) == (0, 0, 0)


@pytest.mark.parametrize("together", [False, True])
def test_a_new_owner_takes_the_open_deals_over(
    deals: Any, new_deal: Any, hear: Any, runtime: Any, together: bool
) -> None:
    def tell(**access: Any) -> None:
        if together:
            hear("clients.access_changed", accesses=[access | {"record_id": new_id()}, access], version=1)
        else:
            hear("client.access_changed", **access)

    open_, won = new_deal(), None
    client_id = open_["client_id"]
    won = new_deal(client_id, stage="won")
    own = new_deal(client_id, owner_id=ADMIN.id)
    access = {"record_id": client_id, "label": "TechCorp", "is_open": False, "closed": False, "readers": []}
    tell(**access, owner_id=JESSICA.id, version=2)
    owners = {deal["id"]: deal["owner_id"] for deal in deals.as_(JESSICA).list_deals(filters={})["items"]}
    assert owners == {open_["id"]: JESSICA.id, won["id"]: JOHN.id, own["id"]: ADMIN.id}
    assert seen(deals, JOHN) == (0, 0, 0)
    assert [event.data["deal_id"] for event in told(runtime, "deal.changed")] == [open_["id"]]
    tell(**access, owner_id=JOHN.id, version=1)  # older
    assert seen(deals, JOHN) == (0, 0, 0) and len(told(runtime, "deal.changed")) == 1


def test_many_are_lent_and_taken_back_in_one_event(deals: Any, new_deal: Any, hear: Any) -> None:
    access = {"owner_id": JOHN.id, "label": "TechCorp", "is_open": False, "closed": False}
    made = [new_deal(), new_deal()]

    def tell(version: int, *readers: Any) -> None:
        lent = [{"user_id": each.id, "until": None} for each in readers]
        one = [access | {"record_id": each["client_id"], "readers": lent, "version": version} for each in made]
        hear("clients.access_changed", accesses=one, version=version)

    tell(2, JESSICA)
    assert seen(deals, JESSICA) == (2, 2, 2) and seen(deals, JOHN) == (2, 2, 2)
    tell(3)
    tell(2, JESSICA)  # older
    assert seen(deals, JESSICA) == (0, 0, 0)


def test_a_client_nobody_told_of_is_asked_for_once(deals: Any, directory: Any) -> None:
    client_id = directory.add(JOHN.id, label="Fresh Ltd")
    data = {"deal_name": "First", "client_id": client_id}
    made = deals.as_(JOHN).create_deal(data=data)
    assert (made["company_name"], made["owner_id"]) == ("Fresh Ltd", JOHN.id)
    deals.as_(JOHN).create_deal(data=data)
    assert deals.as_(JOHN).list_deals(filters={"client_id": client_id})["total"] == 2
    assert directory.asked == [client_id]


def test_what_was_asked_for_gives_no_right(deals: Any, directory: Any) -> None:
    client_id = directory.add(JOHN.id)
    with pytest.raises(NotFound):
        deals.as_(JESSICA).create_deal(data={"deal_name": "stolen", "client_id": client_id})
    assert directory.asked == [client_id] and seen(deals, ADMIN) == (0, 0, 0)


def test_a_client_that_is_not_there_is_not_found(deals: Any, directory: Any) -> None:
    for client_id in (new_id(), "not an id"):
        with pytest.raises(Exception) as refused:
            deals.as_(JOHN).create_deal(data={"deal_name": "x", "client_id": client_id})
        assert refused.value.status in (404, 422)  # type: ignore[attr-defined]
    assert len(directory.asked) == 1


def test_clients_that_does_not_answer_is_a_503_and_nothing_half_done(deals: Any, directory: Any, runtime: Any) -> None:
    client_id = directory.add(JOHN.id)
    directory.problem = Unavailable("clients is not running")
    with pytest.raises(Unavailable):
        deals.as_(JOHN).create_deal(data={"deal_name": "x", "client_id": client_id})
    assert told(runtime) == []
    directory.problem = None
    assert deals.as_(JOHN).create_deal(data={"deal_name": "x", "client_id": client_id})["version"] == 1


def test_sales_owns_what_it_makes_and_gives_nothing_away(deals: Any, directory: Any) -> None:
    client_id = directory.add(JOHN.id)
    data = {"deal_name": "x", "client_id": client_id}
    with pytest.raises(Forbidden):
        deals.as_(JOHN).create_deal(data=data | {"owner_id": JESSICA.id})
    made = deals.as_(JOHN).create_deal(data=data)
    assert made["owner_id"] == JOHN.id
    with pytest.raises(Forbidden):
        deals.as_(JOHN).update_deal(deal_id=made["id"], changes={"owner_id": JESSICA.id})
    assert deals.as_(ADMIN).update_deal(deal_id=made["id"], changes={"owner_id": JESSICA.id})["owner_id"] == JESSICA.id
