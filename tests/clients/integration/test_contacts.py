"""Contacts of clients by hand."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from libs.common.ids import new_id
from libs.common.problems import Conflict, Invalid, NotFound
from tests.support.actors import ADMIN, JESSICA, JOHN


def people(clients: Any, client_id: str) -> list[tuple[str, bool]]:
    rows = clients.as_(ADMIN).list_contacts(client_id=client_id)["items"]
    return [(row["first_name"], row["is_primary"]) for row in rows]


def add(clients: Any, client_id: str, first_name: str, **data: Any) -> str:
    made = clients.as_(ADMIN).create_contact(client_id=client_id, data={"first_name": first_name} | data)
    return str(made["id"])


def test_the_first_contact_is_the_primary_one(clients: Any, new_client: Any) -> None:
    client_id = new_client(JOHN.id)["id"]
    add(clients, client_id, "Ann", is_primary=False)
    add(clients, client_id, "Bob")
    assert people(clients, client_id) == [("Ann", True), ("Bob", False)]
    add(clients, client_id, "Cid", is_primary=True)
    assert people(clients, client_id) == [("Cid", True), ("Ann", False), ("Bob", False)]


def test_the_primary_contact_is_handed_on(clients: Any, new_client: Any) -> None:
    client_id = new_client(JOHN.id)["id"]
    ann, bob = add(clients, client_id, "Ann"), add(clients, client_id, "Bob")
    with pytest.raises(Invalid) as refused:
        clients.as_(JOHN).update_contact(contact_id=ann, changes={"is_primary": False})
    assert refused.value.field == "is_primary"
    clients.as_(JOHN).update_contact(contact_id=bob, changes={"is_primary": True})
    assert people(clients, client_id) == [("Bob", True), ("Ann", False)]
    clients.as_(JOHN).delete_contact(contact_id=bob)
    assert people(clients, client_id) == [("Ann", True)]
    clients.as_(JOHN).delete_contact(contact_id=ann)
    assert people(clients, client_id) == []
    assert clients.contact_card(client_id=client_id)["contact_id"] is None


def test_contacts_of_one_address_are_refused(clients: Any, new_client: Any) -> None:
    client_id, other = new_client(JOHN.id)["id"], new_client(JOHN.id)["id"]
    add(clients, client_id, "Ann", email="ann@techcorp.com")
    bob = add(clients, client_id, "Bob")
    for command in (
        lambda: add(clients, client_id, "Ann", email="ANN@techcorp.com"),
        lambda: clients.as_(JOHN).update_contact(contact_id=bob, changes={"email": "Ann@techcorp.com"}),
    ):
        with pytest.raises(Conflict) as refused:
            command()
        assert refused.value.field == "email"
    assert add(clients, other, "Ann", email="ann@techcorp.com")


def test_primary_contacts_set_at_once_leave_one(clients: Any, new_client: Any, runtime: Any) -> None:
    client_id = new_client(JOHN.id)["id"]

    def one(number: int) -> None:
        add(clients, client_id, f"P{number}", is_primary=True)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(one, range(12)))
    assert [primary for _name, primary in people(clients, client_id)].count(True) == 1


def test_a_contact_is_its_clients(clients: Any, new_client: Any) -> None:
    contact_id = add(clients, new_client(JOHN.id)["id"], "Ann")
    for command in ("update_contact", "delete_contact"):
        arguments = {"contact_id": contact_id} | ({"changes": {}} if command == "update_contact" else {})
        with pytest.raises(NotFound):
            getattr(clients.as_(JESSICA), command)(**arguments)
    with pytest.raises(Conflict):
        clients.as_(JOHN).update_contact(contact_id=contact_id, changes={"phone": "1"}, version=7)
    for nobody in (new_id(), "x"):
        with pytest.raises(NotFound):
            clients.as_(ADMIN).delete_contact(contact_id=nobody)


def test_whom_to_write_to(clients: Any, new_client: Any) -> None:
    client_id = new_client(JOHN.id, city="Ulm", country="Germany")["id"]
    ann = add(clients, client_id, "Ann", last_name="Arbor", email="ann@x.example")
    bob = add(clients, client_id, "Bob")
    card = clients.contact_card(client_id=client_id)
    assert (card["contact_id"], card["contact_name"], card["email"], card["city"]) == (
        ann,
        "Ann Arbor",
        "ann@x.example",
        "Ulm",
    )
    assert clients.contact_card(client_id=client_id, contact_id=bob)["contact_name"] == "Bob"
    other = add(clients, new_client(JOHN.id)["id"], "Eve")
    for wrong in (other, new_id(), "x"):
        with pytest.raises(NotFound):
            clients.contact_card(client_id=client_id, contact_id=wrong)
