"""What becomes of tasks that made themselves when nothing is to be done any more: the system ticks them off."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, exists, literal, select, update

from libs.common.database import UnitOfWork
from services.clients.domain import ANSWERS, BUSY, Activity
from services.clients.models import activities, task_causes

# What causes begin with: somebody waits for us, a deal stands still, we wait for somebody.
WAITING, STAGNANT, FOLLOW_UP = "waiting", "stagnant", "follow_up"


def open_of(kind: str, *which: ColumnElement[bool]) -> ColumnElement[bool]:
    """Activities that are open tasks which a cause of a kind made."""
    made_by = task_causes.c.cause.startswith(f"{kind}:", autoescape=True)
    made = exists().where(task_causes.c.activity_id == activities.c.id, made_by)
    # Written out, as in the index.
    is_task = activities.c.type == literal("task", literal_execute=True)
    return and_(is_task, activities.c.done_at.is_(None), made, *which)


def is_open(uow: UnitOfWork, kind: str, *which: ColumnElement[bool]) -> bool:
    """Whether such a task is still to be done."""
    return uow.session.execute(select(activities.c.id).where(open_of(kind, *which)).limit(1)).first() is not None


def tick_off(uow: UnitOfWork, kind: str, *which: ColumnElement[bool]) -> None:
    """Tick such tasks off. The caller has locked their client, as whoever makes them has."""
    done = {"done_at": uow.now, "updated_at": uow.now, "version": activities.c.version + 1}
    uow.session.execute(update(activities).where(open_of(kind, *which)).values(done))


def settled_by(uow: UnitOfWork, activity: Activity, *, theirs: bool = False) -> None:
    """Tick off what an activity makes needless: to ask again, once we spoke or they turned to us (``theirs``); to pick
    a deal up, once somebody is busy with it. What happened before the task was made does not count."""
    here = (activities.c.client_id == activity.client_id, activities.c.created_at <= activity.occurred_at)
    if theirs or activity.type in ANSWERS:
        tick_off(uow, FOLLOW_UP, *here)
    if activity.type in BUSY:
        of_deal = [activities.c.deal_id == activity.deal_id] if activity.deal_id else []
        tick_off(uow, STAGNANT, *here, *of_deal)
