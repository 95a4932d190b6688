"""What is known of a deal when it enters a stage: one line of the history that a model learns from. Pure: no I/O."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

CATEGORIES = ("stage", "currency", "source", "owner", "industry")
NUMBERS = ("value", "days")


@lru_cache(maxsize=10_000)
def one_spelling(text: str) -> str | None:
    """A word without case and without blanks around it; None where nothing is left."""
    return text.strip().casefold() or None


@dataclass(frozen=True, slots=True)
class Visit:
    """A deal's stay in an open stage, as it was known when it began.

    value: in major units of its currency, None while nobody named one. days: since the deal began.
    None stands for what is not known.
    """

    stage: str
    currency: str | None = None
    source: str | None = None
    owner: str | None = None
    industry: str | None = None
    value: float | None = None
    days: float | None = None

    def category(self, feature: str) -> str | None:
        """One of CATEGORIES, in one spelling; None where nothing is said."""
        text: str | None = getattr(self, feature)
        return None if text is None else one_spelling(text)

    def number(self, feature: str) -> float | None:
        """One of NUMBERS."""
        found: float | None = getattr(self, feature)
        return found


@dataclass(frozen=True, slots=True)
class ClosedVisit:
    """A stay of a deal that is closed by now, and how it ended.

    entered_at: when the stay began. closed_at, closed_on: when the deal was closed, and its business day.
    """

    deal_id: str
    visit: Visit
    entered_at: datetime
    closed_at: datetime
    closed_on: date
    won: bool
