"""A morning's figures of the pipeline, each with the filters of the list that shows the same."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from libs.common.fields import date_of
from libs.common.identity import Actor
from libs.common.problems import Invalid
from services.deals.domain import OPEN_STAGES
from services.deals.queries.board import totals
from services.deals.queries.deals import list_deals
from services.deals.queries.idling import Idling
from services.deals.queries.reports.stagnation import with_reasons

CLOSING_DAYS = 7
_TOP = 5


def summary(session: Session, actor: Actor, now: datetime, today: Any, filters: Any = None) -> dict[str, Any]:
    """``{open, closing, stagnant, won, stages}``: each with the filters to list it by, and the totals of just these.

    closing: open deals expected to close today or within seven days; won: this month, until today.
    """
    day = date_of("today", today)
    if day is None:
        raise Invalid("today is a date, as in 2025-02-10", field="today")
    given = dict(filters or {})
    days = {"closing_from": f"{day}", "closing_to": f"{day + timedelta(days=CLOSING_DAYS)}"}
    month = {"closed_from": f"{day.replace(day=1)}", "closed_to": f"{day}"}

    def figures(**more: Any) -> dict[str, Any]:
        asked = given | more
        return {"filters": asked, **totals(session, actor, asked, now)}

    def top(found: dict[str, Any]) -> dict[str, Any]:
        listed = list_deals(session, actor, found["filters"], "-deal_value", _TOP, None, now)
        return found | {"items": listed["items"]}

    def still(found: dict[str, Any]) -> dict[str, Any]:
        return found | {"items": with_reasons(session, Idling.of(session, now, None), found["items"])}

    return {
        "open": figures(stage="open"),
        "closing": top(figures(stage="open", **days)),
        "stagnant": still(top(figures(stagnant=True))),
        "won": figures(stage="won", **month),
        "stages": [{"stage": stage, **figures(stage=stage)} for stage in OPEN_STAGES],
    }
