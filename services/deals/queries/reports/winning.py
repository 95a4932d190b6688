"""How much of what was closed was won."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from libs.common.identity import Actor
from libs.common.problems import Invalid
from services.deals.domain import OPEN_STAGES
from services.deals.queries.reports.asking import Asked
from services.deals.queries.reports.cells import CLOSED, Cells, Figures, Key, Part
from services.deals.queries.reports.spans import month_name
from services.deals.queries.reports.wanted import By

_BY: dict[str, By] = {"month": None, "source": "source", "owner": "owner_id", "stage": None}


@dataclass(slots=True)
class Closed:
    """Deals that were won and lost, and what they were worth."""

    won: int = 0
    lost: int = 0
    won_minor: int = 0
    lost_minor: int = 0
    won_valued: int = 0

    def add(self, asked: Asked, key: Key, figures: Figures, stage: str | None = None) -> None:
        """Count a cell in; stage: only those of its deals that were ever in it."""
        count = getattr(figures, stage) if stage else figures.deals
        minor = getattr(figures, f"{stage}_minor") if stage else figures.value_minor
        value = asked.worth.exchange.given(minor, key.currency) or 0
        setattr(self, key.stage, getattr(self, key.stage) + count)
        setattr(self, f"{key.stage}_minor", getattr(self, f"{key.stage}_minor") + value)
        if key.stage == "won" and asked.worth.exchange.knows(key.currency):
            self.won_valued += figures.valued

    def plus(self, other: Closed) -> None:
        for name in self.__dataclass_fields__:
            setattr(self, name, getattr(self, name) + getattr(other, name))

    @property
    def rate(self) -> float | None:
        return self.won / (self.won + self.lost) if self.won + self.lost else None

    def shown(self) -> dict[str, Any]:
        amounts = {"won_minor": self.won_minor, "lost_minor": self.lost_minor}
        return {"won": self.won, "lost": self.lost, "win_rate": self.rate} | amounts


def win_rate(
    session: Session, actor: Actor, now: datetime, from_day: Any, to_day: Any, group_by: Any = None, filters: Any = None
) -> dict[str, Any]:
    """Won and lost among the deals that were closed in a range, by month, source, owner or stage.

    By stage a deal counts in each open stage it was ever in, so rows are no parts of the total; otherwise they are.
    """
    asked = Asked.of(session, actor, now, from_day, to_day, filters)
    by = group_by or "month"
    if by not in _BY:
        raise Invalid(f"group_by is one of {', '.join(_BY)}", field="group_by")
    part = Part(asked.span, asked.stages(*CLOSED))
    found = asked.cells({"closed": part}, _BY[by])["closed"]
    rows = _by_stage(asked, found) if by == "stage" else grouped(asked, found, by)
    total = _all(asked, found) if by == "stage" else totals_of(rows.values())
    shown = [{"key": key, **each.shown()} for key, each in rows.items()]
    rates = {"rates": asked.worth.exchange.listed(key.currency for key in found)}
    unrated = {"without_rate": asked.worth.unrated(found).listed()}
    return asked.heading() | {"group_by": by, "rows": shown, "total": total.shown()} | unrated | rates


def grouped(asked: Asked, found: Cells, by: str) -> dict[str | None, Closed]:
    """By month (every one of the range, in order), or by owner or source, the most deals first."""
    rows: dict[str | None, Closed] = {}
    if by == "month":
        rows = {month_name(month): Closed() for month in asked.span.months()}
    for key, figures in found.items():
        name = month_name(key.month) if by == "month" and key.month else key.group
        rows.setdefault(name, Closed()).add(asked, key, figures)
    return rows if by == "month" else dict(sorted(rows.items(), key=_most))


def _most(row: tuple[str | None, Closed]) -> tuple[int, str]:
    return -(row[1].won + row[1].lost), row[0] or ""


def _by_stage(asked: Asked, found: Cells) -> dict[str | None, Closed]:
    rows: dict[str | None, Closed] = {stage: Closed() for stage in OPEN_STAGES}
    for stage in OPEN_STAGES:
        for key, figures in found.items():
            rows[stage].add(asked, key, figures, stage)
    return rows


def _all(asked: Asked, found: Cells) -> Closed:
    total = Closed()
    for key, figures in found.items():
        total.add(asked, key, figures)
    return total


def totals_of(rows: Iterable[Closed]) -> Closed:
    """The rows added up."""
    total = Closed()
    for each in rows:
        total.plus(each)
    return total
