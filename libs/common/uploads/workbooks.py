"""Workbooks, read by a process of its own that has little memory and little time: a bad one takes only that with it."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import orjson

from libs.common.logging import get_logger
from libs.common.uploads import archives
from libs.common.uploads.limits import Limits, Unreadable
from libs.common.uploads.rows import Figure, Row, bounded

log = get_logger(__name__)

_TOO_MUCH = "this workbook needs more memory or time to read than it gets; save the sheet as CSV"


def sheets(path: Path, limits: Limits) -> dict[str, bool]:
    """The names of the sheets that hold something, in their order, and whether each is hidden."""
    with archives.checked(path, limits) as archive:
        if "[Content_Types].xml" not in archive.namelist():
            raise Unreadable("this is no workbook; save the sheet as CSV or XLSX")
        archives.measured(archive, limits)
    return {str(line["sheet"]): bool(line["hidden"]) for line in _said(path, None, limits)}


def rows(path: Path, sheet: str, limits: Limits) -> Iterator[Row]:
    """Each row of a sheet with its number; empty ones are left out."""
    for line in _said(path, sheet, limits):
        cells = [cell if isinstance(cell, str) else _figure(cell) for cell in line["cells"]]
        yield bounded(int(line["row"]), cells, limits, int(line["width"]))


def _figure(number: int | float) -> Figure:
    """A number in figures, as exact as a workbook shows it. 1.234 is a thousand and more to half of the world; with one
    zero more it is the same to everybody."""
    figures = format(Decimal(str(number) if isinstance(number, int) else f"{number:.15g}"), "f")
    return Figure(f"{figures}0" if len(figures.partition(".")[2]) == 3 else figures)


def _said(path: Path, sheet: str | None, limits: Limits) -> Iterator[dict[str, Any]]:
    command = [sys.executable, "-I", str(Path(__file__).with_name("workbook_reader.py")), str(path)]
    command += [str(limits.memory), str(limits.seconds), str(limits.columns), str(limits.cell)]
    command += [] if sheet is None else [sheet]
    reader = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)  # noqa: S603  (our own program)
    # It has a limit of processor time; one that waits for nothing is ended here.
    end = threading.Timer(limits.seconds * 2, reader.kill)
    end.start()
    finished = False
    try:
        assert reader.stdout is not None
        for line in reader.stdout:
            found = orjson.loads(line)
            if "refused" in found:
                if "why" in found:
                    log.info("a workbook cannot be read", why=found["why"][:300])
                raise Unreadable(str(found["refused"]))
            if "end" in found:
                finished = True
                break
            yield found
        if not finished:
            raise Unreadable(_TOO_MUCH)
    except orjson.JSONDecodeError:
        raise Unreadable(_TOO_MUCH) from None
    finally:
        end.cancel()
        reader.kill()
        reader.wait()
