"""Tables as files: what a spreadsheet opens is what the report says, and nothing in it runs."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest

from libs.reporting import Column, Table, tables
from libs.reporting.sheets import csv_pieces, csv_text, neutral, xlsx
from tests.support.actors import JESSICA, JOHN
from tests.support.report_answers import ANSWERS, FORECAST, REPS
from tests.support.workbooks import Workbook

NAMES = {JOHN.id: JOHN.name, JESSICA.id: JESSICA.name}
HOSTILE = ["=1+1", "+cmd|'/c calc'!A1", "-2+3", "@SUM(A1)", "\t=1", "＝1+1", '=HYPERLINK("http://x")']
HARMLESS = ["+1-555-0123", "+49 30 123456", "-1,234.50", "-42", "Smith - Jones", "a=b", "e-mail", "(555) 0123"]


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def sheet_of(content: bytes, at: int = 0) -> list[list[Any]]:
    return Workbook(content).rows(at)


def one(**columns: Any) -> Table:
    kinds = {"amount": "money", "share": "percent", "weight": "weight", "day": "date", "days": "days", "n": "count"}
    listed = [Column(name, name.title(), kinds.get(name, "text")) for name in columns]  # type: ignore[arg-type]
    return Table("one", "One", listed, [columns], None, "USD")


def test_csv_has_the_names_of_the_api_and_amounts_in_major_units() -> None:
    found = rows_of(csv_text(tables("pipeline-forecast", FORECAST)[0]))
    assert list(found[0]) == (
        "month stage count value weight weighted win_rate closed model_probability currency".split()
    )
    assert found[1] == {
        "month": "2025-01",
        "stage": "qualified",
        "count": "3",
        "value": "85000",
        "weight": "25",
        "weighted": "21250",
        "win_rate": "0.34",
        "closed": "40",
        "model_probability": "0.41",
        "currency": "USD",
    }
    assert len(found) == len(FORECAST["rows"])


@pytest.mark.parametrize("text", HOSTILE)
def test_a_formula_is_text_in_csv(text: str) -> None:
    found = rows_of(csv_text(one(name=text)))[0]["name"]
    assert found == f"'{text}" == neutral(text)


@pytest.mark.parametrize("text", HARMLESS)
def test_phones_and_negative_numbers_stay_as_they_are(text: str) -> None:
    assert rows_of(csv_text(one(name=text)))[0]["name"] == text
    assert sheet_of(xlsx([one(name=text)], "x"))[1][0] == text


def test_a_negative_amount_is_a_number() -> None:
    assert rows_of(csv_text(one(amount=-6_250_050)))[0] == {"amount": "-62500.5", "currency": "USD"}
    assert sheet_of(xlsx([one(amount=-6_250_050)], "x"))[1][0] == -62500.5


@pytest.mark.parametrize("text", [*HOSTILE, "https://evil.example", "mailto:x@y.example", "x" * 40_000])
def test_no_text_becomes_a_formula_or_a_link_in_xlsx(text: str) -> None:
    content = xlsx([one(name=text)], "x")
    archive = Workbook(content).archive
    sheet = archive.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet and "hyperlink" not in sheet
    assert not [name for name in archive.namelist() if "rels" in name and "sheet1" in name]
    assert sheet_of(content)[1][0] == text[:32_767]


def test_cells_have_types() -> None:
    table = one(amount=6_250_050, share=0.425, weight=25, day="2025-02-10", days=12.5, n=3, name="Ada")
    cells = Workbook(xlsx([table], "x")).cells()[1]
    assert [each.value for each in cells] == [62500.5, 0.425, 0.25, 45698.0, 12.5, 3.0, "Ada", "USD"]
    assert [each.number_format for each in cells[:6]] == "#,##0.00 0.0% 0% yyyy-mm-dd 0.0 #,##0".split()


def test_a_month_is_a_date_that_shows_no_day() -> None:
    table = Table("one", "One", [Column("month", "Month", "month")], [{"month": "2025-01"}, {"month": None}])
    first, none = (row[0] for row in Workbook(xlsx([table], "x")).cells()[1:])
    assert (first.value, first.number_format) == (45658.0, "mmm yyyy") and none.value == "No date"


@pytest.mark.parametrize("kind", ANSWERS)
def test_every_report_becomes_a_workbook(kind: str) -> None:
    made = tables(kind, ANSWERS[kind])
    content = xlsx(made, kind, names=NAMES)
    names = Workbook(content).names
    assert len(names) == len(made) and all(len(name) <= 31 for name in names)
    for at, table in enumerate(made):
        rows = sheet_of(content, at)
        assert rows[0][: len(table.columns)] == [each.label for each in table.columns]
        assert len(rows) == 1 + len(list(table.rows)) + (table.total is not None)
    assert xlsx(tables(kind, ANSWERS[kind]), kind, names=NAMES) == content


def test_owners_have_names_and_labels_are_translated() -> None:
    rows = sheet_of(xlsx(tables("reps", REPS), "Reps", names=NAMES, translate=lambda text: f"<{text}>"))
    assert rows[0][0] == "<Owner>" and [row[0] for row in rows[1:]] == [
        "John Smith",
        "Jessica Lee",
        "Nobody yet",
        "<Total>",
    ]


def test_currencies_without_decimals_show_none() -> None:
    yen = Table("yen", "Yen", [Column("amount", "Amount", "money")], [{"amount": 62_500}], None, "JPY")
    assert rows_of(csv_text(yen))[0] == {"amount": "62500", "currency": "JPY"}
    assert sheet_of(xlsx([yen], "x"))[1][:1] == [62500.0]


def test_sheets_of_one_title_have_names_of_their_own() -> None:
    table = Table("x", "A [long]/title: that is longer than thirty-one", [Column("n", "N")], [{"n": "1"}])
    names = Workbook(xlsx([table, table, table], "x")).names
    assert len(set(names)) == 3 and all(len(name) <= 31 for name in names)


def test_rows_are_taken_one_by_one() -> None:
    taken: list[int] = []

    def rows() -> Any:
        for number in range(3):
            taken.append(number)
            yield {"n": str(number)}

    pieces = csv_pieces(Table("x", "X", [Column("n", "N")], rows()))
    assert (next(pieces), taken) == ("n\r\n", [])
    assert (next(pieces), taken) == ("0\r\n", [0])
