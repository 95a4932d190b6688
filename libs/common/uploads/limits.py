"""How much of a file is read at most."""

from __future__ import annotations

from dataclasses import dataclass


class Unreadable(Exception):
    """A file that is refused as a whole; the text says why, for a person."""


@dataclass(frozen=True, slots=True)
class Limits:
    """rows, columns, cell: rows of a file, columns of a row, characters of a cell.

    unpacked: bytes an archive may hold once unpacked; ratio: by how much it may grow; entries: files in it.
    archives: whether one of several files is taken. memory, seconds: what the process that reads a workbook gets.
    """

    rows: int = 1_000_000
    columns: int = 300
    cell: int = 32_767
    line: int = 10_000_000
    unpacked: int = 600_000_000
    ratio: int = 200
    entries: int = 2_000
    archives: bool = True
    memory: int = 1_500_000_000
    seconds: int = 300
