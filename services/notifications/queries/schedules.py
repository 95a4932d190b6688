"""Reports that are mailed by themselves: whose, when, to whom."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, literal, select
from sqlalchemy.orm import Session

from libs.common.identity import Actor
from libs.common.ids import is_id
from libs.common.pages import keyset, limit_of, page
from libs.common.problems import NotFound
from services.notifications import settings
from services.notifications.domain import Rhythm
from services.notifications.models import people, report_schedules, summary_times

_SHOWN = "id kind params format cadence weekday monthday hour created_at updated_at version".split()


def schedule_of(session: Session, actor: Actor, schedule_id: str, *, lock: bool = False) -> Any:
    """The row of one of the actor's own schedules; NotFound where it is somebody else's."""
    own = (report_schedules.c.id == schedule_id, report_schedules.c.user_id == actor.id)
    statement = select(report_schedules).where(*own)
    found = session.execute(statement.with_for_update() if lock else statement).first() if is_id(schedule_id) else None
    if found is None:
        raise NotFound("there is no such schedule, or it is not yours")
    return found


def schedule(session: Session, actor: Actor, schedule_id: str, now: datetime) -> dict[str, Any]:
    """One of the actor's own schedules."""
    return _documents(session, actor, [schedule_of(session, actor, schedule_id)], now)[0]


def list_schedules(
    session: Session, actor: Actor, now: datetime, limit: int | None, cursor: str | None
) -> dict[str, Any]:
    """The actor's own schedules, newest first."""
    size, mine = limit_of(limit), report_schedules.c.user_id == actor.id
    keys = [(report_schedules.c.created_at, True), (report_schedules.c.id, True)]
    found = session.execute(keyset(select(report_schedules).where(mine), keys, cursor, size)).all()
    rows, next_cursor = page(found, size, lambda each: (each.created_at, each.id))
    total = session.execute(select(func.count()).select_from(report_schedules).where(mine)).scalar_one()
    return {"items": _documents(session, actor, rows, now), "next_cursor": next_cursor, "total": total}


def running_schedules(session: Session, zone: str) -> Sequence[Any]:
    """The schedules of everybody who works here, each with the zone that its hour is of."""
    row = report_schedules
    source = row.join(people, people.c.user_id == row.c.user_id)
    source = source.outerjoin(summary_times, summary_times.c.user_id == row.c.user_id)
    zoned = func.coalesce(summary_times.c.time_zone, literal(zone)).label("zone")
    return session.execute(select(row, zoned).select_from(source).where(people.c.active)).all()


def receivers(session: Session, schedule: Any) -> list[str]:
    """Who gets what a schedule makes: those of its recipients who still work here."""
    wanted = schedule.recipients or [schedule.user_id]
    active = select(people.c.user_id).where(people.c.active, people.c.user_id.in_(wanted))
    return list(session.execute(active.order_by(people.c.user_id)).scalars())


def rhythm(row: Any) -> Rhythm:
    """When a schedule comes."""
    return Rhythm(row.cadence, row.hour, row.weekday, row.monthday)


def _documents(session: Session, actor: Actor, rows: Sequence[Any], now: datetime) -> list[dict[str, Any]]:
    ids = {each for row in rows for each in row.recipients}
    found = session.execute(select(people.c.user_id, people.c.email).where(people.c.user_id.in_(ids)))
    addresses = {each.user_id: each.email for each in found}
    zone = _zone(session, actor)
    today = now.astimezone(ZoneInfo(zone)).date()
    return [
        {name: getattr(row, name) for name in _SHOWN}
        | {"recipients": [addresses.get(each) or each for each in row.recipients]}
        | {"next_at": rhythm(row).after(max(now, row.since), today, zone), "zone": zone}
        for row in rows
    ]


def _zone(session: Session, actor: Actor) -> str:
    own = select(summary_times.c.time_zone).where(summary_times.c.user_id == actor.id)
    return session.execute(own).scalar_one_or_none() or settings.current().business_tz
