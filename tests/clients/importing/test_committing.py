"""What a file brings in: each good row once, matched to what is there; the same file again adds nothing; and back."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from functools import partial
from io import BytesIO
from itertools import count
from typing import Any
from zipfile import ZipFile

import pytest
from sqlalchemy import text

from libs.common.problems import Conflict, Invalid, NotFound
from services.clients import wiring
from services.clients.importing.committing import Batch
from services.clients.importing.steps import working
from services.gateway.api.exports import INVOICES
from tests.clients.importing.conftest import Deals, Importer
from tests.support.actors import ADMIN, JESSICA, JOHN
from tests.support.delivering import told

PEOPLE = """Company name,Industry,First name,Last name,Email,Phone,Title
"Acme, Inc.",Retail,Ann,Archer,ann@acme.example,+1-555-0123,CEO
Acme,Retail,Bob,Baker,bob@acme.example,,
Beta GmbH,,Carl,,carl@beta.example,+49 30 901820,
,,Dora,Dane,dora@gamma.example,,
,,Eve,Free,eve@gmail.com,,
Zeta,,,,not-an-address,,
"""


def test_companies_and_people_come_in_once(importer: Importer, runtime: Any) -> None:
    found = importer.bring(PEOPLE)
    assert (found["state"], found["rows"], found["bad"]) == ("ready", 6, 2)
    assert [column["target"] for column in found["sheets"][0]["columns"]] == [
        "client.company_name", "client.industry", "contact.first_name", "contact.last_name", "contact.email",
        "contact.phone", "contact.job_title",
    ]  # fmt: skip
    bad = {row["line"]: row["problems"][0] for row in importer.rows(found["id"], "bad")}
    assert bad[6]["field"] == "client.company_name" and bad[7]["column"] == "Email"
    noted = importer.rows(found["id"], "noted")
    assert [(row["line"], row["notes"][0]["field"]) for row in noted] == [(2, "contact.phone")]

    with pytest.raises(Conflict):
        importer.commit(found["id"])
    done = importer.commit(found["id"], only_good=True)
    assert (done["state"], done["results"]) == ("done", {"client.created": 3, "contact.created": 4})
    assert done["states"] == {"created": 4, "bad": 2}
    names = [client["company_name"] for client in importer.listed()]
    assert names == ["Acme, Inc.", "Beta GmbH", "gamma.example"]
    acme = importer.listed()[0]
    people = importer.rpc.list_contacts(client_id=acme["id"])["items"]
    assert [(each["first_name"], each["phone"], each["is_primary"]) for each in people] == [
        ("Ann", "+1-555-0123", True), ("Bob", None, False),
    ]  # fmt: skip
    assert (acme["owner_id"], acme["source"], acme["status"]) == (ADMIN.id, "import", "prospect")
    (made,) = told(runtime, "clients.imported")
    assert {each["client_id"] for each in made.data["clients"]} == {each["id"] for each in importer.listed()}
    assert (len(made.data["contact_ids"]), made.actor["id"], made.aggregate_id) == (4, ADMIN.id, done["id"])
    assert len(told(runtime, "client.access_changed")) == 3


def test_the_same_file_again_adds_nothing_and_a_newer_one_what_is_new(importer: Importer, runtime: Any) -> None:
    importer.commit(importer.bring(PEOPLE)["id"], only_good=True)
    before = len(told(runtime))
    again = importer.commit(importer.bring(PEOPLE)["id"], only_good=True)
    assert (again["results"], again["states"]) == ({}, {"unchanged": 4, "bad": 2})
    assert len(told(runtime)) == before
    newer = PEOPLE.replace("Retail,Ann", "Shops,Ann").replace(",CEO", ",Chair").replace("Beta GmbH", "BETA")
    found = importer.commit(importer.bring(newer)["id"], only_good=True)
    # The second row of Acme says Retail again: the last word of a file counts.
    assert found["results"] == {"client.updated": 1, "contact.updated": 1}
    assert [client["company_name"] for client in importer.listed()] == ["Acme, Inc.", "Beta GmbH", "gamma.example"]


def test_a_bad_row_is_repaired_in_place_and_comes_in_later(importer: Importer) -> None:
    found = importer.commit(importer.bring(PEOPLE)["id"], only_good=True)
    row = importer.rows(found["id"], "bad")[1]
    still = importer.rpc.repair_row(import_id=found["id"], n=row["n"], cells={"Email": "z@"})
    assert still["state"] == "bad"
    repaired = importer.rpc.repair_row(
        import_id=found["id"], n=row["n"], cells={"Email": "z@zeta.example", "First name": "Zoe"}
    )
    assert (repaired["state"], repaired["problems"], repaired["cells"]["First name"]) == ("good", [], "Zoe")
    assert importer.get(found["id"])["bad"] == 1
    with pytest.raises(Invalid):
        importer.rpc.repair_row(import_id=found["id"], n=row["n"], cells={"Nothing": "x"})
    with pytest.raises(Conflict):
        importer.rpc.repair_row(import_id=found["id"], n=1, cells={"Email": "x@y.example"})
    done = importer.commit(found["id"], only_good=True)
    assert done["states"] == {"created": 5, "bad": 1}
    assert [client["company_name"] for client in importer.listed()][-1] == "Zeta"


def test_ids_of_another_system_keep_companies_of_one_name_apart(importer: Importer) -> None:
    file = (
        "Record ID,Company name,Lifecycle stage,Company domain name\n1,Acme,customer,a.example\n2,Acme,lead,b.example\n"
    )
    found = importer.bring(file)
    assert found["system"] == "hubspot"
    done = importer.commit(found["id"])
    assert done["results"] == {"client.created": 2}
    renamed = file.replace("2,Acme", "2,Other")
    assert importer.commit(importer.bring(renamed)["id"])["results"] == {"client.updated": 1}
    assert [(each["company_name"], each["status"]) for each in importer.listed()] == [
        ("Acme", "active"), ("Other", "prospect"),
    ]  # fmt: skip
    people = "First name,Associated Company ID,Email\nAnn,2,ann@b.example\nBob,9,bob@b.example\n"
    found = importer.bring(people, "contacts.csv")
    # The other file does not show where it is from: its ids are its own.
    assert found["system"] == ""
    assert importer.commit(found["id"])["states"] == {"refused": 2}


def test_dates_that_may_be_two_are_asked_and_never_guessed(importer: Importer) -> None:
    file = "Company,Activity type,Subject,Activity date\nAcme,call,Hello,01/02/2025\nAcme,call,Again,03/04/2025\n"
    found = importer.bring(file, "activities.csv")
    (asked,) = found["questions"]
    assert (asked["answer"], asked["needed"]) == ("date_order", True)
    assert asked["columns"][0]["samples"] == ["01/02/2025", "03/04/2025"]
    with pytest.raises(Conflict) as refused:
        importer.commit(found["id"], only_good=True)
    assert refused.value.field == "date_order"
    answered = importer.change(found["id"], answers={"date_order": "dmy"})
    assert (answered["questions"], answered["bad"]) == ([], 0)
    importer.commit(found["id"])
    (client,) = importer.listed()
    days = [each["occurred_at"][:10] for each in importer.rpc.timeline(client_id=client["id"])["items"]]
    assert days == ["2025-04-03", "2025-02-01"]
    decided = importer.bring(file.replace("03/04", "13/04"), "activities.csv")
    assert decided["questions"] == [] and decided["sheets"][0]["columns"][3]["order"] == "dmy"


def test_dates_with_dots_and_those_of_no_day_tell_nothing_of_others(importer: Importer) -> None:
    for said in ("01.02.2025", "31.02.2025", "31/02/2025"):
        found = importer.bring(f"Deal name,Company,Expected close date\nA,Acme,{said}\nB,Acme,03/04/2025\n")
        (asked,) = (each for each in found["questions"] if each["answer"] == "date_order")
        assert asked["needed"] and asked["columns"][0]["samples"] == ["03/04/2025"]


def test_rows_at_fault_are_counted_in_words(importer: Importer) -> None:
    for rows, said in (("a@\n", "1 row has faults: repair it"), ("a@\nb@\n", "2 rows have faults: repair them")):
        found = importer.bring("Company name,Email\n" + "".join(f"Acme,{row}\n" for row in rows.split()))
        with pytest.raises(Conflict, match=f"^{said}, or commit only the good ones"):
            importer.rpc.commit_import(import_id=found["id"], only_good=False)


def test_deals_and_what_happened_come_with_their_company(importer: Importer, deals: Deals) -> None:
    file = (
        "Deal name,Account,Amount,Stage,Close date,Subject,Activity type,Occurred at\n"
        'Website,Acme,"1.234,56 €",Closed Won,2025-03-01,Signed,meeting,2025-03-01\n'
        "Shop,Acme,(5),Prospecting,,,,\n"
        "App,Beta,500,Somewhere,,,,\n"
    )
    found = importer.bring(file, "everything.csv")
    assert [row["problems"][0]["reason"] for row in importer.rows(found["id"], "bad")] == [
        "a deal's value cannot be below zero",
        "'Somewhere' is none of lead, qualified, proposal, negotiation, won, lost",
    ]
    assert [each["values"] for each in found["questions"]] == [[{"value": "Somewhere", "rows": 1}]]
    found = importer.change(found["id"], answers={"values": {"stage": {"Somewhere": "proposal"}}})
    assert found["bad"] == 1
    done = importer.commit(found["id"], only_good=True)
    assert done["results"] == {"client.created": 2, "deal.created": 2, "activity.created": 1}
    first = deals.asked[0][0]["data"]
    assert (first["deal_value_minor"], first["currency"], first["stage"]) == (123456, "EUR", "won")
    assert first["actual_close_date"] == "2025-03-01"
    acme = importer.listed()[0]
    (signed,) = importer.rpc.timeline(client_id=acme["id"])["items"]
    assert (signed["type"], signed["deal_id"]) == ("meeting", next(iter(deals.made.values()))["id"])
    assert importer.commit(importer.bring(file, "e.csv", values={"stage": {"Somewhere": "proposal"}})["id"], True)[
        "states"
    ] == {"unchanged": 2, "bad": 1}
    undone = importer.undo(found["id"])
    assert (undone["kept"], deals.made, importer.listed()) == ([], {}, [])


def test_a_deal_that_is_won_or_lost_is_so_whatever_its_stage(importer: Importer, deals: Deals) -> None:
    file = (
        "Deal - Title,Deal - Value,Deal - Currency,Deal - Stage,Deal - Status,Deal - Lost reason,Deal - Won time,"
        "Deal - Lost time,Organization - Name\n"
        "One,100,EUR,Proposal Made,Open,,,,Acme\n"
        "Two,200,EUR,Proposal Made,Won,,2025-03-01 10:00:00,,Acme\n"
        "Three,300,EUR,Lead In,Lost,Too dear,,2025-03-02 10:00:00,Acme\n"
        "Four,400,EUR,Lead In,Deleted,,,,Acme\n"
    )
    found = importer.bring(file, "deals.csv")
    assert found["system"] == "pipedrive"
    (asked,) = found["questions"]
    assert (asked["field"], asked["choices"]) == ("deal_status", ["open", "won", "lost"])
    importer.commit(found["id"], only_good=True)
    names = ("deal_name", "stage", "lost_reason", "actual_close_date")
    assert [tuple(each["data"].get(name) for name in names) for each in deals.asked[0]] == [
        ("One", "proposal", None, None), ("Two", "won", None, "2025-03-01"),
        ("Three", "lost", "Too dear", "2025-03-02"),
    ]  # fmt: skip
    assert all(each["data"].keys().isdisjoint({"deal_status", "won_on", "lost_on"}) for each in deals.asked[0])


def test_a_list_of_invoices_is_left_out_and_says_so(importer: Importer, deals: Deals) -> None:
    content = BytesIO()
    with ZipFile(content, "w") as archive:
        archive.writestr("clients.csv", "company_name\nAcme\n")
        archive.writestr("invoices.csv", f"{','.join(INVOICES.names)}\n{'x,' * 20}\n")
    found = importer.bring(content.getvalue(), "export.zip")
    assert [(each["name"], each["skip"], each["note"]) for each in found["sheets"]] == [
        ("clients.csv", False, None), ("invoices.csv", True, "invoices are not imported"),
    ]  # fmt: skip
    assert (found["state"], found["bad"]) == ("ready", 0)
    done = importer.commit(found["id"])
    assert (done["results"], deals.asked) == ({"client.created": 1}, [])


def test_a_rep_brings_in_their_own_and_sees_no_others(importer: Importer, new_client: Any) -> None:
    new_client(JESSICA.id, company_name="Acme")
    john = importer.as_(JOHN)
    found = john.commit(john.bring(PEOPLE)["id"], only_good=True)
    assert found["results"]["client.created"] == 3
    assert {each["owner_id"] for each in john.listed()} == {JOHN.id}
    with pytest.raises(NotFound):
        importer.as_(JESSICA).get(found["id"])
    assert importer.as_(JESSICA).rpc.list_imports()["total"] == 0
    assert importer.rpc.list_imports()["items"][0]["made_by_name"] == "John Smith"
    with pytest.raises(Invalid):
        john.change(found["id"], sheets=[{"sheet": 0, "mapping": {"Title": "client.created_at"}}])


def test_owners_are_found_by_name_and_address_and_asked_for(importer: Importer) -> None:
    file = "Company,Owner\nA,John Smith\nB,john@amo.example\nC,Moses Frase\nD,\n"
    found = importer.bring(file)
    assert [each["value"] for each in found["questions"][0]["values"]] == ["Moses Frase"]
    importer.change(found["id"], answers={"owners": {"Moses Frase": JESSICA.id}})
    importer.commit(found["id"])
    assert [each["owner_id"] for each in importer.listed()] == [JOHN.id, JOHN.id, JESSICA.id, None]


def test_what_columns_mean_can_be_said(importer: Importer) -> None:
    found = importer.bring("Alpha,Beta\nAcme,Bern\n")
    assert found["bad"] == 1
    mapping = {"Alpha": "client.company_name", "Beta": "client.city"}
    found = importer.change(found["id"], sheets=[{"sheet": 0, "mapping": mapping}])
    assert found["bad"] == 0
    with pytest.raises(Conflict):
        importer.rpc.change_import(import_id=found["id"], answers={}, version=1)
    for wrong in ({"Alpha": "client.nothing"}, {"Gamma": "client.city"}, {"Alpha": "client.city"}):
        with pytest.raises(Invalid):
            importer.rpc.change_import(import_id=found["id"], sheets=[{"sheet": 0, "mapping": wrong}])
    importer.commit(found["id"])
    assert importer.listed()[0]["city"] == "Bern"


def test_a_file_that_is_not_wanted_is_thrown_away(importer: Importer, runtime: Any) -> None:
    found = importer.bring(PEOPLE)
    importer.rpc.delete_import(import_id=found["id"])
    importer.work()
    with pytest.raises(NotFound):
        importer.get(found["id"])
    with runtime.database.read() as session:
        assert session.execute(text("SELECT count(*) FROM import_rows")).scalar_one() == 0
    with pytest.raises(NotFound):
        runtime.object_store.get(f"imports/{found['id']}/file")
    done = importer.commit(importer.bring(PEOPLE)["id"], only_good=True)
    with pytest.raises(Conflict):
        importer.rpc.delete_import(import_id=done["id"])


class Killed(BaseException):
    """What ends a process: nobody catches it."""


@pytest.mark.parametrize("dies_at", ["inside a batch", "after the deals were brought", "between two slices"])
def test_a_worker_that_dies_twice_leaves_every_good_row_once(
    importer: Importer, deals: Deals, runtime: Any, monkeypatch: pytest.MonkeyPatch, dies_at: str
) -> None:
    rows = [f"Deal {n},Company {n % 40},{'x' if n % 50 == 7 else n},c{n}@x{n}.example\n" for n in range(400)]
    file = "Deal name,Company,Amount,Email,\n" + "".join(row.replace("\n", ",\n") for row in rows)
    monkeypatch.setattr(wiring, "import_tools", partial(_small_batches, wiring.import_tools))
    found = importer.bring(file, "deals.csv")
    assert (found["rows"], found["bad"]) == (400, 8)
    importer.rpc.commit_import(import_id=found["id"], only_good=True)
    deaths = _deaths(monkeypatch, deals, dies_at)
    while importer.get(found["id"])["state"] == "committing":
        with suppress(Killed):
            importer.work()
        # The lease of who died ends.
        with runtime.database.engine.begin() as connection:
            connection.execute(text("UPDATE jobs SET locked_until = NULL WHERE finished_at IS NULL"))
    assert deaths == [1, 1]
    done = importer.get(found["id"])
    assert done["results"] == {"client.created": 40, "contact.created": 392, "deal.created": 392}
    assert done["states"] == {"created": 392, "bad": 8} and len(deals.made) == 392
    with runtime.database.read() as session:
        names = ("clients", "contacts")
        counted = [session.execute(text(f"SELECT count(*) FROM {name}")).scalar_one() for name in names]
    assert counted == [40, 392]
    told_of = [person for event in told(runtime, "clients.imported") for person in event.data["contact_ids"]]
    assert len(told_of) == len(set(told_of)) == 392
    assert importer.undo(found["id"])["kept"] == []


def _small_batches(tools: Any) -> Any:
    """So short a slice that it holds one batch, however fast the machine is."""
    return replace(tools(), batch=60, seconds=0.005)


def _deaths(monkeypatch: pytest.MonkeyPatch, deals: Deals, dies_at: str) -> list[int]:
    """The worker dies the third and the sixth time it comes to a place."""
    deaths: list[int] = []
    calls = count(1)

    def dying(function: Any, *, after: bool) -> Any:
        def wrapped(*args: Any, **more: Any) -> Any:
            answer = function(*args, **more) if after else None
            if next(calls) in (3, 6):
                deaths.append(1)
                raise Killed
            return answer if after else function(*args, **more)

        return wrapped

    if dies_at == "inside a batch":
        monkeypatch.setattr(Batch, "keep", dying(Batch.keep, after=True))
    elif dies_at == "after the deals were brought":
        monkeypatch.setattr(deals, "bring", dying(deals.bring, after=True))
    else:
        monkeypatch.setattr(working, "order", dying(working.order, after=False))
    return deaths
