"""Erasing a contact: blank at once, taken out of everything by the worker, and a receipt of what every service did."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, text

from libs.common.context import Context
from libs.common.erasure.person import Person
from libs.common.ids import new_id
from libs.common.job_runner import JobRunner
from libs.common.problems import Conflict, Forbidden, Invalid, NotFound
from services.clients.models import erasures
from services.clients.worker import TABLE
from tests.contracts.samples_of import sample
from tests.support.actors import ADMIN, JESSICA, JOHN, system
from tests.support.delivering import told

pytestmark = pytest.mark.infrastructure

OTHERS = ("ai", "billing", "deals", "gateway", "notifications")
SARAH = {"first_name": "Sarah", "last_name": "Johnson", "email": "sarah@techcorp.com", "phone": "+12125550123"}


@pytest.fixture
def sarah(clients: Any, new_client: Any) -> dict[str, Any]:
    """The primary contact of a client of John's, beside Bob; a note and a document name her."""
    client = new_client(JOHN.id, notes="Ask Sarah Johnson first")
    made: dict[str, Any] = clients.as_(JOHN).create_contact(client_id=client["id"], data=SARAH | {"job_title": "CTO"})
    clients.as_(JOHN).create_contact(client_id=client["id"], data={"first_name": "Bob", "email": "bob@techcorp.com"})
    note = {"type": "note", "subject": "Lunch with Sarah Johnson", "contact_id": made["id"]}
    clients.as_(JOHN).log_activity(
        client_id=client["id"], data=note | {"description": "Sarah likes it; +1 212 555 0123"}
    )
    return made


def run_jobs(runtime: Any) -> None:
    """All that is due, and what it orders."""
    runner = JobRunner("clients", runtime.database, TABLE.jobs)
    while runner.run_one():
        pass


def erase(clients: Any, contact: dict[str, Any], **more: Any) -> Any:
    return clients.as_(ADMIN).erase_contact(contact_id=contact["id"], reason="Sarah asked for it", **more)


def test_the_contact_is_blank_at_once_and_another_one_is_written_to(clients: Any, sarah: Any) -> None:
    receipt = erase(clients, sarah, version=sarah["version"])
    assert receipt["status"] == "asked" and receipt["missing"] == sorted([*OTHERS, "clients"])
    assert receipt["reason"] == "[erased] asked for it" and "sealed" not in receipt
    listed = clients.as_(JOHN).list_contacts(client_id=sarah["client_id"])["items"]
    blank, bob = sorted(listed, key=lambda each: each["is_primary"])
    assert (blank["first_name"], blank["last_name"], blank["email"]) == ("[erased]", "", None)
    assert blank["phone"] is blank["job_title"] is None
    assert bob["first_name"] == "Bob" and bob["is_primary"]


def test_the_order_names_nobody_in_plain(clients: Any, sarah: Any, runtime: Any) -> None:
    receipt = erase(clients, sarah)
    (order,) = told(runtime, "contact.erasure_asked")
    assert "Sarah" not in str(order.data) and order.data["erasure_id"] == receipt["id"]
    person = Person.opened(runtime.settings.link_secret, receipt["id"], order.data["sealed"])
    assert (person.contact_id, person.email) == (sarah["id"], SARAH["email"])


def test_the_worker_takes_her_out_of_everything(clients: Any, sarah: Any, runtime: Any) -> None:
    receipt = erase(clients, sarah)
    run_jobs(runtime)
    (activity,) = [
        each for each in clients.as_(JOHN).timeline(client_id=sarah["client_id"])["items"] if each["type"] == "note"
    ]
    assert (activity["subject"], activity["description"]) == ("Lunch with [erased]", "[erased] likes it; [erased]")
    assert clients.as_(JOHN).get_client(client_id=sarah["client_id"])["notes"] == "Ask [erased] first"
    (part,) = clients.as_(ADMIN).get_erasure(erasure_id=receipt["id"])["parts"]
    rows = {each["what"]: each["rows"] for each in part["changed"]}
    assert part["service"] == "clients" and part["kept"] == [] and not part["final"]
    assert rows["activities"] == rows["clients"] == 1 and rows["outbox"] >= 1 and rows["commands"] >= 1


def test_somebody_else_of_that_name_is_kept_and_listed(clients: Any, sarah: Any, new_client: Any, runtime: Any) -> None:
    other = clients.as_(ADMIN).create_contact(
        client_id=new_client(company_name="Elsewhere")["id"], data=SARAH | {"email": "other@sarahs.example"}
    )
    receipt = erase(clients, sarah)
    run_jobs(runtime)
    (part,) = clients.as_(ADMIN).get_erasure(erasure_id=receipt["id"])["parts"]
    assert [(each["what"], each["id"]) for each in part["kept"]] == [("contacts", other["id"])]
    (left,) = clients.as_(ADMIN).list_contacts(client_id=other["client_id"])["items"]
    assert left["last_name"] == "Johnson"


def test_her_names_alone_go_at_her_client_and_tags_with_them(clients: Any, sarah: Any, runtime: Any) -> None:
    john, client_id = clients.as_(JOHN), sarah["client_id"]
    john.log_activity(client_id=client_id, data={"type": "call", "subject": "Johnson called from 212-555-0123"})
    john.update_client(client_id=client_id, changes={"tags": ["johnson-vip"]})
    receipt = erase(clients, sarah)
    run_jobs(runtime)
    (call,) = john.list_activities(client_id=client_id, types=["call"])["items"]
    assert call["subject"] == "[erased] called from [erased]"
    assert john.get_client(client_id=client_id)["tags"] == ["[erased]-vip"]
    with runtime.database.read() as session:
        assert session.execute(text("SELECT name FROM tags WHERE name LIKE '%johnson%'")).all() == []
        told = session.execute(text("SELECT envelope::text FROM outbox WHERE type = 'activity.logged'")).scalars().all()
    assert told and "Johnson" not in str(told)
    assert clients.as_(ADMIN).get_erasure(erasure_id=receipt["id"])["parts"][0]["kept"] == []


def test_a_name_at_another_client_stays_and_is_listed(clients: Any, sarah: Any, new_client: Any, runtime: Any) -> None:
    other = new_client(JESSICA.id, notes="Sarah Johnson is somebody else here")
    receipt = erase(clients, sarah)
    run_jobs(runtime)
    assert clients.as_(ADMIN).get_client(client_id=other["id"])["notes"] == "Sarah Johnson is somebody else here"
    (part,) = clients.as_(ADMIN).get_erasure(erasure_id=receipt["id"])["parts"]
    assert ("clients", other["id"]) in {(each["what"], each["id"]) for each in part["kept"]}


def test_files_are_named_to_be_looked_through(clients: Any, sarah: Any, runtime: Any) -> None:
    given = {"client_id": sarah["client_id"], "filename": "Plan.pdf", "content_type": "application/pdf"}
    made = clients.as_(JOHN).prepare_document(**given)
    runtime.object_store.put(made["key"], b"Dear Sarah", "application/pdf")
    clients.as_(JOHN).complete_document(document_id=made["document_id"], size=10, sha256="x")
    receipt = erase(clients, sarah)
    run_jobs(runtime)
    (part,) = clients.as_(ADMIN).get_erasure(erasure_id=receipt["id"])["parts"]
    (file,) = part["kept"]
    assert (file["what"], file["id"]) == ("documents", made["document_id"]) and "open it" in file["why"]


def test_a_file_moves_to_a_name_that_says_nothing(clients: Any, sarah: Any, runtime: Any) -> None:
    given = {"client_id": sarah["client_id"], "filename": "To Sarah Johnson.pdf", "content_type": "application/pdf"}
    made = clients.as_(JOHN).prepare_document(**given)
    runtime.object_store.put(made["key"], b"Dear Sarah", "application/pdf")
    clients.as_(JOHN).complete_document(document_id=made["document_id"], size=10, sha256="x")
    erase(clients, sarah)
    run_jobs(runtime)
    link = clients.as_(JOHN).document_link(document_id=made["document_id"])
    assert link["key"].endswith("/document.pdf") and link["filename"] == "To [erased].pdf"
    assert runtime.object_store.get(link["key"]) == b"Dear Sarah"
    with pytest.raises(NotFound):
        runtime.object_store.get(made["key"])
    with runtime.database.read() as session:
        assert "Sarah" not in str(session.execute(text("SELECT payload FROM jobs")).all())


def test_the_receipt_is_whole_when_all_have_answered_and_settled_when_all_looked_again(
    clients: Any, sarah: Any, runtime: Any, hear: Any
) -> None:
    receipt_id = erase(clients, sarah)["id"]
    run_jobs(runtime)
    for name in OTHERS:
        assert clients.as_(ADMIN).get_erasure(erasure_id=receipt_id)["status"] == "asked"
        hear(f"{name}.person_erased", erasure_id=receipt_id)
    found = clients.as_(ADMIN).get_erasure(erasure_id=receipt_id)
    assert found["status"] == "erased" and found["missing"] == []
    assert [each["why"] for part in found["parts"] for each in part["kept"]] == [
        sample("billing.person_erased")["data"]["kept"][0]["why"]
    ]
    for name in OTHERS:
        hear(f"{name}.person_erased", erasure_id=receipt_id, version=2, final=True, kept=[])
    assert sealed(runtime) == 1
    look_again(runtime)
    found = clients.as_(ADMIN).get_erasure(erasure_id=receipt_id)
    assert found["status"] == "settled" and sealed(runtime) == 0
    billing = next(part for part in found["parts"] if part["service"] == "billing")
    assert billing["changed"] == [{"what": "deal_states", "rows": 2}] and billing["kept"] == []
    assert [event.data["sealed"] for event in told(runtime, "contact.erasure_asked")] == [""]


def sealed(runtime: Any) -> int:
    with runtime.database.read() as session:
        return len(session.execute(select(erasures.c.id).where(erasures.c.sealed.isnot(None))).all())


def look_again(runtime: Any) -> None:
    """The scheduled second look, an hour later."""
    job = next(each for each in TABLE.schedule if each.name == "erase_again")
    with runtime.database.unit_of_work(Context(actor=system("clients"))) as uow:
        job.run(uow, uow.now + timedelta(hours=1, minutes=1))


def test_asked_again_all_are_told_again_and_the_receipt_is_the_same(clients: Any, sarah: Any, runtime: Any) -> None:
    first = erase(clients, sarah)
    again = erase(clients, sarah, version=99)
    assert again["id"] == first["id"] and again["reason"] == first["reason"]
    assert len(told(runtime, "contact.erasure_asked")) == 2
    assert clients.as_(ADMIN).list_erasures()["total"] == 1


def test_what_is_refused(clients: Any, sarah: Any) -> None:
    with pytest.raises(Conflict):
        erase(clients, sarah, version=99)
    with pytest.raises(Invalid):
        clients.as_(ADMIN).erase_contact(contact_id=sarah["id"], reason=" ")
    for contact_id in (new_id(), "no id"):
        with pytest.raises(NotFound):
            clients.as_(ADMIN).erase_contact(contact_id=contact_id, reason="x")
        with pytest.raises(NotFound):
            clients.as_(ADMIN).person(contact_id=contact_id)
        with pytest.raises(NotFound):
            clients.as_(ADMIN).get_erasure(erasure_id=contact_id)
    with pytest.raises(Invalid):
        clients.as_(ADMIN).personal_data(person={"first_name": "Nobody"})
    for actor in (JOHN, JESSICA, system("gateway")):
        with pytest.raises(Forbidden):
            clients.as_(actor).erase_contact(contact_id=sarah["id"], reason="x")


def test_the_export_holds_what_names_her(clients: Any, sarah: Any) -> None:
    person = clients.as_(ADMIN).person(contact_id=sarah["id"])
    known = clients.as_(ADMIN).personal_data(person=person)
    assert {each["what"] for each in known} == {"activities", "clients", "contacts"}
    contact = next(each["data"] for each in known if each["what"] == "contacts")
    assert contact["email"] == SARAH["email"] and contact["job_title"] == "CTO"
