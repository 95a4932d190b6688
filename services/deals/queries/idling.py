"""When a deal is stagnant: one condition for lists, sums and reports."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Self

from sqlalchemy import ColumnElement, and_, or_
from sqlalchemy.orm import Session

from libs.common import fields
from services.deals import settings
from services.deals.domain import OPEN_STAGES
from services.deals.models import deals
from services.deals.queries.reports.durations import usual_days
from services.deals.queries.reports.spans import Moment, begins, today_of

_DAYS = fields.whole(1, 3660)


@dataclass(frozen=True, slots=True)
class Idling:
    """What counts as stagnant on a day: idle for so many days, or longer in a stage than is usual for it."""

    today: date
    idle_days: int
    usual: Mapping[str, int]

    @classmethod
    def of(cls, session: Session, now: datetime, idle_days: Any = None) -> Self:
        """idle_days: the setting's where none are given; Invalid for what is no number of days."""
        today = today_of(now)
        days = settings.current().stagnant_days if idle_days is None else _DAYS("idle_days", idle_days)
        return cls(today, days, usual_days(session, Moment(today)))

    def condition(self) -> ColumnElement[bool]:
        row = deals.c
        long = [
            and_(row.stage == stage, row.stage_since < begins(self.today - timedelta(days=days)))
            for stage, days in sorted(self.usual.items())
        ]
        return and_(row.stage.in_(OPEN_STAGES), or_(row.last_activity_at < self.idle_since, *long))

    @property
    def idle_since(self) -> datetime:
        """Before this instant the last activity of an idle deal was."""
        return begins(self.today - timedelta(days=self.idle_days - 1))


def idle(now: datetime, days: Any) -> ColumnElement[bool]:
    """Open deals on which nothing was done for so many days."""
    since = begins(today_of(now) - timedelta(days=_DAYS("idle_days", days) - 1))
    return and_(deals.c.stage.in_(OPEN_STAGES), deals.c.last_activity_at < since)


def reasons(idling: Idling, stage: str, stage_since: datetime, last_activity_at: datetime) -> dict[str, Any]:
    """``{idle_days, days_in_stage, usual_days, because}`` of an open deal."""
    idle_days = (idling.today - today_of(last_activity_at)).days
    in_stage, usual = (idling.today - today_of(stage_since)).days, idling.usual.get(stage)
    because = ["idle"] if idle_days >= idling.idle_days else []
    if usual is not None and in_stage > usual:
        because.append("long_in_stage")
    return {"idle_days": idle_days, "days_in_stage": in_stage, "usual_days": usual, "because": because}
