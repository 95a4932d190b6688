"""Tasks and meetings across clients: what is to be done, by whom, until when."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, DateTime, and_, exists, func, literal, literal_column, or_, select
from sqlalchemy.orm import Session

from libs.common.fields import date_of, flag, one_of, time_zone
from libs.common.identity import Actor
from libs.common.ids import is_id
from libs.common.pages import keyset, limit_of, page
from libs.common.problems import Invalid
from services.clients import access
from services.clients.domain import day_begins
from services.clients.models import activities, clients, meetings

# Written out, all as in the indexes: a parameter would be planned without them.
_KINDS = {name: activities.c.type == literal(name, literal_execute=True) for name in ("task", "meeting")}
NEVER = literal_column("'9999-12-31 00:00:00+00'::timestamptz", DateTime(timezone=True))
# A task is due, if ever; a meeting takes place at the time that is set for it, or took place when it was noted.
_WHEN = {
    "task": func.coalesce(activities.c.due_at, NEVER, type_=DateTime(timezone=True)),
    "meeting": func.coalesce(activities.c.due_at, activities.c.occurred_at, type_=DateTime(timezone=True)),
}
# By which day it is found; undated tasks by none.
_DAY = {"task": activities.c.due_at, "meeting": _WHEN["meeting"]}
_FILTERS = frozenset({"type", "assignee_id", "person_id", "done", "due_from", "due_to", "client_id", "deal_id", "zone"})


def list_tasks(
    session: Session, actor: Actor, filters: dict[str, Any], limit: int | None, cursor: str | None, zone: str
) -> dict[str, Any]:
    """Tasks, or by ``type`` meetings that were not called off, at clients that the actor may read; the next one first,
    undated ones last.

    zone: the business time zone, in which ``due_from`` and ``due_to`` are days unless a filter ``zone`` names another.
    """
    unknown = [name for name in filters if name not in _FILTERS]
    if unknown:
        raise Invalid(f"there is no filter {unknown[0]!r} here", field=unknown[0])
    size = limit_of(limit)
    kind = one_of(*_KINDS)("type", filters.get("type") or "task")
    when = _WHEN[kind]
    given = {name: value for name, value in filters.items() if name not in ("type", "zone") and value is not None}
    days_of = time_zone("zone", filters.get("zone")) or zone
    conditions = [_condition(name, value, _DAY[kind], days_of) for name, value in given.items()]
    if kind == "meeting":
        called_off = (meetings.c.activity_id == activities.c.id, meetings.c.cancelled_at.is_not(None))
        conditions.append(~exists().where(*called_off))
    matching = and_(_KINDS[kind], access.scope(actor), *conditions)
    tasks = select(activities, clients.c.company_name, when.label("due")).join(clients)
    found = session.execute(
        keyset(tasks.where(matching), [(when, False), (activities.c.id, False)], cursor, size)
    ).all()
    rows, next_cursor = page(found, size, lambda row: (row.due, row.id))
    total = len(rows)
    if cursor is not None or next_cursor is not None:
        count = select(func.count()).select_from(activities.join(clients)).where(matching)
        total = session.execute(count).scalar_one()
    items = [{name: value for name, value in row._mapping.items() if name != "due"} for row in rows]
    return {"items": items, "next_cursor": next_cursor, "total": total}


def _condition(name: str, value: Any, day: ColumnElement[Any], zone: str) -> ColumnElement[bool]:
    if name == "done":
        return activities.c.done_at.isnot(None) if flag(name, value) else activities.c.done_at.is_(None)
    if name in ("due_from", "due_to"):
        given = date_of(name, value)
        assert given is not None  # a filter that is null is left out
        if name == "due_from":
            return day >= day_begins(given, zone)
        return day < day_begins(given + timedelta(days=1), zone)
    if name == "assignee_id" and value == "none":
        return activities.c.assignee_id.is_(None)
    if not is_id(value):
        raise Invalid(f"{name} is an id", field=name)
    if name == "person_id":
        owns = clients.c.owner_id == literal(value, clients.c.owner_id.type)
        return or_(activities.c.actor_id == str(value), owns)
    return activities.c[name] == literal(value, activities.c[name].type)
