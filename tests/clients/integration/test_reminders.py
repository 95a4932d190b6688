"""Reminders: one for each time a task is due at, to whoever is to do it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from libs.common.context import Context
from services.clients.handlers.reminding import REMIND
from tests.support.actors import ADMIN, JESSICA, JOHN, system
from tests.support.delivering import told


def due(**much: int) -> str:
    return (datetime.now(UTC) - timedelta(**much)).isoformat()


@pytest.fixture
def client_id(new_client: Any) -> str:
    made: str = new_client(JOHN.id)["id"]
    return made


def task(clients: Any, client_id: str, due_at: str | None, subject: str = "Call back", **data: Any) -> str:
    given = {"type": "task", "subject": subject, "due_at": due_at} | data
    return str(clients.as_(JOHN).log_activity(client_id=client_id, data=given)["id"])


def change(clients: Any, activity_id: str, **changes: Any) -> None:
    clients.as_(JOHN).update_activity(activity_id=activity_id, changes=changes)


def remind(runtime: Any, workers: int = 1) -> list[str]:
    """Look once with so many workers; the subjects of all reminders there ever were."""

    def once(_number: int) -> None:
        with runtime.database.unit_of_work(Context(actor=system("clients"))) as uow:
            REMIND.run(uow, uow.now)

    with ThreadPoolExecutor(workers) as pool:
        list(pool.map(once, range(workers)))
    return [each.data["subject"] for each in told(runtime, "task.due")]


def test_a_task_that_is_due_reminds_once(clients: Any, client_id: str, runtime: Any) -> None:
    made = task(clients, client_id, due(minutes=1))
    assert remind(runtime, workers=5) == remind(runtime, workers=5) == ["Call back"]
    (event,) = told(runtime, "task.due")
    assert (event.data["activity_id"], event.data["assignee_id"]) == (made, JOHN.id)
    assert (event.data["client_id"], event.data["company_name"]) == (client_id, "TechCorp Solutions")
    assert (event.aggregate_id, event.aggregate_version, event.who.is_system) == (made, 1, True)


def test_many_that_are_due_remind_once_each(clients: Any, client_id: str, runtime: Any) -> None:
    names = [f"Task {number:02}" for number in range(30)]
    for number, name in enumerate(names):
        task(clients, client_id, due(minutes=number), name)
    assert sorted(remind(runtime, workers=5)) == sorted(remind(runtime)) == names


def test_moved_it_reminds_again(clients: Any, client_id: str, runtime: Any) -> None:
    made = task(clients, client_id, due(minutes=5))
    assert len(remind(runtime)) == 1
    change(clients, made, due_at=due(minutes=-30))
    assert len(remind(runtime)) == 1
    change(clients, made, due_at=due(seconds=1))
    assert len(remind(runtime)) == len(remind(runtime)) == 2
    change(clients, made, subject="Call back soon")
    assert len(remind(runtime)) == 2


def test_what_reminds_nobody(clients: Any, client_id: str, new_client: Any, runtime: Any) -> None:
    change(clients, task(clients, client_id, due(minutes=1), "done"), done=True)
    task(clients, client_id, due(minutes=-1), "to come")
    task(clients, client_id, due(days=1, minutes=1), "late since yesterday")
    task(clients, client_id, None, "at any time")
    nobodys = task(clients, client_id, due(minutes=1), "nobody's", assignee_id=None)
    gone = new_client(JOHN.id, company_name="Other")["id"]
    task(clients, gone, due(minutes=1), "of a client that is gone")
    clients.as_(ADMIN).delete_client(client_id=gone)
    meeting = {"type": "meeting", "subject": "a meeting", "due_at": due(minutes=1)}
    clients.as_(JOHN).log_activity(client_id=client_id, data=meeting)
    assert remind(runtime) == []
    change(clients, nobodys, assignee_id=JESSICA.id)
    assert remind(runtime) == ["nobody's"]


def test_who_was_told_of_a_task_that_is_due_at_once_is_not_reminded(
    clients: Any, client_id: str, hear: Any, runtime: Any
) -> None:
    hear("deal.stagnant", client_id=client_id)
    assert len(told(runtime, "task.assigned")) == 1
    assert remind(runtime) == []
    (made,) = clients.as_(JOHN).list_tasks(filters={})["items"]
    change(clients, made["id"], due_at=due(seconds=1))
    assert remind(runtime) == [made["subject"]]
