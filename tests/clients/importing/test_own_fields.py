"""The fields that the company made itself, brought in: guessed, asked about, repaired, kept, and taken back."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text

from libs.common.custom_fields import Definition
from libs.common.problems import Conflict, Invalid
from tests.clients.importing.conftest import Deals, Importer
from tests.support.actors import ADMIN, JOHN

FILE = """Company name,Sales region,Budget,Score,Since,Partner,First name,Birthday,Deal name,Margin
Acme,north,"1.234,50 €",12.5,2024-02-01,yes,Ann,1990-05-06,Website,0.25
Beta,Nowhere,5,3,2024-13-01,maybe,Bob,,Shop,
Acme,,,,,,,,App,1.5
"""
NAMES = ["region", "budget", "score", "since", "partner"]


@pytest.fixture
def defined(clients: Any, deals: Deals) -> dict[str, str]:
    """The ids of fields of every kind, by key."""
    made = {}
    for entity, label, kind, *options in (
        ("client", "Sales region", "choice", "North", "South"),
        ("client", "Budget", "money"),
        ("client", "Score", "number"),
        ("client", "Since", "date"),
        ("client", "Partner", "yes_no"),
        ("contact", "Birthday", "date"),
    ):
        data = {"label": label, "kind": kind} | ({"options": options} if options else {})
        field = clients.as_(ADMIN).create_custom_field(entity=entity, data=data)
        made[field["key"]] = field["id"]
    deals.fields = [Definition("margin", "Margin", "number"), Definition("old", "Old", "text", archived=True)]
    return made


def custom_of(importer: Importer, name: str) -> dict[str, Any]:
    (found,) = importer.listed(q=name)
    values: dict[str, Any] = importer.rpc.get_client(client_id=found["id"])["custom"]
    return values


def test_values_come_in_by_their_kind_and_faults_are_repaired_in_place(
    importer: Importer, deals: Deals, defined: dict[str, str]
) -> None:
    found = importer.bring(FILE, "list.csv")
    assert [column["target"] for column in found["sheets"][0]["columns"]] == [
        "client.company_name", "client.custom.sales_region", "client.custom.budget", "client.custom.score",
        "client.custom.since", "client.custom.partner", "contact.first_name", "contact.custom.birthday",
        "deal.deal_name", "deal.custom.margin",
    ]  # fmt: skip
    assert [(each["name"], each["label"], each["kind"]) for each in found["custom_fields"]][-2:] == [
        ("contact.custom.birthday", "Birthday", "date"), ("deal.custom.margin", "Margin", "number"),
    ]  # fmt: skip
    (bad,) = importer.rows(found["id"], "bad")
    assert [(each["column"], each["field"]) for each in bad["problems"]] == [
        ("Sales region", "client.custom.sales_region"), ("Since", "client.custom.since"),
        ("Partner", "client.custom.partner"),
    ]  # fmt: skip
    assert [each["reason"] for each in bad["problems"]] == [
        "'Nowhere' is none of North, South", "there is no day '2024-13-01'", "'maybe' is neither yes nor no",
    ]  # fmt: skip
    (asked,) = found["questions"]
    assert (asked["field"], asked["choices"]) == ("client.custom.sales_region", ["North", "South"])
    with pytest.raises(Invalid):
        importer.rpc.change_import(
            import_id=found["id"], answers={"values": {"client.custom.sales_region": {"Nowhere": "East"}}}
        )
    found = importer.change(found["id"], answers={"values": {"client.custom.sales_region": {"Nowhere": "South"}}})
    repaired = importer.rpc.repair_row(
        import_id=found["id"], n=bad["n"], cells={"Since": "31.01.2024", "Partner": "no"}
    )
    assert (repaired["state"], repaired["problems"]) == ("good", [])

    done = importer.commit(found["id"])
    assert done["results"] == {"client.created": 2, "contact.created": 2, "deal.created": 3}
    assert custom_of(importer, "Acme") == {
        "sales_region": "North", "budget": {"amount_minor": 123450, "currency": "EUR"}, "score": 12.5,
        "since": "2024-02-01", "partner": True,
    }  # fmt: skip
    assert custom_of(importer, "Beta") == {
        "sales_region": "South", "budget": {"amount_minor": 500, "currency": "USD"}, "score": 3,
        "since": "2024-01-31", "partner": False,
    }  # fmt: skip
    (ann,) = importer.rpc.list_contacts(client_id=importer.listed(q="Acme")[0]["id"])["items"]
    assert ann["custom"] == {"birthday": "1990-05-06"}
    assert [each["data"].get("custom") for each in deals.asked[0]] == [{"margin": 0.25}, None, {"margin": 1.5}]
    assert importer.listed(where={"field": "custom.score", "op": "gt", "value": 10})[0]["company_name"] == "Acme"


def test_a_file_adds_to_what_is_known_and_is_taken_back_exactly(
    importer: Importer, new_client: Any, defined: dict[str, str], runtime: Any
) -> None:
    acme = new_client(company_name="Acme", custom={"score": 7, "partner": False})
    before = rows(runtime)
    file = "Company name,Score,Sales region,First name,Birthday\nAcme,8,South,Ann,1990-01-02\nAcme,,North,Ann,\n"
    found = importer.commit(importer.bring(file)["id"])
    assert found["results"] == {"client.updated": 1, "contact.created": 1}
    assert custom_of(importer, "Acme") == {"score": 8, "partner": False, "sales_region": "North"}
    again = importer.commit(importer.bring(file.replace("Acme,8,South,Ann,1990-01-02\n", ""))["id"])
    assert (again["results"], again["states"]) == ({}, {"unchanged": 1})
    importer.undo(found["id"])
    assert importer.rpc.get_client(client_id=acme["id"])["custom"] == {"score": 7, "partner": False}
    assert rows(runtime) == before


def rows(runtime: Any) -> list[Any]:
    """What is filtered by, as it stands beside the rows."""
    with runtime.database.read() as session:
        found = session.execute(text("SELECT * FROM client_custom_values ORDER BY client_id, key")).all()
        return [*found, *session.execute(text("SELECT id, custom FROM contacts ORDER BY id")).all()]


def test_dates_and_numbers_that_may_be_two_are_asked(importer: Importer, defined: dict[str, str]) -> None:
    file = 'Company name,Since,Score\nA,01/02/2025,"1,234"\nB,03/04/2025,2.345\n'
    found = importer.bring(file)
    assert [(each["answer"], each["needed"]) for each in found["questions"]] == [
        ("date_order", True), ("decimal_mark", True),
    ]  # fmt: skip
    assert found["questions"][1]["columns"] == [{"sheet": 0, "column": "Score", "samples": ["1,234", "2.345"]}]
    assert found["bad"] == 2
    with pytest.raises(Conflict):
        importer.commit(found["id"], only_good=True)
    found = importer.change(found["id"], answers={"date_order": "dmy", "decimal_mark": ","})
    assert (found["questions"], found["bad"]) == ([], 0)
    importer.commit(found["id"])
    assert custom_of(importer, "A") == {"since": "2025-02-01", "score": 1.234}
    assert custom_of(importer, "B") == {"since": "2025-04-03", "score": 2345}
    decided = importer.bring(file.replace("B,03/04", "B,13/04").replace("2.345", "2.5"))
    assert [decided["questions"], [each["mark"] for each in decided["sheets"][0]["columns"]]] == [[], [None, None, "."]]
    # What no column means is not asked about.
    ignored = importer.change(importer.bring(file)["id"], sheets=[{"mapping": {"Since": None, "Score": None}}])
    assert (ignored["questions"], ignored["bad"]) == ([], 0)


def test_only_fields_that_take_values_are_offered_and_mapped(
    importer: Importer, deals: Deals, defined: dict[str, str]
) -> None:
    file = "Company name,Alpha,custom.old\nAcme,South,x\n"
    found = importer.bring(file, "clients.csv")
    names = [each["name"] for each in found["custom_fields"]]
    assert len(names) == 7 and "deal.custom.old" not in names
    for wrong in ("deal.custom.old", "client.custom.nothing", "contact.custom.score", "client.custom."):
        with pytest.raises(Invalid):
            importer.rpc.change_import(import_id=found["id"], sheets=[{"mapping": {"Alpha": wrong}}])
    found = importer.change(found["id"], sheets=[{"mapping": {"Alpha": "client.custom.sales_region"}}])
    assert found["bad"] == 0
    # Archived, it is offered no more: a column that meant it means nothing when rows are checked again.
    importer.rpc.update_custom_field(field_id=defined["sales_region"], changes={"archived": True})
    found = importer.change(found["id"])
    assert found["sheets"][0]["columns"][1]["target"] is None
    assert "client.custom.sales_region" not in [each["name"] for each in found["custom_fields"]]
    importer.commit(found["id"])
    assert custom_of(importer, "Acme") == {}


def test_a_field_that_is_archived_before_the_rows_come_in_refuses_them_by_name(
    importer: Importer, defined: dict[str, str]
) -> None:
    found = importer.as_(JOHN).bring("Company name,Score,Partner\nAcme,5,\nBeta,,yes\n")
    importer.rpc.update_custom_field(field_id=defined["score"], changes={"archived": True})
    done = importer.commit(found["id"])
    assert done["states"] == {"refused": 1, "created": 1}
    (refused,) = importer.rows(found["id"], "refused")
    assert refused["problems"] == [
        {"column": "Score", "field": "client.custom.score",
         "reason": "Score is archived and takes no values any more"},
    ]  # fmt: skip
    repaired = importer.rpc.repair_row(import_id=found["id"], n=refused["n"], cells={"Score": ""})
    assert repaired["state"] == "good"
    assert importer.commit(found["id"])["states"] == {"created": 2}


def test_numbers_in_a_file_are_text_where_the_field_holds_text(importer: Importer, clients: Any) -> None:
    clients.as_(ADMIN).create_custom_field(entity="client", data={"label": "Cost centre", "kind": "text"})
    importer.commit(importer.bring("Company name,Cost centre\nAcme,0042\n")["id"])
    assert custom_of(importer, "Acme") == {"cost_centre": "0042"}
