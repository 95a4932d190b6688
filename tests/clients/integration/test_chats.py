"""What is said on WhatsApp stands in the history, once; and whose a number is."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

import pytest

from libs.common.ids import new_id
from libs.common.problems import Forbidden, Invalid
from tests.support.actors import ADMIN, JESSICA, JOHN, system

pytestmark = pytest.mark.infrastructure
AT = "2026-01-15T15:04:05Z"


@pytest.fixture
def client_id(new_client: Any) -> str:
    made: str = new_client(JOHN.id)["id"]
    return made


def history(clients: Any, client_id: str, kind: str = "whatsapp") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = clients.as_(ADMIN).timeline(client_id=client_id, types=[kind])["items"]
    return found


def test_a_message_is_one_activity_however_often_it_is_told(clients: Any, hear: Any, client_id: str) -> None:
    told = {"client_id": client_id, "message_id": new_id(), "contact_id": None, "occurred_at": AT}
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _n: hear("whatsapp.received", **told), range(8)))
    (activity,) = history(clients, client_id)
    assert activity["subject"] == "WhatsApp message received"
    assert activity["description"] == "Thursday afternoon works best"
    assert datetime.fromisoformat(activity["occurred_at"]) == datetime.fromisoformat(AT)
    assert clients.as_(ADMIN).get_client(client_id=client_id)["waiting_since"] is not None
    hear("whatsapp.received", **told, text="Friday", version=3)
    hear("whatsapp.received", **told, text="late", version=2)
    (changed,) = history(clients, client_id)
    assert changed["description"] == "Friday" and changed["id"] == activity["id"]


def test_of_somebody_unknown_nothing_is_written(clients: Any, hear: Any, client_id: str) -> None:
    for kind in ("received", "sent", "failed"):
        hear(f"whatsapp.{kind}", client_id=None)
    assert history(clients, client_id) == history(clients, client_id, "task") == []


def test_what_a_person_wrote_answers_and_what_left_by_itself_does_not(clients: Any, hear: Any, client_id: str) -> None:
    def waits() -> bool:
        return clients.as_(ADMIN).get_client(client_id=client_id)["waiting_since"] is not None

    about = {"client_id": client_id, "contact_id": None}
    hear("whatsapp.received", **about, message_id=new_id(), occurred_at=AT)
    hear("whatsapp.sent", **about, message_id=new_id(), occurred_at="2026-01-15T15:05:00Z")
    assert waits() and history(clients, client_id)[0]["details"]["template"] == "brief_received"
    by = {"sent_by": JOHN.id, "sent_by_name": JOHN.name, "template_name": None}
    hear("whatsapp.sent", **about, **by, message_id=new_id(), occurred_at="2026-01-15T15:06:00Z")
    assert not waits()
    newest = history(clients, client_id)[0]
    assert (newest["subject"], newest["actor_name"]) == ("WhatsApp message sent", JOHN.name)


def test_a_failure_is_one_task_for_the_owner(clients: Any, hear: Any, client_id: str) -> None:
    told = {"client_id": client_id, "contact_id": None, "message_id": new_id()}
    hear("whatsapp.failed", **told)
    hear("whatsapp.failed", **told)
    (task,) = history(clients, client_id, "task")
    assert task["subject"] == "WhatsApp message to TechCorp Solutions was not delivered"
    assert task["assignee_id"] == JOHN.id and task["due_at"] and "send a mail" in task["description"]


def test_a_task_goes_when_its_message_arrived(clients: Any, hear: Any, client_id: str) -> None:
    told = {"client_id": client_id, "contact_id": None, "message_id": new_id()}

    def task() -> dict[str, Any]:
        (found,) = history(clients, client_id, "task")
        return found

    hear("whatsapp.failed", **told, version=3, certain=False)
    assert task()["subject"] == "WhatsApp message to TechCorp Solutions: nobody knows whether it arrived"
    hear("whatsapp.sent", **told, version=2)
    assert task()["done_at"] is None, "that was told before it failed"
    hear("whatsapp.failed", **told, version=4)
    assert task()["subject"] == "WhatsApp message to TechCorp Solutions was not delivered"
    hear("whatsapp.sent", **told, version=5)
    hear("whatsapp.failed", **told, version=4)
    assert task()["done_at"] is not None and len(history(clients, client_id)) == 1


def test_a_failure_that_is_told_after_it_arrived_makes_no_task(clients: Any, hear: Any, client_id: str) -> None:
    told = {"client_id": client_id, "contact_id": None, "message_id": new_id()}
    hear("whatsapp.sent", **told, version=2)
    hear("whatsapp.sent", **told, version=5)
    hear("whatsapp.failed", **told, version=4)
    assert history(clients, client_id, "task") == []


def test_what_was_said_moves_with_its_conversation(clients: Any, hear: Any, new_client: Any, client_id: str) -> None:
    """It was linked to the wrong client: nobody waits there, and the right one sees all that was said."""
    other = new_client(JESSICA.id, company_name="Other")["id"]
    asked, answered, failed = new_id(), new_id(), new_id()

    def tell(client: str, version: int, first: bool = True) -> None:
        about = {"client_id": client, "contact_id": None, "version": version}
        hear("whatsapp.received", **about, message_id=asked, occurred_at=AT)
        if first:
            hear("whatsapp.sent", **about, message_id=answered, occurred_at="2026-01-15T15:03:00Z", sent_by=JOHN.id)
        hear("whatsapp.failed", **about, message_id=failed)

    def waits(client: str) -> bool:
        return clients.as_(ADMIN).get_client(client_id=client)["waiting_since"] is not None

    tell(client_id, 2)
    assert waits(client_id) and len(history(clients, client_id)) == 2
    tell(other, 5)
    tell(client_id, 2)
    assert history(clients, client_id) == history(clients, client_id, "task") == [] and not waits(client_id)
    assert len(history(clients, other)) == 2 and waits(other)
    (task,) = history(clients, other, "task")
    assert task["assignee_id"] == JESSICA.id
    assert datetime.fromisoformat(clients.as_(ADMIN).get_client(client_id=other)["last_activity_at"])
    clients.as_(ADMIN).update_activity(activity_id=task["id"], changes={"done": True})
    tell(client_id, 9)
    assert history(clients, client_id, "task")[0]["done_at"], "what was done stays done"


def test_what_they_wrote_is_not_noted_by_hand(clients: Any, client_id: str) -> None:
    made_up = {"type": "whatsapp", "subject": " WhatsApp message received"}
    with pytest.raises(Invalid, match="by itself"):
        clients.as_(JOHN).log_activity(client_id=client_id, data=made_up)
    noted = clients.as_(JOHN).log_activity(client_id=client_id, data=made_up | {"subject": "Wrote from my own phone"})
    with pytest.raises(Invalid, match="by itself"):
        clients.as_(JOHN).update_activity(activity_id=noted["id"], changes={"subject": made_up["subject"].strip()})


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("+52 1 55 1234 5678", "5215512345678"),
        ("+52 55 1234 5678", "5215512345678"),
        ("+52 1 55 1234 5678", "525512345678"),
        ("+54 9 11 1234 5678", "541112345678"),
        ("+54 11 1234 5678", "5491112345678"),
        ("0049 170 1234567", "491701234567"),
        ("00 52 1 55 1234 5678", "5215512345678"),
    ],
)
def test_a_number_is_found_however_it_is_written(clients: Any, client_id: str, written: str, number: str) -> None:
    data = {"first_name": "Ann", "phone": written}
    contact_id = clients.as_(ADMIN).create_contact(client_id=client_id, data=data)["id"]
    found = clients.as_(system("notifications")).contacts_of_phones(numbers=[number])
    assert found == {number: {"client_id": client_id, "contact_id": contact_id}}


def test_whose_a_number_is(clients: Any, new_client: Any, client_id: str) -> None:
    notifications = clients.as_(system("notifications"))

    def contact(client: str, phone: str) -> str:
        made = clients.as_(ADMIN).create_contact(client_id=client, data={"first_name": "Ann", "phone": phone})
        return str(made["id"])

    other, gone = new_client(JOHN.id, company_name="Other")["id"], new_client(JOHN.id, company_name="Gone")["id"]
    ann, brazil = contact(client_id, "+1 (555) 0123"), contact(client_id, "+55 31 98888-7777")
    home = contact(client_id, "(212) 555-0187")
    for shared in (client_id, other):
        contact(shared, "+49 30 901820")
    contact(client_id, "+1 212 555 0100"), contact(client_id, "212-555-0100")
    contact(gone, "+1 212 555 0199")
    clients.as_(ADMIN).delete_client(client_id=gone)
    clients.as_(ADMIN).update_client(client_id=other, changes={"phone": "+44 20 7946 0958"})
    asked = ["15550123", "553188887777", "12125550187", "4930901820", "12125550100", "12125550199", "442079460958"]
    found = notifications.contacts_of_phones(numbers=[*asked, "15550124", "5550123", ""])
    assert found == {
        "15550123": {"client_id": client_id, "contact_id": ann},
        "553188887777": {"client_id": client_id, "contact_id": brazil},
        "12125550187": {"client_id": client_id, "contact_id": home},
        "12125550100": {"client_id": client_id, "contact_id": None},
        "442079460958": {"client_id": other, "contact_id": None},
    }
    with pytest.raises(Forbidden):
        clients.as_(ADMIN).contacts_of_phones(numbers=asked)
    with pytest.raises(Invalid):
        notifications.contacts_of_phones(numbers="15550123")


def test_numbers_are_found_by_their_index(new_client: Any, runtime: Any) -> None:
    from sqlalchemy import text

    from services.clients.queries.numbers import _CANDIDATES, _COMPANIES

    client_id = new_client(JOHN.id)["id"]
    # Of an empty table every plan is as good as another.
    persons = """
        INSERT INTO contacts (id, client_id, first_name, last_name, phone, is_primary, created_at, updated_at, version)
        SELECT gen_random_uuid(), :client_id, 'P', n::text, '+1212' || lpad(n::text, 7, '0'), false, now(), now(), 1
        FROM generate_series(1, 3000) AS n
    """
    companies = """
        INSERT INTO clients (id, company_name, match_name, phone, status, source, tags, lifetime_value_minor, currency,
            access_version, created_at, updated_at, version)
        SELECT gen_random_uuid(), 'C', 'c', '+1212' || lpad(n::text, 7, '0'), status, source, tags, 0, currency,
            1, now(), now(), 1
        FROM clients, generate_series(1, 3000) AS n WHERE id = :client_id
    """
    with runtime.database.engine.begin() as connection:
        for many in (persons, companies):
            connection.execute(text(many), {"client_id": client_id})
        connection.execute(text("ANALYZE contacts, clients"))
        connection.execute(text("SET LOCAL enable_seqscan = off"))
        for statement, index in ((_CANDIDATES, "contacts_number"), (_COMPANIES, "clients_number")):
            plan = connection.execute(text(f"EXPLAIN {statement.text}"), {"tails": ["5550123"]}).scalars().all()
            assert index in "\n".join(plan)
