"""What sources bring, and what reps achieve."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from libs.common.identity import Actor
from libs.common.money import round_minor
from services.deals.domain import OPEN_STAGES
from services.deals.queries.reports.asking import Asked
from services.deals.queries.reports.cells import CLOSED, Part
from services.deals.queries.reports.spans import Span, next_month
from services.deals.queries.reports.wanted import By
from services.deals.queries.reports.winning import Closed
from services.deals.queries.reports.worth import Amount
from services.deals.queries.targets import attainment, targets_by_owner


@dataclass(slots=True)
class _Row:
    """won_in: what was won in each month."""

    created: int = 0
    opened: Amount = field(default_factory=Amount)
    closed: Closed = field(default_factory=Closed)
    won_in: Counter[date | None] = field(default_factory=Counter)

    def plus(self, other: _Row) -> None:
        self.created += other.created
        self.opened += other.opened
        self.closed.plus(other.closed)
        self.won_in.update(other.won_in)


def sources(
    session: Session, actor: Actor, now: datetime, from_day: Any, to_day: Any, filters: Any = None
) -> dict[str, Any]:
    """By source: deals created in a range, won and lost in it, and open now; the most won first."""
    asked = Asked.of(session, actor, now, from_day, to_day, filters)
    rows, unrated = _rows(asked, "source")
    shown = [{"source": name, **_source(row)} for name, row in sorted(rows.items(), key=_most_won)]
    return asked.heading() | {"rows": shown, "total": _source(_total(rows)), "without_rate": unrated}


def reps(
    session: Session, actor: Actor, now: datetime, from_day: Any, to_day: Any, filters: Any = None
) -> dict[str, Any]:
    """By owner of the deal: created, won and lost in a range, open now, and what was won of the target.

    Targets are those of the months that lie in the range as a whole, the present one where it is of all its days until
    now, and what was won in just these, attained_minor, is held against them; there are none where more than an owner
    is filtered by.
    """
    asked = Asked.of(session, actor, now, from_day, to_day, filters)
    rows, unrated = _rows(asked, "owner_id")
    targets = targets_by_owner(session, actor, asked.wanted, _held(asked))
    for owner_id in set(targets) - {None}:
        rows.setdefault(owner_id, _Row())
    shown = [
        {"owner_id": name, **_rep(row, targets.get(name, {}) if name else {})}
        for name, row in sorted(rows.items(), key=_most_won)
    ]
    total = _rep(_total(rows), targets.get(None, {}))
    return asked.heading() | {"rows": shown, "total": total, "without_rate": unrated}


def _held(asked: Asked) -> Span:
    """The days whose targets are held against what was won. Nothing is won in days to come, so that until now a month
    counts as a whole."""
    span, today = asked.span, asked.moment.day
    return Span(span.first, next_month(today) - timedelta(days=1)) if span.last == today else span


def _rows(asked: Asked, by: By) -> tuple[dict[str | None, _Row], list[dict[str, Any]]]:
    """The rows, and the deals whose amounts are in none of them for want of a rate."""
    rows: dict[str | None, _Row] = defaultdict(_Row)
    for key, cohort in asked.cohorts(by).items():
        rows[key.group].created += cohort.deals
    parts = {"open": Part(stages=asked.stages(*OPEN_STAGES)), "closed": Part(asked.span, asked.stages(*CLOSED))}
    found = asked.cells(parts, by)
    for key, figures in found["open"].items():
        rows[key.group].opened += asked.worth.of(key, figures)
    for key, figures in found["closed"].items():
        row = rows[key.group]
        row.closed.add(asked, key, figures)
        if key.stage == "won":
            row.won_in[key.month] += asked.worth.exchange.given(figures.value_minor, key.currency) or 0
    return dict(rows), asked.worth.unrated(found["open"], found["closed"]).listed()


def _total(rows: dict[str | None, _Row]) -> _Row:
    total = _Row()
    for row in rows.values():
        total.plus(row)
    return total


def _most_won(item: tuple[str | None, _Row]) -> tuple[int, int, str]:
    name, row = item
    return -row.closed.won_minor, -row.closed.won, name or ""


def _source(row: _Row) -> dict[str, Any]:
    closed = row.closed
    average = round_minor(Decimal(closed.won_minor) / closed.won_valued) if closed.won_valued else None
    figures = {"created": row.created, "open": row.opened.count, "won": closed.won, "lost": closed.lost}
    return figures | {"win_rate": closed.rate, "won_minor": closed.won_minor, "average_won_minor": average}


def _rep(row: _Row, targets: Mapping[date, int]) -> dict[str, Any]:
    opened, closed = row.opened, row.closed
    target_minor = sum(targets.values()) if targets else None
    attained_minor = sum(row.won_in[month] for month in targets)
    return {
        "created": row.created,
        "open": opened.count,
        "open_minor": opened.value_minor,
        "weighted_minor": opened.weighted_minor,
        "won": closed.won,
        "lost": closed.lost,
        "win_rate": closed.rate,
        "won_minor": closed.won_minor,
        "target_minor": target_minor,
        "attained_minor": attained_minor if targets else None,
        "attainment": attainment(attained_minor, target_minor),
    }
