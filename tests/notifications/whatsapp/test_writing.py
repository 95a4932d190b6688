"""What may be written on WhatsApp, by whom; and the first word after a brief."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest

from libs.common.problems import Forbidden, Invalid, Unavailable
from services.notifications import settings
from services.notifications.whatsapp.domain import BRIEF_WORDS
from tests.contracts.samples_of import sample
from tests.notifications.chats import OMAR, SARAH
from tests.notifications.harness import Notifications
from tests.notifications.whatsapp.test_sending import CLIENT, CONTACT, chats, write
from tests.support.actors import ADMIN, FINANCE, JESSICA, JOHN

pytestmark = pytest.mark.infrastructure


def brief(**changes: Any) -> dict[str, Any]:
    found: dict[str, Any] = sample("brief.submitted")["data"] | {"client_id": CLIENT, "contact_id": CONTACT} | changes
    return found


def test_after_a_brief_the_template_of_use_case_8(crm: Notifications) -> None:
    crm.know_client(CLIENT, JOHN)
    crm.tell("brief.submitted", brief(contact_phone="+1 (555) 0123", contact_name="Sarah Johnson"))
    crm.send()
    ((_at, to, _id, content),) = crm.whatsapp.sent
    given = [each["text"] for each in content["template"]["components"][0]["parameters"]]
    assert to == SARAH and content["template"]["name"] == "brief_received" and given[:2] == ["Sarah", "AMO AI"]
    (message,) = crm.messages()
    assert message["text"].startswith("Hi Sarah! 👋\n\nThanks for sharing your project details with AMO AI.")
    assert "preferred time for a call this week?" in message["text"] and message["sent_by"] is None
    (told,) = crm.told("whatsapp.sent")
    assert told["client_id"] == CLIENT and told["template_name"] == "brief_received"
    assert BRIEF_WORDS.count("{{") == 3


@pytest.mark.parametrize("phone", [None, "", "call me", "12"])
def test_a_brief_without_a_number_sends_nothing(crm: Notifications, phone: str | None) -> None:
    crm.know_client(CLIENT, JOHN)
    crm.tell("brief.submitted", brief(contact_phone=phone))
    old = {name: given for name, given in brief().items() if name != "contact_phone"}
    crm.tell("brief.submitted", old)
    crm.send()
    assert not crm.whatsapp.sent and len(crm.emails()) > 0


def test_where_whatsapp_is_not_set_up(crm: Notifications, monkeypatch: pytest.MonkeyPatch) -> None:
    (chat,) = chats(crm)
    without = settings.current().model_copy(update={"whatsapp_token": ""})
    monkeypatch.setattr(settings, "current", lambda: without)
    crm.tell("brief.submitted", brief(contact_phone="+15550123"))
    with pytest.raises(Unavailable, match="not set up"):
        write(crm, chat)
    assert crm.as_(ADMIN).integration_status()["items"][1]["mode"] == "off"
    crm.send()
    assert not crm.whatsapp.sent


def test_only_the_owner_writes(crm: Notifications) -> None:
    (chat,) = chats(crm)
    crm.know_client(CLIENT, JOHN, readers=[{"user_id": JESSICA.id, "until": None}], version=2)
    assert crm.as_(JESSICA).get_conversation(conversation_id=chat)["id"] == chat
    with pytest.raises(Forbidden):
        crm.as_(JESSICA).send_message(conversation_id=chat, text="Hi")
    assert crm.as_(FINANCE).list_conversations(filters={})["total"] == 0


@pytest.mark.parametrize(
    ("content", "field"),
    [
        ({}, "text"),
        ({"text": "a", "template": {}}, "text"),
        ({"text": "  "}, "text"),
        ({"text": "x" * 4097}, "text"),
        ({"template": "hello"}, "template"),
        ({"template": {"name": 3}}, "template.name"),
        ({"text": "a", "reply_to": "nonsense"}, "reply_to"),
    ],
)
def test_what_is_wrong_is_named(crm: Notifications, content: dict[str, Any], field: str) -> None:
    (chat,) = chats(crm)
    with pytest.raises(Invalid) as refused:
        crm.as_(JOHN).send_message(conversation_id=chat, **content)
    assert refused.value.field == field and len(crm.messages()) == 1


def test_written_at_once_by_many_all_leave(crm: Notifications) -> None:
    """A job that ends while somebody writes: what is written then is not forgotten."""
    crm.chatting = replace(crm.chatting, line=replace(crm.chatting.line, pair_seconds=0.0, per_second=10_000.0))
    people = chats(crm, 4)
    sending: Callable[[int], str] = lambda number: write(crm, people[number % 4], f"{number}")  # noqa: E731
    with crm.working(), ThreadPoolExecutor(8) as pool:
        list(pool.map(sending, range(120)))
    crm.send()
    assert sorted(map(int, crm.whatsapp.words())) == list(range(120))
    assert OMAR not in {to for _at, to, *_ in crm.whatsapp.sent}
