"""The fields that the company made itself, in files: which there are, and what a cell of one says."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from libs.common.custom_fields import TEXT_LENGTH, Definition
from libs.common.problems import Invalid
from libs.common.uploads import plain
from services.clients.importing import amounts, cells, dates
from services.clients.importing.cells import Unclear
from services.clients.importing.numbers import number
from services.clients.importing.targets import CUSTOM

# Whose fields files bring in.
ENTITIES = ("client", "contact", "deal")


@dataclass(frozen=True, slots=True)
class OwnField:
    """One of them, as a column may mean it."""

    entity: str
    definition: Definition

    @property
    def name(self) -> str:
        """As columns are mapped to it: ``client.custom.region``."""
        return f"{self.entity}.{CUSTOM}{self.definition.key}"

    def document(self) -> dict[str, Any]:
        """As an import keeps it."""
        about = self.definition
        return {
            "name": self.name,
            "entity": self.entity,
            "key": about.key,
            "label": about.label,
            "kind": about.kind,
            "options": list(about.options),
        }


def documents(entity: str, known: Iterable[Definition]) -> list[dict[str, Any]]:
    """The fields of an entity, the archived ones among them."""
    return [OwnField(entity, each).document() | {"archived": each.archived} for each in known]


def open_ones(known: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Those that take values, as an import keeps them."""
    return [
        {name: value for name, value in each.items() if name != "archived"} for each in known if not each["archived"]
    ]


def own_fields(kept: Iterable[Mapping[str, Any]]) -> dict[str, OwnField]:
    """The fields that an import keeps, by name."""
    found = [
        OwnField(each["entity"], Definition(each["key"], each["label"], each["kind"], tuple(each["options"])))
        for each in kept
    ]
    return {each.name: each for each in found}


@dataclass(frozen=True, slots=True)
class How:
    """How a column of one is read: the order of its dates, the sign before its decimals, the money of amounts that
    name none, what words of other people mean, and who is told of a word that nobody knows."""

    order: str | None
    mark: str | None
    currency: str
    words: Mapping[str, str]
    unknown: Callable[[str, str], None]


def reader(own: OwnField, how: How) -> Callable[[str], Any]:
    """What reads the cells of a column, as rows keep the value; Unclear where a cell says nothing that fits."""
    kinds: dict[str, Callable[[str], Any]] = {
        "text": _text,
        "number": lambda cell: number(cells.unmasked(cell), how.mark),
        "money": lambda cell: _money(cells.unmasked(cell), how.currency, how.mark),
        "date": lambda cell: dates.day(cell, how.order),
        "choice": lambda cell: _choice(own, cell, how),
        "yes_no": cells.flag,
    }
    said, keep = kinds[own.definition.kind], own.definition.read

    def read(cell: str) -> Any:
        try:
            return keep(said(cell))
        except Invalid as error:
            raise Unclear(str(error)) from None

    return read


def _text(cell: str) -> str:
    text = cells.unmasked(cell).strip()
    if len(text) > TEXT_LENGTH:
        raise Unclear(f"at most {TEXT_LENGTH:,} characters fit here, and these are {len(text):,}")
    return text


def _money(cell: str, currency: str, mark: str | None) -> dict[str, Any]:
    minor, named = amounts.money(cell, currency, mark)
    if minor < 0:
        raise Unclear("this amount cannot be below zero")
    return {"amount_minor": minor, "currency": named}


def _choice(own: OwnField, cell: str, how: How) -> str:
    """One of the options, however its letters are written; what else stands there may have been answered for."""
    text, options = cells.unmasked(cell).strip(), own.definition.options
    if text in options:
        return text
    word = plain(text)
    alike = [option for option in options if word and plain(option) == word]
    found = how.words.get(word) or (alike[0] if len(alike) == 1 else None)
    if found not in options:
        how.unknown(own.name, text)
        raise Unclear(f"{text!r} is none of {', '.join(options)}")
    return found
