"""A file as lines about people, whatever it is: what cannot be read is refused in words."""

from __future__ import annotations

import tempfile
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from libs.common.problems import Invalid
from libs.common.uploads import Limits, Row, Table, Unreadable, tables
from services.gateway.people_lists.headers import places, recognised

MOST = 1_000
LIMITS = Limits(rows=MOST, columns=100, cell=5_000, unpacked=50_000_000, archives=False, memory=700_000_000, seconds=20)
_LARGEST = 5_000_000
_PIECE = 1 << 20


@dataclass(frozen=True, slots=True)
class Line:
    """What one line says; empty where it says nothing. number: its line in the file."""

    number: int
    name: str
    email: str = ""
    role: str = ""
    team: str = ""
    manager: str = ""


def read(stream: IO[bytes], filename: str) -> list[Line]:
    """The people of a CSV file or a workbook; Invalid on ``file`` says why there are none."""
    with tempfile.TemporaryDirectory(prefix="people-") as folder:
        path = Path(folder) / "file"
        _keep(stream, path)
        try:
            for table in tables(path, filename, Path(folder), LIMITS, recognised):
                # All of a table is read before the next is asked for.
                found, where = list(table.rows), places(table.columns)
                if where:
                    return _lines(table, found, where)
        except Unreadable as refused:
            raise Invalid(str(refused), field="file") from None
    raise Invalid("no column of this file says who people are; call one of them name", field="file")


def _keep(stream: IO[bytes], path: Path) -> None:
    size = 0
    with path.open("wb") as file:
        while piece := stream.read(_PIECE):
            size += len(piece)
            if size > _LARGEST:
                raise Invalid(f"this file has more than {_LARGEST / 1e6:,.0f} MB", field="file")
            file.write(piece)


def _lines(table: Table, rows: Sequence[Row], where: dict[str, int]) -> list[Line]:
    if torn := next((row for row in rows if row.faults), None):
        text = "an open quotation mark, bytes that are no text, or far too much"
        raise Invalid(f"line {torn.line} of this file is damaged: {text}", field="file")
    lines = [_line(row.line, {field: _cell(row.cells, place) for field, place in where.items()}) for row in rows]
    if not lines:
        raise Invalid("there are no rows below the header", field="file")
    return lines


def _line(number: int, said: dict[str, str]) -> Line:
    parts = (said.pop("first_name", ""), said.pop("last_name", ""))
    name = said.pop("name", "") or " ".join(each for each in parts if each)
    return Line(number, name, **said)


def _cell(cells: Sequence[str], place: int) -> str:
    """As people write a name: in one spelling of its letters, on one line."""
    return " ".join(unicodedata.normalize("NFC", cells[place]).split()) if place < len(cells) else ""
