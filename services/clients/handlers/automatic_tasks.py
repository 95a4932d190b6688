"""Tasks that make themselves: one for each cause, which the database sees to."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Text, cast, exists, func, literal, literal_column, or_, select
from sqlalchemy.dialects.postgresql import insert

from libs.common.clock import business_date
from libs.common.database import UnitOfWork
from libs.common.identity import system_actor
from libs.common.ids import new_id
from libs.common.schedule import ScheduledJob
from services.clients.domain import ANSWERS, RECEIVED, Activity, Client, day_begins, shortened
from services.clients.handlers.telling import log, tell_assigned
from services.clients.handlers.ticking import FOLLOW_UP, WAITING, open_of
from services.clients.models import activities, clients, task_causes, task_reminders
from services.clients.models.columns import Instant

_SUBJECT_LENGTH = 300
# Of a name or a subject within the subject of a task.
_PART_LENGTH = 120
# In one transaction; the next run goes on.
_MOST = 100
# Who has waited longer came with an import, or is known to wait.
_WAITED_AT_MOST = timedelta(days=7)
_FOLLOWED_UP_WITHIN = 14
# When we and they spoke, as in the index.
_SPOKEN_AT: ColumnElement[datetime] = literal_column(
    "CASE WHEN type = 'meeting' THEN coalesce(due_at, occurred_at) ELSE occurred_at END", Instant
)


def task_for(
    uow: UnitOfWork,
    cause: str,
    client: Client,
    subject: str,
    description: str,
    due_at: datetime,
    deal_id: str | None = None,
) -> Activity | None:
    """Make the task that follows from something, for the client's owner; None where this cause made one before.

    cause: ``<kind>:<of what>``. client: locked by the caller; without an owner the task is nobody's. Whoever is to do
    it is told, and not reminded as well when it is due at once.
    """
    task_id = new_id()
    claim = insert(task_causes).values(cause=cause, activity_id=task_id, created_at=uow.now).on_conflict_do_nothing()
    if uow.session.execute(claim.returning(task_causes.c.cause)).first() is None:
        return None
    about = {"id": task_id, "due_at": due_at, "assignee_id": client.owner_id, "deal_id": deal_id}
    by = system_actor("clients")
    task = log(uow, client.id, "task", shortened(subject, _SUBJECT_LENGTH), description, by=by, **about)
    if client.owner_id is not None:
        tell_assigned(uow, task, client, cause)
        if due_at <= uow.now:
            told = insert(task_reminders).values(activity_id=task_id, due_at=due_at, told_at=uow.now)
            uow.session.execute(told)
    return task


def answer_leads(minutes: Callable[[], int]) -> ScheduledJob:
    """Have whoever waits for so long answered."""

    def answer(uow: UnitOfWork, _due_at: datetime) -> None:
        tasks_to_answer(uow, minutes())

    return ScheduledJob("answer leads", "* * * * *", answer)


def tasks_to_answer(uow: UnitOfWork, minutes: int) -> int:
    """A task for each client that has waited for so long, once each time it waits; how many were made."""
    row = clients.c
    cause = _waiting_cause()
    late = row.waiting_since <= uow.now - timedelta(minutes=minutes)
    lately = row.waiting_since > uow.now - _WAITED_AT_MOST
    made = exists().where(task_causes.c.cause == cause)
    # Two of whom each had one may have become one client.
    is_asked = exists().where(open_of(WAITING, activities.c.client_id == row.id))
    waiting = select(Client, cause).where(row.deleted_at.is_(None), late, lately, ~made, ~is_asked)
    # One that is locked is being answered, or is another worker's.
    taken = waiting.order_by(row.waiting_since, row.id).limit(_MOST).with_for_update(of=clients, skip_locked=True)
    found = uow.session.execute(taken.execution_options(populate_existing=True)).all()
    for client, why in found:
        name = shortened(client.company_name, _PART_LENGTH)
        task_for(uow, why, client, f"Answer {name}: they have waited for {_how_long(minutes)}", "", uow.now)
    return len(found)


def follow_up(days: Callable[[], int]) -> ScheduledJob:
    """Have whoever has not answered us for so many days asked again, in the morning, a few hundred a day."""

    def ask(uow: UnitOfWork, _due_at: datetime) -> None:
        tasks_to_follow_up(uow, days())

    return ScheduledJob("follow up", "0-19 7 * * *", ask)


def tasks_to_follow_up(uow: UnitOfWork, days: int) -> int:
    """A task for each client with an open deal to whom we spoke last, that long ago; how many were made."""
    row, last = clients.c, _last_spoken()
    zone = uow.business.zone
    before = day_begins(uow.today - timedelta(days=days - 1), zone)
    since = day_begins(uow.today - timedelta(days=_FOLLOWED_UP_WITHIN), zone)
    is_task = activities.c.type == literal("task", literal_execute=True)
    is_busy = exists().where(activities.c.client_id == row.id, is_task, activities.c.done_at.is_(None))
    made = exists().where(task_causes.c.cause == literal(f"{FOLLOW_UP}:") + cast(last.c.id, Text))
    silent = (row.deleted_at.is_(None), row.open_deals > 0, row.waiting_since.is_(None), ~is_busy)
    ours = (last.c.at >= since, last.c.at < before, ~last.c.received, ~made)
    found = select(Client, last).join(last, literal(True)).where(*silent, *ours).order_by(last.c.at, row.id)
    taken = uow.session.execute(found.limit(_MOST).with_for_update(of=clients, skip_locked=True)).all()
    for client, activity_id, subject, deal_id, at, _received in taken:
        name, what = (shortened(each, _PART_LENGTH) for each in (client.company_name, subject.removeprefix("Sent: ")))
        ago = (uow.today - business_date(at, zone)).days
        text = f"Follow up with {name}: no answer to {what} for {ago} day{'s' if ago > 1 else ''}"
        task_for(uow, f"{FOLLOW_UP}:{activity_id}", client, text, "", uow.now, deal_id)
    return len(taken)


def _waiting_cause() -> ColumnElement[str]:
    since = func.to_char(func.timezone("UTC", clients.c.waiting_since), 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
    return (literal(f"{WAITING}:") + cast(clients.c.id, Text) + ":" + since).label("cause")


def _last_spoken() -> Any:
    """A client's latest call, mail, message or meeting, and whether it was theirs."""
    row = activities.c
    spoken = row.type.in_([literal(each, literal_execute=True) for each in ANSWERS])
    received = or_(row.subject.startswith(RECEIVED), row.details["direction"].astext.is_not_distinct_from("in"))
    columns = (row.id, row.subject, row.deal_id, _SPOKEN_AT.label("at"), received.label("received"))
    latest = select(*columns).where(row.client_id == clients.c.id, spoken).correlate(clients)
    return latest.order_by(_SPOKEN_AT.desc(), row.id.desc()).limit(1).lateral("last")


def _how_long(minutes: int) -> str:
    hours, rest = divmod(minutes, 60)
    if rest:
        return "a minute" if minutes == 1 else f"{minutes} minutes"
    return "an hour" if hours == 1 else f"{hours} hours"
