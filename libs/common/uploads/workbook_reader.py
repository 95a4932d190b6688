"""The program that reads one workbook: ``workbook_reader.py file memory seconds columns cell [sheet]``.

It writes a line of JSON a row, or of each sheet its name and whether it is hidden, and a last line that says it came to
the end. Of a row that is wider than ``columns``, and of a cell that is longer than ``cell``, it writes no more than
shows that it is.
"""

from __future__ import annotations

import resource
import sys
from datetime import date, datetime, time, timedelta
from typing import Any

import orjson


def _limit(memory: int, seconds: int) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _cell(value: Any, longest: int) -> str | int | float:
    """A cell as text of at most one character more than ``longest``, dates as ISO 8601; a number as it is."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return int(value) if value.is_integer() and abs(value) < 1e15 else value
    return _text(value)[: longest + 1]


def _text(value: Any) -> str:
    if isinstance(value, datetime):
        midnight = value.time() == time()
        return value.date().isoformat() if midnight else value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return str(value)
    return str(value)


def _say(line: dict[str, Any]) -> None:
    sys.stdout.buffer.write(orjson.dumps(line) + b"\n")


def _read(path: str, columns: int, longest: int, sheet: str | None) -> None:
    from python_calamine import CalamineWorkbook, SheetVisibleEnum

    book = CalamineWorkbook.from_path(path)
    if sheet is None:
        hidden = {each.name for each in book.sheets_metadata if each.visible != SheetVisibleEnum.Visible}
        for name in book.sheet_names:
            found = book.get_sheet_by_name(name)
            if found.start is not None:
                _say({"sheet": name, "hidden": name in hidden})
        return
    found = book.get_sheet_by_name(sheet)
    is_wide = found.start is not None and found.width > columns
    for number, row in enumerate(found.iter_rows()):
        width = _filled(row) if is_wide else len(row)
        cells = [_cell(cell, longest) for cell in row[: min(width, columns)]]
        if width > columns or any(not isinstance(cell, str) or cell.strip() for cell in cells):
            _say({"row": number + 1, "cells": cells, "width": width})


def _filled(row: list[Any]) -> int:
    """How many cells a row has up to its last one that holds something."""
    return max((place for place, cell in enumerate(row, start=1) if cell != ""), default=0)


def main() -> None:
    path, memory, seconds, columns, longest, *sheet = sys.argv[1:]
    _limit(int(memory), int(seconds))
    try:
        _read(path, int(columns), int(longest), sheet[0] if sheet else None)
    except MemoryError:
        sys.exit(1)
    except Exception as error:
        plain = "this workbook cannot be read; open it, save it anew as XLSX or CSV and try again"
        _say({"refused": plain, "why": f"{type(error).__name__}: {error}"})
    _say({"end": True})


if __name__ == "__main__":
    main()
