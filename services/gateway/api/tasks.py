"""Tasks across clients, and changing what was logged."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from libs.common.problems import Invalid
from services.gateway.accounts import users
from services.gateway.api import documents as d
from services.gateway.api import requests as r
from services.gateway.api import schemas as s
from services.gateway.api.routing import Routes
from services.gateway.api.values import Id, NeededTitle, Text, TimeZone

routes = Routes("tasks")


class TaskFilters(s.Page):
    """Days are those of the business time zone, or of ``zone``; a meeting's is the one it is on.

    ``person_id``: meetings that somebody set, and those at clients they own.
    """

    type: Literal["task", "meeting"] | None = None
    person_id: Id | None = None
    assignee_id: Id | Literal["none"] | None = None
    done: bool | None = None
    due_from: date | None = None
    due_to: date | None = None
    client_id: Id | None = None
    deal_id: Id | None = None
    zone: TimeZone | None = None


class ActivityFilters(s.Page):
    deal_id: Id | None = None
    types: list[Literal["system", "call", "email", "meeting", "note", "task", "whatsapp"]] | None = None


class ActivityChange(s.Version):
    """``assignee_id`` and ``done`` are for tasks."""

    subject: NeededTitle | None = None
    description: Text | None = None
    occurred_at: datetime | None = None
    due_at: datetime | None = None
    assignee_id: Id | None = None
    done: Annotated[bool, Field(strict=True)] | None = None


class TaskDocument(d.ActivityDocument):
    company_name: str
    due_at: datetime | None
    assignee_id: str | None
    done_at: datetime | None
    version: int


@routes.route("GET", "/tasks", query=TaskFilters, answers=d.ListOf[TaskDocument])
def list_tasks(query: TaskFilters) -> dict[str, Any]:
    """Tasks, or meetings, at clients you may read, the next one first, undated ones last."""
    return r.ask("clients", "list_tasks", **s.paged(query.given()))


@routes.route("PATCH", "/activities/<uuid:activity_id>", body=ActivityChange, answers=d.ActivityDocument)
def change_activity(activity_id: Any, body: ActivityChange) -> dict[str, Any]:
    """Change an activity, or tick a task off with `done`.

    For its author, its assignee and whoever may change the client; what the system wrote stays as it is.
    """
    role = assignee_role(body.assignee_id)
    return r.ask("clients", "update_activity", activity_id=str(activity_id), assignee_role=role, **s.changes(body))


def assignee_role(assignee_id: str | None) -> str | None:
    """What somebody else who is given a task is here; tasks are given to people who work here."""
    if assignee_id is None or assignee_id == r.signed_in().actor.id:
        return None
    with r.gateway().database.read() as session:
        roles = {each["id"]: str(each["role"]) for each in users.directory(session)["items"] if each["active"]}
    if assignee_id.lower() not in roles:
        raise Invalid("this is nobody who works here", field="assignee_id")
    return roles[assignee_id.lower()]
