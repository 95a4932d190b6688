"""Reads XLSX as a spreadsheet would: the names of its sheets, and the value of every cell with its number format."""

from __future__ import annotations

import io
import re
import xml.etree.ElementTree as ET
import zipfile
from dataclasses import dataclass
from typing import Any

_NS = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


@dataclass(frozen=True)
class Cell:
    """``value``: text or a number; None for a cell with nothing in it."""

    value: Any
    number_format: str


class Workbook:
    """A workbook as it was written."""

    def __init__(self, content: bytes) -> None:
        self.archive = zipfile.ZipFile(io.BytesIO(content))
        self.names = [str(each.get("name")) for each in self._read("xl/workbook.xml").iter(f"{_NS}sheet")]
        self._formats = self._number_formats()

    def rows(self, at: int = 0) -> list[list[Any]]:
        """The values of one sheet."""
        return [[cell.value for cell in row] for row in self.cells(at)]

    def cells(self, at: int = 0) -> list[list[Cell]]:
        """The cells of one sheet; gaps are cells with nothing in them."""
        return [self._row(row) for row in self._read(f"xl/worksheets/sheet{at + 1}.xml").iter(f"{_NS}row")]

    def _row(self, row: ET.Element) -> list[Cell]:
        found: list[Cell] = []
        for cell in row.iter(f"{_NS}c"):
            while len(found) < _column(str(cell.get("r"))):
                found.append(Cell(None, ""))
            found.append(Cell(_value(cell), self._formats[int(cell.get("s") or 0)]))
        return found

    def _number_formats(self) -> list[str]:
        styles = self._read("xl/styles.xml")
        own = {each.get("numFmtId"): str(each.get("formatCode")) for each in styles.iter(f"{_NS}numFmt")}
        used = styles.find(f"{_NS}cellXfs")
        assert used is not None
        return [own.get(each.get("numFmtId"), str(each.get("numFmtId"))) for each in used]

    def _read(self, name: str) -> ET.Element:
        return ET.fromstring(self.archive.read(name))


def _value(cell: ET.Element) -> Any:
    if cell.get("t") == "inlineStr":
        return "".join(each.text or "" for each in cell.iter(f"{_NS}t"))
    value = cell.find(f"{_NS}v")
    return float(value.text or "") if value is not None else None


def _column(reference: str) -> int:
    """The number of a cell's column, from 0: ``C7`` is 2."""
    number = 0
    for letter in re.match(r"[A-Z]+", reference)[0]:  # type: ignore[index]
        number = number * 26 + ord(letter) - 64
    return number - 1
