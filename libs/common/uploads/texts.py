"""Text files with columns: what separates them, and their rows, a piece at a time."""

from __future__ import annotations

import csv
import io
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from libs.common.uploads.encodings import ENCODINGS, MARKED, SAMPLE, encoding_of
from libs.common.uploads.limits import Limits, Unreadable
from libs.common.uploads.rows import ASTRAY, MARK, ROWS_INSIDE, UNCLOSED, Fault, Row, bounded

SEPARATORS = (",", ";", "\t", "|")
# Characters of one cell, in cells as long as they may be, after which a quotation mark is taken for a stray one.
_ENDLESS = 32
# So many stray quotation marks are one row each; a file with more of them is refused.
_MOST_UNCLOSED = 100
# So many lines of one cell that look like rows are no text that somebody wrote.
_MANY = 20
_HALF, _NEARLY_ALL = 0.5, 0.9
# What the reader gets after the last line: whoever finds it in a cell was inside quotation marks.
_END = "\x03\x02\x03"


@dataclass(frozen=True, slots=True)
class Format:
    """How a text is read. width: how many columns its rows have, as far as it shows. skip: lines that are no rows."""

    encoding: str
    separator: str
    width: int
    skip: int = 0


def format_of(path: Path, encoding: str | None = None, separator: str | None = None) -> Format:
    """How a file is read; what is given is not guessed. Unreadable for what is no text."""
    encoding = encoding or encoding_of(path)
    with _opened(path, encoding) as file:
        sample = file.read(SAMPLE)
    said = _said(sample)
    chosen = separator or said or max(SEPARATORS, key=lambda each: _agreement(sample, each))
    return Format(encoding, chosen, _agreement(sample, chosen)[1], 1 if said else 0)


def rows(path: Path, format_: Format, limits: Limits) -> Iterator[Row]:
    """Each row with the line it ends on; empty ones are left out."""
    # The reader knows one limit for all cells; a text is read by one thread at a time.
    csv.field_size_limit(limits.cell * _ENDLESS)
    with _opened(path, format_.encoding) as file:
        for row in _Parser(_Lines(file, limits.line), format_, limits).rows():
            if row.line > format_.skip and any(cell.strip() for cell in row.cells):
                yield row


def _opened(path: Path, encoding: str) -> IO[str]:
    return path.open("r", encoding=ENCODINGS[encoding], errors=MARKED, newline="")


class _Lines:
    """The lines of a file. Those of the row that is read are kept, so that they can be read anew."""

    def __init__(self, file: IO[str], longest: int) -> None:
        self._file, self._longest = file, longest
        self._again: deque[str] = deque()
        self._ended = False
        self._taken: list[str] = []
        self._held = 0
        self.number = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._again.popleft() if self._again else self._read()
        self.number += 1
        self._held += len(line)
        self._taken.append(line)
        if self._held > self._longest:
            raise Unreadable(f"line {self.number} has more than {self._longest:,} characters; that is no row")
        return line

    def _read(self) -> str:
        if self._ended:
            raise StopIteration
        line = self._file.readline(self._longest + 1)
        self._ended = not line
        return line.replace("\x00", "") if line else _END

    def take(self) -> list[str]:
        """The lines of the row that was read."""
        taken, self._taken, self._held = self._taken, [], 0
        return taken

    def put_back(self, lines: list[str]) -> None:
        """Have these lines read once more; they were the last."""
        self._again.extendleft(reversed(lines))
        self.number -= len(lines)


class _Parser:
    """Rows of lines. A quotation mark that is not closed makes its own line a row with a fault, and no more."""

    def __init__(self, lines: _Lines, format_: Format, limits: Limits) -> None:
        self._lines, self._format, self._limits = lines, format_, limits
        self._unclosed = 0

    def rows(self) -> Iterator[Row]:
        """All rows, the empty ones among them."""
        while True:
            reader = csv.reader(self._lines, delimiter=self._format.separator)
            try:
                for cells in reader:
                    taken = self._lines.take()
                    if taken == [_END]:
                        return
                    if len(taken) > 1 and self._is_torn(taken, cells):
                        yield self._first_of(taken)
                        break
                    yield self._row(taken, cells)
                else:
                    return
            except csv.Error:
                # The one thing a lenient reader refuses: a cell without an end.
                yield self._first_of(self._lines.take())

    def _row(self, taken: list[str], cells: list[str]) -> Row:
        row = bounded(self._lines.number, cells, self._limits, undecoded=any(MARK in line for line in taken))
        if len(taken) == 1:
            return row
        if not self._is_strict(taken):
            return row._replace(faults=(*row.faults, Fault(None, ASTRAY)))
        if len(taken) > _MANY and self._rows_inside(taken, _MANY) > _NEARLY_ALL:
            return row._replace(faults=(*row.faults, Fault(None, ROWS_INSIDE)))
        return row

    def _first_of(self, taken: list[str]) -> Row:
        """The first line of what became one row by a stray quotation mark; the others are read anew."""
        self._lines.put_back(taken[1:])
        self._unclosed += 1
        if self._unclosed > _MOST_UNCLOSED:
            raise Unreadable(
                f"a quotation mark is opened in line {self._lines.number} and not closed, as in many lines before it"
            )
        line = taken[0]
        row = bounded(self._lines.number, self._alone(line), self._limits, undecoded=MARK in line)
        stray = len(taken) > 1 or len(line) <= self._limits.cell
        return row._replace(faults=(*row.faults, Fault(None, UNCLOSED))) if stray else row

    def _is_torn(self, taken: list[str], cells: list[str]) -> bool:
        """Whether a quotation mark made one row of several lines: none was there to close it, or one that was not
        meant to."""
        if taken[-1] == _END:
            return True
        inside = self._rows_inside(taken)
        if not self._is_strict(taken):
            return inside >= _HALF
        return len(cells) != self._format.width and inside > _NEARLY_ALL

    def _rows_inside(self, taken: list[str], least: int = 1) -> float:
        """How much of a row beyond its first line looks like rows of their own; 0 of fewer than these."""
        try:
            found = [len(cells) for cells in csv.reader(taken[1:], delimiter=self._format.separator)]
        except csv.Error:
            return 0
        alike = found.count(self._format.width)
        return alike / len(found) if self._format.width > 1 and alike >= least else 0

    def _is_strict(self, taken: list[str]) -> bool:
        try:
            return bool(list(csv.reader(taken, delimiter=self._format.separator, strict=True)))
        except csv.Error:
            return False

    def _alone(self, line: str) -> list[str]:
        try:
            found = next(csv.reader([line], delimiter=self._format.separator), [])
        except csv.Error:
            found = line.split(self._format.separator)
        return [cell.strip("\r\n") for cell in found]


def _said(sample: str) -> str | None:
    """The separator that a first line ``sep=;`` names."""
    first = sample.lstrip("\ufeff").split("\n", 1)[0].strip("\r ").strip('"')
    if first.lower().startswith("sep=") and len(first) <= 5:
        return first[4:] or "\t"
    return None


def _agreement(sample: str, separator: str) -> tuple[float, int]:
    """How many rows have the same number of columns, and how many those are; one column says nothing."""
    counts: Counter[int] = Counter()
    try:
        for number, cells in enumerate(csv.reader(io.StringIO(sample, newline=""), delimiter=separator)):
            if any(cells):
                counts[len(cells)] += 1
            if number > 200:
                break
    except csv.Error:
        # A cell without an end: the rows before it are there to go by.
        pass
    # The last row of a sample may be cut.
    several = {columns: rows for columns, rows in counts.items() if columns > 1}
    if not several:
        return (0.0, 0)
    columns, most = max(several.items(), key=lambda each: each[1])
    return (most / sum(counts.values()), columns)
