"""Tables as files: CSV under the API's field names, XLSX with typed cells and words for people."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from libs.common.money import exponent, json_number, to_major
from libs.reporting.shown import shown, word
from libs.reporting.table import NAMED_WHEN_MISSING, Column, Table

CSV_TYPE = "text/csv; charset=utf-8"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

# What a spreadsheet would take for a formula when a cell begins with it; wide forms, too.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
# Phone numbers and negative numbers: whatever a spreadsheet makes of them, it runs nothing.
_HARMLESS = re.compile(r"[+-]?[\d .,()/-]*\d[\d .,()/-]*")
_LONGEST_CELL = 32_767
_SHEET_NAME = re.compile(r"[\[\]:*?/\\]")
# The same tables give the same bytes.
_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
_DEFAULT_MONEY_DIGITS = 2

Names = Mapping[str, str]
Translate = Callable[[str], str]


def csv_pieces(table: Table) -> Iterator[str]:
    """A table as CSV, a piece a row: the API's names, amounts in major units with their currency beside them."""
    keys = [each.key for each in table.columns]
    money = table.has_money and "currency" not in keys
    yield _line([*keys, "currency"] if money else keys)
    for row in table.rows:
        cells = [_plain(each, row.get(each.key), table.currency_of(row)) for each in table.columns]
        yield _line([*cells, table.currency_of(row) or ""] if money else cells)


def csv_text(table: Table) -> str:
    """All of ``csv_pieces``."""
    return "".join(csv_pieces(table))


def xlsx(
    tables: Sequence[Table],
    title: str,
    *,
    names: Names | None = None,
    translate: Translate = str,
    created: datetime = _LONG_AGO,
) -> bytes:
    """A workbook with a sheet a table, written row by row, so that its length takes no memory.

    names: people's names by id, for owners. translate: labels and titles in the reader's language.
    created: the time the file says it is from.
    """
    import xlsxwriter

    held = io.BytesIO()
    with xlsxwriter.Workbook(held, {"constant_memory": True, "default_date_format": "yyyy-mm-dd"}) as book:
        book.set_properties({"title": title, "created": created.replace(tzinfo=None)})
        sheet = _Sheets(book, names or {}, translate)
        for table in tables:
            sheet.add(table)
    return held.getvalue()


def neutral(text: str) -> str:
    """Text that no spreadsheet runs: a formula gets an apostrophe before it; phones and numbers stay as they are."""
    if text.startswith(_FORMULA) and not _HARMLESS.fullmatch(text):
        return f"'{text}"
    return text


def _line(cells: Sequence[str]) -> str:
    written = io.StringIO()
    csv.writer(written, lineterminator="\r\n").writerow(cells)
    return written.getvalue()


def _plain(column: Column, value: Any, currency: str | None) -> str:
    if value is None:
        return ""
    if column.kind == "money":
        return json_number(value, currency or "USD")
    if isinstance(value, list):
        return neutral(" ".join(str(each) for each in value))
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float | Decimal):
        return str(value)
    return neutral(str(value))


class _Sheets:
    """One workbook being written. Text is written as text: nothing in it becomes a formula or a link."""

    def __init__(self, book: Any, names: Names, translate: Translate) -> None:
        self._book, self._names, self._translate = book, names, translate
        self._head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        self._formats: dict[tuple[str, bool], Any] = {}
        self._taken: set[str] = set()

    def add(self, table: Table) -> None:
        sheet = self._book.add_worksheet(self._sheet_name(self._translate(table.title)))
        columns = [*table.columns, *_currency_column(table)]
        for at, column in enumerate(columns):
            sheet.set_column(at, at, _WIDTHS.get(column.kind, 14))
        for at, column in enumerate(columns):
            sheet.write_string(0, at, self._translate(column.label), self._head)
        sheet.freeze_panes(1, 0)
        line = 0
        for line, row in enumerate(table.rows, 1):
            self._row(sheet, line, table, columns, row, total=False)
        sheet.autofilter(0, 0, max(line, 1), len(columns) - 1)
        if table.total is not None:
            self._row(sheet, line + 1, table, columns, table.total, total=True)

    def _row(
        self, sheet: Any, line: int, table: Table, columns: Sequence[Column], row: Mapping[str, Any], *, total: bool
    ) -> None:
        currency = table.currency_of(row)
        for at, column in enumerate(columns):
            value = currency if column.key == "currency" else row.get(column.key)
            if total and at == 0 and value is None:
                sheet.write_string(line, at, self._translate("Total"), self._format("@", bold=True))
            elif value is not None or (not total and column.kind in NAMED_WHEN_MISSING):
                self._cell(sheet, line, at, column, value, currency, bold=total)

    def _cell(
        self, sheet: Any, line: int, at: int, column: Column, value: Any, currency: str | None, *, bold: bool
    ) -> None:
        if column.kind == "money":
            sheet.write_number(line, at, to_major(value, currency or "USD"), self._format(_money(currency), bold=bold))
        elif column.kind == "weight":
            sheet.write_number(line, at, value / 100, self._format("0%", bold=bold))
        elif column.kind in _NUMBERS:
            sheet.write_number(line, at, value, self._format(_NUMBERS[column.kind], bold=bold))
        elif column.kind == "date":
            sheet.write_datetime(line, at, _midnight(value), self._format("yyyy-mm-dd", bold=bold))
        elif column.kind == "month" and value is not None:
            sheet.write_datetime(line, at, _midnight(f"{value}-01"), self._format("mmm yyyy", bold=bold))
        else:
            words = self._words(column, value)
            sheet.write_string(line, at, words[:_LONGEST_CELL], self._format("@", bold=bold))

    def _words(self, column: Column, value: Any) -> str:
        if column.kind == "words":
            return ", ".join(self._translate(word(each)) for each in value)
        words = shown(column.kind, value, names=self._names)
        return self._translate(words) if column.kind in ("word", "stage", "source") and words else words

    def _format(self, number_format: str, *, bold: bool) -> Any:
        key = (number_format, bold)
        if key not in self._formats:
            self._formats[key] = self._book.add_format({"num_format": number_format, "bold": bold, "top": int(bold)})
        return self._formats[key]

    def _sheet_name(self, title: str) -> str:
        """At most 31 characters, none of a few, and no name twice, whatever its case (Excel's rules)."""
        stem = _SHEET_NAME.sub(" ", title).strip(" '")[:31].strip(" '") or "Sheet"
        name, number = stem, 2
        while name.casefold() in self._taken:
            name, number = f"{stem[:28]} {number}", number + 1
        self._taken.add(name.casefold())
        return name


_WIDTHS: Mapping[str, int] = {
    "text": 24, "word": 26, "words": 26, "link": 34, "client": 30, "owner": 22, "source": 20, "stage": 14,
    "money": 16, "month": 12,
}  # fmt: skip
_NUMBERS = {"count": "#,##0", "percent": "0.0%", "days": "0.0"}


def _currency_column(table: Table) -> list[Column]:
    missing = table.has_money and all(each.key != "currency" for each in table.columns)
    return [Column("currency", "Currency")] if missing else []


def _money(currency: str | None) -> str:
    digits = exponent(currency) if currency else _DEFAULT_MONEY_DIGITS
    return "#,##0" + ("." + "0" * digits if digits else "")


def _midnight(value: str | date) -> datetime:
    found = value if isinstance(value, date) else date.fromisoformat(value[:10])
    return datetime(found.year, found.month, found.day)  # noqa: DTZ001  (a day has no time zone)
