"""Text files with columns: their encoding, what separates them, and their rows, a piece at a time."""

from __future__ import annotations

import codecs
import csv
import io
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO

from libs.common.uploads.limits import Limits, Unreadable

_SAMPLE = 256 * 1024
_SEPARATORS = (",", ";", "\t", "|")
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Bytes from which words can be told, and by how much less sense (in percent) the usual one may make.
_TELLING = 400
_CHAOS = 3.0
# What spreadsheets on old machines write; told apart by the letters that make words.
_OLD = ["cp1252", "cp1250", "iso8859_2", "iso8859_15", "cp1251", "mac_roman", "cp437", "cp850"]


def encoding_of(path: Path) -> str:
    """How the text of a file is written down. Unreadable for what is no text."""
    with path.open("rb") as file:
        sample = file.read(_SAMPLE)
    for mark, encoding in _BOMS:
        if sample.startswith(mark):
            return encoding
    if b"\x00" in sample:
        return _wide(sample)
    if _is_utf8(path):
        return "utf-8"
    if sum(byte < 9 or 13 < byte < 32 for byte in sample) > len(sample) // 200:
        raise Unreadable("this is not a text file; save the sheet as CSV or XLSX")
    return _old(sample)


def rows(path: Path, limits: Limits) -> Iterator[tuple[int, list[str]]]:
    """Each row with the line it ends on; empty ones are left out."""
    encoding = encoding_of(path)
    with path.open("r", encoding=encoding, errors="replace", newline="") as file:
        sample = file.read(_SAMPLE)
    separator, named = _separator(sample)
    with path.open("r", encoding=encoding, errors="replace", newline="") as file:
        yield from _parsed(file, separator, limits, skip=1 if named else 0)


def _parsed(file: IO[str], separator: str, limits: Limits, skip: int) -> Iterator[tuple[int, list[str]]]:
    # A quote that never ends would make one cell of the rest: past this a row is refused.
    csv.field_size_limit(limits.cell * 4)
    reader = csv.reader(_lines(file), delimiter=separator)
    try:
        for number, cells in enumerate(reader):
            if number < skip or not any(cell.strip() for cell in cells):
                continue
            yield reader.line_num, limits.row(cells, reader.line_num)
    except csv.Error:
        # The one thing a lenient reader refuses: more text than a field may have, since a quote was opened and not
        # closed.
        raise Unreadable(
            f"line {reader.line_num} holds a cell that does not end; is a quotation mark missing"
        ) from None


def _lines(file: Iterable[str]) -> Iterator[str]:
    for line in file:
        yield line.replace("\x00", "") if "\x00" in line else line


def _separator(sample: str) -> tuple[str, bool]:
    """What separates the columns, and whether a line ``sep=;`` says so."""
    first = sample.lstrip("\ufeff").split("\n", 1)[0].strip().strip('"')
    if first.lower().startswith("sep=") and len(first) <= 5:
        return (first[4:] or "\t"), True
    return max(_SEPARATORS, key=lambda each: _agreement(sample, each)), False


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
        return (0.0, 0)
    # The last row of a sample may be cut.
    several = {columns: rows for columns, rows in counts.items() if columns > 1}
    if not several:
        return (0.0, 0)
    columns, most = max(several.items(), key=lambda each: each[1])
    return (most / sum(counts.values()), columns)


def _wide(sample: bytes) -> str:
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    if odd > len(sample) // 6 and even < odd // 4:
        return "utf-16-le"
    if even > len(sample) // 6 and odd < even // 4:
        return "utf-16-be"
    raise Unreadable("this is not a text file; save the sheet as CSV or XLSX")


def _is_utf8(path: Path) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        with path.open("rb") as file:
            while piece := file.read(1 << 20):
                decoder.decode(piece)
            decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _old(sample: bytes) -> str:
    from charset_normalizer import from_bytes

    found = list(from_bytes(sample[: 64 * 1024], cp_isolation=_OLD))
    usual = next((each for each in found if "cp1252" in (each.encoding, *each.could_be_from_charset)), None)
    # Without many words to go by, what most offices wrote.
    if not found or len(sample) < _TELLING or (usual and usual.percent_chaos <= found[0].percent_chaos + _CHAOS):
        return "cp1252"
    return found[0].encoding
