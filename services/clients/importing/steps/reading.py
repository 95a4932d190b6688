"""The file becomes rows: fetched, looked at, understood as far as its columns' names tell."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import delete

from libs.common.database import UnitOfWork
from libs.common.jobs import Job
from services.clients.importing.dates import Evidence
from services.clients.importing.files import Table, Unreadable, tables
from services.clients.importing.headers import guess, system_of
from services.clients.importing.steps.run import Tools, note, unit
from services.clients.models import import_rows

# Rows a COPY carries: one for all would meet the limit of a statement's time.
_PIECE = 5000
_COPY = "COPY import_rows (import_id, n, sheet, line, cells, state) FROM STDIN"
_SAMPLES = 3
_DATE_LENGTH = 30


def read(tools: Tools, job: Job, run: Any) -> bool:
    """Bring the rows into the database, all or none of them; then they are checked."""
    with tempfile.TemporaryDirectory(prefix="import-") as name:
        folder = Path(name)
        path = _fetched(tools, run, folder / "file")
        with unit(tools, job, run, "reading") as (uow, now):
            if now is None:
                return False
            uow.session.execute(delete(import_rows).where(import_rows.c.import_id == run.id))
            sheets, total = [], 0
            for place, table in enumerate(tables(path, run.filename, folder, tools.limits)):
                sheet = _Sheet(table)
                total = _copied(uow, run.id, place, sheet, total)
                sheets.append(sheet.document())
            if not total:
                raise Unreadable("there are no rows below the header")
            names = [column["name"] for sheet in sheets for column in sheet["columns"]]
            counted = {"rows": total, "bad": 0, "found": {}, "phase": "", "position": 0}
            note(uow, now, state="checking", sheets=sheets, system=system_of(names), **counted)
    return True


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
        self._evidence = [Evidence() for _ in range(width)]
        self._filled = [0] * width
        self.rows = 0

    def look(self) -> Iterator[tuple[int, list[str]]]:
        """The rows, looked at as they pass."""
        for line, cells in self.table.rows:
            self.rows += 1
            for place, cell in enumerate(cells[: len(self._filled)]):
                if cell:
                    self._cell(place, cell)
            yield line, cells

    def _cell(self, place: int, cell: str) -> None:
        self._filled[place] += 1
        samples = self._samples[place]
        if len(samples) < _SAMPLES and cell.strip() and cell[:80] not in samples:
            samples.append(cell[:80])
        if len(cell) <= _DATE_LENGTH and cell[0].isdigit():
            self._evidence[place].look(cell)

    def document(self) -> dict[str, Any]:
        entity, targets = guess(self.table.name, self.table.columns)
        columns = [
            {
                "name": name,
                "target": target,
                "samples": self._samples[place],
                "filled": self._filled[place],
                "order": self._evidence[place].order,
                "two_dates": self._evidence[place].samples if self._evidence[place].asks else [],
            }
            for place, (name, target) in enumerate(zip(self.table.columns, targets, strict=True))
        ]
        return {"name": self.table.name, "about": entity, "columns": columns, "rows": self.rows, "skip": False}


def _copied(uow: UnitOfWork, import_id: str, place: int, sheet: _Sheet, total: int) -> int:
    connection: Any = uow.session.connection().connection.driver_connection
    rows, more = sheet.look(), True
    with connection.cursor() as cursor:
        while more:
            with cursor.copy(_COPY) as copy:
                more = False
                for line, cells in rows:
                    total += 1
                    copy.write_row((import_id, total, place, line, cells, "good"))
                    if total % _PIECE == 0:
                        more = True
                        break
    return total
