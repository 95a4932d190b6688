"""Saved filters: one's own and shared ones, and what each finds for whom."""

from __future__ import annotations

from typing import Any

import pytest

from libs.common.ids import new_id
from libs.common.problems import Conflict, Forbidden, Invalid, NotFound
from tests.clients.integration.test_scope import EVERYTHING, MATRIX, PEOPLE
from tests.support.actors import ADMIN, FINANCE, JESSICA, JOHN, system

FOOD = {"name": "Food", "filters": {"industry": "Food"}}


def test_a_segment_is_kept_under_its_name(clients: Any) -> None:
    where = {"any": [{"field": "deal_value", "op": "gt", "value": 5_000_000}, {"field": "city", "op": "empty"}]}
    data = {"name": " Big ones ", "filters": {"where": where, "q": "shop"}, "sort": "-lifetime_value"}
    made = clients.as_(JOHN).create_segment(data=data)
    assert (made["name"], made["filters"], made["sort"], made["shared"], made["own"]) == (
        "Big ones", data["filters"], "-lifetime_value", False, True,
    )  # fmt: skip
    assert clients.as_(JOHN).get_segment(segment_id=made["id"]) == made
    changed = clients.as_(JOHN).update_segment(segment_id=made["id"], changes={"shared": True, "sort": None}, version=1)
    assert (changed["shared"], changed["sort"], changed["version"]) == (True, None, 2)
    with pytest.raises(Conflict):
        clients.as_(JOHN).update_segment(segment_id=made["id"], changes={"shared": False}, version=1)
    assert clients.as_(JOHN).delete_segment(segment_id=made["id"]) == {"id": made["id"], "deleted": True}
    assert clients.as_(JOHN).list_segments()["items"] == []


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"filters": {}}, "name"),
        ({"name": "x"}, "filters"),
        ({"name": " ", "filters": {}}, "name"),
        ({"name": "x" * 61, "filters": {}}, "name"),
        ({"name": "x", "filters": []}, "filters"),
        ({"name": "x", "filters": {"color": "red"}}, "color"),
        ({"name": "x", "filters": {"where": {"field": "city", "op": "is", "value": 5}}}, "where.value"),
        ({"name": "x", "filters": {}, "sort": "color"}, "sort"),
        ({"name": "x", "filters": {}, "shared": "yes"}, "shared"),
        ({"name": "x", "filters": {}, "owner_id": ADMIN.id}, "owner_id"),
    ],
)
def test_what_no_list_could_be_filtered_by_is_not_kept(clients: Any, data: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        clients.as_(JOHN).create_segment(data=data)
    assert refused.value.field == field and clients.as_(JOHN).list_segments()["items"] == []


def test_two_of_one_name_are_two_persons(clients: Any) -> None:
    clients.as_(JOHN).create_segment(data=FOOD)
    with pytest.raises(Conflict) as refused:
        clients.as_(JOHN).create_segment(data=FOOD | {"name": "FOOD"})
    assert refused.value.field == "name"
    assert clients.as_(JESSICA).create_segment(data=FOOD)["own"]


def test_whose_segments_a_person_is_offered(clients: Any) -> None:
    private = clients.as_(JESSICA).create_segment(data=FOOD)["id"]
    shared = clients.as_(JESSICA).create_segment(data=FOOD | {"name": "A shared one", "shared": True})["id"]
    own = clients.as_(JOHN).create_segment(data=FOOD | {"name": "Z of John"})["id"]
    offered = [(each["id"], each["own"]) for each in clients.as_(JOHN).list_segments()["items"]]
    assert offered == [(own, True), (shared, False)]
    for person, segment_id, refusal in (
        (JOHN, private, NotFound), (ADMIN, private, NotFound), (JOHN, shared, Forbidden), (FINANCE, shared, Forbidden),
        (JOHN, new_id(), NotFound), (JOHN, "x", NotFound),
    ):  # fmt: skip
        with pytest.raises(refusal):
            clients.as_(person).update_segment(segment_id=segment_id, changes={"name": "Mine now"})
        with pytest.raises(refusal):
            clients.as_(person).delete_segment(segment_id=segment_id)
    for segment_id in (private, "x"):
        with pytest.raises(NotFound):
            clients.as_(JOHN).get_segment(segment_id=segment_id)
    assert clients.as_(ADMIN).delete_segment(segment_id=shared)["deleted"]
    with pytest.raises(Forbidden):
        clients.as_(system("gateway")).list_segments()


@pytest.mark.parametrize("who", [name for name in MATRIX if name != "system"])
def test_a_count_is_of_what_the_list_shows(clients: Any, world: dict[str, str], who: str) -> None:
    where = {"field": "notes", "op": "contains", "value": "secret"}
    for number, filters in enumerate(({}, {"q": "company"}, {"status": "active"}, {"where": where}, {"q": "secret"})):
        data = {"name": f"Segment {number}", "filters": filters, "shared": True}
        clients.as_(ADMIN).create_segment(data=data)
    for each in clients.as_(PEOPLE[who]).list_segments(counts=True)["items"]:
        assert each["count"] == clients.as_(PEOPLE[who]).list_clients(filters=each["filters"])["total"], each
    assert "count" not in clients.as_(PEOPLE[who]).list_segments()["items"][0]


@pytest.mark.parametrize("who", MATRIX)
def test_the_clients_of_a_segment_are_those_a_person_reads_in_full(
    clients: Any, world: dict[str, str], who: str
) -> None:
    data = {"name": "Everybody", "filters": {}, "shared": True}
    segment_id = clients.as_(ADMIN).create_segment(data=data)["id"]
    full = {world[name] for name, access in MATRIX[who].items() if access in ("write", "read")}
    found = clients.as_(PEOPLE[who]).segment_clients(segment_id=segment_id)
    assert (found["id"], found["name"], set(found["client_ids"])) == (segment_id, "Everybody", full)
    if who != "system":
        person = {"id": PEOPLE[who].id, "role": PEOPLE[who].role}
        assert clients.as_(system("deals")).segment_clients(segment_id=segment_id, person=person) == found


def test_a_private_segment_is_its_owners_for_services_too(clients: Any) -> None:
    private = clients.as_(JESSICA).create_segment(data=FOOD)["id"]
    assert clients.as_(JESSICA).segment_clients(segment_id=private)["client_ids"] == []
    hers = {"id": JESSICA.id, "role": JESSICA.role}
    assert clients.as_(system("billing")).segment_clients(segment_id=private, person=hers)["name"] == "Food"
    for asker, person in (
        (JOHN, None),
        (ADMIN, None),
        (system("deals"), None),
        (system("deals"), hers | {"id": JOHN.id}),
    ):
        with pytest.raises(NotFound):
            clients.as_(asker).segment_clients(segment_id=private, person=person)
    with pytest.raises(Forbidden):
        clients.as_(JOHN).segment_clients(segment_id=private, person=hers)


def test_a_segment_that_cannot_be_looked_up_says_why(
    clients: Any, world: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    everybody = clients.as_(ADMIN).create_segment(data={"name": "Everybody", "filters": {}})["id"]
    monkeypatch.setattr("services.clients.queries.segments.MOST_CLIENTS", len(EVERYTHING))
    assert len(clients.as_(ADMIN).segment_clients(segment_id=everybody)["client_ids"]) == len(EVERYTHING)
    monkeypatch.setattr("services.clients.queries.segments.MOST_CLIENTS", len(EVERYTHING) - 1)
    with pytest.raises(Invalid, match="narrow its filters") as refused:
        clients.as_(ADMIN).segment_clients(segment_id=everybody)
    assert refused.value.field == "segment_id"
    monkeypatch.setattr("services.clients.queries.segments.matching_ids", _unknown)
    with pytest.raises(Invalid, match="a filter that is not known any more: there is no filter 'color'") as refused:
        clients.as_(ADMIN).segment_clients(segment_id=everybody)
    assert refused.value.field == "segment_id"


def _unknown(*_given: Any) -> Any:
    raise Invalid("there is no filter 'color' here", field="color")
