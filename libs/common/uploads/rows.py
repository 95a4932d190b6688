"""A row of a file as it was found, and what is wrong with it whatever its columns mean."""

from __future__ import annotations

from typing import NamedTuple

from libs.common.uploads.limits import Limits

# What stands where bytes were that are no text.
BROKEN = "\ufffd"
# How a reader marks such bytes; no text holds it, and a database takes none.
MARK = "\udcff"
UNDECODED = "some bytes here are no text in the encoding of this file; write it anew"
UNCLOSED = "a quotation mark is opened in this line and not closed"
ASTRAY = "a quotation mark stands astray in these lines, and rows may have run together"
# A cell with so many lines that look like rows of their own has a quotation mark that stands astray.
ROWS_INSIDE = "a cell here holds many lines that look like rows; is a quotation mark missing"


class Fault(NamedTuple):
    """Why a row is not good. column: the place of the cell at fault; None for the whole row."""

    column: int | None
    reason: str


class Row(NamedTuple):
    """A row, the line it ends on, and its faults."""

    line: int
    cells: list[str]
    faults: tuple[Fault, ...] = ()


class Figure(str):
    """What a workbook holds as a number: it says how it is read, and nothing of what people type beside it."""

    __slots__ = ()


def bounded(line: int, cells: list[str], limits: Limits, width: int = 0, undecoded: bool = False) -> Row:
    """A row within the limits; what is beyond them is cut off, and said.

    width: how many cells it had, where some are gone already. undecoded: whether marks of broken bytes may be in it.
    """
    width = max(width, len(cells))
    faults = []
    if width > limits.columns:
        cells = cells[: limits.columns]
        faults.append(Fault(None, f"this row has {width:,} cells; at most {limits.columns} are taken"))
    if any(len(cell) > limits.cell for cell in cells):
        reason = f"this cell has more than {limits.cell:,} characters; the rest is gone"
        faults += [Fault(place, reason) for place, cell in enumerate(cells) if len(cell) > limits.cell]
        cells = [cell[: limits.cell] for cell in cells]
    if undecoded:
        faults += [Fault(place, UNDECODED) for place, cell in enumerate(cells) if MARK in cell]
        cells = [cell.replace(MARK, BROKEN) for cell in cells]
    return Row(line, cells, tuple(faults))
