"""A file as the tables that are in it: one of a text, one a sheet of a workbook, all of an archive's files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import chain, islice, repeat
from pathlib import Path
from zipfile import ZipFile

from libs.common.uploads import archives, heads, texts, workbooks
from libs.common.uploads.encodings import NO_TEXT
from libs.common.uploads.heads import Known, header_of
from libs.common.uploads.limits import Limits, Unreadable
from libs.common.uploads.rows import UNCLOSED, Row

# So many rows are looked at for the one that names the columns.
LOOKED_AT = 25
_OLD_WORKBOOK = b"\xd0\xcf\x11\xe0"
_ZIP = b"PK\x03\x04"
_NEVER_TEXT = (
    b"%PDF",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"\x7fELF",
    b"\x1f\x8b",
    b"SQLite format 3",
    b"Rar!",
    b"7z\xbc",
)


@dataclass(frozen=True, slots=True)
class How:
    """How a table is to be read; None is guessed.

    encoding: one of ENCODINGS. separator: one of SEPARATORS. header: the line that names the columns, 0 for none.
    """

    encoding: str | None = None
    separator: str | None = None
    header: int | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """name: of the file or sheet. columns: their names, each once. rows: those below the header.

    encoding, separator: how a text was read, None of a sheet of a workbook. header: the line that names the columns, 0
    where none does. begin: the first lines that hold something, whatever they are. hidden: whether its workbook shows
    other sheets and not this one.
    """

    name: str
    columns: list[str]
    rows: Iterator[Row]
    encoding: str | None
    separator: str | None
    header: int
    begin: list[Row]
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class _Opening:
    """What is the same for all tables of a file. chosen: how each of them is to be read, in their order."""

    folder: Path
    limits: Limits
    known: Known
    chosen: Iterator[How]


def tables(
    path: Path, name: str, folder: Path, limits: Limits, known: Known, chosen: Iterable[How] = ()
) -> Iterator[Table]:
    """The tables of a file, one after the other: the rows of each are read before the next is asked for.

    folder: where parts of archives may be put. known: tells the row of names from a title above it. chosen: how the
    tables are to be read, in their order; the others are guessed. Unreadable says why a file is refused.
    """
    yield from _tables(path, name, _Opening(folder, limits, known, chain(chosen, repeat(How()))))


def _tables(path: Path, name: str, opening: _Opening) -> Iterator[Table]:
    head = _head(path)
    if head.startswith(_OLD_WORKBOOK):
        raise Unreadable("this is a workbook of the old kind; save it as XLSX or CSV")
    if any(head.startswith(mark) for mark in _NEVER_TEXT):
        raise Unreadable(NO_TEXT)
    if head.startswith(_ZIP):
        yield from _packed(path, name, opening)
    elif head:
        yield _text(path, name, opening)
    else:
        raise Unreadable("this file is empty")


def _text(path: Path, name: str, opening: _Opening) -> Table:
    how = next(opening.chosen)
    found = texts.format_of(path, how.encoding, how.separator)
    table = _table(name, texts.rows(path, found, opening.limits), opening, how)
    return replace(table, encoding=found.encoding, separator=found.separator)


def _packed(path: Path, name: str, opening: _Opening) -> Iterator[Table]:
    limits = opening.limits
    with archives.checked(path, limits) as archive:
        inside = [entry for entry in archive.namelist() if not entry.endswith("/")]
        if "[Content_Types].xml" not in inside:
            yield from _archived(archive, inside, opening)
            return
    found = workbooks.sheets(path, limits)
    for sheet, hidden in found.items():
        label = name if len(found) == 1 else sheet
        table = _table(label, workbooks.rows(path, sheet, limits), opening, next(opening.chosen))
        yield replace(table, hidden=hidden and not all(found.values()))


def _archived(archive: ZipFile, inside: list[str], opening: _Opening) -> Iterator[Table]:
    if not opening.limits.archives:
        raise Unreadable("this is an archive of files; send one CSV or XLSX file")
    wanted = [entry for entry in inside if entry.lower().endswith((".csv", ".tsv", ".txt", ".xlsx"))]
    if not wanted:
        raise Unreadable("this archive holds no CSV and no workbook")
    for number, entry in enumerate(sorted(wanted, key=_order)):
        part = archives.extracted(archive, entry, opening.folder / f"part-{number}", opening.limits)
        if _head(part).strip():
            yield from _tables(part, Path(entry).name, opening)
        part.unlink()


def _order(entry: str) -> tuple[int, str]:
    """Fields before what has values of them; companies before their people, deals and history, so that each finds its
    company."""
    words = "custom_field client compan account organi contact people person deal opportun activit".split()
    return next((place for place, word in enumerate(words) if word in entry.lower()), len(words)), entry


def _table(name: str, rows: Iterator[Row], opening: _Opening, how: How) -> Table:
    begin = list(islice(rows, LOOKED_AT))
    if not begin:
        raise Unreadable("there is nothing in this file")
    place = header_of(begin, opening.known) if how.header is None else _chosen(begin, how.header)
    if place is None:
        # Nothing is known of what stands there, so that nothing of it is lost.
        width = max(len(row.cells) for row in begin)
        below = _limited(chain(begin, rows), opening.limits)
        return Table(name, heads.named([""] * width), below, None, None, 0, begin)
    header = begin[place]
    if any(each.reason == UNCLOSED for each in header.faults):
        raise Unreadable(f"line {header.line} names the columns, and a quotation mark in it is not closed")
    if any(each.column is None for each in header.faults):
        raise Unreadable(f"line {header.line} has more than {opening.limits.columns} columns; no more are taken")
    below = _without(header.cells, _limited(chain(begin[place + 1 :], rows), opening.limits))
    return Table(name, heads.named(header.cells), below, None, None, header.line, begin)


def _chosen(begin: list[Row], line: int) -> int | None:
    """The place of the row that ends on a line, or the next one; None for line 0."""
    return next((place for place, row in enumerate(begin) if row.line >= line), None) if line else None


def _limited(rows: Iterator[Row], limits: Limits) -> Iterator[Row]:
    for number, row in enumerate(rows):
        if number >= limits.rows:
            raise Unreadable(f"this file has more than {limits.rows:,} rows")
        yield row


def _without(header: list[str], rows: Iterator[Row]) -> Iterator[Row]:
    """The rows without the header that some exports repeat, whatever the case of its letters."""
    said = [cell.strip().casefold() for cell in header]
    return (row for row in rows if [cell.strip().casefold() for cell in row.cells] != said)


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(512)
