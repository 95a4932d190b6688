"""Whoever is given a task hears of it in the app, and is reminded when it is due, there and by mail."""

from __future__ import annotations

from typing import Any

from tests.contracts.samples_of import sample
from tests.notifications.harness import Notifications
from tests.notifications.mail_server import plain
from tests.support.actors import JESSICA, JOHN, system

PATH = "/clients/01940001-7a00-7000-8000-000000000001"
WORKER = system("clients")


def notes(crm: Notifications, who: Any = JOHN) -> list[tuple[str, ...]]:
    items = crm.as_(who).list_notifications()["items"]
    return [tuple(each[name] for name in ("kind", "title", "message", "action_path")) for each in items]


def tell(crm: Notifications, event_type: str) -> None:
    crm.tell(event_type, sample(event_type)["data"] | {"assignee_id": JOHN.id}, WORKER)


def test_a_new_task_is_told_in_the_app_alone(crm: Notifications) -> None:
    tell(crm, "task.assigned")
    title = "New task: Answer TechCorp Solutions: they have waited for an hour"
    assert notes(crm) == [("task", title, "TechCorp Solutions", PATH)]
    crm.send()
    assert notes(crm, JESSICA) == [] and crm.server.mails == []


def test_a_task_that_was_given_says_by_whom(crm: Notifications) -> None:
    given = {"assignee_id": JOHN.id, "cause": "given", "due_at": None, "subject": "Call Sarah"}
    crm.tell("task.assigned", sample("task.assigned")["data"] | given, JESSICA)
    assert notes(crm) == [("task", f"New task from {JESSICA.name}: Call Sarah", "TechCorp Solutions", PATH)]


def test_a_task_that_is_due_is_told_in_the_app_and_by_mail(crm: Notifications) -> None:
    tell(crm, "task.due")
    assert notes(crm) == [("task", "Task due: Call Sarah back", "TechCorp Solutions", PATH)]
    crm.send()
    (mail,) = crm.server.mails
    assert mail["Subject"] == "Task due: Call Sarah back"
    assert "Monday, January 6, 10:00 AM" in plain(mail)  # in New York


def test_the_mail_can_be_switched_off(crm: Notifications) -> None:
    crm.as_(JOHN).set_preferences(email={"task_due": False})
    tell(crm, "task.due")
    crm.send()
    assert len(notes(crm)) == 1 and crm.server.mails == []
