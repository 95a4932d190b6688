"""Open deals that nobody works on, or that stay in a stage longer than others do."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from libs.common.identity import Actor
from services.deals.domain import OPEN_STAGES
from services.deals.models import deals
from services.deals.queries.deals import list_deals
from services.deals.queries.filters import matching
from services.deals.queries.idling import Idling, reasons
from services.deals.queries.reports.cells import month_column
from services.deals.queries.reports.spans import Moment, today_of
from services.deals.queries.reports.wanted import Wanted
from services.deals.queries.reports.worth import Worth, worth_of


def stagnation(
    session: Session,
    actor: Actor,
    now: datetime,
    filters: Any = None,
    idle_days: Any = None,
    limit: int | None = None,
    cursor: str | None = None,
) -> dict[str, Any]:
    """The stagnant deals that fit filters of a list, the longest untouched first, and what they are worth.

    They are what the list shows with ``stagnant``, and ``idle_days`` where given. because: ``idle``, ``long_in_stage``.
    """
    idling = Idling.of(session, now, idle_days)
    asked = dict(filters or {}) | {"stagnant": True, "idle_days": idling.idle_days}
    found = list_deals(session, actor, asked, "last_activity_at", limit, cursor, now)
    items = with_reasons(session, idling, found["items"])
    return found | {"items": items, "idle_days": idling.idle_days} | _worth(session, actor, now, asked, idling)


def with_reasons(session: Session, idling: Idling, items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Listed deals with how long they stand still, and why they count as stagnant."""
    touched = _touched(session, [item["id"] for item in items])
    return [item | reasons(idling, item["stage"], item["stage_since"], touched[item["id"]]) for item in items]


def _touched(session: Session, deal_ids: list[str]) -> dict[str, datetime]:
    rows = session.execute(select(deals.c.id, deals.c.last_activity_at).where(deals.c.id.in_(deal_ids)))
    return {row.id: row.last_activity_at for row in rows}


@dataclass(frozen=True, slots=True)
class Wait:
    """How many deals of a stage stand still, and for how many days the middle one of them was left alone."""

    count: int = 0
    median_days: float | None = None


def waits(session: Session, still: ColumnElement[bool], today: date) -> Mapping[str, Wait]:
    """Of deals that stand still, by stage."""
    row = deals.c
    # Counted from either end: of an even number two are in the middle. Only they are turned into days.
    middle = [
        func.percentile_disc(0.5).within_group(order) for order in (row.last_activity_at, row.last_activity_at.desc())
    ]
    statement = select(row.stage, func.count(), *middle).where(still).group_by(row.stage)
    found: dict[str, Wait] = defaultdict(Wait)
    for stage, count, *instants in session.execute(statement):
        found[stage] = Wait(count, sum((today - today_of(each)).days for each in instants) / len(instants))
    return found


def _worth(session: Session, actor: Actor, now: datetime, asked: dict[str, Any], idling: Idling) -> dict[str, Any]:
    """By currency as they are, and by stage in the base currency."""
    row, today = deals.c, today_of(now)
    still = matching(session, actor, asked, now)
    keys = (row.stage, row.currency, month_column(row.closes_on))
    value = func.coalesce(func.sum(row.deal_value_minor), 0).label("value_minor")
    values: Counter[str] = Counter()
    cells: Counter[tuple[str, str, date | None]] = Counter()
    for each in session.execute(select(*keys, value).where(still).group_by(*keys)):
        values[each.currency] += int(each.value_minor)
        cells[each.stage, each.currency, each.month] += int(each.value_minor)
    worth, counts = worth_of(session, Wanted(), Moment(today)), waits(session, still, today)
    return {
        "values": [{"currency": currency, "value_minor": values[currency]} for currency in sorted(values)],
        "currency": worth.currency,
        "stages": [_stage(stage, counts[stage], cells, worth, idling.usual) for stage in OPEN_STAGES],
    }


def _stage(
    stage: str, wait: Wait, cells: Mapping[tuple[str, str, date | None], int], worth: Worth, usual: Mapping[str, int]
) -> dict[str, Any]:
    value = sum(worth.exchange.given(minor, key[1]) or 0 for key, minor in cells.items() if key[0] == stage)
    return {
        "stage": stage,
        "count": wait.count,
        "value_minor": value,
        "median_idle_days": wait.median_days,
        "usual_days": usual.get(stage),
    }
