"""From what is known of a deal to numbers, and back to which feature each number speaks of. Pure: no I/O.

A category has a column for each word that enough deals share; rarer ones are pooled in a column of their own, which
also takes words that were never seen. A number is taken by its logarithm and scaled; a missing one counts as the
middle, with a column that says so. Every column is centred on its mean, so that a deal like the average has none that
raises or lowers.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from services.ai.scoring.visits import CATEGORIES, NUMBERS, Visit

# A word that fewer deals share says more about those deals than about the word.
RARE = 8

Kind = Literal["is", "other", "missing", "size"]


@dataclass(frozen=True, slots=True)
class Column:
    """kind: ``is`` this word, any ``other`` word than those with a column, ``missing``, or the ``size`` of a number.

    words: the one of ``is``; those that ``other`` does not take. middle: of the logarithms, for what is missing.
    """

    feature: str
    kind: Kind
    words: tuple[str, ...] = ()
    middle: float = 0.0
    centre: float = 0.0
    scale: float = 1.0

    def raw(self, visit: Visit) -> float:
        """Before centring and scaling."""
        if self.kind == "size":
            number = visit.number(self.feature)
            return self.middle if number is None else math.log1p(max(number, 0.0))
        if self.feature in NUMBERS:
            return float(visit.number(self.feature) is None)
        word = visit.category(self.feature)
        match self.kind:
            case "is":
                return float(word == self.words[0])
            case "other":
                return float(word is not None and word not in self.words)
            case _:
                return float(word is None)

    def of(self, visit: Visit) -> float:
        """The number that the model takes."""
        return (self.raw(visit) - self.centre) / self.scale

    def document(self) -> dict[str, Any]:
        """As JSON keeps it."""
        return asdict(self) | {"words": list(self.words)}

    @classmethod
    def read(cls, document: dict[str, Any]) -> Column:
        """From ``document``."""
        return cls(**document | {"words": tuple(document["words"])})


Line = tuple[str, Visit, float]
"""A deal, what is known of it, and what the line counts."""


def columns_of(lines: Sequence[Line]) -> list[Column]:
    """The columns that this history gives rise to; one that is the same for every deal is left out."""
    found: list[Column] = []
    for feature in CATEGORIES:
        found += _words(feature, lines)
    for feature in NUMBERS:
        found += _sizes(feature, lines)
    return [column for column in (_centred(each, lines) for each in found) if column is not None]


def _words(feature: str, lines: Sequence[Line]) -> list[Column]:
    deals: dict[str, set[str]] = defaultdict(set)
    missing = False
    for deal_id, visit, _counts in lines:
        word = visit.category(feature)
        missing = missing or word is None
        if word is not None:
            deals[word].add(deal_id)
    common = tuple(sorted(word for word, having in deals.items() if len(having) >= RARE))
    found = [Column(feature, "is", (word,)) for word in common]
    found += [Column(feature, "other", common)] if len(common) < len(deals) else []
    return found + ([Column(feature, "missing")] if missing else [])


def _sizes(feature: str, lines: Sequence[Line]) -> list[Column]:
    known = [
        (math.log1p(max(number, 0.0)), counts)
        for _deal, visit, counts in lines
        if (number := visit.number(feature)) is not None
    ]
    if not known:
        return []
    middle = _mean(known)
    found = [Column(feature, "size", middle=middle)]
    return found + ([Column(feature, "missing")] if len(known) < len(lines) else [])


def _centred(column: Column, lines: Sequence[Line]) -> Column | None:
    values = [(column.raw(visit), counts) for _deal, visit, counts in lines]
    centre = _mean(values)
    spread = math.sqrt(_mean([((value - centre) ** 2, counts) for value, counts in values]))
    if spread < 1e-9:
        return None
    scale = spread if column.kind == "size" else 1.0
    return Column(column.feature, column.kind, column.words, column.middle, centre, scale)


def _mean(values: Sequence[tuple[float, float]]) -> float:
    return sum(value * counts for value, counts in values) / sum(counts for _value, counts in values)
