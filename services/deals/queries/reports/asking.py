"""What the reports of the present have in common: whose eyes, which deals, which days, what money is worth today."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from sqlalchemy.orm import Session

from libs.common.identity import Actor
from services.deals.queries.reports.cells import Cells, Key, Part, cells
from services.deals.queries.reports.cohorts import Cohort, cohorts
from services.deals.queries.reports.spans import Moment, Span, asked_span, today_of
from services.deals.queries.reports.wanted import By, Wanted
from services.deals.queries.reports.worth import Worth, worth_of


@dataclass(frozen=True, slots=True)
class Asked:
    """A report of the present. Amounts are at today's rates and weights."""

    session: Session
    actor: Actor
    wanted: Wanted
    span: Span
    moment: Moment
    worth: Worth

    @classmethod
    def of(cls, session: Session, actor: Actor, now: datetime, from_day: Any, to_day: Any, filters: Any) -> Self:
        """Invalid names what is malformed."""
        return cls.within(session, actor, now, asked_span(from_day, to_day), Wanted.of(filters))

    @classmethod
    def within(cls, session: Session, actor: Actor, now: datetime, span: Span, wanted: Wanted) -> Self:
        moment = Moment(today_of(now))
        return cls(session, actor, wanted, span, moment, worth_of(session, wanted, moment))

    def cells(self, parts: dict[str, Part], by: By = None) -> dict[str, Cells]:
        return cells(self.session, self.actor, self.wanted, self.moment, parts, by)

    def cohorts(self, by: By = None) -> dict[Key, Cohort]:
        """Those created in the report's days."""
        return cohorts(self.session, self.actor, self.wanted, self.span, by)

    def stages(self, *among: str) -> tuple[str, ...]:
        """Those of some stages that are in question."""
        return tuple(stage for stage in self.wanted.shown_stages if stage in among)

    def heading(self) -> dict[str, Any]:
        return {"from_day": self.span.first, "to_day": self.span.last, "currency": self.worth.currency}
