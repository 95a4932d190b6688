"""Tasks: who has to do what until when, and who may tick it off."""

from __future__ import annotations

from typing import Any

import pytest

from libs.common.ids import new_id
from libs.common.problems import Conflict, Forbidden, Invalid, NotFound
from tests.clients.integration.test_scope import MATRIX, PEOPLE
from tests.support.actors import ADMIN, FINANCE, JESSICA, JOHN, system
from tests.support.delivering import told

GIVEN = "task.assigned"


@pytest.fixture
def client_id(new_client: Any) -> str:
    made: str = new_client(JOHN.id)["id"]
    return made


def task(clients: Any, client_id: str, subject: str = "Call back", who: Any = JOHN, **data: Any) -> dict[str, Any]:
    given = {"type": "task", "subject": subject} | data
    made: dict[str, Any] = clients.as_(who).log_activity(client_id=client_id, data=given)
    return made


def change(clients: Any, who: Any, activity: dict[str, Any], version: int | None = None, **changes: Any) -> Any:
    return clients.as_(who).update_activity(activity_id=activity["id"], changes=changes, version=version)


def subjects(clients: Any, who: Any = JOHN, **filters: Any) -> list[str]:
    page = clients.as_(who).list_tasks(filters=filters)
    assert page["total"] == len(page["items"]) and page["next_cursor"] is None
    return [row["subject"] for row in page["items"]]


def test_a_task_is_its_authors_unless_it_is_given_to_somebody(clients: Any, client_id: str) -> None:
    assert task(clients, client_id)["assignee_id"] == JOHN.id
    assert task(clients, client_id, assignee_id=JESSICA.id)["assignee_id"] == JESSICA.id
    assert task(clients, client_id, assignee_id=None)["assignee_id"] is None
    assert task(clients, client_id, who=system("deals"))["assignee_id"] is None
    note = clients.as_(JOHN).log_activity(client_id=client_id, data={"type": "note", "subject": "x"})
    assert (note["assignee_id"], note["done_at"]) == (None, None)
    with pytest.raises(Invalid) as refused:
        clients.as_(JOHN).log_activity(
            client_id=client_id, data={"type": "note", "subject": "x", "assignee_id": JOHN.id}
        )
    assert refused.value.field == "assignee_id"


def test_who_is_given_a_task_hears_of_it(clients: Any, client_id: str, runtime: Any) -> None:
    def heard() -> list[tuple[str, str, str]]:
        return [(each.data["assignee_id"], each.data["subject"], each.data["cause"]) for each in told(runtime, GIVEN)]

    mine = task(clients, client_id, "Mine")
    task(clients, client_id, "Nobody's", assignee_id=None)
    assert heard() == []
    given = task(clients, client_id, "Call them", assignee_id=JESSICA.id)
    assert heard() == [(JESSICA.id, "Call them", "given")]
    change(clients, JOHN, given, subject="Call them twice")
    change(clients, ADMIN, mine, assignee_id=JESSICA.id)
    assert heard()[1:] == [(JESSICA.id, "Mine", "given")]
    # Taken by oneself, or ticked off in the same breath, it is nobody's news.
    change(clients, JOHN, mine, assignee_id=JOHN.id)
    change(clients, JOHN, mine, assignee_id=JESSICA.id, done=True)
    assert len(heard()) == 2


def test_the_next_one_due_comes_first_and_undated_ones_last(clients: Any, client_id: str) -> None:
    for subject, due in (("c", "2025-03-02T09:00:00Z"), ("d", None), ("a", "2025-03-01T04:59:59Z"), ("e", None)):
        task(clients, client_id, subject, due_at=due)
    task(clients, client_id, "b", due_at="2025-03-01T05:00:00Z")  # midnight in New York
    assert subjects(clients) == ["a", "b", "c", "d", "e"]
    assert subjects(clients, due_from="2025-03-01") == ["b", "c"]
    assert subjects(clients, due_to="2025-02-28") == ["a"]
    assert subjects(clients, due_from="2025-03-01", due_to="2025-03-01") == ["b"]
    found: list[str] = []
    cursor = None
    while True:
        page = clients.as_(JOHN).list_tasks(filters={}, limit=2, cursor=cursor)
        found += [row["subject"] for row in page["items"]]
        cursor = page["next_cursor"]
        assert page["total"] == 5
        if cursor is None:
            break
    assert found == ["a", "b", "c", "d", "e"]


def test_tasks_by_person_client_deal_and_state(clients: Any, client_id: str, new_client: Any) -> None:
    deal_id, other = new_id(), new_client(JOHN.id, company_name="Other")["id"]
    mine = task(clients, client_id, "mine", deal_id=deal_id)
    task(clients, other, "hers", assignee_id=JESSICA.id)
    task(clients, other, "nobody's", assignee_id=None)
    change(clients, JOHN, mine, done=True)
    assert subjects(clients, assignee_id=JOHN.id) == subjects(clients, done=True) == ["mine"]
    assert subjects(clients, deal_id=deal_id) == subjects(clients, client_id=client_id) == ["mine"]
    assert subjects(clients, done=False, client_id=other) == ["hers", "nobody's"]
    assert subjects(clients, assignee_id="none") == ["nobody's"]
    (row,) = clients.as_(JOHN).list_tasks(filters={"assignee_id": JESSICA.id})["items"]
    assert row["company_name"] == "Other" and row["done_at"] is None and row["assignee_id"] == JESSICA.id


@pytest.mark.parametrize("who", MATRIX)
def test_tasks_show_where_their_client_does(clients: Any, world: dict[str, str], who: str) -> None:
    for name, client_id in world.items():
        if name != "deleted":
            task(clients, client_id, name, ADMIN, assignee_id=PEOPLE[who].id if who != "system" else None)
    expected = {name for name, access in MATRIX[who].items() if access in ("write", "read")}
    assert set(subjects(clients, PEOPLE[who])) == expected


def test_done_and_open_again(clients: Any, client_id: str) -> None:
    made = task(clients, client_id)
    done = change(clients, JOHN, made, version=1, done=True)
    assert done["done_at"] is not None and done["version"] == 2 and done["updated_at"] > made["updated_at"]
    assert change(clients, JOHN, made, done=True)["done_at"] == done["done_at"]
    assert change(clients, JOHN, made, done=False)["done_at"] is None
    with pytest.raises(Conflict) as stale:
        change(clients, JOHN, made, version=1, subject="x")
    assert stale.value.extra["current_version"] == 4


def test_every_field_may_be_changed_and_checked(clients: Any, client_id: str) -> None:
    made = task(clients, client_id)
    changes = {"subject": "New", "description": "More", "due_at": "2025-03-01T10:00:00Z", "assignee_id": JESSICA.id}
    changed = change(clients, JOHN, made, **changes, occurred_at="2030-01-01T00:00:00Z")
    assert (changed["subject"], changed["description"], changed["assignee_id"]) == ("New", "More", JESSICA.id)
    assert clients.as_(JOHN).get_client(client_id=client_id)["last_activity_at"].startswith("2030-01-01")
    change(clients, JOHN, made, occurred_at="2020-01-01T00:00:00Z", description=None)
    assert not clients.as_(JOHN).get_client(client_id=client_id)["last_activity_at"].startswith("20[23]0-01-01")
    note = clients.as_(JOHN).log_activity(client_id=client_id, data={"type": "note", "subject": "x"})
    for activity, wrong in (
        (made, {"subject": " "}),
        (made, {"occurred_at": None}),
        (made, {"done": "yes"}),
        (made, {"type": "call"}),
        (made, {"due_at": "2025-03-01T10:00:00"}),
        (note, {"done": True}),
        (note, {"assignee_id": JOHN.id}),
    ):
        with pytest.raises(Invalid) as refused:
            change(clients, JOHN, activity, **wrong)
        assert refused.value.field == next(iter(wrong))
    assert change(clients, JOHN, note, subject="y")["subject"] == "y"


def test_author_assignee_and_owner_may_change_it_while_they_see_the_client(
    clients: Any, client_id: str, new_client: Any
) -> None:
    made = task(clients, client_id, who=ADMIN, assignee_id=FINANCE.id)
    assert change(clients, FINANCE, made, done=True)["done_at"]  # the assignee, who reads the client
    assert change(clients, JOHN, made, done=False)["done_at"] is None  # the owner
    with pytest.raises(NotFound):
        change(clients, JESSICA, made, done=True)
    lead = new_client(None)["id"]
    hers = task(clients, lead, who=ADMIN, assignee_id=JESSICA.id)
    with pytest.raises(Forbidden):
        change(clients, JOHN, hers, done=True)  # he may read the lead, and no more
    assert change(clients, JESSICA, hers, done=True)["done_at"]
    clients.as_(ADMIN).assign_client(client_id=lead, owner_id=JOHN.id)
    with pytest.raises(NotFound):
        change(clients, JESSICA, hers, done=False)  # no longer hers to see


def test_what_the_system_wrote_stays(clients: Any, client_id: str) -> None:
    (created,) = clients.as_(JOHN).timeline(client_id=client_id)["items"]
    for who in (JOHN, ADMIN):
        with pytest.raises(Conflict):
            change(clients, who, created, subject="x")
    for nothing in (new_id(), "x"):
        with pytest.raises(NotFound):
            clients.as_(ADMIN).update_activity(activity_id=nothing, changes={})


def test_a_timeline_of_a_deal_or_of_some_types(clients: Any, client_id: str) -> None:
    deal_id = new_id()
    task(clients, client_id, "task", deal_id=deal_id)
    clients.as_(JOHN).log_activity(client_id=client_id, data={"type": "call", "subject": "call"})

    def shown(**only: Any) -> list[str]:
        page = clients.as_(JOHN).timeline(client_id=client_id, **only)
        assert page["total"] == len(page["items"])
        return [row["subject"] for row in page["items"]]

    assert shown() == ["call", "task", "Client created"]
    assert shown(types=["call", "task"]) == ["call", "task"] and shown(types=[]) == []
    assert shown(deal_id=deal_id) == ["task"] and shown(deal_id=deal_id, types=["call"]) == []
    for wrong, name in (({"deal_id": "x"}, "deal_id"), ({"types": ["x"]}, "types"), ({"types": "call"}, "types")):
        with pytest.raises(Invalid) as refused:
            shown(**wrong)
        assert refused.value.field == name


@pytest.mark.parametrize(
    ("filters", "name"),
    [
        ({"colour": "x"}, "colour"),
        ({"assignee_id": "x"}, "assignee_id"),
        ({"client_id": "x"}, "client_id"),
        ({"done": "yes"}, "done"),
        ({"due_from": "tomorrow"}, "due_from"),
        ({"zone": "Mars/Olympus"}, "zone"),
    ],
)
def test_what_cannot_be_asked_of_tasks_is_named(clients: Any, filters: dict[str, Any], name: str) -> None:
    with pytest.raises(Invalid) as refused:
        clients.as_(JOHN).list_tasks(filters=filters)
    assert refused.value.field == name
