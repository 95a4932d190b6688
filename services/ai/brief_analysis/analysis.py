"""What an analysis says, each claim with the words it rests on. Pure."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Generic, TypeVar

from services.ai.brief_analysis.brief import Quote

Value = TypeVar("Value")

FACTORS = ("clarity", "time", "budget", "technical_fit")
MOST_POINTS = 25


@dataclass(frozen=True, slots=True)
class Claim(Generic[Value]):
    """Something that is said of a brief, and why."""

    value: Value
    quote: Quote


@dataclass(frozen=True, slots=True)
class Factor:
    """One part of the score: its points out of 25, the reason in words, and what of the brief it rests on."""

    name: str
    points: int
    reason: str
    quote: Quote

    def document(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "points": self.points,
            "of": MOST_POINTS,
            "reason": self.reason,
            "field": self.quote.field,
            "evidence": self.quote.words,
        }


@dataclass(frozen=True, slots=True)
class Analysis:
    """What a brief is worth to us. The factors' points sum to the score, 0 to 100.

    dropped: claims that were made and rest on nothing in the brief; they are not among the others.
    """

    complexity: Claim[str]
    technical_fit: Claim[str]
    recommended_stack: tuple[Claim[str], ...]
    estimated_hours: Claim[int]
    risk_factors: tuple[Claim[str], ...]
    summary: str
    factors: tuple[Factor, ...]
    dropped: int = 0

    @property
    def score(self) -> int:
        return sum(factor.points for factor in self.factors)

    def insights(self) -> dict[str, Any]:
        """As the deal keeps it: plain values, and beside them under ``evidence`` what each rests on."""
        return {
            "complexity": self.complexity.value,
            "technical_fit": self.technical_fit.value,
            "recommended_stack": [each.value for each in self.recommended_stack],
            "estimated_hours": self.estimated_hours.value,
            "risk_factors": [each.value for each in self.risk_factors],
            "summary": self.summary,
            "factors": [each.document() for each in self.factors],
            "evidence": {
                "complexity": asdict(self.complexity.quote),
                "technical_fit": asdict(self.technical_fit.quote),
                "recommended_stack": [asdict(each.quote) for each in self.recommended_stack],
                "estimated_hours": asdict(self.estimated_hours.quote),
                "risk_factors": [asdict(each.quote) for each in self.risk_factors],
            },
            "dropped": self.dropped,
        }


def summary(title: str, features: int, hours: int, complexity: str, timeline: str) -> str:
    """One line made of what was claimed, so that it claims nothing of its own."""
    what = f"{features} feature{'' if features == 1 else 's'}"
    return f"{title}: {what}, about {hours} hours, {complexity} complexity, {timeline}."
