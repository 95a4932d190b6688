"""Clients by hand, and what happens with them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import insert, text

from libs.common.ids import new_id
from libs.common.problems import Conflict, Forbidden, Invalid, NotFound, Problem
from services.clients.models import client_deals
from tests.clients.integration.test_contacts import add, people
from tests.clients.integration.test_intake import FORM
from tests.support.actors import ADMIN, JESSICA, JOHN, system
from tests.support.delivering import told


def test_a_client_by_hand_belongs_to_who_made_it(clients: Any, runtime: Any) -> None:
    contact = {"first_name": "Sarah", "last_name": "Johnson", "email": "Sarah@TechCorp.com"}
    made = clients.as_(JOHN).create_client(data={"company_name": " TechCorp ", "tags": ["VIP"], "contact": contact})
    assert (made["company_name"], made["owner_id"], made["status"], made["source"]) == (
        "TechCorp",
        JOHN.id,
        "prospect",
        "manual",
    )
    assert (made["lifetime_value_minor"], made["currency"], made["tags"], made["version"]) == (0, "USD", ["vip"], 1)
    assert made["access"] == "write" and made["possible_duplicates"] == []
    assert people(clients, made["id"]) == [("Sarah", True)]
    kinds = [event.type for event in told(runtime)]
    assert sorted(kinds) == ["activity.logged", "client.access_changed", "client.created", "contact.created"]
    assert [row["tag"] for row in clients.as_(JOHN).list_tags()["items"]] == ["vip"]


def test_a_likely_duplicate_is_named_and_not_refused(clients: Any, new_client: Any) -> None:
    first = new_client(JOHN.id, company_name="TechCorp Solutions", status="active")
    again = clients.as_(JESSICA).create_client(data={"company_name": "techcorp solutions, Inc."})
    assert again["possible_duplicates"] == [{"id": first["id"], "company_name": "TechCorp Solutions"}]
    assert again["id"] != first["id"]


def test_a_duplicate_that_may_not_be_seen_is_not_named(clients: Any, new_client: Any) -> None:
    new_client(JOHN.id, company_name="Secret Project Ltd")
    assert clients.as_(JESSICA).create_client(data={"company_name": "Secret Project"})["possible_duplicates"] == []


def test_sales_makes_clients_for_itself_alone(clients: Any) -> None:
    with pytest.raises(Forbidden):
        clients.as_(JOHN).create_client(data={"company_name": "X", "owner_id": JESSICA.id})
    assert (
        clients.as_(ADMIN).create_client(data={"company_name": "X", "owner_id": JESSICA.id})["owner_id"] == JESSICA.id
    )


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({}, "company_name"),
        ({"company_name": " "}, "company_name"),
        ({"company_name": "X", "status": "friend"}, "status"),
        ({"company_name": "X", "email": "x"}, "email"),
        ({"company_name": "X", "notes": "x" * 20_001}, "notes"),
        ({"company_name": "X", "lifetime_value_minor": 5}, "lifetime_value_minor"),
        ({"company_name": "X", "contact": {"last_name": "Y"}}, "first_name"),
        ({"company_name": "X", "contact": {"first_name": "Y", "email": "y"}}, "email"),
    ],
)
def test_a_client_that_does_not_fit_leaves_nothing(
    clients: Any, runtime: Any, data: dict[str, Any], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        clients.as_(JOHN).create_client(data=data)
    assert refused.value.field == field
    assert clients.as_(ADMIN).list_clients(filters={})["total"] == 0 and told(runtime) == []


def test_a_stale_change_is_refused(clients: Any, new_client: Any) -> None:
    client_id = new_client(JOHN.id)["id"]
    clients.as_(JOHN).update_client(client_id=client_id, changes={"city": "Ulm"}, version=1)
    with pytest.raises(Conflict) as refused:
        clients.as_(ADMIN).update_client(client_id=client_id, changes={"city": "Bonn"}, version=1)
    assert refused.value.extra["current_version"] == 2
    assert clients.as_(JOHN).get_client(client_id=client_id)["city"] == "Ulm"
    with pytest.raises(Invalid) as named:
        clients.as_(JOHN).update_client(client_id=client_id, changes={"owner_id": JESSICA.id})
    assert named.value.field == "owner_id"


def test_who_may_see_it_is_told_only_when_that_changes(clients: Any, new_client: Any, runtime: Any) -> None:
    client_id = new_client(JOHN.id)["id"]

    def changed(**changes: Any) -> int:
        clients.as_(JOHN).update_client(client_id=client_id, changes=changes)
        return len(told(runtime, "client.access_changed"))

    assert [changed(city="Ulm"), changed(status="active"), changed(company_name="New Name")] == [1, 1, 2]
    assert told(runtime, "client.access_changed")[-1].data["label"] == "New Name"


def test_assigning_tells_who_and_the_contact(clients: Any, new_client: Any, runtime: Any) -> None:
    client_id = new_client(None)["id"]
    add(clients, client_id, "Sarah", email="sarah@techcorp.com", job_title="CTO")
    for _ in range(2):
        clients.as_(ADMIN).assign_client(client_id=client_id, owner_id=JOHN.id)
    event = told(runtime, "client.assigned")[-1]
    assert len(told(runtime, "client.assigned")) == 2  # taken back once when it was made, given once
    assert (event.data["owner_id"], event.data["previous_owner_id"], event.data["assigned_by"]) == (
        JOHN.id,
        None,
        ADMIN.id,
    )
    assert event.data["contact"]["job_title"] == "CTO"
    with pytest.raises(Invalid):
        clients.as_(ADMIN).assign_client(client_id=client_id, owner_id="nobody")


def test_a_deleted_client_is_gone_and_its_company_may_come_again(clients: Any, runtime: Any) -> None:
    gateway = clients.as_(system("gateway"))
    first = gateway.submit_contact(form=FORM, reference=new_id())["client_id"]
    gone = clients.as_(ADMIN).delete_client(client_id=first)
    assert (gone["id"], gone["deleted"], set(gone)) == (first, True, {"id", "deleted", "change_set_id"})
    for ask in ("get_client", "list_contacts", "timeline", "delete_client"):
        with pytest.raises(NotFound):
            getattr(clients.as_(ADMIN), ask)(client_id=first)
    assert clients.as_(ADMIN).list_clients(filters={})["total"] == 0
    access = told(runtime, "client.access_changed")[-1].data
    assert (access["owner_id"], access["is_open"], access["readers"]) == (None, False, [])
    again = clients.as_(system("gateway")).submit_contact(form=FORM, reference=new_id())
    assert again["created"] and again["client_id"] != first


def test_a_person_logs_what_happened(clients: Any, new_client: Any) -> None:
    client_id = new_client(JOHN.id)["id"]
    data = {"type": "call", "subject": "First call", "occurred_at": "2025-01-06T10:00:00-05:00"}
    made = clients.as_(JOHN).log_activity(client_id=client_id, data=data)
    assert (made["actor_name"], made["occurred_at"][:19], made["description"]) == (
        "John Smith",
        "2025-01-06T15:00:00",
        "",
    )
    history = clients.as_(JOHN).timeline(client_id=client_id)["items"]
    assert [row["subject"] for row in history] == ["Client created", "First call"]
    for data, field in (
        ({"type": "system", "subject": "x"}, "type"),
        ({"type": "note"}, "subject"),
        ({"subject": "x"}, "type"),
    ):
        with pytest.raises(Invalid) as refused:
            clients.as_(JOHN).log_activity(client_id=client_id, data=data)
        assert refused.value.field == field


def test_the_timeline_pages_through_everything(clients: Any, new_client: Any) -> None:
    client_id = new_client(JOHN.id)["id"]
    for n in range(7):
        data = {"type": "note", "subject": str(n), "occurred_at": "2025-01-06T10:00:00Z"}
        clients.as_(JOHN).log_activity(client_id=client_id, data=data)
    found, cursor = [], None
    while True:
        page = clients.as_(JOHN).timeline(client_id=client_id, limit=3, cursor=cursor)
        found += [row["subject"] for row in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert found == ["Client created", "6", "5", "4", "3", "2", "1", "0"] and page["total"] == 8


def test_a_document_shows_once_its_bytes_are_there(clients: Any, new_client: Any, runtime: Any) -> None:
    client_id = new_client(JOHN.id)["id"]
    prepare = {
        "client_id": client_id,
        "filename": "../../Offer\x00.pdf ".replace("\x00", ""),
        "content_type": "application/pdf",
    }
    prepared = clients.as_(JOHN).prepare_document(**prepare)
    assert prepared["key"] == f"clients/{client_id}/{prepared['document_id']}/Offer.pdf"
    assert clients.as_(JOHN).list_documents(client_id=client_id)["total"] == 0
    with pytest.raises(NotFound):
        clients.as_(JOHN).document_link(document_id=prepared["document_id"])
    stored = runtime.object_store.put(prepared["key"], b"%PDF", "application/pdf")
    complete = {"document_id": prepared["document_id"], "size": stored.size, "sha256": stored.sha256}
    for _ in range(2):
        assert clients.as_(JOHN).complete_document(**complete)["filename"] == "Offer.pdf"
    assert [row["size"] for row in clients.as_(JOHN).list_documents(client_id=client_id)["items"]] == [4]
    link = clients.as_(JOHN).document_link(document_id=prepared["document_id"])
    assert runtime.object_store.opened(link["url"].rsplit("/", 1)[1])[0] == prepared["key"]
    subjects = [row["subject"] for row in clients.as_(JOHN).timeline(client_id=client_id)["items"]]
    assert subjects == ["Document added", "Client created"]
    for ask in (
        lambda: clients.as_(JESSICA).document_link(document_id=prepared["document_id"]),
        lambda: clients.as_(JESSICA).complete_document(**complete),
    ):
        with pytest.raises(NotFound):
            ask()


@pytest.mark.parametrize(
    ("ask", "field"),
    [
        ({"filters": {"colour": "x"}}, "colour"),
        ({"filters": {"status": "friend"}}, "status"),
        ({"filters": {"owner_id": "x"}}, "owner_id"),
        ({"filters": {}, "sort": "password"}, "sort"),
        ({"filters": {}, "limit": 500}, "limit"),
        ({"filters": {}, "cursor": "x"}, "cursor"),
    ],
)
def test_what_cannot_be_asked_is_named(clients: Any, ask: dict[str, Any], field: str) -> None:
    for person in (ADMIN, JOHN):
        with pytest.raises(Invalid) as refused:
            clients.as_(person).list_clients(**ask)
        assert refused.value.field == field


def test_edits_at_once_with_one_version_let_one_through(clients: Any, new_client: Any) -> None:
    client_id = new_client(JOHN.id)["id"]

    def edit(number: int) -> str:
        try:
            clients.as_(JOHN).update_client(client_id=client_id, changes={"city": str(number)}, version=1)
        except Problem as problem:
            return problem.code
        return "ok"

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(edit, range(10))) == ["conflict"] * 9 + ["ok"]


def test_the_database_itself_refuses_what_no_command_makes(runtime: Any, new_client: Any) -> None:
    client_id = new_client(JOHN.id)["id"]
    for statement in (
        "UPDATE clients SET status = 'friend'",
        "UPDATE clients SET company_name = ''",
        f"DELETE FROM clients WHERE id = '{client_id}'",
    ):
        with pytest.raises(Exception, match="violates"), runtime.database.engine.begin() as connection:
            connection.execute(text(statement))


def test_the_database_itself_refuses_what_hangs_on_nobody(clients: Any, runtime: Any, new_client: Any) -> None:
    client_id = new_client(JOHN.id)["id"]
    add(clients, client_id, "Ann")
    clients.as_(JOHN).log_activity(client_id=client_id, data={"type": "note", "subject": "Hello"})
    for table in ("contacts", "activities"):
        changed = f'{{"id": "{new_id()}", "client_id": "{new_id()}"}}'
        copy = f"SELECT (jsonb_populate_record(t, '{changed}')).* FROM {table} AS t"
        for statement in (
            f"INSERT INTO {table} {copy} LIMIT 1",
            f"UPDATE {table} SET client_id = '{new_id()}'",
        ):
            with pytest.raises(Exception, match="violates foreign key"), runtime.database.engine.begin() as connection:
                connection.exec_driver_sql(statement)
    with pytest.raises(Exception, match="violates foreign key"), runtime.database.engine.begin() as connection:
        connection.execute(text("ALTER TABLE client_keys DROP CONSTRAINT client_keys_client_id_fkey"))
        connection.execute(text("DELETE FROM clients"))


def test_a_client_with_deals_is_not_deleted(clients: Any, new_client: Any, runtime: Any) -> None:
    client_id = new_client(JOHN.id)["id"]
    with runtime.database.engine.begin() as connection:
        row = {"deal_id": new_id(), "client_id": client_id, "deal_name": "x", "stage": "lead", "currency": "USD"}
        connection.execute(insert(client_deals).values(**row, version=1))
    with pytest.raises(Conflict):
        clients.as_(JOHN).delete_client(client_id=client_id)
    assert clients.as_(JOHN).get_client(client_id=client_id)["id"] == client_id
