"""Deals, their stages and the briefs they come from. Pure: no I/O."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from libs.common.money import Money

OPEN_STAGES = ("lead", "qualified", "proposal", "negotiation")
STAGES = (*OPEN_STAGES, "won", "lost")
# How likely a deal in each stage is to be won, in percent, until a company sets its own.
STAGE_WEIGHTS = {"lead": 10, "qualified": 25, "proposal": 50, "negotiation": 75, "won": 100, "lost": 0}
# These two are certain, whatever a company sets.
FIXED_WEIGHTS = {"won": 100, "lost": 0}
FULLY_PAID = "fully_paid"


class DealError(Exception):
    """A rule of this service that a command would break; ``field`` names the input at fault."""

    def __init__(self, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True, slots=True)
class Move:
    """One step of a deal through its stages; ``since``: when it had come into the one before."""

    previous: str
    stage: str
    since: datetime

    @property
    def reopens(self) -> bool:
        """Whether a deal that was closed is open again, or closed the other way."""
        return self.previous in ("won", "lost")


@dataclass(eq=False)
class Deal:
    """A piece of business we hope to win. ``deal_value_minor`` is None while nobody named a value."""

    id: str
    deal_name: str
    client_id: str
    stage: str
    source: str
    currency: str
    created_at: datetime
    updated_at: datetime
    stage_since: datetime
    created_on: date
    deal_value_minor: int | None = None
    description: str | None = None
    expected_close_date: date | None = None
    actual_close_date: date | None = None
    lost_reason: str | None = None
    owner_id: str | None = None
    tags: list[str] = field(default_factory=list)
    custom: dict[str, Any] = field(default_factory=dict)
    ai_score: int | None = None
    ai_insights: dict[str, Any] | None = None
    ai_generation_id: str | None = None
    version: int = 1

    @property
    def is_open(self) -> bool:
        return self.stage in OPEN_STAGES

    def move_to(
        self,
        stage: str,
        now: datetime,
        today: date,
        lost_reason: str | None = None,
        *,
        closed_on: date | None = None,
        at: datetime | None = None,
    ) -> Move | None:
        """Move to any other stage; None when it is there already.

        Won and lost set ``actual_close_date`` to the business day, or to an earlier one that is given; lost needs a
        reason; leaving them undoes both. at: when it happened, where history is brought in.
        """
        if stage not in STAGES:
            raise DealError(f"stage is one of {', '.join(STAGES)}", "stage")
        if closed_on is not None:
            self._check_close(stage, closed_on, today)
        if stage == self.stage:
            return None
        if stage == "lost" and not lost_reason:
            raise DealError("say why the deal was lost", "lost_reason")
        move = Move(self.stage, stage, self.stage_since)
        self.stage = stage
        self.stage_since = at or now
        self.actual_close_date = None if stage in OPEN_STAGES else closed_on or today
        self.lost_reason = lost_reason if stage == "lost" else None
        self.touch(now)
        return move

    def close_on(self, day: date | None, today: date) -> bool:
        """Correct the day a closed deal was closed on; whether that changed anything."""
        if self.is_open or day is None:
            raise DealError("a deal has this day as long as it is won or lost, and only then", "actual_close_date")
        if day > today:
            raise DealError("a deal is not closed in the future", "actual_close_date")
        changed, self.actual_close_date = day != self.actual_close_date, day
        return changed

    def _check_close(self, stage: str, closed_on: date, today: date) -> None:
        if stage in OPEN_STAGES:
            raise DealError("only a deal that is won or lost has the day it was closed on", "actual_close_date")
        if closed_on > today:
            raise DealError("a deal is not closed in the future", "actual_close_date")
        if stage == self.stage and closed_on != self.actual_close_date:
            raise DealError(f"this deal is {stage} already; change its day instead", "actual_close_date")

    def change(self, changes: dict[str, Any], now: datetime) -> None:
        for name, value in changes.items():
            setattr(self, name, value)
        self.touch(now)

    def mark_paid(self, paid: bool, now: datetime) -> bool:
        """Carry the tag ``fully_paid`` as long as it is true; whether that changed anything."""
        if paid == (FULLY_PAID in self.tags):
            return False
        self.tags = [*self.tags, FULLY_PAID] if paid else [tag for tag in self.tags if tag != FULLY_PAID]
        self.touch(now)
        return True

    def learn(self, generation_id: str, score: int, insights: dict[str, Any]) -> bool:
        """Keep the newest analysis; generation ids grow with time. It is no edit, so the version stays."""
        if self.ai_generation_id is not None and generation_id <= self.ai_generation_id:
            return False
        self.ai_generation_id, self.ai_score, self.ai_insights = generation_id, score, insights
        return True

    def touch(self, now: datetime) -> None:
        self.updated_at = now
        self.version += 1


def check_weights(weights: dict[str, Any]) -> None:
    """Weights are whole percentages of known stages; won is always 100 and lost always 0. DealError names the stage."""
    for stage, weight in weights.items():
        if stage not in STAGES:
            raise DealError(f"a stage is one of {', '.join(STAGES)}", stage)
        if isinstance(weight, bool) or not isinstance(weight, int) or not 0 <= weight <= 100:
            raise DealError("a weight is a whole number from 0 to 100", stage)
        if weight != FIXED_WEIGHTS.get(stage, weight):
            raise DealError(f"{stage} always counts {FIXED_WEIGHTS[stage]} %", stage)


def weighted(value_minor: int, weight: int) -> int:
    """What a value counts at a stage's weight, half a minor unit up; values are not negative."""
    return (value_minor * weight + 50) // 100


def stayed_days(move: Move | None, entered_on: date, left_on: date, left_at: datetime) -> int | None:
    """How long a deal was in the open stage it left, in days; None where it did not leave one, or never stood in it."""
    if move is None or move.previous not in OPEN_STAGES or move.since == left_at:
        return None
    return max((left_on - entered_on).days, 0)


def budget_midpoint(low: Money, high: Money) -> Money:
    """A brief's deal is worth the middle of its budget."""
    if low.minor > high.minor:
        raise DealError("the budget's lower end is above its upper end", "budget.min")
    return low.midpoint(high)


def expected_close(today: date, timeline_weeks: int) -> date:
    """A brief's deal is expected to close when its timeline ends."""
    return today + timedelta(weeks=timeline_weeks)


@dataclass(frozen=True, slots=True)
class InvoiceState:
    """What decides whether a deal is paid: the state of one of its invoices."""

    status: str
    amount_minor: int


def fully_paid(invoices: list[InvoiceState]) -> bool:
    """Whether there is something to pay and all of it is paid; drafts and voids do not count."""
    owed = [invoice for invoice in invoices if invoice.status not in ("draft", "void")]
    return bool(owed) and all(invoice.status == "paid" for invoice in owed)
