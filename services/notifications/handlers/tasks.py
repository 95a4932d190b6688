"""Tasks: whoever is given one is told, and reminded when it is due."""

from __future__ import annotations

from libs.common.database import UnitOfWork
from libs.common.events import Envelope
from services.notifications.domain import Note, time_of
from services.notifications.events import TaskAssigned, TaskDue, TaskState
from services.notifications.handlers.posting import mail_people, notify

# The cause of a task that somebody gave to somebody else.
GIVEN = "given"


def on_task_assigned(uow: UnitOfWork, event: TaskAssigned, envelope: Envelope) -> None:
    """A task made itself, or somebody gave it to them: who is to do it is told in the app."""
    giver = envelope.actor.get("name") if event.cause == GIVEN else None
    notify(uow, envelope, [event.assignee_id], _note(f"New task from {giver}" if giver else "New task", event))


def on_task_due(uow: UnitOfWork, event: TaskDue, envelope: Envelope) -> None:
    """Its time has come: who is to do it is told in the app and by mail."""
    notify(uow, envelope, [event.assignee_id], _note("Task due", event))
    context = {
        "subject_line": event.subject,
        "company_name": event.company_name,
        "due": time_of(event.due_at, uow.business.zone),
        "path": _path(event),
    }
    refs = {"activity_id": event.activity_id}
    mail_people(uow, "task_due", [event.assignee_id], context, client_id=event.client_id, refs=refs)


def _note(what: str, event: TaskState) -> Note:
    return Note("task", f"{what}: {event.subject}", event.company_name, "View Client", _path(event))


def _path(event: TaskState) -> str:
    return f"/clients/{event.client_id}"
