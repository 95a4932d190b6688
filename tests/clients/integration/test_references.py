"""What an activity speaks of belongs to its client, tags show where their clients do, and files go for good."""

from __future__ import annotations

from typing import Any

import pytest

from libs.common.ids import new_id
from libs.common.job_runner import JobRunner
from libs.common.problems import Forbidden, Invalid, NotFound
from services.clients.worker import TABLE
from tests.support.actors import ADMIN, JESSICA, JOHN

pytestmark = pytest.mark.infrastructure


def test_a_contact_of_another_client_is_refused(clients: Any, new_client: Any) -> None:
    mine, hers = new_client(JOHN.id)["id"], new_client(JESSICA.id)["id"]
    stranger = clients.as_(JESSICA).create_contact(client_id=hers, data={"first_name": "Eve"})["id"]
    own = clients.as_(JOHN).create_contact(client_id=mine, data={"first_name": "Adam"})["id"]
    call = {"type": "call", "subject": "Called"}
    for wrong in (stranger, new_id()):
        with pytest.raises(Invalid) as refused:
            clients.as_(JOHN).log_activity(client_id=mine, data=call | {"contact_id": wrong})
        assert refused.value.field == "contact_id"
    assert clients.as_(JOHN).log_activity(client_id=mine, data=call | {"contact_id": own})["contact_id"] == own
    assert clients.as_(JOHN).list_activities(client_id=mine, types=["call"])["total"] == 1


def test_a_task_goes_to_who_may_see_its_client(clients: Any, new_client: Any) -> None:
    mine = new_client(JOHN.id)["id"]
    task = {"type": "task", "subject": "Send the offer", "assignee_id": JESSICA.id}
    asked = {"client_id": mine, "data": task, "assignee_role": "sales"}
    with pytest.raises(Invalid) as refused:
        clients.as_(JOHN).log_activity(**asked)
    assert refused.value.field == "assignee_id"
    made = clients.as_(JOHN).log_activity(client_id=mine, data=task | {"assignee_id": ADMIN.id}, assignee_role="admin")
    change = {"activity_id": made["id"], "changes": {"assignee_id": JESSICA.id}, "assignee_role": "sales"}
    with pytest.raises(Invalid):
        clients.as_(JOHN).update_activity(**change)
    clients.as_(ADMIN).grant_access(client_id=mine, user_id=JESSICA.id)
    assert clients.as_(JOHN).update_activity(**change)["assignee_id"] == JESSICA.id
    assert clients.as_(JOHN).log_activity(**asked)["assignee_id"] == JESSICA.id


def test_tags_show_where_their_clients_do(clients: Any, new_client: Any) -> None:
    new_client(JOHN.id, tags=["mine", "both"])
    new_client(JESSICA.id, tags=["hers", "both"], status="active")

    def seen(who: Any) -> list[str]:
        return [each["tag"] for each in clients.as_(who).list_tags()["items"]]

    assert seen(JOHN) == ["both", "mine"] and seen(JESSICA) == ["both", "hers"]
    assert seen(ADMIN) == ["both", "hers", "mine"]


def test_texts_that_stand_there_are_offered_where_their_clients_may_be_read(clients: Any, new_client: Any) -> None:
    for city in ("Ulm", "ulm", "Neu-Ulm", "50%"):
        new_client(JOHN.id, city=city)
    new_client(JESSICA.id, city="Ulmen", status="active")

    def offered(who: Any, typed: Any, field: Any = "city") -> list[tuple[str, int]]:
        items = clients.as_(who).client_values(field=field, typed=typed)["items"]
        return [(each["value"].lower(), each["count"]) for each in items]

    assert offered(JOHN, "ULM") == [("ulm", 2), ("neu-ulm", 1)]
    assert offered(ADMIN, " ulm") == [("ulm", 2), ("neu-ulm", 1), ("ulmen", 1)]
    assert offered(JOHN, "%") == [("50%", 1)] and offered(JOHN, "x") == [] and offered(JOHN, "U", "industry") == []
    assert len(offered(JOHN, "")) == 3
    for typed, field, named in (("u", "company_name", "field"), ("u", None, "field"), (5, "city", "typed")):
        with pytest.raises(Invalid) as refused:
            offered(JOHN, typed, field)
        assert refused.value.field == named


def test_a_document_goes_with_its_bytes(clients: Any, new_client: Any, runtime: Any) -> None:
    mine = new_client(JOHN.id)["id"]
    made = clients.as_(JOHN).prepare_document(client_id=mine, filename="Offer.pdf", content_type="application/pdf")
    runtime.object_store.put(made["key"], b"%PDF", "application/pdf")
    clients.as_(JOHN).complete_document(document_id=made["document_id"], size=4, sha256="x")
    with pytest.raises(NotFound):
        clients.as_(JESSICA).delete_document(document_id=made["document_id"])
    clients.as_(ADMIN).grant_access(client_id=mine, user_id=JESSICA.id)
    with pytest.raises(Forbidden):
        clients.as_(JESSICA).delete_document(document_id=made["document_id"])
    assert runtime.object_store.get(made["key"]) == b"%PDF"

    assert clients.as_(JOHN).delete_document(document_id=made["document_id"])["deleted"] is True
    runner = JobRunner("clients", runtime.database, TABLE.jobs)
    while runner.run_one():
        pass
    assert clients.as_(JOHN).list_documents(client_id=mine)["total"] == 0
    for gone in (lambda: runtime.object_store.get(made["key"]), lambda: link(clients, made["document_id"])):
        with pytest.raises(NotFound):
            gone()


def link(clients: Any, document_id: str) -> Any:
    return clients.as_(JOHN).document_link(document_id=document_id)
