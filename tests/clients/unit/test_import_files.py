"""Files as people have them, and files that somebody made to do harm."""

from __future__ import annotations

import io
import resource
import struct
import zipfile
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from libs.common.uploads import Limits, Unreadable, tables
from services.clients.importing.headers import recognised

LIMITS = Limits(rows=1000, columns=50, cell=1000, line=250_000, unpacked=20_000_000, memory=700_000_000, seconds=20)
ROWS = [["Company", "Notes"], ["Müller", "a, b"], ["Łódź", "two\nlines"]]


def read(tmp_path: Path, content: bytes, name: str = "x.csv", limits: Limits = LIMITS) -> list[Any]:
    path = tmp_path / "file"
    path.write_bytes(content)
    return [
        (each.name, each.columns, [row.cells for row in each.rows])
        for each in tables(path, name, tmp_path, limits, recognised)
    ]


def csv_of(separator: str = ",") -> str:
    return f'Company{separator}Notes\r\nMüller{separator}"a, b"\r\n\r\nŁódź{separator}"two\nlines"\r\n'


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_encodings_and_separators(tmp_path: Path, encoding: str, separator: str) -> None:
    assert read(tmp_path, csv_of(separator).encode(encoding)) == [("x.csv", ROWS[0], ROWS[1:])]


def test_what_old_spreadsheets_write(tmp_path: Path) -> None:
    text = "Company;City\n" + "Bäckerei Jürgen Groß;Köln\nFrançois Métal;Liège\n" * 20
    (_name, _columns, rows), *_ = read(tmp_path, text.encode("cp1252"))
    assert rows[0] == ["Bäckerei Jürgen Groß", "Köln"] and rows[1] == ["François Métal", "Liège"]
    (_name, _columns, rows), *_ = read(tmp_path, "Company;City\nMüller;Köln\n".encode("cp1252"))
    assert rows == [["Müller", "Köln"]]


def test_a_line_may_say_what_separates(tmp_path: Path) -> None:
    assert read(tmp_path, b"sep=;\r\nCompany;Notes\r\nA;b, c, d\r\n") == [
        ("x.csv", ["Company", "Notes"], [["A", "b, c, d"]])
    ]


def test_titles_above_and_headers_within_are_left_out(tmp_path: Path) -> None:
    text = "Our clients\nExported 2025-01-01,,\n\nCompany,City,Phone\nA,B,1\nCOMPANY,city,Phone\n,,\nC,D,2\n"
    assert read(tmp_path, text.encode()) == [
        ("x.csv", ["Company", "City", "Phone"], [["A", "B", "1"], ["C", "D", "2"]])
    ]


def test_names_of_columns_are_each_there_once(tmp_path: Path) -> None:
    (_name, columns, _rows), *_ = read(tmp_path, b"Email,Email,\na@b.example,c@d.example,x\n")
    assert columns == ["Email", "Email (2)", "Column 3"]


def workbook(*sheets: list[list[Any]], hidden: tuple[int, ...] = ()) -> bytes:
    made = io.BytesIO()
    book = xlsxwriter.Workbook(made, {"in_memory": True})
    for place, rows in enumerate(sheets):
        sheet = book.add_worksheet()
        if place in hidden:
            sheet.hide()
        for number, row in enumerate(rows):
            for column, cell in enumerate(row):
                sheet.write(number, column, cell)
    book.close()
    return made.getvalue()


def test_workbooks_with_several_sheets(tmp_path: Path) -> None:
    content = workbook([["Company", "Size"], ["A", 12], ["", ""], ["B", 1.5]], [["First name"], ["Ann"]])
    assert read(tmp_path, content, "book.xlsx") == [
        ("Sheet1", ["Company", "Size"], [["A", "12"], ["B", "1.5"]]),
        ("Sheet2", ["First name"], [["Ann"]]),
    ]


@pytest.mark.parametrize(("hidden", "found"), [((1, 2), [False, True, True]), ((1,), [False, True, False])])
def test_hidden_sheets_are_told(tmp_path: Path, hidden: tuple[int, ...], found: list[bool]) -> None:
    path = tmp_path / "file"
    path.write_bytes(workbook(*([["Company"], [name]] for name in "ABC"), hidden=hidden))
    assert [each.hidden for each in tables(path, "book.xlsx", tmp_path, LIMITS, recognised) if list(each.rows)] == found


def test_a_hidden_sheet_that_is_all_there_is_is_not(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(workbook([], [["Company"], ["A"]], hidden=(1,)))
    assert [each.hidden for each in tables(path, "book.xlsx", tmp_path, LIMITS, recognised)] == [False]


def zipped(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return made.getvalue()


def test_an_archive_holds_companies_before_their_people(tmp_path: Path) -> None:
    content = zipped(
        {
            "deals.csv": b"Deal name\nX\n",
            "contacts.csv": b"First name\nA\n",
            "clients.csv": b"Company\nB\n",
            "r.md": b"",
        }
    )
    assert [name for name, _columns, _rows in read(tmp_path, content, "all.zip")] == [
        "clients.csv",
        "contacts.csv",
        "deals.csv",
    ]


def lying(content: bytes, size: int) -> bytes:
    """An archive whose directory says another size of its first file."""
    at = content.index(b"PK\x01\x02")
    return content[: at + 24] + struct.pack("<I", size) + content[at + 28 :]


BOMB = zipped({"[Content_Types].xml": b"<a/>", "xl/worksheets/sheet1.xml": b"0" * 60_000_000})
HOSTILE = {
    "bomb": BOMB,
    "claims ten gigabytes": lying(zipped({"[Content_Types].xml": b"x" * 100}), 0xFFFFFFF0),
    "larger than it says": lying(zipped({"a.csv": b"0" * 60_000_000, "b.csv": b"x"}), 10),
    "too many parts": zipped({f"{n}.csv": b"" for n in range(3000)}),
    "no workbook": zipped({"[Content_Types].xml": b"<a/>", "xl/workbook.xml": b"not xml"}),
    "cut": workbook([["Company"], ["A"]])[:700],
    "picture": b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 50,
    "program": b"\x7fELF" + bytes(range(256)) * 50,
    "noise": bytes((n * 7919) % 251 for n in range(50_000)),
    "zeros": bytes(10_000),
    "old workbook": b"\xd0\xcf\x11\xe0" + bytes(600),
    "ten thousand columns": (",".join(f"c{n}" for n in range(10_000)) + "\n").encode() * 3,
    "a line without end": b"Company,Notes\nA," + b"x" * 300_000,
    "a row without end": b"Company,Notes\nA," + b'"x\n",' * 60_000,
    "a header without end": b'Company,"Notes\nA,B\nC,D\n',
    "stray quotes all over": b"Company,Notes\n" + b'A,"x\n' * 150 + b"\n" * 3,
    "too many rows": b"Company\n" + b"A\n" * 1100,
    "empty": b"",
    "blank": b"\n\n \n",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_are_refused_in_words(tmp_path: Path, name: str) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(Unreadable) as refused:
        read(tmp_path, HOSTILE[name], "x.xlsx")
    assert len(str(refused.value)) > 15
    # Kilobytes: what the test itself made is in memory already.
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000


def test_a_sheet_of_nothing_but_corners_takes_only_its_reader_with_it(tmp_path: Path) -> None:
    """Two cells, as far apart as a sheet is large: as a rectangle they would be 17 billion."""
    sheet = (
        b'<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        b'<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="AX1048576"><v>1</v></c></row>'
        b"</sheetData></worksheet>"
    )
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook([["Company"]]))) as source, zipfile.ZipFile(made, "w") as target:
        for entry in source.namelist():
            target.writestr(entry, sheet if entry.endswith("sheet1.xml") else source.read(entry))
    with pytest.raises(Unreadable):
        read(tmp_path, made.getvalue(), "x.xlsx")


def test_formulas_and_scripts_are_text(tmp_path: Path) -> None:
    text = b"Company,Notes\n<script>alert(1)</script>,=HYPERLINK(1)\n"
    assert read(tmp_path, text)[0][2] == [["<script>alert(1)</script>", "=HYPERLINK(1)"]]
