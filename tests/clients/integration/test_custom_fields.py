"""Fields that a company defines itself: defined by admins, filled in by everybody, kept to filter by."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text

from libs.common.ids import new_id
from libs.common.problems import Conflict, Forbidden, Invalid, NotFound
from tests.support.actors import ADMIN, FINANCE, JOHN, MANAGER

_TIERS = {"label": "Tier", "kind": "choice", "options": ["Gold", "Silver"]}


def define(clients: Any, label: str, kind: str, entity: str = "client", **more: Any) -> dict[str, Any]:
    data = {"label": label, "kind": kind} | more
    made: dict[str, Any] = clients.as_(ADMIN).create_custom_field(entity=entity, data=data)
    return made


@pytest.fixture
def six(clients: Any) -> dict[str, dict[str, Any]]:
    """A field of every kind, by its kind."""
    kinds = ("text", "number", "money", "date", "yes_no")
    made = {kind: define(clients, f"Our {kind}", kind) for kind in kinds}
    return made | {"choice": clients.as_(ADMIN).create_custom_field(entity="client", data=_TIERS)}


VALUES: dict[str, Any] = {
    "our_text": "Über alles",
    "our_number": 12.5,
    "our_money": {"amount_minor": 500_000, "currency": "EUR"},
    "our_date": "2025-03-01",
    "our_yes_no": False,
    "tier": "Gold",
}


def beside(runtime: Any, client_id: str) -> dict[str, Any]:
    """What the table of values has of a client, by key."""
    with runtime.database.read() as session:
        rows = session.execute(
            text("SELECT to_jsonb(v) FROM client_custom_values v WHERE client_id = :id"), {"id": client_id}
        )
        return {
            row["key"]: [value for name, value in row.items() if name not in ("client_id", "key") and value is not None]
            for (row,) in rows
        }


@pytest.mark.usefixtures("six")
def test_values_stand_in_the_record_and_beside_it(clients: Any, new_client: Any, runtime: Any) -> None:
    made = new_client(JOHN.id, custom=VALUES)
    assert made["custom"] == VALUES
    assert clients.as_(JOHN).list_clients(filters={})["items"][0]["custom"] == VALUES
    expected: dict[str, Any] = {key: [value] for key, value in VALUES.items()} | {"our_money": [500_000, "EUR"]}
    assert {key: sorted(each, key=str) for key, each in beside(runtime, made["id"]).items()} == expected
    changed = clients.as_(JOHN).update_client(
        client_id=made["id"], changes={"custom": {"tier": "Silver", "our_text": None}}, version=made["version"]
    )
    assert changed["custom"] == {key: value for key, value in VALUES.items() if key != "our_text"} | {"tier": "Silver"}
    assert beside(runtime, made["id"])["tier"] == ["Silver"] and "our_text" not in beside(runtime, made["id"])
    with pytest.raises(Conflict):
        clients.as_(JOHN).update_client(
            client_id=made["id"], changes={"custom": {"tier": "Gold"}}, version=made["version"]
        )


@pytest.mark.usefixtures("six")
@pytest.mark.parametrize(
    ("custom", "field"),
    [
        ({"tier": "Bronze"}, "custom.tier"),
        ({"our_text": 5}, "custom.our_text"),
        ({"our_text": True}, "custom.our_text"),
        ({"our_number": "many"}, "custom.our_number"),
        ({"nothing": 1}, "custom"),
        ([], "custom"),
    ],
)
def test_what_does_not_fit_is_named_and_changes_nothing(clients: Any, new_client: Any, custom: Any, field: str) -> None:
    made = new_client(JOHN.id, custom={"tier": "Gold"})
    with pytest.raises(Invalid) as refused:
        clients.as_(JOHN).update_client(client_id=made["id"], changes={"city": "Ulm", "custom": custom})
    assert refused.value.field == field
    now = clients.as_(JOHN).get_client(client_id=made["id"])
    assert (now["custom"], now["city"]) == ({"tier": "Gold"}, None)


def test_contacts_have_fields_of_their_own(clients: Any, new_client: Any) -> None:
    define(clients, "Birthday", "date", "contact")
    client = new_client(JOHN.id, contact={"first_name": "Ann", "custom": {"birthday": "1990-05-01"}})
    (ann,) = clients.as_(JOHN).list_contacts(client_id=client["id"])["items"]
    assert ann["custom"] == {"birthday": "1990-05-01"}
    changed = clients.as_(JOHN).update_contact(contact_id=ann["id"], changes={"custom": {"birthday": None}})
    assert changed["custom"] == {}
    with pytest.raises(Invalid):
        clients.as_(JOHN).update_client(client_id=client["id"], changes={"custom": {"birthday": "1990-05-01"}})


def test_who_defines_fields_and_who_reads_them(clients: Any) -> None:
    made = define(clients, "Tier", "choice", options=["Gold"])
    for who in (JOHN, FINANCE, MANAGER):
        assert clients.as_(who).list_custom_fields(entity="client")["items"] == [made]
        with pytest.raises(Forbidden):
            clients.as_(who).create_custom_field(entity="client", data=_TIERS)
        with pytest.raises(Forbidden):
            clients.as_(who).delete_custom_field(field_id=made["id"])
    assert clients.as_(JOHN).list_custom_fields(entity="contact")["items"] == []


def test_a_label_changes_and_its_key_stays(clients: Any, new_client: Any) -> None:
    made = define(clients, "Tier", "text")
    client = new_client(JOHN.id, custom={"tier": "A"})
    changed = clients.as_(ADMIN).update_custom_field(
        field_id=made["id"], changes={"label": "Class", "position": 7}, version=1
    )
    assert (changed["key"], changed["label"], changed["position"], changed["version"]) == ("tier", "Class", 7, 2)
    again = define(clients, "Tier", "text")
    assert again["key"] == "tier_2" and again["position"] == 8
    assert clients.as_(JOHN).get_client(client_id=client["id"])["custom"] == {"tier": "A"}
    with pytest.raises(Conflict):
        define(clients, "CLASS", "text")
    with pytest.raises(Conflict):
        clients.as_(ADMIN).update_custom_field(field_id=made["id"], changes={"label": "tier"})
    with pytest.raises(Conflict):
        clients.as_(ADMIN).update_custom_field(field_id=made["id"], changes={"label": "X"}, version=1)


def test_an_option_that_is_chosen_stays(clients: Any, new_client: Any) -> None:
    made = define(clients, "Tier", "choice", options=["Gold", "Silver"])
    new_client(JOHN.id, custom={"tier": "Gold"})
    with pytest.raises(Conflict):
        clients.as_(ADMIN).update_custom_field(field_id=made["id"], changes={"options": ["Silver"]})
    changed = clients.as_(ADMIN).update_custom_field(field_id=made["id"], changes={"options": ["Bronze", "Gold"]})
    assert changed["options"] == ["Bronze", "Gold"]


def test_a_field_in_use_is_archived_and_another_deleted(clients: Any, new_client: Any) -> None:
    used, unused = define(clients, "Used", "text"), define(clients, "Unused", "text")
    client = new_client(JOHN.id, custom={"used": "x"})
    gone = clients.as_(ADMIN).delete_custom_field(field_id=unused["id"])
    assert gone == {"id": unused["id"], "deleted": True, "archived": False}
    kept = clients.as_(ADMIN).delete_custom_field(field_id=used["id"])
    assert kept == {"id": used["id"], "deleted": False, "archived": True}
    assert clients.as_(JOHN).get_client(client_id=client["id"])["custom"] == {"used": "x"}
    with pytest.raises(Invalid) as refused:
        clients.as_(JOHN).update_client(client_id=client["id"], changes={"custom": {"used": "y"}})
    assert refused.value.field == "custom.used"
    clients.as_(ADMIN).update_custom_field(field_id=used["id"], changes={"archived": False})
    clients.as_(JOHN).update_client(client_id=client["id"], changes={"custom": {"used": "y"}})


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"label": "X"}, "kind"),
        ({"kind": "text"}, "label"),
        ({"label": " ", "kind": "text"}, "label"),
        ({"label": "X", "kind": "colour"}, "kind"),
        ({"label": "X", "kind": "choice"}, "options"),
        ({"label": "X", "kind": "choice", "options": []}, "options"),
        ({"label": "X", "kind": "text", "options": ["a"]}, "options"),
        ({"label": "X", "kind": "text", "key": "x"}, "key"),
    ],
)
def test_what_makes_no_field_is_named(clients: Any, data: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        clients.as_(ADMIN).create_custom_field(entity="client", data=data)
    assert refused.value.field == field


def test_what_is_not_there_is_not_changed(clients: Any) -> None:
    for wrong in (new_id(), "x"):
        with pytest.raises(NotFound):
            clients.as_(ADMIN).update_custom_field(field_id=wrong, changes={})
        with pytest.raises(NotFound):
            clients.as_(ADMIN).delete_custom_field(field_id=wrong)
    with pytest.raises(Invalid):
        clients.as_(ADMIN).list_custom_fields(entity="invoice")
