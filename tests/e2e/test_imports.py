"""Bringing data in over HTTP, as a person would: a published history with its companies, teams and deals."""

from __future__ import annotations

import csv
import io
import os
import zipfile
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from stack.driver import Crm, Person, wait_for
from tests.e2e.conftest import FULL
from tests.support.servers import ROOT
from tests.support.waiting import eventually

pytestmark = pytest.mark.e2e

DATA = Path(os.environ.get("CRM_BENCH_DATA", ROOT.parent / "shared" / "data")) / "crm-sales-opportunities"
# What the data's own page says of it.
WON, LOST, OPEN, REVENUE = 4_238, 2_473, 2_089, 10_005_534
SOURCE = "import-test"


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    """Who sells, accounts, and the deals: all of them with CRM_FULL=1, else every twenty-fifth."""
    if not (DATA / "sales_pipeline.csv").is_file():
        pytest.skip(f"there is no {DATA.name} here")
    deals = (DATA / "sales_pipeline.csv").read_text().splitlines()
    kept = deals if FULL else [deals[0], *deals[1::25]]
    lines = [f"{line},{'source' if number == 0 else SOURCE}" for number, line in enumerate(kept)]
    whole = {name: (DATA / name).read_bytes() for name in ("sales_teams.csv", "accounts.csv")}
    return whole | {"sales_pipeline.csv": "\n".join(lines).encode()}


def settled(person: Person, import_id: str, *states: str) -> dict[str, Any]:
    def done() -> dict[str, Any] | None:
        found: dict[str, Any] = person.get(f"/imports/{import_id}")
        return found if found["state"] in states else None

    return wait_for(done, f"an import that is {' or '.join(states)}", 600)


def bring(person: Person, name: str, content: bytes, **answers: Any) -> dict[str, Any]:
    """Upload, answer, commit what is good, and wait until it is in."""
    made = person.upload("/imports", name, content)["id"]
    found = settled(person, made, "ready", "failed")
    assert found["state"] == "ready", found["problem"]
    if answers:
        person.patch(f"/imports/{made}", {"answers": answers})
        found = settled(person, made, "ready")
    person.post(f"/imports/{made}/commit", {"only_good": False})
    return settled(person, made, "done", "failed")


@pytest.mark.timeout(1200)
def test_the_published_history_comes_in_with_its_totals_and_once(crm: Crm, files: dict[str, bytes]) -> None:
    admin = crm.sign_in("admin")
    rows = [line.split(",") for line in files["sales_pipeline.csv"].decode().splitlines()[1:]]
    stages = Counter(row[4] for row in rows)
    revenue = sum(int(row[7]) for row in rows if row[4] == "Won")
    if FULL:
        assert (stages["Won"], stages["Lost"], revenue) == (WON, LOST, REVENUE)

    agents = bring_people(admin, files["sales_teams.csv"])
    accounts = bring(admin, "accounts.csv", files["accounts.csv"])
    assert accounts["states"] == {"created": 85}
    first = bring(admin, "sales_pipeline.csv", files["sales_pipeline.csv"], company="No account yet", currency="USD")
    assert first["state"] == "done" and first["states"] == {"created": len(rows)}
    assert first["results"]["deal.created"] == len(rows) and first["results"]["client.created"] == 1

    # Every agent is known by name: nothing is asked about owners, and each deal is its agent's.
    assert [each["answer"] for each in first["questions"] if each["answer"].startswith("owner")] == []
    sold = Counter(row[1] for row in rows)
    owned = {name: admin.get("/deals", source=SOURCE, owner_id=agents[name], limit=1)["total"] for name in sold}
    assert owned == dict(sold)
    taken = csv.DictReader(io.StringIO(downloaded(admin, "/deals/export.csv", source=SOURCE).decode(), newline=""))
    assert Counter(row["owner"] for row in taken) == sold

    totals = {stage: count(admin, stage) for stage in ("won", "lost", "lead", "qualified")}
    assert totals == {
        "won": stages["Won"],
        "lost": stages["Lost"],
        "lead": stages["Prospecting"],
        "qualified": stages["Engaging"],
    }
    report = admin.get("/reports/win-rate", **{"from": "2016-10-01", "to": "2017-12-31", "source": SOURCE})
    assert report["total"]["won_value"] == revenue
    assert {each["owner_id"] for each in of_reps(admin)} >= {agents[name] for name in sold}

    again = bring(admin, "sales_pipeline.csv", files["sales_pipeline.csv"], company="No account yet", currency="USD")
    assert (again["results"], again["states"]) == ({}, {"unchanged": len(rows)})
    assert count(admin, "won") == stages["Won"]

    admin.post(f"/imports/{first['id']}/undo")
    undone = settled(admin, first["id"], "undone")
    assert undone["kept"] == []
    assert admin.get("/deals", source=SOURCE, limit=1)["total"] == 0
    (cancity,) = named(admin, "Cancity")
    eventually(lambda: admin.get(f"/clients/{cancity['id']}")["lifetime_value"] == 0, 60)
    admin.post(f"/imports/{accounts['id']}/undo")
    assert settled(admin, accounts["id"], "undone")["kept"] == []
    assert named(admin, "Cancity") == []


def bring_people(admin: Person, content: bytes) -> dict[str, str]:
    """The ids of the agents of the published teams by name; brought in twice, they come in once."""
    teams = list(csv.DictReader(io.StringIO(content.decode())))
    admin.upload("/users/import", "sales_teams.csv", content)
    again = admin.upload("/users/import", "sales_teams.csv", content)
    assert again["counts"] == {"created": 0, "invited": 0, "updated": 0, "unchanged": len(teams), "bad": 0}
    people = {each["name"]: each for each in admin.get("/users")["items"]}
    for row in teams:
        agent, manager = people[row["sales_agent"]], people[row["manager"]]
        assert (agent["team"], agent["reports_to"], agent["role"]) == (row["regional_office"], manager["id"], "sales")
        assert (agent["active"], agent["email"], manager["role"]) == (False, None, "manager")
    assert len({row["manager"] for row in teams}) == 6 and len(teams) == 35
    return {row["sales_agent"]: people[row["sales_agent"]]["id"] for row in teams}


def of_reps(admin: Person) -> list[dict[str, Any]]:
    """The report by rep over the time of the published history."""
    found: list[dict[str, Any]] = admin.get("/reports/reps", **{"from": "2016-10-01", "to": "2017-12-31"})["rows"]
    return found


def named(person: Person, name: str) -> list[dict[str, Any]]:
    """The clients that are called just so: other tests bring in the same companies under longer names."""
    return [each for each in person.get("/clients", q=name)["items"] if each["company_name"] == name]


def count(person: Person, stage: str) -> int:
    found: int = person.get("/deals", source=SOURCE, stage=stage, limit=1)["total"]
    return found


def test_own_fields_go_out_and_come_back_in(crm: Crm) -> None:
    admin, mark = crm.sign_in("admin"), os.urandom(4).hex()
    keys = {}
    for entity, kind in (("client", "money"), ("contact", "date"), ("deal", "number")):
        field = admin.post("/custom-fields", {"entity": entity, "label": f"{kind} {mark}", "kind": kind})
        keys[entity] = field["key"]
    head = f"Company name,Money {mark},First name,Date {mark},Deal name,Number {mark}"
    file = f'{head}\nOwn {mark},"1.234,50 €",Ann,31.12.1990,Website,2.5\nOwn {mark},,,,Shop,"1,234"\n'
    first = bring(admin, "own.csv", file.encode())
    assert first["states"] == {"created": 2}, first["states"]
    (client,) = admin.get("/clients", q=f"Own {mark}")["items"]
    assert admin.get(f"/clients/{client['id']}")["custom"] == {keys["client"]: {"amount": 1234.5, "currency": "EUR"}}
    found = {
        name: list(csv.DictReader(io.StringIO(downloaded(admin, f"/{name}/export.csv", **query).decode(), newline="")))
        for name, query in (("clients", {"q": mark}), ("contacts", {"q": mark}), ("deals", {"client_id": client["id"]}))
    }
    names = {entity: f"{entity}.custom.{key}" for entity, key in keys.items()}
    assert [row[names["client"]] for row in found["clients"]] == ["1234.50 EUR"]
    assert [row[names["contact"]] for row in found["contacts"]] == ["1990-12-31"]
    assert sorted(row[names["deal"]] for row in found["deals"]) == ["1234", "2.5"]

    # The export, changed by a hand and brought in again, changes what was changed and nothing else.
    changed = downloaded(admin, "/clients/export.csv", q=mark).replace(b"1234.50 EUR", b"99 USD")
    second = bring(admin, "clients.csv", changed)
    assert (second["results"], second["questions"]) == ({"client.updated": 1}, [])
    assert admin.get(f"/clients/{client['id']}")["custom"][keys["client"]] == {"amount": 99, "currency": "USD"}
    admin.post(f"/imports/{second['id']}/undo")
    assert settled(admin, second["id"], "undone")["kept"] == []
    assert downloaded(admin, "/clients/export.csv", q=mark).count(b"1234.50 EUR") == 1
    admin.post(f"/imports/{first['id']}/undo")
    # The client was changed since, if only there and back: it is named with its person, and its deals are gone.
    assert sorted(each["entity"] for each in settled(admin, first["id"], "undone")["kept"]) == ["client", "contact"]
    assert admin.get("/deals", client_id=client["id"])["total"] == 0


def test_a_list_of_the_companys_own_people_is_left_out_and_says_where_it_goes(
    crm: Crm, files: dict[str, bytes]
) -> None:
    admin = crm.sign_in("admin")
    made = admin.upload("/imports", "sales_teams.csv", files["sales_teams.csv"])["id"]
    (sheet,) = settled(admin, made, "ready", "failed")["sheets"]
    assert sheet["skip"] is True and "Settings, People" in sheet["note"]
    admin.session.delete(f"{admin.base_url}/imports/{made}", timeout=30)


def test_a_file_that_nobody_made_is_refused_in_words(crm: Crm) -> None:
    john = crm.sign_in("sales")
    for name, content in {"x.csv": b"\x89PNG\r\n" + bytes(5000), "y.xlsx": b"PK\x03\x04" + bytes(500)}.items():
        found = settled(john, john.upload("/imports", name, content)["id"], "failed")
        assert found["problem"] and found["rows"] == 0


def tables(archive: bytes) -> dict[str, list[dict[str, str]]]:
    """The files of an export, row by row."""
    with zipfile.ZipFile(io.BytesIO(archive)) as found:
        return {
            name: list(csv.DictReader(io.StringIO(found.read(name).decode(), newline=""))) for name in found.namelist()
        }


def downloaded(person: Person, path: str, **query: Any) -> bytes:
    answer = person.session.get(person.base_url + path, params=query, timeout=120)
    assert answer.status_code == 200, answer.text
    return answer.content


def test_exports_have_the_filters_of_their_lists_and_run_nothing(crm: Crm) -> None:
    admin, john, mark = crm.sign_in("admin"), crm.sign_in("sales"), f"export {os.urandom(4).hex()}"
    evil = {
        "company_name": f"=HYPERLINK(1) {mark}",
        "notes": "-2+3 cmd",
        "phone": "+1-555-0123",
        "city": "'=x",
        "tags": [mark],
    }
    client = admin.post("/clients", evil)["id"]
    admin.post(f"/clients/{client}/contacts", {"first_name": "@Ann", "phone": "+49 30 901820"})
    deal = {"client_id": client, "deal_name": "+SUM(A1)", "deal_value": 1234.5, "tags": [mark]}
    admin.post("/deals", deal)
    (row,) = csv.DictReader(io.StringIO(downloaded(admin, "/clients/export.csv", tag=mark).decode(), newline=""))
    assert (row["company_name"], row["phone"]) == (f"'=HYPERLINK(1) {mark}", "+1-555-0123")
    assert (row["notes"], row["city"], row["owner"]) == ("'-2+3 cmd", "''=x", admin.user["email"])
    (person,) = csv.DictReader(io.StringIO(downloaded(admin, "/contacts/export.csv", tag=mark).decode(), newline=""))
    assert (person["first_name"], person["phone"], person["company_name"]) == (
        "'@Ann",
        "+49 30 901820",
        row["company_name"],
    )
    (found,) = csv.DictReader(io.StringIO(downloaded(admin, "/deals/export.csv", tag=mark).decode(), newline=""))
    assert (found["deal_name"], found["deal_value"], found["currency"]) == ("'+SUM(A1)", "1234.5", "USD")
    book = CalamineWorkbook.from_filelike(io.BytesIO(downloaded(admin, "/clients/export.xlsx", tag=mark)))
    head, line = book.get_sheet_by_index(0).to_python()
    assert dict(zip(head, line, strict=True))["company_name"] == row["company_name"]
    assert downloaded(john, "/clients/export.csv", tag=mark).count(b"\r\n") == 1
    for path, refused in (("/clients/export.csv?industry=a&nothing=1", 422), ("/export.zip", 403)):
        assert john.session.get(john.base_url + path, timeout=30).status_code == refused
