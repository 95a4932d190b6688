"""What is asked and what is answered. Pure: no I/O."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

OPEN_STAGES = ("lead", "qualified", "proposal", "negotiation")
MOST_STEPS = 20
LONGEST_SUMMARY = 2000
LONGEST_STEP = 300
Field = Literal["deal_value", "expected_close_date", "stage"]


@dataclass(frozen=True, slots=True)
class Notes:
    """Notes about a deal, and the deal as it was when they were pasted. today: the business day."""

    text: str
    today: date
    company_name: str
    deal_name: str
    stage: str
    currency: str
    deal_value_minor: int | None
    expected_close_date: date | None

    @classmethod
    def of(cls, values: dict[str, Any]) -> Notes:
        """From the kept input of a generation."""
        known = {name: values[name] for name in cls.__dataclass_fields__}
        closing = known["expected_close_date"]
        days = {"today": _day(known["today"]), "expected_close_date": _day(closing) if closing else None}
        return cls(**known | days)


@dataclass(frozen=True, slots=True)
class Step:
    """Something to do. quote: the words of the notes it rests on, the date's among them."""

    text: str
    due: date | None
    quote: str


@dataclass(frozen=True, slots=True)
class Change:
    """A field of the deal that the notes say otherwise; ``deal_value`` in minor units, a day as ISO text."""

    field: Field
    before: int | str | None
    to: int | str
    quote: str


@dataclass(frozen=True, slots=True)
class Minutes:
    """What the notes come to. dropped: proposals that rested on nothing in the notes."""

    summary: str
    steps: tuple[Step, ...]
    changes: tuple[Change, ...]
    dropped: int = 0

    def document(self) -> dict[str, Any]:
        """As a generation keeps it."""
        return {
            "summary": self.summary,
            "steps": [
                {"text": step.text, "due": step.due.isoformat() if step.due else None, "quote": step.quote}
                for step in self.steps
            ],
            "fields": [
                {"field": change.field, "from": change.before, "to": change.to, "quote": change.quote}
                for change in self.changes
            ],
            "dropped": self.dropped,
        }


def _day(value: date | str) -> date:
    return date.fromisoformat(value) if isinstance(value, str) else value
