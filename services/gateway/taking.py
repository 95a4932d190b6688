"""Data on its way out: the tables of an export, written in pieces, so that no size of them needs more memory."""

from __future__ import annotations

import csv
import functools
import io
import re
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, NamedTuple

from libs.common.money import exponent, json_number, to_major
from libs.common.problems import Invalid
from libs.reporting.sheets import neutral

Row = Mapping[str, Any]
Rows = Iterator[Row]

# Rows of a sheet beside its header, as Excel has them.
SHEET_ROWS = 1_048_575
_LONGEST_CELL = 32_767
# Of a number, as spreadsheets keep it; one with more would be another.
_DIGITS = 15
_PIECE = 256 * 1024
# What separates the words of a cell when a file is brought in, and the quotes that keep them together.
_PARTING = re.compile(r'[,;|\r\n"]')
# What an apostrophe would be taken from, when the file is brought in again.
_MASKED = ("'=", "'+", "'-", "'@", "'\t", "'\r", "'\n", "'＝", "'＋", "'－", "'＠", "''")


@dataclass(frozen=True)
class Columns:
    """One table: its name and the API's names of its fields, in order. An amount has its minor units in the rows.

    numbers: the fields that are numbers and no amounts. entity: whose fields the company may have added to. own: the
    keys of those fields.
    """

    name: str
    names: Sequence[str]
    money: frozenset[str] = frozenset()
    numbers: frozenset[str] = frozenset()
    entity: str | None = None
    own: Sequence[str] = ()

    @property
    def header(self) -> list[str]:
        """The names of all columns. The company's own fields stand there as an import maps a column to them."""
        return [*self.names, *(f"{self.entity}.custom.{key}" for key in self.own)]

    def with_own(self, keys: Sequence[str]) -> Columns:
        """The same with a column for each of the company's own fields."""
        return replace(self, own=tuple(keys))

    def cells(self, row: Row) -> list[str]:
        """A row as text."""
        values = row.get("custom") or {}
        return [*(self._cell(name, row) for name in self.names), *(own_value(values.get(key)) for key in self.own)]

    def figures(self, row: Row, base: str) -> list[Figure | None]:
        """What of a row a spreadsheet keeps as a number; None for all else. base: the currency that amounts are in
        when they name none."""
        values = row.get("custom") or {}
        return [
            *(self._figure(name, row) for name in self.names),
            *(own_figure(values.get(key), base) for key in self.own),
        ]

    def _cell(self, name: str, row: Row) -> str:
        if name in self.money:
            minor = row.get(f"{name}_minor")
            return "" if minor is None else in_figures(Decimal(json_number(minor, str(row["currency"]))))
        return written(row.get(name))

    def _figure(self, name: str, row: Row) -> Figure | None:
        if name in self.money and (minor := row.get(f"{name}_minor")) is not None:
            return _exact(to_major(minor, row["currency"]), _decimals(row["currency"]))
        if name in self.numbers and (number := row.get(name)) is not None:
            return _exact(Decimal(str(number)))
        return None


class Figure(NamedTuple):
    """A number of a sheet, and how it is shown there."""

    number: Decimal
    shown: str


def own_figure(value: Any, base: str) -> Figure | None:
    """A number or an amount of one of the company's own fields. An amount in another currency than ``base`` stays text,
    which names it: as a number it would be brought in as one in ``base``, and would be summed with them."""
    if isinstance(value, Mapping):
        amount = to_major(value["amount_minor"], value["currency"])
        return _exact(amount, f'{_decimals(base)} "{base}"') if value["currency"] == base else None
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _exact(Decimal(str(value)))
    return None


def _exact(number: Decimal, shown: str = "General") -> Figure | None:
    """A number as a figure; None where a spreadsheet would round it."""
    return Figure(number, shown) if len(number.normalize().as_tuple().digits) <= _DIGITS else None


def _decimals(currency: str) -> str:
    digits = exponent(currency)
    return "#,##0" + ("." + "0" * digits if digits else "")


def written(value: Any) -> str:
    """A value as a cell; text that a spreadsheet would run has an apostrophe before it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return masked("; ".join(_step(each) if isinstance(each, dict) else _quoted(str(each)) for each in value))
    return masked(str(value))


def own_value(value: Any) -> str:
    """A value of one of the company's own fields as a cell: an amount with its currency, a number in figures."""
    if isinstance(value, Mapping):
        return f"{in_figures(to_major(value['amount_minor'], value['currency']))} {value['currency']}"
    if isinstance(value, int | float) and not isinstance(value, bool):
        return in_figures(Decimal(str(value)))
    return written(value)


def in_figures(number: Decimal) -> str:
    """A number as a cell. 1.234 is a thousand and more to half of the world; with one zero more it is the same to
    everybody."""
    figures = format(number, "f")
    return f"{figures}0" if len(figures.partition(".")[2]) == 3 else figures


def masked(text: str) -> str:
    """Text that no spreadsheet runs, and that is the same when it is brought in again."""
    return f"'{text}" if text.startswith(_MASKED) else neutral(text)


def _quoted(word: str) -> str:
    """A word of several in a cell; in quotes where something in it would part it in two."""
    return '"' + word.replace('"', '""') + '"' if _PARTING.search(word) else word


def _step(step: Mapping[str, Any]) -> str:
    return f"{step['stage']} {step['on']}"


def csv_pieces(columns: Columns, rows: Rows) -> Iterator[bytes]:
    """The table as CSV, in pieces."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(columns.header)
    for row in rows:
        writer.writerow(columns.cells(row))
        if buffer.tell() > _PIECE:
            yield _taken(buffer)
    yield _taken(buffer)


def xlsx_pieces(columns: Columns, rows: Rows, base: str) -> Iterator[bytes]:
    """The table as a workbook, in pieces: numbers and amounts as numbers, all else as text. It is written to the disk
    first; Invalid when a sheet cannot hold it. base: the currency that amounts are in when they name none."""
    import xlsxwriter

    with tempfile.TemporaryFile() as held:
        settings = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        with xlsxwriter.Workbook(held, settings) as book:
            sheet, bold = book.add_worksheet(columns.name[:31]), book.add_format({"bold": True})
            sheet.freeze_panes(1, 0)
            sheet.write_row(0, 0, columns.header, bold)
            as_shown = functools.cache(lambda shown: book.add_format({"num_format": shown}))
            for line, row in enumerate(rows, start=1):
                if line > SHEET_ROWS:
                    raise Invalid(f"a sheet holds at most {SHEET_ROWS:,} rows; take the CSV")
                cells = zip(columns.cells(row), columns.figures(row, base), strict=True)
                for place, (cell, figure) in enumerate(cells):
                    if figure:
                        sheet.write_number(line, place, figure.number, as_shown(figure.shown))
                    else:
                        # By its column, never by its looks: a number of a phone is no sum.
                        sheet.write_string(line, place, cell[:_LONGEST_CELL])
        held.seek(0)
        while piece := held.read(_PIECE):
            yield piece


def zip_pieces(tables: Iterable[tuple[Columns, Callable[[], Rows]]]) -> Iterator[bytes]:
    """Several tables as CSV files of one archive, which is on its way before it is whole."""
    pipe = _Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:
        for columns, open_rows in tables:
            with archive.open(f"{columns.name}.csv", "w", force_zip64=True) as entry:
                for piece in csv_pieces(columns, open_rows()):
                    entry.write(piece)
                    yield pipe.taken()
    yield pipe.taken()


class _Pipe(io.RawIOBase):
    """Where an archive is written to and taken from at once; it cannot go back, and needs not."""

    def __init__(self) -> None:
        self._held = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, piece: Any) -> int:
        self._held += piece
        return len(piece)

    def taken(self) -> bytes:
        found, self._held = bytes(self._held), bytearray()
        return found


def _taken(buffer: io.StringIO) -> bytes:
    found = buffer.getvalue().encode()
    buffer.seek(0)
    buffer.truncate()
    return found
