"""Tables of reports as pages show them: every cell in the reader's words, with the list it counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from babel.dates import format_skeleton
from babel.numbers import format_decimal
from flask_babel import gettext

from libs.reporting import Column, Table, tables, word
from libs.reporting import shown as in_english
from services.gateway.web import formats, words
from services.gateway.web.language import current
from services.gateway.web.reporting.asking import Asked
from services.gateway.web.reporting.links import links

Row = Mapping[str, Any]
_TENTH = Decimal("0.1")


@dataclass(frozen=True)
class Cell:
    """value: as the service said it, text: in words. href: the list or the record that it leads to."""

    kind: str
    value: Any
    text: str
    numeric: bool
    href: str = ""


@dataclass(frozen=True)
class ShownTable:
    """A table ready for the page; ``total`` is None where nothing adds up."""

    name: str
    title: str
    heads: list[tuple[str, bool]]
    rows: list[list[Cell]]
    total: list[Cell] | None


def shown(kind: str, answer: Mapping[str, Any], asked: Asked) -> dict[str, ShownTable]:
    """The tables of a report's answer, by their names."""
    return {table.name: _shown(kind, table, asked) for table in tables(kind, answer)}


def in_words(kind: str, value: Any, currency: str | None = None) -> str:
    """A value of a column in the reader's language; nothing for None."""
    if kind in _WORDS:
        return str(_WORDS[kind](value))
    if kind == "money":
        return "" if value is None else formats.money(value, currency)
    return in_english(kind, value, currency)  # type: ignore[arg-type]  # what is left are plain texts


def month(value: str | None) -> str:
    """``Jan 2025``."""
    if not value:
        return str(gettext("No date"))
    return str(format_skeleton("yMMM", date(int(value[:4]), int(value[5:7]), 1), locale=current()))


def share(value: float | None) -> str:
    """``42.5 %`` of a share of 1, half of the last digit up."""
    if value is None:
        return ""
    return f"{_tenths(Decimal(str(value)) * 100)} %"


def decimal(value: float | None) -> str:
    """``12.5``, a whole number without its zero."""
    return "" if value is None else _tenths(Decimal(str(value)))


def _shown(kind: str, table: Table, asked: Asked) -> ShownTable:
    table = table.filled()
    return ShownTable(
        table.name,
        str(gettext(table.title)),
        [(str(gettext(column.label)), column.is_numeric) for column in table.columns],
        [_row(table, row, links(kind, table.name, row, asked)) for row in table.rows],
        _total(table),
    )


def _row(table: Table, row: Row, leads: Mapping[str, str]) -> list[Cell]:
    return [_cell(table, column, row, leads.get(column.key, "")) for column in table.columns]


def _cell(table: Table, column: Column, row: Row, href: str) -> Cell:
    value = row.get(column.key)
    text = in_words(column.kind, value, table.currency_of(row))
    if column.kind == "client":
        href = f"/clients/{row['client_id']}" if row.get("client_id") else ""
    elif column.kind == "link":
        href = str(row["path"])
    # Nothing is no list.
    return Cell(column.kind, value, text, column.is_numeric, href if value else "")


def _total(table: Table) -> list[Cell] | None:
    if table.total is None:
        return None
    first, *others = table.columns
    cells = [_cell(table, column, table.total, "") if column.key in table.total else _BLANK for column in others]
    named = table.total.get(first.key)
    label = in_words(first.kind, named) if named is not None else str(gettext("Total"))
    return [Cell("text", None, label, False), *cells]


def _tenths(value: Decimal) -> str:
    return str(format_decimal(value.quantize(_TENTH, ROUND_HALF_UP), "#,##0.#", locale=current()))


def _source(value: str | None) -> str:
    return words.word(value) if value else str(gettext("No source"))


_BLANK = Cell("text", None, "", True)
_WORDS: dict[str, Any] = {
    "month": month,
    "percent": share,
    "days": decimal,
    "count": decimal,
    "weight": lambda value: "" if value is None else f"{value} %",
    "stage": words.word,
    "source": _source,
    "word": lambda value: str(gettext(word(value))),
    "words": lambda value: ", ".join(str(gettext(word(each))) for each in value or ()),
    "date": lambda value: formats.day(value) if value else "",
}
