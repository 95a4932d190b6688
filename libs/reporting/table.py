"""A table of a report: columns under the API's field names, rows of plain values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

Kind = Literal[
    "text", "word", "words", "month", "stage", "source", "owner", "client", "money", "count", "percent", "weight",
    "days", "date", "link",
]  # fmt: skip
# What is compared down a column stands to the right.
NUMERIC: frozenset[str] = frozenset({"money", "count", "percent", "weight", "days"})

# What is said even of nothing: nobody, no date, no source.
NAMED_WHEN_MISSING: frozenset[str] = frozenset({"owner", "month", "source"})

# Amounts that the API names without saying that they are amounts; any other ``x_minor`` is ``x_value`` there.
_PLAIN_AMOUNTS = frozenset(
    "value weighted target amount total overdue start end not_due 1-30 31-60 61-90 over_90 outstanding deal_value "
    "average_won model".split()
)


def N_(text: str) -> str:  # noqa: N802  (the name under which `make texts` finds what is to be translated)
    """Mark a text that the pages translate where they show it."""
    return text


@dataclass(frozen=True, slots=True)
class Column:
    """One column. ``key`` is the API's field name; ``label`` is English, for the pages to translate.

    kind tells what a value is. ``word``: a name of ours that has words for people; ``words``: several. ``month``:
    "2025-01". ``money``: minor units in the row's ``currency``, else the table's. ``percent``: a share of 1;
    ``weight``: whole percent; ``days``: a number of days. ``owner``: a user's id or None. ``client``: a company's name
    beside the row's ``client_id``; ``link``: a text beside the row's ``path``.
    None is shown as nothing, but for an owner, a month or a source that is missing.
    """

    key: str
    label: str
    kind: Kind = "text"

    @property
    def is_numeric(self) -> bool:
        return self.kind in NUMERIC


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under columns; ``total`` has the keys that add up, and None stands for no total.

    name: fit for a sheet or a fragment of an address; title: English, for the pages to translate.
    """

    name: str
    title: str
    columns: Sequence[Column]
    rows: Iterable[Mapping[str, Any]]
    total: Mapping[str, Any] | None = None
    currency: str | None = None

    def currency_of(self, row: Mapping[str, Any]) -> str | None:
        """The currency of a row's amounts."""
        return row.get("currency") or self.currency

    def filled(self) -> Table:
        """The table as people see it: without the columns that have no value in any row, and with its rows as a list.

        Files keep every column, so that whoever reads them by machine finds what was there before.
        """
        rows = list(self.rows)
        kept = [each for each in self.columns if not rows or any(_has(row, each) for row in rows)]
        return replace(self, columns=kept, rows=rows)

    @property
    def has_money(self) -> bool:
        return any(each.kind == "money" for each in self.columns)


def _has(row: Mapping[str, Any], column: Column) -> bool:
    """Whether a cell says something: the absence of an owner, a month or a source does."""
    return row.get(column.key) is not None or column.kind in NAMED_WHEN_MISSING


def api_name(field: str) -> str:
    """What the API calls a field of an answer: amounts lose ``_minor`` (``won_minor`` is ``won_value``)."""
    if not field.endswith("_minor"):
        return field
    stem = field.removesuffix("_minor")
    return stem if stem in _PLAIN_AMOUNTS or stem.endswith(("_value", "_weighted")) else f"{stem}_value"


def named(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row of an answer under the API's names; its amounts stay in minor units."""
    return {api_name(name): value for name, value in row.items()}
