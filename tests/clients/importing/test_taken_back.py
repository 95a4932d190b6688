"""An import is taken back: what nobody touched goes, and what stays keeps what it needs."""

from __future__ import annotations

from typing import Any

import pytest

from libs.common.problems import Conflict
from services.clients.importing.steps import undoing
from tests.clients.importing.conftest import Importer
from tests.clients.importing.test_committing import PEOPLE


def test_undo_takes_back_what_nobody_touched(importer: Importer, runtime: Any, new_client: Any) -> None:
    beta = new_client(company_name="Beta", industry="Steel")
    found = importer.commit(importer.bring(PEOPLE.replace("GmbH,,", "GmbH,Wood,"))["id"], only_good=True)
    assert found["results"] == {"client.created": 2, "client.updated": 1, "contact.created": 4}
    gamma = next(each for each in importer.listed() if each["company_name"] == "gamma.example")
    importer.rpc.update_client(client_id=gamma["id"], changes={"city": "Bern"})
    undone = importer.undo(found["id"])
    assert undone["state"] == "undone" and undone["results"]["refused"] == 2
    assert [(each["entity"], each["reason"]) for each in undone["kept"] if each["client_id"] == gamma["id"]] == [
        ("contact", "its company stays"),
        ("client", "changed since"),
    ]
    assert importer.rpc.list_contacts(client_id=gamma["id"])["total"] == 1
    assert [each["company_name"] for each in importer.listed()] == ["Beta", "gamma.example"]
    assert importer.rpc.get_client(client_id=beta["id"])["industry"] == "Steel"
    assert importer.rpc.list_contacts(client_id=beta["id"])["total"] == 0
    with pytest.raises(Conflict):
        importer.rpc.undo_import(import_id=found["id"])
    again = importer.commit(importer.bring(PEOPLE)["id"], only_good=True)
    assert again["results"]["client.created"] == 1


FIVE = "Company name,First name,Email\n" + "".join(f"Acme,P{n},p{n}@acme.example\n" for n in range(5))


@pytest.mark.parametrize("page", [1, 2, 3])
def test_people_of_one_company_go_whatever_page_of_the_undo_they_are_on(
    importer: Importer, new_client: Any, monkeypatch: pytest.MonkeyPatch, page: int
) -> None:
    monkeypatch.setattr(undoing, "_PAGE", page)
    acme = new_client(company_name="Acme")
    found = importer.commit(importer.bring(FIVE)["id"])
    own = importer.rpc.create_contact(client_id=acme["id"], data={"first_name": "Zoe", "email": "zoe@acme.example"})
    importer.rpc.undo_import(import_id=found["id"])
    assert importer.get(found["id"])["progress"] == {"done": 0, "total": 5, "percent": 0}
    importer.work()
    undone = importer.get(found["id"])
    assert (undone["progress"]["percent"], undone["kept"]) == (100, [])
    left = importer.rpc.list_contacts(client_id=acme["id"])["items"]
    assert [(each["id"], each["is_primary"]) for each in left] == [(own["id"], True)]


@pytest.mark.parametrize("page", [1, 2, 500])
@pytest.mark.parametrize(
    ("since", "why"),
    [
        ("notes", "changed since"),
        ("call", "it has a history by now"),
        ("contact", "it has contacts by now"),
        ("person", "it has contacts by now"),
    ],
)
def test_people_of_a_company_that_stays_stay_with_it(
    importer: Importer, monkeypatch: pytest.MonkeyPatch, page: int, since: str, why: str
) -> None:
    monkeypatch.setattr(undoing, "_PAGE", page)
    found = importer.commit(importer.bring(FIVE + "Beta,Uwe,uwe@beta.example\n")["id"])
    acme, rpc = importer.listed()[0]["id"], importer.rpc
    people = rpc.list_contacts(client_id=acme)["items"]
    if since == "notes":
        rpc.update_client(client_id=acme, changes={"notes": "Mind the dog"})
    elif since == "call":
        rpc.log_activity(client_id=acme, data={"type": "call", "subject": "Hello"})
    elif since == "contact":
        rpc.create_contact(client_id=acme, data={"first_name": "Zoe"})
    else:
        last = max(people, key=lambda each: each["id"])
        rpc.update_contact(contact_id=last["id"], changes={"job_title": "CEO"})
    undone = importer.undo(found["id"])
    assert [each["company_name"] for each in importer.listed()] == ["Acme"]
    left = {each["id"] for each in rpc.list_contacts(client_id=acme)["items"]}
    assert {each["id"] for each in people} <= left
    reasons = sorted((each["entity"], each["reason"]) for each in undone["kept"])
    stay = 4 if since == "person" else 5
    changed = [("contact", "changed since")] if since == "person" else []
    assert reasons == [("client", why), *changed, *[("contact", "its company stays")] * stay]
