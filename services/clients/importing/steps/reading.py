"""The file becomes rows: fetched, looked at, understood as far as its columns' names tell."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import delete

from libs.common.copying import text_array
from libs.common.database import UnitOfWork
from libs.common.jobs import Job
from libs.common.uploads import Figure, How, Row, Table, Unreadable, tables
from services.clients.importing import dates, numbers, segment_lists
from services.clients.importing.amounts import figures_of
from services.clients.importing.field_lists import ABOUT, FieldReader, is_field_list
from services.clients.importing.foreign import foreign
from services.clients.importing.headers import guess, recognised, system_of
from services.clients.importing.own_fields import open_ones
from services.clients.importing.readings import Problem
from services.clients.importing.segment_lists import is_segment_list
from services.clients.importing.steps.run import Tools, fields_there_are, note, unit
from services.clients.importing.targets import TARGETS
from services.clients.models import import_rows

# Rows a COPY carries: one for all would meet the limit of a statement's time.
_PIECE = 5000
_COPY = "COPY import_rows (import_id, n, sheet, line, cells, state, faults) FROM STDIN"
_SAMPLES = 3
# Characters of a line among the first, by which people know it.
_SHOWN = 80
FIELDS = "these fields of your own are made before the rows that have values of them; those you have already stay"
SEGMENTS = "these segments are saved after the rows; of those you have already each stays as it is"
HIDDEN = "this sheet is hidden in its workbook, and is left out unless you take it in"
_NOTES = {ABOUT: FIELDS, segment_lists.ABOUT: SEGMENTS}
# Of a date or a number, as people write them.
_LONGEST = 30


def read(tools: Tools, job: Job, run: Any) -> bool:
    """Bring the rows into the database, all or none of them; then they are checked."""
    with tempfile.TemporaryDirectory(prefix="import-") as name:
        folder = Path(name)
        path = _fetched(tools, run, folder / "file")
        own = open_ones(fields_there_are(tools))
        with unit(tools, job, run, "reading") as (uow, now):
            if now is None:
                return False
            uow.session.execute(delete(import_rows).where(import_rows.c.import_id == run.id))
            sheets, total = [], 0
            labels = {each["name"]: each["label"] for each in own}
            chosen = _chosen(now.chosen)
            for place, table in enumerate(tables(path, run.filename, folder, tools.limits, recognised, chosen)):
                sheet = _Sheet(table)
                total = _copied(uow, run.id, place, sheet, total)
                labels |= sheet.labels()
                sheets.append(_permitted(sheet.document(labels), run.made_by_role))
            if not total:
                raise Unreadable("there are no rows below the header")
            names = [column["name"] for sheet in sheets for column in sheet["columns"]]
            counted = {"rows": total, "bad": 0, "found": {}, "phase": "", "position": 0}
            note(uow, now, state="checking", sheets=sheets, custom=own, system=system_of(names), **counted)
    return True


def _chosen(by_place: dict[str, dict[str, Any]]) -> Iterator[How]:
    """How the tables are to be read, in their order, without an end."""
    said = (by_place.get(str(place), {}) for place in count())
    return (How(each.get("encoding"), each.get("separator"), each.get("header_line")) for each in said)


def _fetched(tools: Tools, run: Any, path: Path) -> Path:
    size = 0
    with path.open("wb") as file:
        for piece in tools.files.stream(run.key):
            size += len(piece)
            if size > tools.largest:
                raise Unreadable(f"this file has more than {tools.largest / 1e6:,.0f} MB")
            file.write(piece)
    return path


class _Sheet:
    """One table, with what its cells say of its columns."""

    def __init__(self, table: Table) -> None:
        self.table = table
        width = len(table.columns)
        self._samples: list[list[str]] = [[] for _ in range(width)]
        self._days = [dates.Evidence() for _ in range(width)]
        self._numbers = [numbers.Evidence() for _ in range(width)]
        self._filled = [0] * width
        self._fields = FieldReader(table.columns, admin=True) if is_field_list(table.columns) else None
        self._list = ABOUT if self._fields else segment_lists.ABOUT if is_segment_list(table.columns) else None
        self._labels: dict[str, str] = {}
        self.rows = 0

    def look(self) -> Iterator[Row]:
        """The rows, looked at as they pass."""
        for row in self.table.rows:
            self.rows += 1
            if self._fields and (field := self._fields.field(row.cells)):
                self._labels[field.name] = field.definition.label
            for place, cell in enumerate(row.cells[: len(self._filled)]):
                if cell:
                    self._cell(place, cell)
            yield row

    def _cell(self, place: int, cell: str) -> None:
        self._filled[place] += 1
        samples = self._samples[place]
        if len(samples) < _SAMPLES and cell.strip() and cell[:80] not in samples:
            samples.append(cell[:80])
        if len(cell) > _LONGEST or isinstance(cell, Figure):
            return
        if cell[0].isdigit():
            self._days[place].look(cell)
        if ("." in cell or "," in cell) and (figures := figures_of(cell)):
            self._numbers[place].look(cell, figures)

    def labels(self) -> dict[str, str]:
        """The labels of the fields that the table itself defines, for those that come after it; none of others."""
        return self._labels

    def document(self, custom: dict[str, str]) -> dict[str, Any]:
        """The table as the import keeps it. custom: the fields that the company made, with their labels."""
        entity, targets = guess(self.table.name, self.table.columns, custom)
        if self._list:
            entity, targets = self._list, [None] * len(targets)
        columns = [
            {
                "name": name,
                "target": target,
                "samples": self._samples[place],
                "filled": self._filled[place],
                "order": self._days[place].order,
                "two_dates": self._days[place].samples if self._days[place].asks else [],
                "mark": self._numbers[place].mark,
                "two_numbers": self._numbers[place].samples if self._numbers[place].asks else [],
            }
            for place, (name, target) in enumerate(zip(self.table.columns, targets, strict=True))
        ]
        about = {"name": self.table.name, "about": entity, "rows": self.rows, "columns": columns}
        about |= {"encoding": self.table.encoding, "separator": self.table.separator, "header_line": self.table.header}
        about["first_lines"] = [{"line": row.line, "text": _shown(row.cells)} for row in self.table.begin]
        return about | self._left_out()

    def _left_out(self) -> dict[str, Any]:
        """Whether the table is left out while nobody says otherwise, and what is said of it."""
        if self.table.hidden:
            return {"skip": True, "note": HIDDEN}
        if self._list:
            return {"skip": False, "note": _NOTES[self._list]}
        note = foreign(self.table.columns)
        return {"skip": note is not None, "note": note}


def _shown(cells: list[str]) -> str:
    """A row in a few words, to be told from others."""
    return ", ".join(" ".join(cell.split()) for cell in cells if cell.strip())[:_SHOWN]


def _permitted(sheet: dict[str, Any], role: str) -> dict[str, Any]:
    """The table without what only an admin brings in. A deal's past is left: without it a deal that is won would have
    been won today, so such rows are refused in words."""
    if role == "admin":
        return sheet
    kept = {name for name, target in TARGETS.items() if target.entity == "deal" or not target.admin}
    columns = [
        each if each["target"] in kept or each["target"] not in TARGETS else each | {"target": None}
        for each in sheet["columns"]
    ]
    return sheet | {"columns": columns}


def _copied(uow: UnitOfWork, import_id: str, place: int, sheet: _Sheet, total: int) -> int:
    connection: Any = uow.session.connection().connection.driver_connection
    rows, more = sheet.look(), True
    with connection.cursor() as cursor:
        while more:
            with cursor.copy(_COPY) as copy:
                more = False
                for row in rows:
                    total += 1
                    faults = _faults(row) if row.faults else None
                    copy.write_row((import_id, total, place, row.line, text_array(row.cells), "good", faults))
                    if total % _PIECE == 0:
                        more = True
                        break
    return total


def _faults(row: Row) -> str:
    return orjson.dumps([Problem(each.column, "", each.reason).document() for each in row.faults]).decode()
