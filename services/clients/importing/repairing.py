"""A row that is repaired by hand: its cells as they are then, and what is still wrong with it in the file itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from libs.common import fields
from libs.common.problems import Invalid
from libs.common.uploads import Limits

Document = dict[str, Any]

_LONGEST_CELL = Limits().cell


def repaired_cells(columns: Sequence[Document], row: list[str], cells: Any) -> list[str]:
    """The cells of a row with others in their places: ``{"Email": "ann@acme.example"}``."""
    if not isinstance(cells, dict):
        raise Invalid("cells holds values by the names of columns", field="cells")
    places = {column["name"]: place for place, column in enumerate(columns)}
    row += [""] * (len(columns) - len(row))
    for name, value in cells.items():
        if name not in places:
            raise Invalid(f"there is no column {name!r}", field=f"cells.{name}")
        row[places[name]] = _cell(f"cells.{name}", row[places[name]], value)
    # More cells than columns have no name; whoever repairs the row has seen them.
    return row[: len(columns)]


def left_over(
    faults: Sequence[Document] | None, before: Sequence[str], repaired: Sequence[str]
) -> list[Document] | None:
    """The faults of a row in its file that are left: a cell's goes when it is written anew, the whole row's when
    somebody has seen it."""
    kept = [each for each in faults or [] if each["column"] is not None and each["column"] < len(repaired)]
    return [each for each in kept if repaired[each["column"]] == before[each["column"]]] or None


def _cell(name: str, before: str, value: Any) -> str:
    """A cell with another value. Who sends it as it is changes nothing of it, and its lines end as they did: a form
    sends other ends."""
    if isinstance(value, str) and _lines(value) == _lines(before):
        return before
    text = fields.text(_LONGEST_CELL)(name, value) or ""
    return text if "\r\n" in before else _lines(text)


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")
