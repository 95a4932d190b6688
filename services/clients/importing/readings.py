"""What a row turned out to say, what a whole file leaves open, and where rows are read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from services.clients.importing.own_fields import OwnField

Values = dict[str, Any]

# As many different words of a column are kept to be asked about.
MOST_WORDS = 200


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a row is not good: the column at fault (its place, None where it is missing), the field, the reason."""

    column: int | None
    field: str
    reason: str

    def document(self) -> dict[str, Any]:
        return {"column": self.column, "field": self.field, "reason": self.reason}


@dataclass(slots=True)
class Reading:
    """What a row says. problems: why it is not good; notes: what is odd and kept all the same."""

    client: Values = field(default_factory=dict)
    contact: Values = field(default_factory=dict)
    deal: Values = field(default_factory=dict)
    activity: Values = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    notes: list[Problem] = field(default_factory=list)

    @property
    def is_good(self) -> bool:
        return not self.problems


@dataclass(slots=True)
class Seen:
    """What a whole file leaves open: words and names nobody knows, rows without a company."""

    words: dict[str, Counter[str]] = field(default_factory=dict)
    owners: Counter[str] = field(default_factory=Counter)
    without_company: int = 0

    def word(self, name: str, cell: str) -> None:
        counter = self.words.setdefault(name, Counter())
        if cell in counter or len(counter) < MOST_WORDS:
            counter[cell] += 1

    def owner(self, cell: str) -> None:
        if cell in self.owners or len(self.owners) < MOST_WORDS:
            self.owners[cell] += 1


@dataclass(frozen=True, slots=True)
class Settings:
    """Where the rows are read: people who may own clients by name, address and id; the importer; the business's zone,
    money, country; the fields that the company made itself, by name; directory: everybody, as people are."""

    people: Mapping[str, str]
    importer: str
    admin: bool
    zone: str
    currency: str
    country: str
    custom: Mapping[str, OwnField] = field(default_factory=dict)
    directory: Mapping[str, str] = field(default_factory=dict)
