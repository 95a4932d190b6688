"""What cells are worth: in one currency, weighted by stage, and rounded once, so that the same deals are the same sum
in every report.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Protocol, Self

from sqlalchemy import select
from sqlalchemy.orm import Session

from libs.common.money import exchanged
from services.deals import settings
from services.deals.domain import weighted
from services.deals.models import exchange_rates
from services.deals.queries.reports.cells import Cells, Figures, Key
from services.deals.queries.reports.spans import Moment
from services.deals.queries.reports.wanted import Wanted
from services.deals.queries.weights import weights_at


@dataclass(frozen=True, slots=True)
class Exchange:
    """The rates of one day. currency: what amounts are given in."""

    currency: str
    rates: Mapping[str, tuple[date, Decimal]]

    def given(self, minor: int, currency: str) -> int | None:
        """An amount in the report's currency; None where there is no rate for it."""
        if currency == self.currency:
            return minor
        if currency not in self.rates:
            return None
        return exchanged(minor, currency, self.rates[currency][1], self.currency) if minor else 0

    def knows(self, currency: str) -> bool:
        return currency == self.currency or currency in self.rates

    def listed(self, currencies: Iterable[str]) -> list[dict[str, Any]]:
        """``[{currency, day, rate}]`` of those that were converted; rate is text, so that it travels exactly."""
        used = sorted({each for each in currencies if each != self.currency and each in self.rates})
        return [{"currency": each, "day": self.rates[each][0], "rate": _text(self.rates[each][1])} for each in used]


@dataclass(slots=True)
class Amount:
    """Deals that were added up, in the report's currency. ``expected_minor`` is by the model, of ``model_minor``."""

    count: int = 0
    valued: int = 0
    value_minor: int = 0
    weighted_minor: int = 0
    modelled: int = 0
    model_minor: int = 0
    expected_minor: int = 0

    def __iadd__(self, other: Amount) -> Self:
        self.count += other.count
        self.valued += other.valued
        self.value_minor += other.value_minor
        self.weighted_minor += other.weighted_minor
        self.modelled += other.modelled
        self.model_minor += other.model_minor
        self.expected_minor += other.expected_minor
        return self

    def money(self) -> dict[str, Any]:
        return {"count": self.count, "value_minor": self.value_minor, "weighted_minor": self.weighted_minor}


def total(amounts: Iterable[Amount]) -> Amount:
    """Amounts added up."""
    found = Amount()
    for each in amounts:
        found += each
    return found


class Counted(Protocol):
    """What a cell of any kind holds."""

    deals: int
    valued: int
    value_minor: int


@dataclass(slots=True)
class Unrated:
    """Deals in a currency that has no rate: counted, and not added."""

    found: dict[str, list[int]] = field(default_factory=dict)

    def note(self, currency: str, count: int, value_minor: int) -> None:
        former, value = self.found.get(currency, (0, 0))
        self.found[currency] = [former + count, value + value_minor]

    def listed(self) -> list[dict[str, Any]]:
        return [
            {"currency": currency, "count": count, "value_minor": value}
            for currency, (count, value) in sorted(self.found.items())
        ]


@dataclass(frozen=True, slots=True)
class Worth:
    """How cells are counted: at which rates and weights."""

    exchange: Exchange
    weights: Mapping[str, int]

    @property
    def currency(self) -> str:
        return self.exchange.currency

    def of(self, key: Key, figures: Figures) -> Amount:
        """One cell, rounded: first its value, then what that weighs."""
        value = self.exchange.given(figures.value_minor, key.currency) or 0
        told = [self.exchange.given(each, key.currency) or 0 for each in (figures.model_minor, figures.expected_minor)]
        weight = weighted(value, self.weights[key.stage])
        return Amount(figures.deals, figures.valued, value, weight, figures.modelled, *told)

    def amounts(self, cells: Cells) -> dict[Key, Amount]:
        """Each of the cells, rounded."""
        return {key: self.of(key, figures) for key, figures in cells.items()}

    def added(self, cells: Cells) -> Amount:
        return total(self.amounts(cells).values())

    def unrated(self, *parts: Mapping[Key, Counted]) -> Unrated:
        """The deals of these cells that could not be converted."""
        found = Unrated()
        for key, figures in ((key, figures) for cells in parts for key, figures in cells.items()):
            if not self.exchange.knows(key.currency) and figures.valued:
                found.note(key.currency, figures.deals, figures.value_minor)
        return found


def worth_of(session: Session, wanted: Wanted, moment: Moment) -> Worth:
    """The rates and weights that hold at a moment. Amounts are in the base currency, or in the one that is filtered
    by, which needs no rate."""
    rates = {} if wanted.currency else rates_on(session, moment.day)
    currency = wanted.currency or settings.current().base_currency
    return Worth(Exchange(currency, rates), weights_at(session, moment.before))


def rates_on(session: Session, day: date) -> dict[str, tuple[date, Decimal]]:
    """The latest rate of each currency on or before a day, with the day it was set for."""
    rate = exchange_rates.c
    latest = select(rate.currency, rate.day, rate.rate).where(rate.day <= day).distinct(rate.currency)
    rows = session.execute(latest.order_by(rate.currency, rate.day.desc()))
    return {row.currency: (row.day, row.rate) for row in rows}


def _text(rate: Decimal) -> str:
    text = f"{rate:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
