"""What the rows of a file would do is told before any of them is brought in, and is what they then do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import text

from libs.common.problems import Conflict, Invalid, NotFound, Unavailable
from services.clients.importing.steps import previewing
from tests.clients.importing.conftest import Importer
from tests.clients.importing.test_field_lists import CLIENTS, FIELDS, archive
from tests.support.actors import ADMIN, JESSICA, JOHN
from tests.support.delivering import told

HEAD = "Company name,City,Industry,First name,Last name,Email,Title\n"


def look(importer: Importer, found: dict[str, Any], **page: Any) -> dict[str, Any]:
    answer: dict[str, Any] = importer.rpc.preview_import(import_id=found["id"], **page)
    return answer


def rows_of(importer: Importer, file: str, **answers: Any) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = look(importer, importer.bring(file, **answers))["items"]
    return items


def values(row: dict[str, Any]) -> list[tuple[str, str, Any, Any]]:
    return [(each["entity"], each["field"], each["before"], each["after"]) for each in row["changes"]]


def everything(runtime: Any) -> dict[str, int]:
    """How many rows every table has."""
    names = text("SELECT schemaname || '.' || tablename FROM pg_tables WHERE schemaname IN ('public', 'audit')")
    with runtime.database.engine.connect() as connection:
        tables = connection.execute(names).scalars().all()
        return {name: connection.execute(text(f"SELECT count(*) FROM {name}")).scalar_one() for name in tables}


def test_new_ones_have_no_id_and_nothing_that_changes(importer: Importer) -> None:
    (row,) = rows_of(importer, HEAD + "Acme,Ulm,Retail,Ann,Archer,ann@acme.example,CEO\n")
    assert row["client"] == {"id": None, "company_name": "Acme", "found_by": None, "made_by": None}
    assert (row["n"], row["line"], row["outcome"], row["brings"]) == (1, 2, "created", ["client", "contact"])
    assert (row["changes"], row["repeats"], row["problems"]) == ([], None, [])


def test_known_by_name_with_what_would_be_overwritten_and_filled_in(importer: Importer, new_client: Any) -> None:
    acme = new_client(company_name="Acme, Inc.", city="Ulm", tags=["old"])
    file = "Company name,City,Industry,Phone,Tags\nACME,Bonn,Retail,+49 30 901820,new\n"
    (row,) = rows_of(importer, file)
    assert row["client"] == {"id": acme["id"], "company_name": "Acme, Inc.", "found_by": "name", "made_by": None}
    assert (row["outcome"], row["brings"], row["repeats"]) == ("updated", [], None)
    assert sorted(values(row)) == [
        ("client", "city", "Ulm", "Bonn"),
        ("client", "industry", None, "Retail"),
        ("client", "phone", None, "+49 30 901820"),
        ("client", "tags", ["old"], ["old", "new"]),
    ]


def test_known_by_id_and_by_domain(importer: Importer, new_client: Any) -> None:
    acme = new_client(company_name="Acme", email="info@acme.example")
    rows = rows_of(importer, f"Record ID,Company name\n{acme['id']},Acme Holding\n7,Other\n")
    assert [(row["client"]["id"], row["client"]["found_by"]) for row in rows] == [(acme["id"], "id"), (None, None)]
    assert rows[0]["client"]["company_name"] == "Acme"
    assert values(rows[0]) == [("client", "company_name", "Acme", "Acme Holding")]
    (row,) = rows_of(importer, "First name,Email\nAnn,ann@acme.example\n")
    assert (row["client"]["id"], row["client"]["found_by"]) == (acme["id"], "domain")
    assert (row["outcome"], row["brings"], row["changes"]) == ("created", ["contact"], [])
    (row,) = rows_of(importer, "Company ID,First name\n99,Ann\n", company="")
    assert (row["outcome"], row["client"]) == ("refused", None)
    assert row["problems"][0]["column"] == "Company ID"


def test_people_change_and_what_is_there_already_is_nothing_new(importer: Importer) -> None:
    file = HEAD + "Acme,Ulm,Retail,Ann,Archer,ann@acme.example,CEO\n"
    importer.commit(importer.bring(file)["id"])
    (row,) = rows_of(importer, file)
    assert (row["outcome"], row["brings"], row["changes"]) == ("unchanged", [], [])
    (row,) = rows_of(importer, file.replace("CEO", "Chair"))
    assert values(row) == [("contact", "job_title", "CEO", "Chair")] and row["changes"][0]["name"] == "Ann Archer"
    assert row["outcome"] == "updated"


def test_one_company_three_times_says_whose_value_a_row_replaces(importer: Importer, new_client: Any) -> None:
    new_client(company_name="Beta", city="Ulm")
    file = "Company name,City,Industry\nAcme,Ulm,\nacme inc,,Retail\nAcme,Bonn,\nBeta,Bonn,\nBeta,Kiel,\n"
    rows = rows_of(importer, file)
    assert [row["outcome"] for row in rows] == ["created", "updated", "updated", "updated", "updated"]
    assert [row["repeats"] and row["repeats"]["n"] for row in rows] == [None, None, 1, None, 4]
    first = {"n": 1, "sheet": 0, "line": 2}
    assert [row["client"]["made_by"] for row in rows[:3]] == [None, first, first]
    assert values(rows[2]) == [("client", "city", "Ulm", "Bonn")]
    assert values(rows[4]) == [("client", "city", "Bonn", "Kiel")]


def test_a_later_page_knows_what_the_rows_before_it_do(importer: Importer) -> None:
    file = "Company name,City\nAcme,Ulm\n" + "".join(f"Other {n},Kiel\n" for n in range(3)) + "ACME,Bonn\n"
    found = importer.bring(file)
    first = look(importer, found, limit=4)
    assert (len(first["items"]), first["total"]) == (4, 5)
    last = look(importer, found, limit=4, cursor=first["next_cursor"])
    (row,) = last["items"]
    assert (row["n"], row["outcome"], row["client"]["id"], last["next_cursor"]) == (5, "updated", None, None)
    assert (row["client"]["made_by"]["line"], row["repeats"]["line"]) == (2, 2)


def test_own_fields_are_told_by_their_keys(importer: Importer, new_client: Any, clients: Any) -> None:
    for label, kind in (("Region", "text"), ("Size", "number")):
        clients.as_(ADMIN).create_custom_field(entity="client", data={"label": label, "kind": kind})
    new_client(company_name="Acme", custom={"region": "South", "size": 3})
    (row,) = rows_of(importer, "Company name,Region,Size\nAcme,North,3\n")
    assert values(row) == [("client", "custom.region", "South", "North")]


def test_own_fields_that_the_file_defines_take_its_values(importer: Importer, new_client: Any, runtime: Any) -> None:
    new_client(company_name="Acme")
    found = importer.bring(archive(clients=CLIENTS, custom_fields=FIELDS), "all.zip")
    before = everything(runtime)
    (row,) = look(importer, found)["items"]
    assert (row["outcome"], row["problems"]) == ("updated", [])
    assert values(row) == [("client", "custom.region", None, "South"), ("client", "custom.old", None, "kept")]
    assert everything(runtime) == before


def test_what_a_colleague_has_is_not_told(importer: Importer, new_client: Any) -> None:
    theirs = new_client(JESSICA.id, company_name="Acme", city="Secretshire", email="info@acme.example")
    johns = importer.as_(JOHN)
    rows = rows_of(johns, f"Record ID,Company name,City\n,Acme,Ulm\n{theirs['id']},Beta,Ulm\n")
    assert [row["client"]["id"] for row in rows] == [None, None]
    assert [row["outcome"] for row in rows] == ["created", "created"]
    (row,) = rows_of(johns, "First name,Email\nAnn,ann@acme.example\n")
    assert row["client"] == {"id": None, "company_name": "acme.example", "found_by": None, "made_by": None}
    assert "Secretshire" not in str(rows)


def test_it_is_told_as_to_who_brought_the_file(importer: Importer, new_client: Any) -> None:
    theirs = new_client(JESSICA.id, company_name="Acme", city="Ulm")
    johns = importer.as_(JOHN)
    found = johns.bring("Company name,City\nAcme,Bonn\n")
    assert look(importer, found)["items"][0]["client"]["id"] is None
    with pytest.raises(NotFound):
        look(importer.as_(JESSICA), found)
    hers = importer.as_(JESSICA).bring("Company name,City\nAcme,Bonn\n")
    assert look(importer, hers)["items"][0]["client"]["id"] == theirs["id"]


def test_deals_only_come_along(importer: Importer, new_client: Any, deals: Any) -> None:
    new_client(company_name="Acme")
    (row,) = rows_of(importer, "Company name,Deal name,Stage\nAcme,Chatbot,lead\n")
    assert (row["outcome"], row["brings"], row["changes"]) == ("unchanged", ["deal"], [])
    assert deals.asked == []


def test_it_leaves_no_trace(importer: Importer, new_client: Any, runtime: Any) -> None:
    new_client(company_name="Acme", city="Ulm")
    file = HEAD + "Acme,Bonn,Retail,Ann,Archer,ann@acme.example,CEO\nNewer,Kiel,,Bob,Baker,bob@newer.example,\n"
    found = importer.bring(file.replace("Title", "Tags").replace("CEO", "fair"))
    before, listed = everything(runtime), importer.listed()
    assert [row["outcome"] for row in look(importer, found)["items"]] == ["created", "created"]
    assert everything(runtime) == before
    assert importer.listed() == listed and importer.get(found["id"])["state"] == "ready"
    assert before["public.outbox"] == len(told(runtime))


FILES = {
    "companies and people": HEAD
    + "Acme,Bonn,Retail,Ann,Archer,ann@acme.example,CEO\nBeta,Ulm,,,,,\nAcme,Kiel,Retail,Bob,Baker,,\n"
    + "Newer,Kiel,,Cem,,cem@newer.example,\n,,,Dora,Dane,dora@newer.example,\nAcme,Kiel,,Bob,Baker,,\n",
    "ids": "Record ID,Company name,City\n1,Acme,Ulm\n2,Acme,Bonn\n1,Acme AG,Bonn\n2,,Bonn\n3,Beta,Ulm\n",
    "what happened": "Company name,Activity subject,Activity type\n"
    "Acme,Called,call\nAcme,Called,call\nBeta,Met,meeting\n",
    "links": "Company ID,First name,Email\n1,Ann,ann@acme.example\n8,Bob,bob@x.example\n",
}


@pytest.mark.parametrize("name", FILES)
def test_what_is_told_is_what_a_commit_does(importer: Importer, new_client: Any, runtime: Any, name: str) -> None:
    acme = new_client(company_name="Acme", city="Ulm")
    importer.rpc.create_contact(client_id=acme["id"], data={"first_name": "Ann", "email": "ann@acme.example"})
    found = importer.bring(FILES[name])
    rows = look(importer, found)["items"]
    importer.commit(found["id"], only_good=True)
    states = {row["n"]: row["state"] for row in importer.rows(found["id"]) if row["state"] != "bad"}
    assert {row["n"]: row["outcome"] for row in rows} == states
    assert replaced(rows) == kept(runtime, found["id"])


def replaced(rows: list[dict[str, Any]]) -> dict[tuple[str, str], tuple[Any, Any]]:
    """The first and the last value of what rows would change of records that are here."""
    ends: dict[tuple[str, str], tuple[Any, Any]] = {}
    for row in rows:
        for each in row["changes"] if row["client"] and row["client"]["id"] else []:
            place = (each["entity"], each["field"])
            ends[place] = (ends.get(place, (each["before"],))[0], each["after"])
    return ends


def kept(runtime: Any, import_id: str) -> dict[tuple[str, str], tuple[Any, Any]]:
    """The same, as a commit noted it for its undo."""
    statement = text("SELECT entity, before, after FROM import_changes WHERE import_id = :id AND NOT created")
    with runtime.database.engine.connect() as connection:
        changes = connection.execute(statement, {"id": import_id}).all()
    return {
        (each.entity, field): (each.before[field], after) for each in changes for field, after in each.after.items()
    }


@pytest.mark.parametrize("wrong", [{"limit": 0}, {"limit": 51}, {"cursor": "x"}])
def test_a_page_has_fifty_rows_at_most(importer: Importer, wrong: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        look(importer, importer.bring("Company name\nAcme\n"), **wrong)


def test_only_what_is_ready_is_told(importer: Importer) -> None:
    found = importer.bring("Company name\nAcme\n")
    importer.commit(found["id"])
    with pytest.raises(Conflict):
        look(importer, found)
    with pytest.raises(NotFound):
        look(importer, {"id": "nothing"})


@pytest.fixture
def held(runtime: Any) -> Callable[[str], Any]:
    """``with held(client_id):`` somebody else is changing the client."""

    def hold(client_id: str) -> Any:
        connection = runtime.database.engine.connect()
        connection.execute(text("SELECT id FROM clients WHERE id = :id FOR UPDATE"), {"id": client_id})
        return connection

    return hold


def test_while_somebody_changes_a_client_it_cannot_be_told(importer: Importer, new_client: Any, held: Any) -> None:
    acme = new_client(company_name="Acme")
    found = importer.bring("Company name,City\nAcme,Bonn\n")
    with held(acme["id"]), pytest.raises(Unavailable) as refused:
        look(importer, found)
    assert refused.value.detail == previewing.BUSY
    assert look(importer, found)["items"][0]["outcome"] == "updated"
