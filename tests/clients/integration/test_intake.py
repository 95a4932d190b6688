"""Forms become clients: one a company, one contact a person, whatever arrives at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import text

from libs.common.ids import new_id
from libs.common.problems import Forbidden, Invalid, NotFound
from services.clients.rpc import ClientsRpc
from services.clients.settings import ClientsSettings
from tests.support.actors import ADMIN, JESSICA, JOHN, system
from tests.support.calling import Caller

FORM = {
    "company_name": "TechCorp Solutions",
    "company_email": "hello@techcorp.com",
    "first_name": "Sarah",
    "last_name": "Johnson",
    "email": "sarah@techcorp.com",
    "phone": "+1-555-0123",
    "job_title": "CTO",
    "industry": "Technology",
    "message": "AI automation",
}


@pytest.fixture
def runtime(runtime_of: Any) -> Any:
    return runtime_of("clients", ClientsSettings)


@pytest.fixture
def gateway(runtime: Any) -> Any:
    return Caller(ClientsRpc, runtime, system("gateway"))


def submit(gateway: Any, **changes: Any) -> dict[str, Any]:
    return gateway.as_(system("gateway")).submit_contact(form=FORM | changes, reference=new_id())


def count(runtime: Any, table: str) -> int:
    with runtime.database.read() as session:
        return session.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()


def outbox(runtime: Any, kind: str) -> list[dict[str, Any]]:
    with runtime.database.read() as session:
        rows = session.execute(text("SELECT envelope FROM outbox WHERE type = :t ORDER BY position"), {"t": kind})
        return [row.envelope["data"] for row in rows]


def test_a_form_makes_client_contact_and_activity(runtime: Any, gateway: Any) -> None:
    made = submit(gateway)
    client = gateway.as_(ADMIN).get_client(client_id=made["client_id"])
    assert client["company_name"] == "TechCorp Solutions"
    assert (client["status"], client["source"], client["email"]) == ("prospect", "website", "hello@techcorp.com")
    people = gateway.as_(ADMIN).list_contacts(client_id=made["client_id"])["items"]
    assert [(p["first_name"], p["job_title"], p["is_primary"]) for p in people] == [("Sarah", "CTO", True)]
    history = gateway.as_(ADMIN).timeline(client_id=made["client_id"])["items"]
    assert [(a["type"], a["subject"], a["description"]) for a in history] == [
        ("system", "New inquiry from website", "Sarah Johnson from TechCorp Solutions submitted contact form")
    ]
    assert outbox(runtime, "client.inquired")[0]["created"] is True
    assert outbox(runtime, "client.access_changed")[0]["is_open"] is True


@pytest.mark.parametrize(
    "name", ["techcorp solutions, Inc.", "TECHCORP  SOLUTIONS", "TechCorp-Solutions LLC", "TéchCorp Solutions Ltd."]
)
def test_spelling_and_legal_form_do_not_count(gateway: Any, name: str) -> None:
    first = submit(gateway)
    again = submit(gateway, company_name=name, email="bob@techcorp.com", first_name="Bob", company_email=None)
    assert again["client_id"] == first["client_id"] and not again["created"]
    people = gateway.as_(ADMIN).list_contacts(client_id=first["client_id"])
    assert people["total"] == 2


def test_without_a_name_the_whole_mail_host_counts(gateway: Any) -> None:
    first = submit(gateway, company_name=None, company_email=None, email="a@eu.techcorp.com")
    same = submit(gateway, company_name=None, company_email=None, email="b@eu.techcorp.com")
    other = submit(gateway, company_name=None, company_email=None, email="c@us.techcorp.com")
    assert same["client_id"] == first["client_id"] != other["client_id"]


def test_free_mail_is_no_company(gateway: Any) -> None:
    first = submit(gateway, company_name=None, company_email=None, email="ann@gmail.com")
    other = submit(gateway, company_name=None, company_email=None, email="bob@gmail.com")
    again = submit(gateway, company_name=None, company_email=None, email="Ann@gmail.com")
    assert first["client_id"] != other["client_id"]
    assert again["client_id"] == first["client_id"] and again["contact_id"] == first["contact_id"]


def test_forty_forms_of_one_company_at_once_make_one_client(runtime: Any, gateway: Any) -> None:
    def one(number: int) -> dict[str, Any]:
        return submit(gateway, email=f"person{number % 10}@techcorp.com", first_name=f"P{number % 10}")

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(one, range(40)))
    assert len({answer["client_id"] for answer in answers}) == 1
    assert count(runtime, "clients") == 1
    assert count(runtime, "contacts") == 10
    assert count(runtime, "activities") == 40
    assert sum(answer["created"] for answer in answers) == 1


def test_a_command_sent_again_repeats_nothing(runtime: Any, gateway: Any) -> None:
    key = new_id()
    answers = [gateway.as_(system("gateway"), key).submit_contact(form=FORM, reference="r") for _ in range(3)]
    assert answers[0] == answers[1] == answers[2]
    assert count(runtime, "activities") == 1
    with pytest.raises(Invalid) as refused:
        gateway.as_(system("gateway"), key).submit_contact(form=FORM | {"first_name": "Eve"}, reference="r")
    assert refused.value.field == "Idempotency-Key"


def test_bad_input_names_the_field_and_changes_nothing(runtime: Any, gateway: Any) -> None:
    for changes, field in (
        ({"email": "not an address"}, "email"),
        ({"first_name": "  "}, "first_name"),
        ({"company_name": "x" * 201}, "company_name"),
        ({"job_title": "a\x00b"}, "job_title"),
        ({"surprise": 1}, "surprise"),
    ):
        with pytest.raises(Invalid) as refused:
            submit(gateway, **changes)
        assert refused.value.field == field
    assert count(runtime, "clients") == 0 and count(runtime, "outbox") == 0


def test_people_may_not_call_the_intake(gateway: Any) -> None:
    with pytest.raises(Forbidden):
        gateway.as_(ADMIN).submit_contact(form=FORM, reference="r")


def test_a_new_lead_is_open_to_sales_until_it_is_assigned(gateway: Any) -> None:
    client_id = submit(gateway)["client_id"]
    assert gateway.as_(JESSICA).get_client(client_id=client_id)["access"] == "read"
    with pytest.raises(Forbidden):
        gateway.as_(JESSICA).update_client(client_id=client_id, changes={"notes": "mine now"})
    gateway.as_(ADMIN).assign_client(client_id=client_id, owner_id=JOHN.id)
    assert gateway.as_(JOHN).get_client(client_id=client_id)["access"] == "write"
    with pytest.raises(NotFound):
        gateway.as_(JESSICA).get_client(client_id=client_id)
    assert gateway.as_(JESSICA).list_clients(filters={})["total"] == 0
    assert gateway.as_(JOHN).list_clients(filters={})["total"] == 1
