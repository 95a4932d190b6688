"""Taking an import back takes back the fields that it made and nobody uses since; the others stay, and it says why."""

from __future__ import annotations

from typing import Any

import pytest

from libs.common.problems import Unavailable
from tests.clients.importing.conftest import Deals, Importer
from tests.clients.importing.test_field_lists import CLIENTS, DEALS, FIELDS, HEAD, archive, fields_of
from tests.support.actors import ADMIN, JOHN

PEOPLE_FIELD = f"{HEAD}\nclient,region,Sales region,text,,\ncontact,nick,Nickname,text,,\n"


@pytest.fixture
def brought(importer: Importer, deals: Deals) -> str:
    """An import that made three fields, a client and a deal."""
    found = importer.bring(archive(custom_fields=FIELDS, clients=CLIENTS, deals=DEALS), "all.zip")
    return str(importer.commit(found["id"])["id"])


def stays(found: dict[str, Any]) -> list[tuple[str, str, str]]:
    return [(each["entity"], each["name"], each["reason"]) for each in found["kept"]]


def field_id(importer: Importer, key: str, entity: str = "client") -> str:
    found = importer.clients.as_(ADMIN).list_custom_fields(entity=entity)["items"]
    return next(each["id"] for each in found if each["key"] == key)


def test_fields_that_nobody_uses_go(importer: Importer, deals: Deals, brought: str) -> None:
    undone = importer.undo(brought)
    assert (undone["state"], undone["kept"], undone["results"]["refused"]) == ("undone", [], 0)
    assert (fields_of(importer), deals.fields) == ([], [])
    again = importer.bring(archive(custom_fields=FIELDS, clients=CLIENTS, deals=DEALS), "all.zip")
    assert importer.commit(again["id"])["results"]["field.created"] == 3
    assert [each[0] for each in fields_of(importer)] == ["region", "old"]


def test_fields_of_contacts_go_with_their_values(importer: Importer, deals: Deals) -> None:
    people = "first_name,company_name,contact.custom.nick\nAnn,Acme,Nan\n"
    found = importer.bring(archive(custom_fields=PEOPLE_FIELD, contacts=people), "all.zip")
    importer.commit(found["id"])
    assert importer.undo(found["id"])["kept"] == []
    assert importer.rpc.list_custom_fields(entity="contact")["items"] == []


def test_a_field_that_another_record_has_a_value_of_stays(
    importer: Importer, deals: Deals, brought: str, new_client: Any
) -> None:
    new_client(JOHN.id, company_name="Other", custom={"region": "North"})
    assert stays(importer.undo(brought)) == [("field", "Sales region", "records have values of it")]
    assert [each[0] for each in fields_of(importer)] == ["region"]


def test_a_value_of_a_client_that_was_deleted_counts(
    importer: Importer, deals: Deals, brought: str, new_client: Any
) -> None:
    client = new_client(JOHN.id, company_name="Other", custom={"region": "North"})
    importer.rpc.delete_client(client_id=client["id"])
    assert stays(importer.undo(brought)) == [("field", "Sales region", "records have values of it")]


def test_fields_that_segments_filter_by_stay(importer: Importer, deals: Deals, brought: str, hear: Any) -> None:
    hear("deal_field.set", key="margin", kind="number", options=[], archived=False, removed=False)
    for number, (name, value) in enumerate((("custom.region", "North"), ("deal.custom.margin", 1))):
        inside = {"any": [{"all": [{"field": name, "op": "is", "value": value}]}]}
        data = {"name": f"Mine {number}", "filters": {"where": {"all": [inside]}}}
        importer.clients.as_(JOHN).create_segment(data=data)
    importer.clients.as_(JOHN).create_segment(data={"name": "Plain", "filters": {"status": "active"}})
    assert stays(importer.undo(brought)) == [
        ("field", "Margin", "a segment filters by it"), ("field", "Sales region", "a segment filters by it"),
    ]  # fmt: skip
    assert [each.key for each in deals.fields] == ["margin"]


def test_a_field_that_was_changed_since_stays(importer: Importer, deals: Deals, brought: str) -> None:
    importer.rpc.update_custom_field(field_id=field_id(importer, "old"), changes={"archived": False})
    assert stays(importer.undo(brought)) == [("field", "Old", "changed since")]


def test_fields_of_others_stay(importer: Importer, deals: Deals) -> None:
    importer.rpc.create_custom_field(entity="client", data={"label": "Region", "kind": "text"})
    importer.rpc.create_custom_field(entity="client", data={"label": "Mine", "kind": "text"})
    first = importer.commit(importer.bring(archive(custom_fields=FIELDS), "all.zip")["id"])
    second = importer.commit(importer.bring(archive(custom_fields=FIELDS), "all.zip")["id"])
    assert importer.undo(second["id"])["kept"] == []
    assert [each[0] for each in fields_of(importer)] == ["region", "mine", "old"]
    assert importer.undo(first["id"])["kept"] == []
    assert [each[0] for each in fields_of(importer)] == ["region", "mine"]


def test_a_field_made_by_hand_between_two_commits_is_nobody_elses(importer: Importer, deals: Deals) -> None:
    made_by_hand = f"{HEAD}\nclient,a,A,formula,,\n"
    found = importer.bring(archive(custom_fields=made_by_hand, clients=CLIENTS), "all.zip")
    importer.commit(found["id"], only_good=True)
    importer.rpc.create_custom_field(entity="client", data={"label": "A", "kind": "text"})
    (bad,) = importer.rows(found["id"], "bad")
    importer.rpc.repair_row(import_id=found["id"], n=bad["n"], cells={"kind": "text"})
    assert "field.created" not in importer.commit(found["id"])["results"]
    assert importer.undo(found["id"])["kept"] == []
    assert [each[0] for each in fields_of(importer)] == ["a"]


def test_an_undo_that_is_killed_goes_on(
    importer: Importer, deals: Deals, brought: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    deals.staying = {"margin": "records have values of it"}
    take_back, asked = deals.take_back_fields, []

    def killed(*arguments: Any) -> list[dict[str, Any]]:
        asked.append(arguments)
        answer = take_back(*arguments)
        if len(asked) == 1:
            raise Unavailable("killed after the deals service had done it")
        return answer

    monkeypatch.setattr(deals, "take_back_fields", killed)
    importer.rpc.undo_import(import_id=brought)
    importer.work()
    assert importer.get(brought)["state"] == "undoing"
    assert [each[0] for each in fields_of(importer)] == ["region", "old"]
    with importer.runtime.database.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE jobs SET due_at = now()")
    importer.work()
    found = importer.get(brought)
    assert (found["state"], stays(found)) == ("undone", [("field", "Margin", "records have values of it")])
    assert (len(asked), fields_of(importer)) == (2, [])
