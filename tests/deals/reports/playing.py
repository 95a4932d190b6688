"""Histories of deals that are played through the service, and a second memory of them, kept in plain Python.

What the service answers about a past day is held against this memory, which knows nothing of its tables.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import text

from libs.common.money import EXPONENTS
from services.deals.domain import OPEN_STAGES, STAGE_WEIGHTS, STAGES
from tests.support.actors import ADMIN, JESSICA, JOHN

ZONE = ZoneInfo("America/New_York")
BEGINNING = datetime(2025, 1, 30, 17, tzinfo=UTC)
OWNERS = (JOHN.id, JESSICA.id)
SOURCES = ("website", "referral")
CURRENCIES = ("USD", "EUR", "JPY")
# Within the months that reports of these histories are about, at their edges, and never.
DATES = [None, date(2025, 1, 31), *(date(2025, 2, n) for n in (5, 14, 14, 28)), date(2025, 3, 14), date(2025, 4, 30)]
# The sums last: what is deleted is taken off them.
_EMPTIED = (
    "stage_history deals stage_weights stage_weight_history exchange_rates outbox inbox commands audit.pending"
    " pipeline_sums pipeline_cohorts pipeline_scores pipeline_durations".split()
)
_KEPT = "stage currency deal_value_minor owner_id source tags".split()


def midnight(day: date) -> datetime:
    """The first instant of a business day."""
    return datetime.combine(day, time(), ZONE).astimezone(UTC)


def noon(day: date) -> datetime:
    return datetime.combine(day, time(12), ZONE).astimezone(UTC)


@dataclass(frozen=True)
class State:
    """A deal as it was from an instant on."""

    since: datetime
    stage: str
    currency: str
    deal_value_minor: int | None
    closes_on: date | None
    owner_id: str
    source: str
    tags: tuple[str, ...]


@dataclass(frozen=True)
class Asked:
    """Which deals: those that close in these days and fit."""

    first: date
    last: date
    filters: dict[str, Any]

    def dated(self, state: State) -> bool:
        return state.closes_on is not None and self.first <= state.closes_on <= self.last

    def fits(self, state: State) -> bool:
        names = {"owner_id": state.owner_id, "source": state.source, "currency": state.currency}
        same = all(self.filters.get(name, value) == value for name, value in names.items())
        return same and ("tag" not in self.filters or self.filters["tag"] in state.tags)

    def holds(self, state: State | None) -> bool:
        return state is not None and state.stage in OPEN_STAGES and self.dated(state) and self.fits(state)

    @property
    def arguments(self) -> dict[str, Any]:
        return {"from_day": str(self.first), "to_day": str(self.last), "filters": self.filters}


@dataclass
class World:
    """Commands as people give them, and what each of them did."""

    deals: Any
    runtime: Any
    clock: Any
    directory: Any
    hear: Callable[..., None]
    states: dict[str, list[State]] = field(default_factory=dict)
    weights: list[tuple[datetime, dict[str, int]]] = field(default_factory=list)
    rates: dict[tuple[str, date], Decimal] = field(default_factory=dict)
    clients: list[str] = field(default_factory=list)
    company: dict[str, str] = field(default_factory=dict)

    def begin(self) -> None:
        """Forget everything; the same company begins anew."""
        self.clock.at = BEGINNING
        with self.runtime.database.engine.begin() as connection:
            connection.execute(text("".join(f"DELETE FROM {table};" for table in _EMPTIED)))
        self.states, self.rates, self.company = {}, {}, {}
        self.weights = [(datetime.min.replace(tzinfo=UTC), dict(STAGE_WEIGHTS))]
        if not self.clients:  # the first is John's
            self.clients = [self.directory.add(JOHN.id), self.directory.add(JESSICA.id, label="Acme")]

    # what people do

    def create(self, client: int = 0, began: int = 0, closed: int = 0, **data: Any) -> str:
        """began, closed: how many days ago, for a deal that is brought in with its history."""
        given = {"deal_name": "A deal", "client_id": self.clients[client % len(self.clients)], **_plain(data)}
        began_on, closed_on = self.today - timedelta(days=began), self.today - timedelta(days=min(closed, began))
        ended = data.get("stage") in ("won", "lost")
        if began:
            given |= {"created_on": str(began_on)} | ({"actual_close_date": str(closed_on)} if ended else {})
        if data.get("stage") == "lost":
            given["lost_reason"] = "price"
        made: dict[str, Any] = self.deals.as_(ADMIN).create_deal(data=given)
        self.states[made["id"]], self.company[made["id"]] = [], made["company_name"]
        if began and ended:
            earlier = made | {"stage": "lead", "actual_close_date": None}
            self._keep(earlier, min(noon(began_on), self.clock.at))
            self._keep(made, min(noon(closed_on), self.clock.at))
        else:
            self._keep(made, min(noon(began_on), self.clock.at) if began else self.clock.at)
        return made["id"]

    def move(self, which: int, stage: str) -> None:
        if deal_id := self._deal(which):
            reason = "price" if stage == "lost" else None
            moved = self.deals.as_(ADMIN).move_stage(deal_id=deal_id, stage=stage, lost_reason=reason)
            if moved["stage"] != moved["previous_stage"]:
                self._keep(moved)

    def change(self, which: int, **changes: Any) -> None:
        if deal_id := self._deal(which):
            self._keep(self.deals.as_(ADMIN).update_deal(deal_id=deal_id, changes=_plain(changes)))

    def weigh(self, stage: str, weight: int) -> None:
        self.deals.as_(ADMIN).set_stage_weights(weights={stage: weight})
        self.weights.append((self.clock.at, self.weights[-1][1] | {stage: weight}))

    def rate(self, currency: str, ago: int, rate: Decimal) -> None:
        day = self.today - timedelta(days=ago)
        version = int((self.clock.at - BEGINNING).total_seconds()) + len(self.rates) + 1
        self.hear("exchange_rate.set", currency=currency, day=str(day), rate=str(rate), version=version)
        self.rates[currency, day] = rate

    def wait(self, hours: int) -> None:
        self.clock.at += timedelta(hours=hours)

    def to_midnight(self, seconds: int) -> None:
        """To the next end of a business day, or a second before or after."""
        self.clock.at = max(self.clock.at, midnight(self.today + timedelta(days=1)) + timedelta(seconds=seconds))

    def step(self, chance: Random) -> None:
        """Some time goes by, and something happens."""
        if chance.random() < 0.3:
            self.to_midnight(chance.choice([-1, 0, 1]))
        else:
            self.wait(chance.choice([0, 1, 24, 24 * 3, 24 * 9]))
        act = chance.choices(list(_ACTS), [weight for weight, _act in _ACTS.values()])[0]
        _ACTS[act][1](self, chance)

    def create_one(self, chance: Random) -> None:
        _ACTS["create"][1](self, chance)

    # what was

    @property
    def today(self) -> date:
        return self.clock.at.astimezone(ZONE).date()

    def at(self, day: date) -> dict[str, State]:
        """Every deal as it was at the end of a day."""
        end = midnight(day + timedelta(days=1))
        found = {deal_id: [each for each in states if each.since < end] for deal_id, states in self.states.items()}
        return {deal_id: states[-1] for deal_id, states in found.items() if states}

    def weights_at(self, day: date) -> dict[str, int]:
        end = midnight(day + timedelta(days=1))
        return [weights for since, weights in self.weights if since < end][-1]

    def rate_at(self, currency: str, day: date, into: str = "USD") -> Fraction:
        """What a minor unit is worth in minor units of the report's currency; nothing without a rate."""
        if currency == into:
            return Fraction(1)
        days = [each for code, each in self.rates if code == currency and each <= day]
        if not days:
            return Fraction(0)
        return Fraction(self.rates[currency, max(days)]) * Fraction(10) ** (EXPONENTS[into] - EXPONENTS[currency])

    def worth(self, day: date, states: Iterable[State], weighing: bool, into: str = "USD") -> int:
        """States added up in cells of month, stage and currency, each rounded."""
        cells: dict[tuple[Any, ...], int] = {}
        for state in states:
            key = (state.closes_on and state.closes_on.replace(day=1), state.stage, state.currency)
            cells[key] = cells.get(key, 0) + (state.deal_value_minor or 0)
        total, weights = 0, self.weights_at(day)
        for (_month, stage, currency), minor in cells.items():
            value = rounded(minor * self.rate_at(currency, day, into))
            total += rounded(Fraction(value * weights[stage], 100)) if weighing else value
        return total

    def _deal(self, which: int) -> str | None:
        ids = list(self.states)
        return ids[which % len(ids)] if ids else None

    def _keep(self, deal: dict[str, Any], since: datetime | None = None) -> None:
        closes_on = deal["actual_close_date"] or deal["expected_close_date"]
        kept = {name: deal[name] for name in _KEPT} | {"tags": tuple(deal["tags"])}
        state = State(since or self.clock.at, closes_on=date.fromisoformat(closes_on) if closes_on else None, **kept)
        states = self.states[deal["id"]]
        if states and states[-1].since == state.since:
            states.pop()
        states.append(state)


def _fields(chance: Random) -> dict[str, Any]:
    return {
        "deal_value_minor": chance.choice([None, 1, 5, 49, 333, 12_345, 99_999]),
        "currency": chance.choice(["USD", *CURRENCIES]),
        "expected_close_date": chance.choice(DATES),
        "owner_id": chance.choice(OWNERS),
        "source": chance.choice(SOURCES),
        "tags": chance.choice([["vip"], ["vip", "big"], []]),
    }


def _some(chance: Random) -> dict[str, Any]:
    given = _fields(chance)
    return {name: given[name] for name in chance.sample(list(given), chance.choice([1, 1, 2]))}


def _create(world: World, chance: Random) -> None:
    stage, client = chance.choice([*OPEN_STAGES, *OPEN_STAGES, "won"]), chance.choice([0, 0, 1])
    world.create(**_fields(chance), stage=stage, client=client)


def _bring(world: World, chance: Random) -> None:
    began, stage = chance.randint(1, 60), chance.choice(STAGES)
    world.create(**_fields(chance), stage=stage, began=began, closed=chance.randint(0, began))


def _rate(world: World, chance: Random) -> None:
    rate = Decimal(chance.randint(1, 30_000)).scaleb(-4)
    world.rate(chance.choice(CURRENCIES[1:]), chance.randint(0, 40), rate)


_ACTS: dict[str, tuple[int, Callable[[World, Random], None]]] = {
    "create": (2, _create),
    "bring": (1, _bring),
    "move": (4, lambda world, chance: world.move(chance.randint(0, 99), chance.choice([*OPEN_STAGES, *STAGES]))),
    "change": (5, lambda world, chance: world.change(chance.randint(0, 99), **_some(chance))),
    "weigh": (1, lambda world, chance: world.weigh(chance.choice(OPEN_STAGES), chance.randint(0, 100))),
    "rate": (2, _rate),
}


def rounded(amount: Fraction) -> int:
    """Half a unit away from zero."""
    return int((Decimal(amount.numerator) / Decimal(amount.denominator)).quantize(Decimal(1), ROUND_HALF_UP))


def _plain(data: dict[str, Any]) -> dict[str, Any]:
    return {name: str(value) if isinstance(value, date) else value for name, value in data.items()}
