"""Reports on a schedule: each recipient gets it with the own eyes, once a day that it falls on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from libs.common import fields
from libs.common.clock import business_date
from libs.common.database import UnitOfWork
from libs.common.ids import is_id, new_id
from libs.common.problems import Conflict, Invalid, TooManyRequests
from libs.reporting import KINDS
from services.notifications import queries
from services.notifications.domain import CADENCES, due_days, moment
from services.notifications.handlers.reports import order
from services.notifications.models import people, report_schedules, reports
from services.notifications.reports import FORMATS, STATE_DAYS, read

_MOST, _MOST_RECIPIENTS = 50, 20
_SENT_AN_HOUR = 5
_DAY_OF = {"weekday": "weekly", "monthday": "monthly"}
_RHYTHM = ("cadence", "weekday", "monthday", "hour")


def create_schedule(uow: UnitOfWork, data: Any) -> dict[str, Any]:
    """Have a report mailed by itself: ``{kind, params, format, cadence, weekday, monthday, hour, recipients}``.

    Conflict when somebody has as many as there may be.
    """
    given = fields.read(_READERS, data)
    for name in ("kind", "cadence"):
        if name not in given:
            raise Invalid(f"{name} is needed", field=name)
    mine = report_schedules.c.user_id == uow.actor.id
    if uow.session.execute(select(func.count()).select_from(report_schedules).where(mine)).scalar_one() >= _MOST:
        raise Conflict(f"you have {_MOST} schedules already; take one away first")
    _fits(given, given["cadence"])
    row = {"id": new_id(), "user_id": uow.actor.id, "format": "pdf", "hour": 8, "params": {}, "recipients": []}
    row |= {"since": uow.now, "created_at": uow.now, "updated_at": uow.now, "version": 1} | given
    uow.session.execute(insert(report_schedules).values(_settled(uow, row)))
    return queries.schedule(uow.session, uow.actor, str(row["id"]), uow.now)


def update_schedule(uow: UnitOfWork, schedule_id: str, changes: Any, version: int | None = None) -> dict[str, Any]:
    """Change one of one's own; a stale ``version`` is Conflict. What it is a report of stays."""
    readers = {name: reader for name, reader in _READERS.items() if name != "kind"}
    given = fields.read(readers, changes)
    found = queries.schedule_of(uow.session, uow.actor, schedule_id, lock=True)
    if version is not None and version != found.version:
        raise Conflict("this schedule was changed meanwhile; load it again and repeat your change")
    before = dict(found._mapping)
    _fits(given, given.get("cadence", before["cadence"]))
    row = _settled(uow, before | given)
    if any(row[name] != before[name] for name in _RHYTHM):
        row["since"] = uow.now
    row |= {"updated_at": uow.now, "version": found.version + 1}
    uow.session.execute(update(report_schedules).where(report_schedules.c.id == found.id).values(row))
    return queries.schedule(uow.session, uow.actor, found.id, uow.now)


def delete_schedule(uow: UnitOfWork, schedule_id: str) -> dict[str, Any]:
    """Take one of one's own away; what it has made stays."""
    found = queries.schedule_of(uow.session, uow.actor, schedule_id, lock=True)
    uow.session.execute(delete(report_schedules).where(report_schedules.c.id == found.id))
    return {"id": found.id, "deleted": True}


def send_schedule_now(uow: UnitOfWork, schedule_id: str) -> dict[str, Any]:
    """Have it made and mailed now, beside its own times; TooManyRequests after a few within an hour."""
    found = queries.schedule_of(uow.session, uow.actor, schedule_id, lock=True)
    row = reports.c
    lately = (row.schedule_id == found.id, row.due_on.is_(None), row.created_at > uow.now - timedelta(hours=1))
    # Those of one sending have the same time.
    sent = uow.session.execute(select(func.count(row.created_at.distinct())).where(*lately)).scalar_one()
    if sent >= _SENT_AN_HOUR:
        raise TooManyRequests(f"this was sent {sent} times within an hour; try again later")
    receivers = queries.receivers(uow.session, found)
    for user_id in receivers:
        order(uow, user_id, found.kind, found.params, found.format, schedule_id=found.id)
    return {"id": found.id, "status": "ordered", "recipients": len(receivers)}


def order_scheduled(uow: UnitOfWork, due_at: datetime) -> None:
    """What falls on this day and hour is made for each recipient; of who left here nothing is."""
    for found in queries.running_schedules(uow.session, uow.business.zone):
        rhythm = queries.rhythm(found)
        for day in due_days(due_at, found.hour, 0, found.zone):
            at = moment(day, found.hour, 0, found.zone)
            if rhythm.falls_on(day) and at is not None and found.since <= at:
                for user_id in queries.receivers(uow.session, found):
                    about = {"schedule_id": found.id, "due_on": day}
                    order(uow, user_id, found.kind, found.params, found.format, **about)


def _fits(given: Mapping[str, Any], cadence: Any) -> None:
    """Invalid where a day is named that a schedule of this cadence has not."""
    for name, of in _DAY_OF.items():
        if given.get(name) is not None and cadence != of:
            raise Invalid(f"{name} is of a {of} schedule, and this one is {cadence}", field=name)


def _settled(uow: UnitOfWork, row: Mapping[str, Any]) -> dict[str, Any]:
    """A schedule whose parts fit each other: a weekly one has a weekday, a monthly one a day of the month."""
    made = dict(row)
    made["weekday"] = (made.get("weekday") or 0) if made["cadence"] == "weekly" else None
    made["monthday"] = (made.get("monthday") or 1) if made["cadence"] == "monthly" else None
    for name in STATE_DAYS:
        if made["params"].get(name) is not None:
            raise Invalid(f"{name} is one day, and a schedule comes on many: leave it out", field=f"params.{name}")
    try:
        made["params"] = read(made["kind"], made["params"], business_date(uow.now, uow.business.zone))
    except Invalid as error:
        inner = error.field if error.field in (None, "kind", "params") else f"params.{error.field}"
        raise Invalid(error.detail, field=inner) from None
    made["recipients"] = list(dict.fromkeys(_colleague(uow, each) for each in made["recipients"]))
    return made


def _colleague(uow: UnitOfWork, named: str) -> str:
    """The id of somebody who works here, named by id or e-mail address."""
    by = people.c.user_id == named if is_id(named) else func.lower(people.c.email) == named.lower()
    found = uow.session.execute(select(people.c.user_id).where(people.c.active, by)).scalars().first()
    if found is None:
        raise Invalid(f"{named} is nobody who works here", field="recipients")
    return str(found)


def _recipients(name: str, value: Any) -> list[str]:
    if value is None:
        return []
    if not isinstance(value, list) or len(value) > _MOST_RECIPIENTS or not all(isinstance(each, str) for each in value):
        raise Invalid(f"{name} is a list of up to {_MOST_RECIPIENTS} people who work here", field=name)
    return [each.strip() for each in value]


def _whole_or_none(low: int, high: int) -> fields.Reader:
    return lambda name, value: None if value is None else fields.whole(low, high)(name, value)


def _params(name: str, value: Any) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        raise Invalid(f"{name} is an object", field=name)
    return dict(value)


_READERS: dict[str, fields.Reader] = {
    "kind": fields.one_of(*KINDS),
    "params": _params,
    "format": fields.one_of(*FORMATS),
    "cadence": fields.one_of(*CADENCES),
    "weekday": _whole_or_none(0, 6),
    "monthday": _whole_or_none(1, 31),
    "hour": fields.whole(0, 23),
    "recipients": _recipients,
}
