"""What AI is asked and what it may answer. Pure: no I/O."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

BRIEF_ANALYSIS = "brief_analysis"
LEVELS = ("low", "medium", "high")
BUILT_IN = "built-in"
GEMINI = "gemini"


@dataclass(frozen=True, slots=True)
class Brief:
    """What a client said they want. Amounts in minor units of ``currency``. The texts are data, never instructions."""

    deal_name: str
    vision_title: str
    vision_summary: str
    audience: str
    features: tuple[str, ...]
    design: str
    timeline_weeks: int
    budget_min_minor: int
    budget_max_minor: int
    currency: str

    @classmethod
    def of(cls, values: dict[str, Any]) -> Brief:
        """From the kept input of a generation."""
        known = {name: values[name] for name in cls.__dataclass_fields__}
        return cls(**known | {"features": tuple(known["features"])})


@dataclass(frozen=True, slots=True)
class Factor:
    """One reason of a score: points, and the words of the brief they rest on."""

    name: str
    points: int
    evidence: str


@dataclass(frozen=True, slots=True)
class Analysis:
    """What a brief is worth to us. The factors' points sum to the score, 0 to 100."""

    complexity: str
    technical_fit: str
    recommended_stack: tuple[str, ...]
    estimated_hours: int
    risk_factors: tuple[str, ...]
    summary: str
    factors: tuple[Factor, ...] = field(default_factory=tuple)

    @property
    def score(self) -> int:
        return max(0, min(100, sum(factor.points for factor in self.factors)))

    def insights(self) -> dict[str, Any]:
        """As the deal keeps it."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Generated:
    """An answer and what it cost: tokens where the provider counts them, and why it stands in for another."""

    analysis: Analysis
    provider: str
    model: str
    prompt_version: str
    input_tokens: int | None = None
    output_tokens: int | None = None
    stands_in_because: str | None = None


class ProviderProblem(Exception):
    """A provider did not give a usable answer.

    retry_after: seconds to wait before it may, None when asking again is of no use.
    """

    def __init__(self, reason: str, retry_after: float | None = None) -> None:
        super().__init__(reason)
        self.retry_after = retry_after
