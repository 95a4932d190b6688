"""Files that are damaged in places: what is wrong is said of its own row, and the other rows are as they are."""

from __future__ import annotations

from pathlib import Path

import pytest

from libs.common.uploads import How, Row, Table, Unreadable, tables
from libs.common.uploads.rows import ASTRAY, ROWS_INSIDE, UNCLOSED, UNDECODED
from services.clients.importing.headers import recognised
from tests.clients.unit.test_import_files import LIMITS, workbook

UTF8 = "Company,City\nCafé,Zürich\nŁódź,Køge\nSpaß,Ulm\n"


def table(tmp_path: Path, content: bytes | str, name: str = "x.csv", how: How | None = None) -> tuple[Table, list[Row]]:
    path = tmp_path / "file"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    (found,) = ((each, list(each.rows)) for each in tables(path, name, tmp_path, LIMITS, recognised, [how or How()]))
    return found


def test_a_broken_byte_is_its_rows_alone(tmp_path: Path) -> None:
    content = UTF8.encode() + b"Z\xfcrich AG,Bern\n"
    found, rows = table(tmp_path, content)
    assert (found.encoding, [row.cells for row in rows[:2]]) == ("utf-8", [["Café", "Zürich"], ["Łódź", "Køge"]])
    assert [row.faults for row in rows] == [(), (), (), ((0, UNDECODED),)]
    assert rows[3].cells == ["Z�rich AG", "Bern"]


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("macintosh", "Company,City\nCafé Müller,Zürich\nGroß & Söhne,Köln\n"),
        ("ibm850", "Company,City\nCafé Müller,Zürich\nGroß & Söhne,Köln\n"),
        ("windows-1252", "Company,City\nCafé Müller,Zürich\nGroß & Söhne,Köln\n"),
        ("shift_jis", "Company,City\n株式会社ひかりシステム,さいたま市\nカタカナ商事,東京\n"),
    ],
)
def test_old_encodings_are_told_apart_by_few_words(tmp_path: Path, encoding: str, text: str) -> None:
    found, rows = table(tmp_path, text.encode({"shift_jis": "cp932"}.get(encoding, encoding)))
    assert found.encoding == encoding and rows[0].cells == text.split("\n")[1].split(",") and not rows[0].faults


def test_how_a_file_is_read_may_be_chosen(tmp_path: Path) -> None:
    content = "A;B,C\nMüller;1,2\n".encode("cp1252")
    found, rows = table(tmp_path, content, how=How("windows-1252", ";", 1))
    assert (found.columns, [row.cells for row in rows]) == (["A", "B,C"], [["Müller", "1,2"]])
    found, rows = table(tmp_path, content, how=How("utf-8", ",", 0))
    assert (found.columns, found.header, len(rows)) == (["Column 1", "Column 2"], 0, 2)
    assert rows[1].faults == ((0, UNDECODED),)


@pytest.mark.parametrize("end", ["\n", ""])
def test_a_quote_that_is_not_closed_takes_no_row_with_it(tmp_path: Path, end: str) -> None:
    _table, rows = table(tmp_path, f'Company,City,Notes\nA,"Köln,x\nB,Ulm,y\nC,"a, b","two\nlines"{end}')
    assert [(row.line, row.cells, row.faults) for row in rows] == [
        (2, ["A", "Köln,x"], ((None, UNCLOSED),)), (3, ["B", "Ulm", "y"], ()), (5, ["C", "a, b", "two\nlines"], ()),
    ]  # fmt: skip


def test_a_quote_that_another_cell_closes_takes_no_row_with_it(tmp_path: Path) -> None:
    lines = [f"C{n},Ulm,x" for n in range(60)]
    _table, rows = table(tmp_path, "\n".join(["Company,City,Notes", 'A,"Köln,x', *lines, 'B,"a, b",y', "D,Ulm,z"]))
    assert [row.line for row in rows if row.faults] == [2] and len(rows) == 63
    assert [row.cells for row in rows[-2:]] == [["B", "a, b", "y"], ["D", "Ulm", "z"]]


def test_rows_that_ran_together_are_one_bad_row(tmp_path: Path) -> None:
    _table, rows = table(tmp_path, 'Company,City,Notes\nA,Ulm,"x\nB,"two\nlines",y\nC,Ulm,z\n')
    assert [(row.line, row.faults) for row in rows] == [(3, ((None, ASTRAY),)), (4, ()), (5, ())]


def test_a_letter_in_a_cell_is_a_cell(tmp_path: Path) -> None:
    letter = "Dear Ann,\nas said, it works\n\nBob\n" * 30
    _table, rows = table(tmp_path, f'Company,Notes\nA,"{letter}"\nB,"one, two\nthree, four"\n')
    assert [row.faults for row in rows] == [(), ()] and rows[0].cells[1] == letter
    _table, rows = table(tmp_path, 'Company,City,Notes\nA,B,"' + "x,y,z\n" * 30 + '"\nC,D,E\n')
    assert [row.faults for row in rows] == [((None, ROWS_INSIDE),), ()]


def test_a_cell_or_a_row_without_measure_is_one_bad_row(tmp_path: Path) -> None:
    wide = ",".join("x" for _ in range(51))
    for huge in ("x" * 1001, '"' + "x" * 40_000 + '"', "x" * 40_000):
        _table, rows = table(tmp_path, f"Company,Notes\nA,{huge}\n{wide}\nB,y\n")
        assert [len(row.faults) for row in rows] == [1, 1, 0], len(huge)
        assert rows[0].faults[0].reason == "this cell has more than 1,000 characters; the rest is gone"
        assert rows[1].faults[0].reason == "this row has 51 cells; at most 50 are taken"
        assert all(len(row.cells) <= 50 and all(len(cell) <= 1000 for cell in row.cells) for row in rows)


def test_a_sheet_has_such_rows_too(tmp_path: Path) -> None:
    content = workbook([["Company", "Notes"], ["A", "x" * 1001], ["B", *["x"] * 60], ["C", "y"]])
    _table, rows = table(tmp_path, content, "x.xlsx")
    assert [len(row.faults) for row in rows] == [1, 1, 0] and rows[2].cells == ["C", "y"]
    with pytest.raises(Unreadable, match=r"line 1 has more than 50 columns"):
        table(tmp_path, workbook([["x"] * 60, ["y"]]), "x.xlsx")


def test_a_number_of_a_workbook_is_one_number(tmp_path: Path) -> None:
    rows_ = [["A", 1.234], ["B", 12.345], ["C", 0.125], ["D", 1e-7], ["E", "1.234"], ["F", 0.1 + 0.2], ["G", 12]]
    content = workbook([["Company", "Amount"], *rows_])
    _table, rows = table(tmp_path, content, "x.xlsx")
    assert [row.cells[1] for row in rows] == ["1.2340", "12.3450", "0.1250", "0.0000001", "1.234", "0.3", "12"]


@pytest.mark.parametrize(
    ("text", "line", "rows"),
    [
        ("Report,March\nCompany,City,Phone,Email,Notes\nA,B\nC,D\nE,F\n", 2, 3),
        ("Fair,2025\nFirma X,Strasse Nr,Ort X,Tel\nA,,B,\nC,D,,\nE,,F,\n", 2, 3),
        ("Company Report,Owner\n\nCompany,City,Phone,Owner\nA,B,,\nC,D,,\n", 3, 2),
        ("Acme Inc,ann@acme.example,Berlin\nBeta,bob@beta.example,Ulm\n", 0, 2),
        ("Acme GmbH,Berlin\nBeta,Ulm\n", 0, 2),
        ("Beta,Software,Ulm\nAcme,Software,Bonn\n", 0, 2),
        ("ann@acme.example\nbob@beta.example\n", 0, 2),
        ("Nom du client,Ville\nBeta,Ulm\n", 1, 1),
        ("sales_agent,manager\nAnn,Bob\n", 1, 1),
    ],
)
def test_the_line_that_names_the_columns_is_found(tmp_path: Path, text: str, line: int, rows: int) -> None:
    found, below = table(tmp_path, text)
    assert (found.header, len(below)) == (line, rows)
    if not line:
        assert found.columns[0] == "Column 1"


def test_the_first_lines_can_be_chosen_from(tmp_path: Path) -> None:
    text = "Our list\n\nA,B\nCompany,City\nAcme,Ulm\n"
    found, below = table(tmp_path, text, how=How(header=3))
    assert ([row.line for row in found.begin], found.columns, len(below)) == ([1, 3, 4, 5], ["A", "B"], 2)
