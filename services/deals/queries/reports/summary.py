"""A morning's figures of the pipeline, each with the filters of the list that shows the same."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_
from sqlalchemy.orm import Session

from libs.common.fields import date_of
from libs.common.identity import Actor
from libs.common.problems import Invalid
from services.deals import access
from services.deals.domain import OPEN_STAGES
from services.deals.models import deals
from services.deals.queries.board import totals
from services.deals.queries.deals import list_deals
from services.deals.queries.idling import Idling
from services.deals.queries.reports.heaviest import heaviest
from services.deals.queries.reports.spans import Moment, today_of
from services.deals.queries.reports.stagnation import with_reasons
from services.deals.queries.reports.wanted import Wanted
from services.deals.queries.reports.worth import worth_of

CLOSING_DAYS = 7
_TOP = 5
_TOLD = ("id", "deal_name", "company_name", "stage", "deal_value_minor", "currency", "expected_close_date")


def summary(session: Session, actor: Actor, now: datetime, today: Any, filters: Any = None) -> dict[str, Any]:
    """``{open, closing, stagnant, won, stages, top}``: all but the last with the filters to list it by, and the totals
    of just these.

    closing: open deals expected to close today or within seven days; won: this month, until today. top: the five open
    deals that weigh most by value and stage, ``[{id, deal_name, company_name, stage, deal_value_minor, currency,
    expected_close_date}]``.
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
        "top": _top_deals(session, actor, now, given),
    }


def _top_deals(session: Session, actor: Actor, now: datetime, filters: dict[str, Any]) -> list[dict[str, Any]]:
    wanted = Wanted.of(filters)
    worth = worth_of(session, wanted, Moment(today_of(now)))
    theirs = and_(access.counted(actor, deals), *wanted.of_table(deals))
    found = heaviest(session, actor, theirs, OPEN_STAGES, worth, _TOP)
    return [{name: getattr(row, name) for name in _TOLD} for row in found]
