"""One change to many clients, and taking it back: nothing is dropped without a word, nothing later is overwritten."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import text

from libs.common.ids import new_id
from libs.common.problems import Conflict, Forbidden, Invalid, NotFound
from tests.clients.integration.test_scope import MATRIX, PEOPLE
from tests.support.actors import ADMIN, FINANCE, JESSICA, JOHN, MANAGER
from tests.support.delivering import told


@pytest.fixture
def three(new_client: Any) -> list[str]:
    """John's clients Alpha, Beta and Gamma."""
    return [new_client(JOHN.id, company_name=name, tags=["old"])["id"] for name in ("Alpha", "Beta", "Gamma")]


def field(clients: Any, ids: list[str], name: str) -> list[Any]:
    return [clients.as_(ADMIN).get_client(client_id=each)[name] for each in ids]


def bulk(clients: Any, ids: list[str], action: str, value: str | None, who: Any = JOHN) -> dict[str, Any]:
    made: dict[str, Any] = clients.as_(who).bulk_update(ids=ids, action=action, value=value)
    return made


def test_a_tag_is_added_removed_and_each_undone(clients: Any, three: list[str]) -> None:
    added = bulk(clients, three, "add_tag", " VIP ")
    assert (added["action"], added["changed"], added["unchanged"], added["refused"]) == ("add_tag", 3, 0, [])
    assert field(clients, three, "tags") == [["old", "vip"]] * 3
    assert {row["tag"] for row in clients.as_(JOHN).list_tags()["items"]} == {"old", "vip"}
    assert bulk(clients, three, "add_tag", "vip")["unchanged"] == 3
    removed = bulk(clients, three, "remove_tag", "old")
    assert field(clients, three, "tags") == [["vip"]] * 3
    undone = clients.as_(JOHN).undo_change_set(change_set_id=removed["change_set_id"])
    assert undone == {"change_set_id": removed["change_set_id"], "restored": 3, "refused": []}
    assert field(clients, three, "tags") == [["old", "vip"]] * 3
    clients.as_(JOHN).undo_change_set(change_set_id=added["change_set_id"])
    assert field(clients, three, "tags") == [["old"]] * 3


def test_a_status_is_set_and_who_may_see_it_is_told(clients: Any, new_client: Any, runtime: Any) -> None:
    leads = [new_client(None, company_name=f"Lead {n}")["id"] for n in range(2)]
    before = len(told(runtime, "client.access_changed"))
    made = bulk(clients, leads, "set_status", "churned", ADMIN)
    news = told(runtime, "client.access_changed")[before:]
    assert {event.data["record_id"] for event in news} == set(leads)
    assert not any(event.data["is_open"] for event in news)
    clients.as_(ADMIN).undo_change_set(change_set_id=made["change_set_id"])
    assert field(clients, leads, "status") == ["prospect"] * 2
    assert all(event.data["is_open"] for event in told(runtime, "client.access_changed")[before + 2 :])


def test_assigning_many_tells_what_assigning_one_does(clients: Any, three: list[str], runtime: Any) -> None:
    one = three.pop()
    clients.as_(ADMIN).create_contact(client_id=three[0], data={"first_name": "Ann", "email": "ann@x.example"})

    def news(start: int) -> list[tuple[str, Any]]:
        return sorted((event.type, event.data.get("owner_id")) for event in told(runtime)[start:])

    start = len(told(runtime))
    clients.as_(ADMIN).assign_client(client_id=one, owner_id=JESSICA.id)
    single = news(start)
    start = len(told(runtime))
    made = bulk(clients, [*three, one], "assign", JESSICA.id, ADMIN)
    assert (made["changed"], made["unchanged"]) == (2, 1) and news(start) == sorted(single * 2)
    assigned = {event.data["client_id"]: event for event in told(runtime, "client.assigned")[-2:]}
    assert set(assigned) == set(three) and assigned[three[0]].data["contact"]["first_name"] == "Ann"
    assert assigned[three[1]].data["contact"] is None
    assert assigned[three[0]].data["previous_owner_id"] == JOHN.id
    assert clients.as_(JESSICA).timeline(client_id=three[0])["items"][0]["subject"] == "Client assigned"
    start = len(told(runtime))
    clients.as_(ADMIN).undo_change_set(change_set_id=made["change_set_id"])
    assert field(clients, three, "owner_id") == [JOHN.id] * 2 and field(clients, [one], "owner_id") == [JESSICA.id]
    assert [kind for kind, _owner in news(start)] == [kind for kind, _owner in sorted(single * 2)]


def test_taken_back_nothing_happened_with_a_client(clients: Any, three: list[str]) -> None:
    """Changing hands is something that happened; taken back, what happened last is what did before, or since."""
    quiet, called, later = three
    call = {"type": "call", "subject": "Called", "occurred_at": "2025-01-02T03:04:05.678901+00:00"}
    clients.as_(ADMIN).log_activity(client_id=called, data=call)
    before = field(clients, [quiet, called], "last_activity_at")
    made = bulk(clients, three, "assign", JESSICA.id, ADMIN)
    assert field(clients, [quiet, called], "last_activity_at") != before
    since = clients.as_(ADMIN).log_activity(client_id=later, data={"type": "note", "subject": "Since"})
    assert clients.as_(ADMIN).undo_change_set(change_set_id=made["change_set_id"])["restored"] == 3
    assert field(clients, [quiet, called], "last_activity_at") == before
    assert field(clients, [later], "last_activity_at") == [since["occurred_at"]]


def test_nobody_may_be_the_new_owner(clients: Any, three: list[str]) -> None:
    made = bulk(clients, three, "assign", None, ADMIN)
    assert field(clients, three, "owner_id") == [None] * 3
    assert clients.as_(ADMIN).undo_change_set(change_set_id=made["change_set_id"])["restored"] == 3
    assert field(clients, three, "owner_id") == [JOHN.id] * 3


def test_what_was_changed_since_is_left_alone_and_named(clients: Any, three: list[str]) -> None:
    alpha, beta, gamma = three
    made = bulk(clients, three, "set_status", "active")
    clients.as_(JOHN).update_client(client_id=alpha, changes={"status": "inactive"})
    clients.as_(JOHN).update_client(client_id=beta, changes={"city": "Ulm", "tags": ["new"]})  # another field
    clients.as_(ADMIN).assign_client(client_id=gamma, owner_id=JESSICA.id)
    undone = clients.as_(JOHN).undo_change_set(change_set_id=made["change_set_id"])
    assert undone["restored"] == 1 and field(clients, three, "status") == ["inactive", "prospect", "active"]
    assert sorted(undone["refused"], key=lambda each: each["company_name"]) == [
        {"id": alpha, "company_name": "Alpha", "reason": "its status was changed since"},
        {"id": gamma, "company_name": "Gamma", "reason": "no longer yours to change"},
    ]


def test_a_deleted_client_is_named_when_its_change_is_undone(clients: Any, three: list[str]) -> None:
    made = bulk(clients, three, "add_tag", "vip")
    clients.as_(JOHN).delete_client(client_id=three[0])
    undone = clients.as_(JOHN).undo_change_set(change_set_id=made["change_set_id"])
    assert undone["restored"] == 2 and [each["company_name"] for each in undone["refused"]] == ["Alpha"]


def test_what_an_undo_left_is_taken_back_once_it_fits_again(clients: Any, three: list[str]) -> None:
    first = bulk(clients, three, "add_tag", "one")["change_set_id"]
    second = bulk(clients, three[:2], "add_tag", "two")["change_set_id"]
    undo = clients.as_(JOHN).undo_change_set
    undone = undo(change_set_id=first)
    assert undone["restored"] == 1 and len(undone["refused"]) == 2
    assert clients.as_(JOHN).get_change_set(change_set_id=first)["left"] == 2
    again = undo(change_set_id=first)
    assert again["restored"] == 0 and again["refused"] == undone["refused"]
    undo(change_set_id=second)
    assert undo(change_set_id=first) == {"change_set_id": first, "restored": 2, "refused": []}
    assert [field(clients, [each], "tags") for each in three] == [[["old"]], [["old"]], [["old"]]]
    with pytest.raises(Conflict):
        undo(change_set_id=first)


def test_an_undo_is_once_and_its_makers(clients: Any, three: list[str]) -> None:
    made = bulk(clients, three, "add_tag", "vip")["change_set_id"]
    other = bulk(clients, three, "add_tag", "big")["change_set_id"]
    for nobody in (JESSICA, MANAGER, FINANCE):
        with pytest.raises((NotFound, Forbidden)):
            clients.as_(nobody).undo_change_set(change_set_id=made)
    for wrong in (new_id(), "x"):
        with pytest.raises(NotFound):
            clients.as_(JOHN).undo_change_set(change_set_id=wrong)
    clients.as_(JOHN).undo_change_set(change_set_id=other)
    assert clients.as_(ADMIN).undo_change_set(change_set_id=made)["restored"] == 3
    for again in (JOHN, ADMIN):
        with pytest.raises(Conflict):
            clients.as_(again).undo_change_set(change_set_id=made)


def test_undone_at_once_it_is_undone_once(clients: Any, three: list[str]) -> None:
    made = bulk(clients, three, "add_tag", "vip")["change_set_id"]

    def undo(_number: int) -> int:
        try:
            return int(clients.as_(JOHN).undo_change_set(change_set_id=made)["restored"])
        except Conflict:
            return 0

    with ThreadPoolExecutor(6) as pool:
        assert sorted(pool.map(undo, range(6))) == [0, 0, 0, 0, 0, 3]


@pytest.mark.parametrize("who", MATRIX)
def test_each_row_is_changed_or_refused_by_name(clients: Any, world: dict[str, str], who: str) -> None:
    ids = [*world.values(), new_id()]
    if who in ("finance", "manager"):
        with pytest.raises(Forbidden):
            bulk(clients, ids, "add_tag", "x", PEOPLE[who])
        return
    made = bulk(clients, ids, "add_tag", "x", PEOPLE[who])
    writable = {name for name, access in MATRIX[who].items() if access == "write"}
    assert made["changed"] == len(writable)
    assert {name for name, each in world.items() if "x" in _tags(clients, each)} == writable
    names = {each["id"]: (each["company_name"], each["reason"]) for each in made["refused"]}
    assert set(names) == set(ids) - {world[name] for name in writable}
    for name, client_id in world.items():
        if name not in writable:
            seen = name in MATRIX[who]
            reason = "only its owner may change it" if seen else "not yours to see"
            assert names[client_id] == (f"Company {name}" if seen else None, reason)


def _tags(clients: Any, client_id: str) -> list[str]:
    try:
        found: list[str] = clients.as_(ADMIN).get_client(client_id=client_id)["tags"]
    except NotFound:
        return []
    return found


def test_only_admins_assign_many(clients: Any, three: list[str]) -> None:
    with pytest.raises(Forbidden):
        bulk(clients, three, "assign", JOHN.id, JOHN)


def test_a_client_with_all_tags_it_may_have_is_refused(clients: Any, new_client: Any) -> None:
    full = new_client(JOHN.id, company_name="Full", tags=[f"t{n}" for n in range(50)])["id"]
    made = bulk(clients, [full], "add_tag", "one more")
    assert (made["changed"], made["unchanged"]) == (0, 0)
    assert made["refused"] == [{"id": full, "company_name": "Full", "reason": "it has 50 tags already"}]
    assert bulk(clients, [full], "add_tag", "t1")["unchanged"] == 1


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        ({"ids": []}, "ids"),
        ({"ids": ["x"]}, "ids"),
        ({"ids": [new_id()] * 1001}, "ids"),
        ({"ids": "x"}, "ids"),
        ({"action": "erase"}, "action"),
        ({"action": "delete"}, "value"),
        ({"ids": None}, "ids"),
        ({"filters": {}}, "ids"),
        ({"ids": None, "filters": {"colour": "red"}}, "colour"),
        ({"value": None}, "value"),
        ({"value": " "}, "value"),
        ({"action": "set_status", "value": "friend"}, "value"),
        ({"action": "assign", "value": "nobody"}, "value"),
    ],
)
def test_what_makes_no_sense_is_named(clients: Any, arguments: dict[str, Any], name: str) -> None:
    given = {"ids": [new_id()], "action": "add_tag", "value": "x"} | arguments
    with pytest.raises(Invalid) as refused:
        clients.as_(ADMIN).bulk_update(**given)
    assert refused.value.field == name


def test_a_client_named_twice_is_changed_once(clients: Any, three: list[str]) -> None:
    made = bulk(clients, [three[0], three[0].upper(), three[0]], "add_tag", "vip")
    assert (made["changed"], made["unchanged"], made["refused"]) == (1, 0, [])


def test_two_bulk_changes_at_once_both_hold(clients: Any, new_client: Any) -> None:
    ids = [new_client(JOHN.id, company_name=f"C{n}")["id"] for n in range(12)]

    def add(number: int) -> int:
        given = ids if number % 2 else ids[::-1]
        return int(bulk(clients, given, "add_tag", f"t{number}")["changed"])

    with ThreadPoolExecutor(6) as pool:
        assert list(pool.map(add, range(6))) == [12] * 6
    assert all(sorted(tags) == [f"t{n}" for n in range(6)] for tags in field(clients, ids, "tags"))


def test_a_thousand_at_once(clients: Any, runtime: Any) -> None:
    with runtime.database.engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO clients (id, company_name, match_name, status, source, tags, owner_id,"
                " lifetime_value_minor, currency, access_version, created_at, updated_at, version)"
                " SELECT gen_random_uuid(), 'Client ' || n, 'client ' || n, 'prospect', 'import', '{}',"
                " CAST(:owner AS uuid), 0, 'USD', 1, now(), now(), 1 FROM generate_series(1, 1000) n"
            ),
            {"owner": JOHN.id},
        )
        ids = [str(each) for each in connection.execute(text("SELECT id FROM clients")).scalars()]
    for action, value in (("add_tag", "vip"), ("set_status", "active"), ("assign", JESSICA.id)):
        made = bulk(clients, ids, action, value, ADMIN)
        assert made["changed"] == 1000
        assert clients.as_(ADMIN).undo_change_set(change_set_id=made["change_set_id"])["restored"] == 1000
    assert not told(runtime, "client.assigned")
    (event,) = told(runtime, "clients.assigned")
    assert (event.data["owner_id"], event.data["clients"]) == (JESSICA.id, 1000)
    assert event.data["first_client_id"] in ids
