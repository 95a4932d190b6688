"""Tasks whose time has come: whoever is to do them is reminded, once for each time that is set."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import exists, func, literal, select
from sqlalchemy.dialects.postgresql import insert

from libs.common.database import UnitOfWork
from libs.common.schedule import ScheduledJob
from services.clients.events import TaskDue
from services.clients.models import activities, clients, task_reminders
from services.clients.queries.tasks import NEVER

# In one transaction; the next run goes on.
_MOST = 500
# What was due earlier is late, and no news.
_LATE_AT_MOST = timedelta(days=1)


def remind(uow: UnitOfWork, _due_at: datetime) -> None:
    """Tell of each open task of somebody that is due since at most a day and was not told of at this time."""
    row = activities.c
    due = func.coalesce(row.due_at, NEVER)  # as in the index
    is_task = row.type == literal("task", literal_execute=True)
    told = exists().where(task_reminders.c.activity_id == row.id, task_reminders.c.due_at == row.due_at)
    to_do = (is_task, row.done_at.is_(None), row.assignee_id.is_not(None), clients.c.deleted_at.is_(None), ~told)
    has_come = (due > uow.now - _LATE_AT_MOST, due <= uow.now)
    columns = (row.id, row.client_id, row.subject, row.due_at, row.assignee_id, row.version, clients.c.company_name)
    statement = select(*columns).join_from(activities, clients).where(*to_do, *has_come).order_by(due, row.id)
    # One that is locked is being changed, or is another worker's.
    locked = statement.limit(_MOST).with_for_update(of=activities, key_share=True, skip_locked=True)
    for task in uow.session.execute(locked).all():
        noted = insert(task_reminders).values(activity_id=task.id, due_at=task.due_at, told_at=uow.now)
        first = noted.on_conflict_do_nothing().returning(task_reminders.c.activity_id)
        if uow.session.execute(first).first() is not None:
            uow.outbox.add(TaskDue(activity_id=task.id, **_facts(task)), of=task)


def _facts(task: Any) -> dict[str, Any]:
    names = "client_id company_name subject due_at assignee_id version"
    return {name: getattr(task, name) for name in names.split()}


REMIND = ScheduledJob("remind of tasks", "* * * * *", remind)
