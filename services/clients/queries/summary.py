"""What a person's day holds: meetings, tasks that are due, and people who wait for an answer."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from libs.common.fields import date_of, identifier, time_zone
from libs.common.identity import Actor
from libs.common.problems import Invalid
from services.clients.queries.listing import list_clients
from services.clients.queries.tasks import list_tasks

_SHOWN = 5
_MEETING = ("id", "client_id", "company_name", "subject", "due_at", "occurred_at")
_WAITING = ("id", "company_name", "waiting_since")


def summary(
    session: Session, actor: Actor, today: str, owner_id: str | None, zone: str, readers_zone: Any
) -> dict[str, Any]:
    """Three lists of the day, each with the filters that find all of it, how many there are, and the first five.

    ``meetings`` (of ``list_tasks``), ``tasks`` that are due, the reader's own (of ``list_tasks``), and ``unanswered``
    (of ``list_clients``). owner_id: only what is this person's; None: everybody's that the actor may see.
    readers_zone: whose day it is; None and ``zone`` itself are the business's.
    """
    if date_of("today", today) is None:
        raise Invalid("today is needed", field="today")
    owner = identifier("owner_id", owner_id)
    mine = {"person_id": owner} if owner else {}
    theirs = time_zone("zone", readers_zone) or zone
    day = {"due_to": today} | ({"zone": theirs} if theirs != zone else {})
    meetings = {"type": "meeting", "due_from": today} | day | mine
    tasks = {"assignee_id": actor.id, "done": False} | day
    waiting = {"unanswered": True} | ({"owner_id": owner} if owner else {})
    answered = list_clients(session, actor, waiting, "waiting_since", _SHOWN, None, zone)
    return {
        "meetings": _part(meetings, list_tasks(session, actor, meetings, _SHOWN, None, zone), _MEETING),
        "tasks": _part(tasks, list_tasks(session, actor, tasks, _SHOWN, None, zone), _MEETING),
        "unanswered": _part(waiting, answered, _WAITING),
    }


def _part(filters: dict[str, Any], found: dict[str, Any], shown: tuple[str, ...]) -> dict[str, Any]:
    items = [{name: each[name] for name in shown} for each in found["items"]]
    return {"filters": filters, "count": found["total"], "items": items}
