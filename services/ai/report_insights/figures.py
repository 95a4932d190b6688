"""The figures a report hands over, and the sentences that come of them. Pure: no I/O."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Literal

from libs.common.money import MAX_MINOR, MoneyError, exponent
from libs.common.problems import Invalid

Report = Literal["pipeline-forecast", "daily-summary"]
REPORTS: tuple[Report, ...] = ("pipeline-forecast", "daily-summary")
LANGUAGES = ("en", "de")
KINDS = ("money", "count", "percent", "days", "text", "month", "date")
MOST_FIGURES, LONGEST_TEXT, LONGEST_SENTENCE, MOST_SENTENCES = 80, 300, 400, 8
_NAME = re.compile(r"[a-z][a-z0-9_]{0,59}")
_MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")
# A sum of many reports' amounts; what is beyond is a mistake of the caller's.
_LARGEST = 1000 * MAX_MINOR


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure: money in minor units with its currency, a count, a percentage, days, or a text, month or day."""

    name: str
    kind: str
    value: Any
    currency: str | None = None

    def document(self) -> dict[str, Any]:
        given = {"name": self.name, "kind": self.kind, "value": self.value}
        return given | ({"currency": self.currency} if self.currency else {})


@dataclass(frozen=True, slots=True)
class Asked:
    """What a report asks: its figures, and in which language the sentences are to be."""

    kind: Report
    language: str
    figures: tuple[Figure, ...]
    _by_name: dict[str, list[Figure]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        found: dict[str, list[Figure]] = {}
        for each in self.figures:
            found.setdefault(each.name, []).append(each)
        object.__setattr__(self, "_by_name", found)

    @classmethod
    def of(cls, kept: dict[str, Any]) -> Asked:
        """From what was read once and kept."""
        return cls(kept["kind"], kept["language"], tuple(Figure(**each) for each in kept["figures"]))

    def document(self) -> dict[str, Any]:
        figures = [each.document() for each in self.figures]
        return {"kind": self.kind, "language": self.language, "figures": figures}

    def one(self, name: str) -> Figure | None:
        """The figure of this name, None where there is none."""
        return next(iter(self._by_name.get(name, ())), None)

    def all(self, name: str) -> list[Figure]:
        """All of a name: money has one for each currency."""
        return self._by_name.get(name, [])

    def number(self, name: str) -> Any:
        """The value of a figure; 0 where there is none."""
        found = self.one(name)
        return found.value if found is not None else 0


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence; ``risk`` where it names what is most in danger."""

    text: str
    risk: bool = False

    def document(self) -> dict[str, Any]:
        return {"text": self.text, "risk": self.risk}


@dataclass(frozen=True, slots=True)
class Insight:
    """The sentences that may stand, and how many were dropped."""

    sentences: tuple[Sentence, ...]
    dropped: int = 0

    def document(self) -> dict[str, Any]:
        return {"sentences": [each.document() for each in self.sentences], "dropped": self.dropped}


def read(kind: Any, figures: Any, language: Any) -> Asked:
    """What a caller handed over; Invalid names what does not fit."""
    if kind not in REPORTS:
        raise Invalid(f"kind is one of {', '.join(REPORTS)}", field="kind")
    if language not in LANGUAGES:
        raise Invalid(f"language is one of {', '.join(LANGUAGES)}", field="language")
    if not isinstance(figures, list) or not 1 <= len(figures) <= MOST_FIGURES:
        raise Invalid(f"figures are a list of 1 to {MOST_FIGURES}", field="figures")
    return Asked(kind, language, tuple(_figure(f"figures.{place}", each) for place, each in enumerate(figures)))


def _figure(at: str, given: Any) -> Figure:
    if not isinstance(given, dict) or not set(given) <= {"name", "kind", "value", "currency"}:
        raise Invalid("a figure has a name, a kind, a value and, for money, a currency", field=at)
    name, kind, value, currency = (given.get(each) for each in ("name", "kind", "value", "currency"))
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise Invalid("a name is lower-case letters, digits and _", field=f"{at}.name")
    if kind not in KINDS:
        raise Invalid(f"kind is one of {', '.join(KINDS)}", field=f"{at}.kind")
    if (kind == "money") != (currency is not None):
        raise Invalid("money, and nothing else, has a currency", field=f"{at}.currency")
    try:
        return Figure(name, kind, _value(kind, value, currency), currency)
    except MoneyError as error:
        raise Invalid(str(error), field=f"{at}.currency") from None
    except (TypeError, ValueError, InvalidOperation):
        raise Invalid(f"this is no {kind}", field=f"{at}.value") from None


def _value(kind: str, value: Any, currency: Any) -> Any:
    match kind:
        case "money":
            exponent(currency)
            return _whole(value)
        case "count" | "days":
            return _whole(value)
        case "percent":
            if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
                raise TypeError(value)
            return float(round(Decimal(str(value)), 2))
        case "month":
            if not _MONTH.fullmatch(value):
                raise ValueError(value)
            return value
        case "date":
            return date.fromisoformat(value).isoformat()
        case _:
            text = " ".join(value.split())
            if not text or len(text) > LONGEST_TEXT or not text.isprintable():
                raise ValueError(value)
            return text


def _whole(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) > _LARGEST:
        raise TypeError(value)
    return value
