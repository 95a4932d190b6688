"""A probability and its reasons, from stored coefficients. Pure: no I/O, and no library beyond the standard one."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import asdict, dataclass
from typing import Any

from services.ai.scoring.columns import Column
from services.ai.scoring.visits import CATEGORIES, Visit

# Never certain: a history of some hundred deals cannot tell a chance of one in a thousand from none.
LEAST, MOST = 0.01, 0.99
# Less than half a percentage point is no reason.
_WORTH_SAYING = 0.5


@dataclass(frozen=True, slots=True)
class Reason:
    """What one feature does to the probability, in percentage points: what would be missing if the deal were like the
    average in it.

    value: the word or the number it has; None where nothing is known. pooled: whether the word is a rare or new one,
    which counts as one of the others.
    """

    feature: str
    value: str | float | None
    points: float
    pooled: bool = False

    def document(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class ScoreModel:
    """A logistic regression: what a deal like the average has, and what each column adds to it."""

    intercept: float
    columns: tuple[Column, ...]
    coefficients: tuple[float, ...]

    def probability(self, visit: Visit) -> float:
        """From LEAST to MOST."""
        return _likely(self.intercept + sum(self._parts(visit).values()))

    def reasons(self, visit: Visit) -> list[Reason]:
        """The features that make a difference, the greatest first."""
        parts = self._parts(visit)
        whole = self.intercept + sum(parts.values())
        found = []
        for feature, part in parts.items():
            points = round((_likely(whole) - _likely(whole - part)) * 100, 1)
            if abs(points) >= _WORTH_SAYING:
                found.append(Reason(feature, _said(visit, feature), points, self._is_pooled(visit, feature)))
        return sorted(found, key=lambda reason: (-abs(reason.points), reason.feature))

    def document(self) -> dict[str, Any]:
        """As JSON keeps it."""
        columns = [
            column.document() | {"coefficient": coefficient}
            for column, coefficient in zip(self.columns, self.coefficients, strict=True)
        ]
        return {"intercept": self.intercept, "columns": columns}

    @classmethod
    def read(cls, document: dict[str, Any]) -> ScoreModel:
        """From ``document``."""
        columns, coefficients = [], []
        for each in document["columns"]:
            coefficients.append(float(each["coefficient"]))
            columns.append(Column.read({name: value for name, value in each.items() if name != "coefficient"}))
        return cls(float(document["intercept"]), tuple(columns), tuple(coefficients))

    def _parts(self, visit: Visit) -> dict[str, float]:
        """What each feature adds to the log odds."""
        parts: dict[str, float] = defaultdict(float)
        for column, coefficient in zip(self.columns, self.coefficients, strict=True):
            parts[column.feature] += coefficient * column.of(visit)
        return dict(parts)

    def _is_pooled(self, visit: Visit, feature: str) -> bool:
        if feature not in CATEGORIES or visit.category(feature) is None:
            return False
        own = (column for column in self.columns if column.feature == feature and column.kind == "is")
        return not any(column.raw(visit) for column in own)


def _said(visit: Visit, feature: str) -> str | float | None:
    found: str | float | None = getattr(visit, feature)
    return found


def _likely(log_odds: float) -> float:
    # Beyond that the answer is LEAST or MOST anyway, and exp() would overflow.
    within = min(max(log_odds, -30.0), 30.0)
    return min(max(1 / (1 + math.exp(-within)), LEAST), MOST)
