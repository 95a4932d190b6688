"""Lists as people use them: chosen columns, a header that sorts, filters that show as chips."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import request

from services.gateway.web import choices
from services.gateway.web.formats import with_query

PAGE = 50


@dataclass(frozen=True)
class Column:
    """key: its name. sort: what the API sorts by, "" for nothing. numeric: figures, right-aligned."""

    key: str
    label: Any
    sort: str = ""
    numeric: bool = False


@dataclass(frozen=True)
class Chip:
    """A filter that is on: its name, its value in words, and the address without it."""

    label: str
    value: str
    without: str


@dataclass(frozen=True)
class Listing:
    """One list as it is shown now."""

    name: str
    first: Column
    columns: tuple[Column, ...]
    chips: tuple[Chip, ...]
    sort: str

    @property
    def shown(self) -> list[Column]:
        """The columns somebody chose, in the list's own order; the first one always shows."""
        chosen = choices.chosen(f"{self.name}.columns")
        return [self.first, *(column for column in self.columns if column.key in chosen)]

    def direction(self, column: Column) -> str | None:
        """How the list is sorted by this column, as ``aria-sort`` says it."""
        if not column.sort or self.sort.removeprefix("-") != column.sort:
            return None
        return "descending" if self.sort.startswith("-") else "ascending"

    def sorting(self, column: Column) -> str:
        """Where a click on the header leads: ascending, descending, then as it was."""
        following = {None: column.sort, "ascending": f"-{column.sort}", "descending": None}
        return with_query(sort=following[self.direction(column)])


def listing(name: str, first: Column, columns: Sequence[Column], labels: Mapping[str, tuple[Any, Any]]) -> Listing:
    """The list of this request. labels: for each filter its name and a function that puts its value into words."""
    chips = [
        Chip(str(label), str(in_words(value)), with_query(**{key: _others(key, value)}))
        for key, (label, in_words) in labels.items()
        for value in request.args.getlist(key)
        if value
    ]
    return Listing(name, first, tuple(columns), tuple(chips), request.args.get("sort", ""))


def given(*names: str) -> dict[str, Any]:
    """The parameters of these names that say something, as the API's filters take them."""
    found = {name: [value for value in request.args.getlist(name) if value.strip()] for name in names}
    return {name: values if len(values) > 1 else values[0] for name, values in found.items() if values}


def _others(key: str, value: str) -> list[str] | None:
    return [each for each in request.args.getlist(key) if each != value] or None
