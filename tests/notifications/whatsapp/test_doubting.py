"""Messages of which nobody knows whether they left, and those that arrive after something else was said of them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from libs.common.context import Context
from services.notifications.whatsapp.ports import NoAnswer
from services.notifications.worker import TABLE
from tests.notifications.chats import body, status, value
from tests.notifications.harness import Notifications
from tests.notifications.whatsapp.test_sending import LATER, START, at_start, chats, write
from tests.support.actors import JOHN, system

pytestmark = pytest.mark.infrastructure


@pytest.fixture
def lost(crm: Notifications) -> tuple[Notifications, str]:
    """A message of John's whose hand-over got no answer, and its id."""
    crm.clock.at = START
    (chat,) = chats(crm)

    def lose(_content: Mapping[str, Any]) -> Exception:
        return NoAnswer("WhatsApp does not answer in time")

    crm.whatsapp.says = lose
    message_id = write(crm, chat)
    crm.send()
    return crm, message_id


def look(crm: Notifications, minutes: float) -> None:
    """Time goes by, and the worker looks for what is doubtful, twice."""
    crm.clock.at = START + timedelta(minutes=minutes)
    (job,) = [each for each in TABLE.schedule if each.name == "tell_doubtful_whatsapp"]
    for _ in range(2):
        with crm.runtime.database.unit_of_work(Context(actor=system("notifications"))) as uow:
            job.run(uow, crm.clock.at)


def report(crm: Notifications, message_id: str, state: str, **more: Any) -> None:
    told = status("wamid.real", state, LATER, biz_opaque_callback_data=message_id, **more)
    crm.hear(body(value(statuses=[told])))


def unread(crm: Notifications) -> list[str]:
    alarms = ("whatsapp_failed", "whatsapp_doubtful")
    return [each["kind"] for each in crm.notes(JOHN) if each["kind"] in alarms and each["read_at"] is None]


@at_start
def test_after_a_quarter_of_an_hour_somebody_is_told_once(lost: tuple[Notifications, str]) -> None:
    crm, _message_id = lost
    look(crm, 14)
    assert not crm.told("whatsapp.failed")
    look(crm, 16)
    (told,) = crm.told("whatsapp.failed")
    assert told["certain"] is False and "ask whether it arrived" in told["advice"]
    shown = crm.messages()[-1]
    assert shown["status"] == "unknown" and "did not say" in shown["error"]["reason"]
    assert unread(crm) == ["whatsapp_doubtful"] and not crm.whatsapp.sent
    assert "nobody knows whether it arrived" in crm.notes(JOHN)[0]["title"]


@at_start
@pytest.mark.parametrize("state", ["sent", "delivered", "read"])
def test_a_later_status_settles_it(lost: tuple[Notifications, str], state: str) -> None:
    crm, message_id = lost
    look(crm, 16)
    before = crm.told("whatsapp.failed")[0]["version"]
    report(crm, message_id, state)
    (sent,) = crm.told("whatsapp.sent")
    assert sent["version"] > before and unread(crm) == [] and crm.messages()[-1]["error"] is None
    look(crm, 60)
    assert len(crm.told("whatsapp.failed")) == 1


@at_start
def test_a_failure_after_all_is_told_for_certain(lost: tuple[Notifications, str]) -> None:
    crm, message_id = lost
    look(crm, 16)
    report(crm, message_id, "failed", errors=[{"code": 131026}])
    doubtful, certain = crm.told("whatsapp.failed")
    assert certain["certain"] and certain["version"] > doubtful["version"] and unread(crm) == ["whatsapp_failed"]


@at_start
def test_one_that_failed_and_arrived_is_told_again(lost: tuple[Notifications, str]) -> None:
    """Statuses come in any order: that it failed is not so any more."""
    crm, message_id = lost
    report(crm, message_id, "sent")
    report(crm, message_id, "failed", errors=[{"code": 131026}])
    assert unread(crm) == ["whatsapp_failed"]
    report(crm, message_id, "delivered")
    report(crm, message_id, "read")
    first, again = crm.told("whatsapp.sent")
    assert unread(crm) == [] and again["version"] > crm.told("whatsapp.failed")[0]["version"] > first["version"]


@at_start
def test_one_whose_worker_died_is_doubtful_too(lost: tuple[Notifications, str]) -> None:
    crm, message_id = lost
    crm.sql("UPDATE whatsapp_messages SET status = 'sending' WHERE id = :id", id=message_id)
    look(crm, 16)
    assert crm.messages()[-1]["status"] == "unknown" and unread(crm) == ["whatsapp_doubtful"]
