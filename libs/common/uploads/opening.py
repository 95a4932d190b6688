"""A file as the tables that are in it: one of a text, one a sheet of a workbook, all of an archive's files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path

from libs.common.uploads import archives, texts, workbooks
from libs.common.uploads.limits import Limits, Unreadable

Row = tuple[int, list[str]]
# Whether a cell may be the name of a column.
Known = Callable[[str], bool]

_LOOKED_AT = 25
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
class Table:
    """name: of the file or sheet. columns: their names, each once. rows: those below the header, with their lines."""

    name: str
    columns: list[str]
    rows: Iterator[Row]


def tables(path: Path, name: str, folder: Path, limits: Limits, known: Known) -> Iterator[Table]:
    """The tables of a file, one after the other: the rows of each are read before the next is asked for.

    folder: where parts of archives may be put. known: tells the row of names from a title above it. Unreadable says why
    a file is refused.
    """
    head = _head(path)
    if head.startswith(_OLD_WORKBOOK):
        raise Unreadable("this is a workbook of the old kind; save it as XLSX or CSV")
    if any(head.startswith(mark) for mark in _NEVER_TEXT):
        raise Unreadable("this is not a text file; save the sheet as CSV or XLSX")
    if head.startswith(_ZIP):
        yield from _packed(path, name, folder, limits, known)
    elif head:
        yield _table(name, lambda: texts.rows(path, limits), limits, known)
    else:
        raise Unreadable("this file is empty")


def _packed(path: Path, name: str, folder: Path, limits: Limits, known: Known) -> Iterator[Table]:
    with archives.checked(path, limits) as archive:
        inside = [entry for entry in archive.namelist() if not entry.endswith("/")]
        if "[Content_Types].xml" not in inside:
            yield from _archived(archive, inside, folder, limits, known)
            return
    found = workbooks.sheets(path, limits)
    for sheet in found:
        label = name if len(found) == 1 else sheet
        yield _table(label, lambda sheet=sheet: workbooks.rows(path, sheet, limits), limits, known)  # type: ignore[misc]  # mypy does not follow the default


def _archived(archive: object, inside: list[str], folder: Path, limits: Limits, known: Known) -> Iterator[Table]:
    if not limits.archives:
        raise Unreadable("this is an archive of files; send one CSV or XLSX file")
    wanted = [entry for entry in inside if entry.lower().endswith((".csv", ".tsv", ".txt", ".xlsx"))]
    if not wanted:
        raise Unreadable("this archive holds no CSV and no workbook")
    for number, entry in enumerate(sorted(wanted, key=_order)):
        part = archives.extracted(archive, entry, folder / f"part-{number}", limits)  # type: ignore[arg-type]  # a ZipFile
        if _head(part).strip():
            yield from tables(part, Path(entry).name, folder, limits, known)
        part.unlink()


def _order(entry: str) -> tuple[int, str]:
    """Fields before what has values of them; companies before their people, deals and history, so that each finds its
    company."""
    words = "custom_field client compan account organi contact people person deal opportun activit".split()
    return next((place for place, word in enumerate(words) if word in entry.lower()), len(words)), entry


def _table(name: str, open_rows: Callable[[], Iterator[Row]], limits: Limits, known: Known) -> Table:
    rows = open_rows()
    begin = list(islice(rows, _LOOKED_AT))
    if not begin:
        raise Unreadable("there is nothing in this file")
    place = _header(begin, known)
    columns = _named(begin[place][1])
    return Table(name, columns, _below(begin[place][1], chain(begin[place + 1 :], rows), limits))


def _below(header: list[str], rows: Iterator[Row], limits: Limits) -> Iterator[Row]:
    """The rows without the header that some exports repeat."""
    said = [cell.strip() for cell in header]
    for number, (line, cells) in enumerate(rows):
        if number >= limits.rows:
            raise Unreadable(f"this file has more than {limits.rows:,} rows")
        if [cell.strip() for cell in cells] != said:
            yield line, cells


def _header(begin: list[Row], known: Known) -> int:
    """Which row names the columns: the first that is as wide as the table, or that holds names we know."""
    widths = Counter(_filled(cells) for _line, cells in begin)
    usual = max(widths, key=lambda width: (widths[width], width))
    for place, (_line, cells) in enumerate(begin):
        names = sum(known(cell) for cell in cells)
        wide = _filled(cells) >= max(2, usual * 0.6) if usual > 1 else True
        if wide and (names >= 2 or not _numbers(cells)):
            return place
    return 0


def _filled(cells: list[str]) -> int:
    return sum(bool(cell.strip()) for cell in cells)


def _numbers(cells: list[str]) -> bool:
    """Whether a row looks like data: a name of a column begins with a letter."""
    filled = [cell.strip() for cell in cells if cell.strip()]
    return sum(cell[0].isdigit() or "@" in cell for cell in filled) > len(filled) // 3


def _named(header: list[str]) -> list[str]:
    """The columns' names, each once and none empty."""
    found: list[str] = []
    for number, cell in enumerate(header, start=1):
        name = " ".join(cell.split())[:200] or f"Column {number}"
        again = sum(each == name or each.startswith(f"{name} (") for each in found)
        found.append(f"{name} ({again + 1})" if again else name)
    return found


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(512)
