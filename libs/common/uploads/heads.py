"""Which row of a table names its columns, and what it calls them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence

from libs.common.uploads.rows import Row

# Whether a cell may be the name of a column.
Known = Callable[[str], bool]

# A header has at least so much of the cells that the table has.
_MOST = 0.6
# So many lines of titles and dates may stand above it.
_TITLES = 4
_COMPANY = re.compile(r"\b(gmbh|inc|ltd|llc|ag|corp|co|kg|s\.?a|b\.?v|plc|oy|ab|srl|sarl)\.?$", re.IGNORECASE)


def header_of(begin: Sequence[Row], known: Known) -> int | None:
    """The place of the row that names the columns, among the first of a table; None where none does."""
    names = [sum(known(cell) for cell in row.cells) for row in begin]
    wide = [_filled(row.cells) for row in begin]
    # No title above the names is as wide.
    widest = [place for place, width in enumerate(wide) if all(each < width for each in wide[:place])]
    if found := [place for place in widest if names[place] >= 2]:
        return max(found, key=lambda place: names[place])
    for least in (max(wide) * _MOST, _usual(wide) * _MOST):
        for place in widest:
            is_wide = wide[place] >= (max(2, least) if max(wide) > 1 else 1)
            if place <= _TITLES and is_wide and not _is_data(begin, place, names[place]):
                return place
    return None


def named(header: Sequence[str]) -> list[str]:
    """The columns' names, each once and none empty."""
    found: list[str] = []
    for number, cell in enumerate(header, start=1):
        name = " ".join(cell.split())[:200] or f"Column {number}"
        again = sum(each == name or each.startswith(f"{name} (") for each in found)
        found.append(f"{name} ({again + 1})" if again else name)
    return found


def _usual(wide: Sequence[int]) -> int:
    counts = Counter(wide)
    return max(counts, key=lambda width: (counts[width], width))


def _filled(cells: Sequence[str]) -> int:
    return sum(bool(cell.strip()) for cell in cells)


def _is_data(begin: Sequence[Row], place: int, names: int) -> bool:
    """Whether a row says something instead of naming it: a name of a column begins with a letter, and is said once."""
    filled = [cell.strip() for cell in begin[place].cells if cell.strip()]
    figures = sum(cell[0].isdigit() or cell[0] in "+(" or "@" in cell for cell in filled)
    if names:
        return figures > len(filled) // 3
    return figures > 0 or _recurs(begin, place) or any(_COMPANY.search(cell) for cell in filled)


def _recurs(begin: Sequence[Row], place: int) -> bool:
    """Whether a cell of a row stands in its column below, too."""
    below = [row.cells for row in begin[place + 1 :] if row.cells != begin[place].cells]
    return any(
        cell.strip() and any(column < len(cells) and cells[column] == cell for cells in below)
        for column, cell in enumerate(begin[place].cells)
    )
