"""Tasks across clients: what is to be done, by whom, until when."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, DateTime, and_, func, literal, literal_column, select
from sqlalchemy.orm import Session

from libs.common.fields import date_of, flag
from libs.common.identity import Actor
from libs.common.ids import is_id
from libs.common.pages import keyset, limit_of, page
from libs.common.problems import Invalid
from services.clients import access
from services.clients.domain import day_begins
from services.clients.models import activities, clients

# Written out, both as in the indexes: a parameter would be planned without them.
_TASK = activities.c.type == literal("task", literal_execute=True)
_NEVER = literal_column("'9999-12-31 00:00:00+00'::timestamptz", DateTime(timezone=True))
_DUE = func.coalesce(activities.c.due_at, _NEVER, type_=DateTime(timezone=True))
_FILTERS = frozenset({"assignee_id", "done", "due_from", "due_to", "client_id", "deal_id"})


def list_tasks(
    session: Session, actor: Actor, filters: dict[str, Any], limit: int | None, cursor: str | None, zone: str
) -> dict[str, Any]:
    """The tasks at clients that the actor may read, the next one due first, undated ones last.

    zone: the business time zone, in which ``due_from`` and ``due_to`` are days.
    """
    unknown = [name for name in filters if name not in _FILTERS]
    if unknown:
        raise Invalid(f"there is no filter {unknown[0]!r} here", field=unknown[0])
    size = limit_of(limit)
    conditions = [_condition(name, value, zone) for name, value in filters.items() if value is not None]
    matching = and_(_TASK, access.scope(actor), *conditions)
    tasks = select(activities, clients.c.company_name, _DUE.label("due")).join(clients)
    found = session.execute(
        keyset(tasks.where(matching), [(_DUE, False), (activities.c.id, False)], cursor, size)
    ).all()
    rows, next_cursor = page(found, size, lambda row: (row.due, row.id))
    total = len(rows)
    if cursor is not None or next_cursor is not None:
        count = select(func.count()).select_from(activities.join(clients)).where(matching)
        total = session.execute(count).scalar_one()
    items = [{name: value for name, value in row._mapping.items() if name != "due"} for row in rows]
    return {"items": items, "next_cursor": next_cursor, "total": total}


def _condition(name: str, value: Any, zone: str) -> ColumnElement[bool]:
    if name == "done":
        return activities.c.done_at.isnot(None) if flag(name, value) else activities.c.done_at.is_(None)
    if name in ("due_from", "due_to"):
        day = date_of(name, value)
        assert day is not None  # a filter that is null is left out
        if name == "due_from":
            return activities.c.due_at >= day_begins(day, zone)
        return activities.c.due_at < day_begins(day + timedelta(days=1), zone)
    if name == "assignee_id" and value == "none":
        return activities.c.assignee_id.is_(None)
    if not is_id(value):
        raise Invalid(f"{name} is an id", field=name)
    return activities.c[name] == literal(value, activities.c[name].type)
