"""Open deals that nobody works on, or that stay in a stage longer than others do."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import Date, cast, func, literal, select
from sqlalchemy.orm import Session

from libs.common.identity import Actor
from services.deals import settings
from services.deals.domain import OPEN_STAGES
from services.deals.models import deals
from services.deals.queries.deals import list_deals
from services.deals.queries.filters import matching
from services.deals.queries.idling import Idling, reasons
from services.deals.queries.reports.cells import month_column
from services.deals.queries.reports.durations import Days, median
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


def _worth(session: Session, actor: Actor, now: datetime, asked: dict[str, Any], idling: Idling) -> dict[str, Any]:
    """By currency as they are, and by stage in the base currency."""
    row = deals.c
    today, zone = today_of(now), settings.current().business_tz
    idle = (literal(today) - cast(func.timezone(zone, row.last_activity_at), Date)).label("idle")
    keys = (row.stage, row.currency, month_column(row.closes_on), idle)
    sums = (func.count().label("deals"), func.coalesce(func.sum(row.deal_value_minor), 0).label("value_minor"))
    rows = session.execute(select(*keys, *sums).where(matching(session, actor, asked, now)).group_by(*keys)).all()
    values: Counter[str] = Counter()
    cells: Counter[tuple[str, str, date | None]] = Counter()
    counts: dict[str, Days] = defaultdict(Counter)
    for each in rows:
        values[each.currency] += int(each.value_minor)
        cells[each.stage, each.currency, each.month] += int(each.value_minor)
        counts[each.stage][each.idle] += each.deals
    worth = worth_of(session, Wanted(), Moment(today))
    return {
        "values": [{"currency": currency, "value_minor": values[currency]} for currency in sorted(values)],
        "currency": worth.currency,
        "stages": [_stage(stage, counts[stage], cells, worth, idling.usual) for stage in OPEN_STAGES],
    }


def _stage(
    stage: str, idle: Days, cells: Mapping[tuple[str, str, date | None], int], worth: Worth, usual: Mapping[str, int]
) -> dict[str, Any]:
    value = sum(worth.exchange.given(minor, key[1]) or 0 for key, minor in cells.items() if key[0] == stage)
    return {
        "stage": stage,
        "count": idle.total(),
        "value_minor": value,
        "median_idle_days": median(idle) if idle else None,
        "usual_days": usual.get(stage),
    }
