"""A brief, and whether words really stand in one of its answers. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Literal, get_args

from libs.common.money import to_major
from services.ai.quoting import plain

Field = Literal["vision_title", "vision_summary", "audience", "features", "design", "timeline_weeks", "budget"]
FIELDS: tuple[Field, ...] = get_args(Field)

_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")


@dataclass(frozen=True, slots=True)
class Quote:
    """What a claim rests on: an answer of the brief, and words that stand in it.

    Without words it says that nothing was answered there, which is a reason, too.
    """

    field: Field
    words: str


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

    @property
    def budget(self) -> str:
        """The budget as it stands in prompts and quotes, in major units: ``50,000 to 75,000 USD``."""
        amounts = [to_major(each, self.currency) for each in (self.budget_min_minor, self.budget_max_minor)]
        least, most = (f"{each:,.0f}" if each == each.to_integral_value() else f"{each:,f}" for each in amounts)
        return f"{least} to {most} {self.currency}"

    @property
    def timeline(self) -> str:
        return f"{self.timeline_weeks} week{'' if self.timeline_weeks == 1 else 's'}"

    def answers(self, field: Field) -> tuple[str, ...]:
        """What was answered to one question: one text, or one a feature."""
        match field:
            case "features":
                return self.features
            case "timeline_weeks":
                return (self.timeline,)
            case "budget":
                return (self.budget,)
            case _:
                return (str(getattr(self, field)),)

    def holds(self, quote: Quote) -> bool:
        """Whether the words stand in that answer, whatever their case and spacing; in numbers, only its numbers count.

        Words begin and end where words do, so that ``a`` is not found in ``chat``.
        """
        answers = [plain(each) for each in self.answers(quote.field)]
        words = plain(quote.words).strip(" .,;:\"'")
        if not words:
            return not any(answers)
        if quote.field in ("timeline_weeks", "budget"):
            said = _numbers(words)
            return bool(said) and said <= _numbers(answers[0])
        if sum(char.isalnum() for char in words) < 2:
            return False
        whole = re.compile(rf"(?<!\w){re.escape(words)}(?!\w)")
        return any(whole.search(each) for each in answers)


def _numbers(text: str) -> set[Decimal]:
    found = set()
    for each in _NUMBER.findall(text):
        try:
            found.add(Decimal(each.replace(",", "")).normalize())
        except InvalidOperation:  # digits of a script that Decimal does not read
            continue
    return found
