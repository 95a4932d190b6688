"""Who sees which clients, and how much of them: one rule for lists, totals, details and what hangs on them."""

from __future__ import annotations

import base64
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from libs.common.ids import new_id
from libs.common.problems import Forbidden, Invalid, NotFound
from tests.support.actors import ADMIN, FINANCE, JESSICA, JOHN, MANAGER, system
from tests.support.delivering import told

PEOPLE = {
    "admin": ADMIN,
    "john": JOHN,
    "jessica": JESSICA,
    "finance": FINANCE,
    "manager": MANAGER,
    "system": system("deals"),
}
EVERYTHING = ("johns", "johns lead", "jessicas", "jessicas old", "lead", "lent", "orphan")
# What each person's list says under ``access``; who is not named does not see the client at all.
MATRIX: dict[str, dict[str, str]] = {
    "admin": dict.fromkeys(EVERYTHING, "write"),
    "system": dict.fromkeys(EVERYTHING, "write"),
    "finance": dict.fromkeys(EVERYTHING, "read"),
    "manager": {"jessicas": "read"},  # the one with a won deal, which a project begins with
    "john": {
        "johns": "write", "johns lead": "write", "jessicas": "card", "lead": "read", "lent": "read", "orphan": "card",
    },
    "jessica": {
        "johns": "card", "jessicas": "write", "jessicas old": "write", "lead": "read", "lent": "write",
        "orphan": "card",
    },
}  # fmt: skip


def accesses(page: dict[str, Any], world: dict[str, str]) -> dict[str, str]:
    names = {client_id: name for name, client_id in world.items()}
    assert page["total"] == len(page["items"]) and page["next_cursor"] is None
    return {names[item["id"]]: item["access"] for item in page["items"]}


@pytest.mark.parametrize("who", MATRIX)
def test_the_list_its_total_and_the_details_agree(clients: Any, world: dict[str, str], who: str) -> None:
    person = PEOPLE[who]
    page = clients.as_(person).list_clients(filters={})
    assert accesses(page, world) == MATRIX[who]
    shown = {item["id"]: item for item in page["items"]}
    for name, client_id in world.items():
        if name in MATRIX[who]:
            one = clients.as_(person).get_client(client_id=client_id)
            one.pop("deals_without_rate", None)
            assert one == shown[client_id]
        else:
            with pytest.raises(NotFound):
                clients.as_(person).get_client(client_id=client_id)


@pytest.mark.parametrize("who", MATRIX)
def test_what_hangs_on_a_client_is_for_those_who_read_it_in_full(clients: Any, world: dict[str, str], who: str) -> None:
    for name, client_id in world.items():
        for ask in ("list_contacts", "list_activities", "timeline", "list_documents", "contact_card"):
            method = getattr(clients.as_(PEOPLE[who]), ask)
            if MATRIX[who].get(name) in ("write", "read"):
                assert method(client_id=client_id)
            else:
                with pytest.raises(NotFound):
                    method(client_id=client_id)


@pytest.mark.parametrize("who", MATRIX)
def test_who_may_change_what(clients: Any, world: dict[str, str], who: str) -> None:
    person = PEOPLE[who]
    for name, client_id in world.items():
        commands = [
            lambda client_id=client_id: clients.as_(person).update_client(client_id=client_id, changes={"city": "Ulm"}),
            lambda client_id=client_id: clients.as_(person).create_contact(
                client_id=client_id, data={"first_name": "A"}
            ),
            lambda client_id=client_id: clients.as_(person).log_activity(
                client_id=client_id, data={"type": "note", "subject": "x"}
            ),
            lambda client_id=client_id: clients.as_(person).prepare_document(
                client_id=client_id, filename="a.pdf", content_type="application/pdf"
            ),
        ]
        if name != "jessicas":  # it has a deal, so nobody deletes it
            commands.append(lambda client_id=client_id: clients.as_(person).delete_client(client_id=client_id))
        for command in commands:
            if MATRIX[who].get(name) == "write":
                command()
            else:
                with pytest.raises((Forbidden, NotFound)):
                    command()


@pytest.mark.parametrize("who", ["john", "jessica", "finance", "manager"])
def test_only_admins_assign_and_lend(clients: Any, world: dict[str, str], who: str) -> None:
    for command in (
        lambda: clients.as_(PEOPLE[who]).assign_client(client_id=world["johns"], owner_id=JESSICA.id),
        lambda: clients.as_(PEOPLE[who]).grant_access(client_id=world["johns"], user_id=JESSICA.id),
        lambda: clients.as_(PEOPLE[who]).revoke_access(client_id=world["lent"], user_id=JOHN.id),
        lambda: clients.as_(PEOPLE[who]).list_grants(client_id=world["lent"]),
        lambda: clients.as_(PEOPLE[who]).client_access(client_id=world["johns"]),
    ):
        with pytest.raises(Forbidden):
            command()


def test_a_card_shows_what_is_public_and_nothing_else(clients: Any, world: dict[str, str]) -> None:
    for item in clients.as_(JOHN).list_clients(filters={})["items"]:
        if item["access"] == "card":
            assert item.keys() == {"id", "company_name", "industry", "status", "owner_id", "access"}
    assert "secret" not in str(clients.as_(JOHN).get_client(client_id=world["jessicas"])).lower()


@pytest.mark.parametrize(
    "filters",
    [
        {"q": "secret jessicas"},
        {"q": "zoe@secret.example"},
        {"q": "Zoe Of"},
        {"tag": "secret"},
        {"state": "secretshire"},
        {"min_deal_value_minor": 0},
        {"tag": "secret", "q": "Company"},
        {"state": "secretshire", "status": "active"},
    ],
)
def test_no_question_about_a_card_answers_what_it_hides(
    clients: Any, world: dict[str, str], filters: dict[str, Any]
) -> None:
    found = accesses(clients.as_(JOHN).list_clients(filters=filters), world)
    assert "jessicas" not in found and "orphan" not in found and "card" not in found.values()


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({"q": "company JESSICAS"}, {"jessicas"}),
        ({"status": "active"}, {"johns", "jessicas", "orphan"}),
        ({"owner_id": JESSICA.id}, {"jessicas", "lent"}),
        ({"owner_id": "none"}, {"lead", "orphan"}),
        ({"owner_id": "none", "status": "active", "q": "orph"}, {"orphan"}),
        ({"q": "%"}, set()),
        ({"q": "C_m_a_y johns"}, set()),
        ({"q": "Company_johns"}, {"johns", "johns lead"}),
        ({"q": "secret johns"}, {"johns", "johns lead"}),
    ],
)
def test_cards_are_found_by_what_they_show(clients: Any, world: dict[str, str], filters: Any, found: set[str]) -> None:
    assert set(accesses(clients.as_(JOHN).list_clients(filters=filters), world)) == found


@pytest.mark.parametrize("who", MATRIX)
@pytest.mark.parametrize("filters", [{}, {"q": "Company"}])
def test_a_list_counts_its_cards_and_an_export_has_the_rest(
    clients: Any, world: dict[str, str], who: str, filters: dict[str, Any]
) -> None:
    rpc = clients.as_(PEOPLE[who])
    listed = rpc.list_clients(filters=filters, limit=1)
    cards = list(MATRIX[who].values()).count("card")
    assert (listed["total"], listed.get("cards", 0)) == (len(MATRIX[who]), cards)
    assert len(rpc.export_page(what="clients", filters=filters)["items"]) == listed["total"] - cards


def test_where_a_card_stands_tells_nothing_of_its_value(clients: Any, world: dict[str, str], runtime: Any) -> None:
    with runtime.database.engine.begin() as connection:
        for n, client_id in enumerate(world.values(), 1):
            values = {"value": n * 777_000, "id": client_id}
            changes = "lifetime_value_minor = :value, greatest_deal_minor = :value, city = '777' || :value"
            connection.execute(text(f"UPDATE clients SET {changes} WHERE id = :id"), values)
    hidden = ("lifetime_value", "-lifetime_value", "created_at", "-updated_at", "-last_activity_at")
    for sort in (*hidden, "city", "-city", "deal_value", "-deal_value", "state", "-state"):
        found, cursor = [], None
        while True:
            page = clients.as_(JOHN).list_clients(filters={}, sort=sort, limit=1, cursor=cursor)
            found += page["items"]
            assert page["total"] == 6
            cursor = page["next_cursor"]
            if cursor is None:
                break
            if found[-1]["access"] == "card":
                values = base64.urlsafe_b64decode(cursor + "==").decode()
                assert "777" not in values.split(",")[0] and f"{datetime.now(UTC):%Y-}" not in values.split(",")[0]
        assert {item["id"] for item in found} == {world[name] for name in MATRIX["john"]} and len(found) == 6
        cards = [item["id"] for item in found if item["access"] == "card"]
        assert cards == sorted(cards, reverse=sort.startswith("-"))
        # Cards stand together at the end of smallest values.
        kinds = [item["access"] == "card" for item in found]
        assert kinds == sorted(kinds, reverse=not sort.startswith("-"))


def test_a_loan_ends_after_its_last_day(clients: Any, world: dict[str, str], runtime: Any) -> None:
    lent = {"client_id": world["lent"]}
    (row,) = clients.as_(ADMIN).grant_access(**lent, user_id=JOHN.id, ends_on=str(date.today() + timedelta(days=2)))
    assert row["user_id"] == JOHN.id and row["ends_at"] is not None
    assert clients.as_(JOHN).get_client(**lent)["access"] == "read"
    told_access = told(runtime, "client.access_changed")[-1].data
    assert [reader["user_id"] for reader in told_access["readers"]] == [JOHN.id] and told_access["readers"][0]["until"]
    with runtime.database.engine.begin() as connection:
        connection.execute(text("UPDATE access_grants SET ends_at = now() - interval '1 second'"))
    for ask in ("get_client", "timeline", "list_contacts"):
        with pytest.raises(NotFound):
            getattr(clients.as_(JOHN), ask)(**lent)
    assert "lent" not in accesses(clients.as_(JOHN).list_clients(filters={}), world)


def test_a_loan_is_taken_back(clients: Any, world: dict[str, str], runtime: Any) -> None:
    assert clients.as_(ADMIN).revoke_access(client_id=world["lent"], user_id=JOHN.id) == []
    with pytest.raises(NotFound):
        clients.as_(JOHN).get_client(client_id=world["lent"])
    before = len(told(runtime))
    assert clients.as_(ADMIN).revoke_access(client_id=world["lent"], user_id=JOHN.id) == []
    assert len(told(runtime)) == before


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        ({"user_id": "x"}, "user_id"),
        ({"user_id": None}, "user_id"),
        ({"user_id": JOHN.id, "ends_on": "2020-01-01"}, "ends_on"),
    ],
)
def test_a_loan_that_makes_no_sense(clients: Any, world: dict[str, str], arguments: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        clients.as_(ADMIN).grant_access(client_id=world["johns"], **arguments)
    assert refused.value.field == field


def test_taking_back_from_nobody_is_refused_in_words(clients: Any, world: dict[str, str]) -> None:
    with pytest.raises(Invalid) as refused:
        clients.as_(ADMIN).revoke_access(client_id=world["lent"], user_id="nobody")
    assert refused.value.field == "user_id"


def test_what_other_services_are_told_is_what_they_may_ask(clients: Any, world: dict[str, str], runtime: Any) -> None:
    asked = {name: clients.client_access(client_id=client_id) for name, client_id in world.items()}
    newest = {event.aggregate_id: event.data for event in told(runtime, "client.access_changed")}
    for name, client_id in world.items():
        expected = newest[client_id]
        for reader in (*expected["readers"], *asked[name]["readers"]):
            reader["until"] = reader["until"] and datetime.fromisoformat(reader["until"])
        assert asked[name] == expected, name
    assert asked["lead"]["is_open"] and not asked["orphan"]["is_open"] and asked["deleted"]["owner_id"] is None
    with pytest.raises(NotFound):
        clients.client_access(client_id=new_id())
