"""How a file is read: guessed, said otherwise by a person, and told of each row that is damaged."""

from __future__ import annotations

from typing import Any

import pytest

from libs.common.problems import Conflict, Invalid
from services.clients.importing.steps.reading import HIDDEN
from tests.clients.importing.conftest import Importer
from tests.clients.unit.test_import_files import workbook

MAC = "Our clients\n\nCompany;City\nCafé Müller;Zürich\nGroß;Köln\n"


def names(found: dict[str, Any]) -> list[str]:
    return [column["name"] for column in found["sheets"][0]["columns"]]


def test_a_file_is_read_anew_as_a_person_says(importer: Importer) -> None:
    found = importer.bring(MAC.encode("mac_roman"))
    (sheet,) = found["sheets"]
    assert (sheet["encoding"], sheet["separator"], sheet["header_line"]) == ("macintosh", ";", 3)
    assert sheet["first_lines"][:2] == [{"line": 1, "text": "Our clients"}, {"line": 3, "text": "Company, City"}]
    said = {"encoding": "windows-1252", "separator": ",", "header_line": 0}
    found = importer.change(found["id"], sheets=[said])
    assert (found["state"], found["rows"], names(found)) == ("ready", 4, ["Column 1"])
    assert "CafŽ" in importer.rows(found["id"])[2]["cells"]["Column 1"]
    # What is not said again stays as it was said; null has it guessed.
    found = importer.change(found["id"], sheets=[{"encoding": None, "separator": None}])
    assert (found["rows"], names(found), found["sheets"][0]["header_line"]) == (4, ["Column 1", "Column 2"], 0)
    found = importer.change(found["id"], sheets=[{"header_line": 3}])
    assert (names(found), found["sheets"][0]["encoding"]) == (["Company", "City"], "macintosh")
    assert importer.rows(found["id"])[0]["cells"] == {"Company": "Café Müller", "City": "Zürich"}
    done = importer.commit(found["id"])
    assert done["results"] == {"client.created": 2}
    with pytest.raises(Conflict):
        importer.rpc.change_import(import_id=done["id"], sheets=[{"encoding": "utf-8"}])


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"encoding": "klingon"}, "encoding"), ({"separator": "#"}, "separator"), ({"header_line": -1}, "header_line"),
        ({"header_line": 2}, "sheets.0.header_line"), ({"header_line": 99}, "sheets.0.header_line"),
        ({"encoding": "utf-8", "mapping": {"Company": None}}, "sheets.0.mapping"),
    ],
)  # fmt: skip
def test_what_no_file_is_read_by_is_refused(importer: Importer, said: dict[str, Any], field: str) -> None:
    found = importer.bring(MAC)
    with pytest.raises(Invalid) as refused:
        importer.rpc.change_import(import_id=found["id"], sheets=[said])
    assert refused.value.field == field


def test_a_sheet_of_a_workbook_has_a_header_alone(importer: Importer) -> None:
    found = importer.bring(workbook([["Acme"], ["Company", "City"], ["Beta", "Bonn"]]), "x.xlsx")
    assert (found["sheets"][0]["encoding"], found["sheets"][0]["header_line"]) == (None, 2)
    with pytest.raises(Invalid):
        importer.rpc.change_import(import_id=found["id"], sheets=[{"separator": ";"}])
    found = importer.change(found["id"], sheets=[{"header_line": 0}])
    assert (found["rows"], names(found)) == (3, ["Column 1", "Column 2"])


def test_a_hidden_sheet_waits_to_be_taken_in(importer: Importer) -> None:
    shown, away = ([["Company name", "City"], [name, "Ulm"]] for name in ("Shown", "Away"))
    found = importer.bring(workbook(shown, away, hidden=(1,)), "book.xlsx")
    assert [(each["skip"], each["note"]) for each in found["sheets"]] == [(False, None), (True, HIDDEN)]
    assert importer.commit(found["id"])["results"] == {"client.created": 1}
    importer.undo(found["id"])
    again = importer.bring(workbook(shown, away, hidden=(1,)), "book.xlsx")
    importer.change(again["id"], sheets=[{"sheet": 1, "skip": False}])
    assert importer.commit(again["id"])["results"] == {"client.created": 2}


def test_what_cannot_be_read_in_one_way_is_read_in_another(importer: Importer) -> None:
    found = importer.bring("Company,City\nAcme,Ulm\n")
    failed = importer.change(found["id"], sheets=[{"header_line": 2}])
    assert (failed["state"], failed["problem"]) == ("failed", "there are no rows below the header")
    found = importer.change(found["id"], sheets=[{"header_line": 1}])
    assert (found["state"], found["problem"], found["rows"]) == ("ready", None, 1)


def test_damaged_rows_are_bad_until_they_are_repaired(importer: Importer) -> None:
    content = 'Company,City,Notes\nCafé,Zürich,x\nA,"Köln,y\nB,Ulm,z\n'.encode() + b"Z\xfcrich AG,Bern,x\xfcx\n"
    found = importer.bring(content)
    broken, torn = "some bytes here are no text in the encoding of this file; write it anew", "a quotation mark is"
    torn_row, broken_row = importer.rows(found["id"], "bad")
    assert torn_row["line"] == 3 and torn_row["problems"][0]["reason"].startswith(torn)
    assert [(each["column"], each["reason"]) for each in broken_row["problems"]] == [
        ("Company", broken), ("Notes", broken)
    ]  # fmt: skip
    # A cell that is not brought in may hold anything.
    found = importer.change(found["id"], sheets=[{"mapping": {"Notes": None}}])
    (_torn, broken_row) = importer.rows(found["id"], "bad")
    assert [each["column"] for each in broken_row["problems"]] == ["Company"]
    repaired = repair(importer, found["id"], broken_row["n"], City="Basel")
    assert repaired["state"] == "bad"
    assert repair(importer, found["id"], broken_row["n"], Company="Zürich AG")["state"] == "good"
    assert repair(importer, found["id"], torn_row["n"], City="Köln", Notes="y")["state"] == "good"
    assert importer.change(found["id"], sheets=[])["bad"] == 0


def test_who_repairs_a_cell_changes_no_other(importer: Importer) -> None:
    long = "x" * 30_000
    file = f'Company,Email,Notes,City,Website\nAcme,nobody,"one\r\ntwo"," a\nb ",{long}\n'
    found = importer.bring(file)
    sent = {"Company": "Acme", "Email": "ann@acme.example", "Notes": "one\r\ntwo", "City": " a\r\nb ", "Website": long}
    repaired = repair(importer, found["id"], 1, **sent)
    assert repaired["cells"] == {
        "Company": "Acme", "Email": "ann@acme.example", "Notes": "one\r\ntwo", "City": " a\nb ", "Website": long,
    }  # fmt: skip
    assert repair(importer, found["id"], 1, City="c\r\nd")["cells"]["City"] == "c\nd"


def test_amounts_that_may_be_two_are_asked_about_and_typed_ones_are_not(importer: Importer) -> None:
    head = "Company,Deal name,Amount\n"
    found = importer.bring(f"{head}A,One,12.345\nB,Two,1.234\n", "deals.csv")
    (asked,) = found["questions"]
    assert (asked["answer"], asked["columns"][0]["samples"]) == ("decimal_mark", ["12.345", "1.234"])
    with pytest.raises(Conflict):
        importer.rpc.commit_import(import_id=found["id"], only_good=True)
    found = importer.change(found["id"], answers={"decimal_mark": ","})
    assert (found["questions"], found["bad"]) == ([], 0)
    found = importer.bring(f"{head}A,One,12.345\nB,Two,1.5\n", "deals.csv")
    (bad,) = importer.rows(found["id"], "bad")
    assert found["questions"] == [] and bad["problems"][0]["reason"] == "USD has 2 decimals"
    rows = [["Company", "Deal name", "Amount"], ["A", "One", 1.234], ["B", "Two", 12.5], ["C", "Three", "1.234"]]
    found = importer.bring(workbook(rows), "deals.xlsx")
    # What a workbook holds as a number says nothing of what somebody typed beside it.
    assert [row["cells"]["Amount"] for row in importer.rows(found["id"], "bad")] == ["1.2340", "1.234"]
    assert [each["answer"] for each in found["questions"]] == ["decimal_mark"]


def test_progress_tells_what_is_so(importer: Importer) -> None:
    import_id = importer.upload(b"Company\nAcme\nBeta\n")
    assert importer.get(import_id)["progress"] == {"done": 0, "total": 0, "percent": 0}
    importer.work()
    assert importer.get(import_id)["progress"] == {"done": 2, "total": 2, "percent": 100}
    for state in (importer.commit(import_id), importer.undo(import_id)):
        assert state["progress"] == {"done": 2, "total": 2, "percent": 100}, state["state"]


def repair(importer: Importer, import_id: str, n: int, **cells: str) -> dict[str, Any]:
    found: dict[str, Any] = importer.rpc.repair_row(import_id=import_id, n=n, cells=cells)
    return found
