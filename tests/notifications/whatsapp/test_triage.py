"""Whose a conversation is: put right by whoever may, made a lead of once, and nobody's again where a client is gone."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from libs.common.clock import FixedClock
from libs.common.problems import Conflict, Forbidden, Problem
from tests.notifications.chats import SARAH, body, text, value
from tests.notifications.harness import Notifications
from tests.support.actors import ADMIN, JESSICA, JOHN

pytestmark = pytest.mark.infrastructure

ONE, TWO = "01940001-7a00-7000-8000-000000000001", "01940001-7a00-7000-8000-000000000002"
START = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)


def hear(crm: Notifications, words: str = "Hi") -> dict[str, Any]:
    crm.hear(body(value([text(words, at=int(datetime.now(UTC).timestamp()))])))
    return crm.chat()


def delete(crm: Notifications, client_id: str) -> None:
    crm.know_client(client_id, None, closed=True, is_open=False, version=9)


@pytest.fixture
def linked(crm: Notifications) -> str:
    """A conversation of John's client One; Two is John's, too."""
    crm.know_client(ONE, JOHN, "One")
    crm.know_client(TWO, JOHN, "Two")
    chat = hear(crm)["id"]
    crm.as_(JOHN).link_conversation(conversation_id=chat, client_id=ONE)
    return str(chat)


def test_a_wrong_link_is_put_right_and_what_was_said_moves(crm: Notifications, linked: str) -> None:
    message = crm.as_(JOHN).send_message(conversation_id=linked, text="Yes")
    crm.send()
    before = {each["message_id"]: each["version"] for each in crm.told("whatsapp.received") + crm.told("whatsapp.sent")}
    put_right = crm.as_(JOHN).link_conversation(conversation_id=linked, client_id=TWO)
    assert put_right["client_id"] == TWO
    received, sent = crm.told("whatsapp.received")[-1], crm.told("whatsapp.sent")[-1]
    assert received["client_id"] == sent["client_id"] == TWO and sent["message_id"] == message["id"]
    assert all(each["version"] > before[each["message_id"]] for each in (received, sent))
    hear(crm, "More")
    assert crm.told("whatsapp.received")[-1]["client_id"] == TWO


def test_only_who_may_write_to_both(crm: Notifications, linked: str) -> None:
    crm.know_client(TWO, JESSICA, "Two", readers=[{"user_id": JOHN.id, "until": None}], version=2)
    crm.know_client(ONE, JOHN, "One", readers=[{"user_id": JESSICA.id, "until": None}], version=2)
    for who in (JOHN, JESSICA):
        with pytest.raises(Forbidden, match="both"):
            crm.as_(who).link_conversation(conversation_id=linked, client_id=TWO)
    assert crm.as_(ADMIN).link_conversation(conversation_id=linked, client_id=TWO)["client_id"] == TWO


def test_a_deleted_client_leaves_its_conversation_to_sales(crm: Notifications, linked: str) -> None:
    crm.contacts.known[SARAH] = {"client_id": TWO, "contact_id": None}
    delete(crm, ONE)
    crm.contacts.known.clear()
    chat = hear(crm, "Still there?")
    assert (chat["state"], chat["client_id"]) == ("unknown", None)
    assert crm.told("whatsapp.received")[-1]["client_id"] is None
    assert "unknown number" in crm.notes(JESSICA)[0]["title"]
    assert crm.as_(JOHN).link_conversation(conversation_id=linked, client_id=TWO)["client_id"] == TWO


def test_a_deleted_client_whose_person_is_anothers_contact(crm: Notifications, linked: str) -> None:
    delete(crm, ONE)
    crm.contacts.known[SARAH] = {"client_id": TWO, "contact_id": None}
    assert hear(crm, "I am with Two now")["client_id"] == TWO


def test_an_admin_settles_it_before_anybody_writes(crm: Notifications, linked: str) -> None:
    delete(crm, ONE)
    assert crm.as_(ADMIN).begin_whatsapp_lead(conversation_id=linked)["phone"] == f"+{SARAH}"
    assert crm.as_(ADMIN).dismiss_conversation(conversation_id=linked)["state"] == "dismissed"
    assert crm.as_(ADMIN).link_conversation(conversation_id=linked, client_id=TWO)["state"] == "linked"


def test_several_who_make_a_lead_at_once_make_one(crm: Notifications) -> None:
    chat = hear(crm)["id"]

    def begin(number: int) -> str:
        try:
            return str(crm.as_((JOHN, JESSICA)[number % 2]).begin_whatsapp_lead(conversation_id=chat)["key"])
        except Conflict:
            return ""

    with ThreadPoolExecutor(8) as pool:
        keys = list(pool.map(begin, range(8)))
    assert len(set(keys) - {""}) == 1 and keys.count("") == 4


@pytest.mark.parametrize("clock", [FixedClock(START)])
def test_who_gave_up_making_a_lead_leaves_it_to_others(crm: Notifications) -> None:
    crm.clock.at = START
    crm.hear(body(value([text(at=int(START.timestamp()))])))
    chat = crm.chat()["id"]
    first = crm.as_(JOHN).begin_whatsapp_lead(conversation_id=chat)["key"]
    with pytest.raises(Conflict, match="somebody else"):
        crm.as_(JESSICA).begin_whatsapp_lead(conversation_id=chat)
    assert crm.as_(JOHN).begin_whatsapp_lead(conversation_id=chat)["key"] == first
    crm.clock.at = START + timedelta(minutes=2)
    assert crm.as_(JESSICA).begin_whatsapp_lead(conversation_id=chat)["key"] != first
    crm.know_client(ONE, JESSICA)
    crm.as_(JESSICA).link_conversation(conversation_id=chat, client_id=ONE)
    with pytest.raises(Problem):
        crm.as_(JESSICA).begin_whatsapp_lead(conversation_id=chat)


@pytest.mark.parametrize("clock", [FixedClock(START)])
def test_a_dismissed_sender_who_writes_again_is_told_of_once_a_day(crm: Notifications) -> None:
    def write(hours: float) -> str:
        crm.clock.at = START + timedelta(hours=hours)
        crm.hear(body(value([text(f"{hours}", at=int(crm.clock.at.timestamp()))])))
        return str(crm.chat()["state"])

    def dismiss() -> None:
        crm.as_(JOHN).dismiss_conversation(conversation_id=crm.chat()["id"])

    assert write(0) == "unknown" and len(crm.notes(JOHN)) == 1
    dismiss()
    assert write(1) == "unknown" and len(crm.notes(JOHN)) == 2
    assert write(2) == "unknown" and len(crm.notes(JOHN)) == 2
    dismiss()
    assert write(3) == "dismissed" and len(crm.notes(JOHN)) == 2
    assert write(26) == "unknown" and len(crm.notes(JOHN)) == 3


def test_a_card_with_another_form_of_the_number_finds_the_conversation(crm: Notifications) -> None:
    """Mexico: they write from 52 1 55…, and the card says +52 55…"""
    crm.know_client(ONE, JOHN)
    crm.contacts.known["5215512345678"] = {"client_id": ONE, "contact_id": None}
    crm.hear(body(value([text("Hola", "5215512345678", int(datetime.now(UTC).timestamp()))])))
    crm.contacts.cards[ONE] = {"client_id": ONE, "contact_id": None, "phone": "+52 55 1234 5678"}
    made = crm.as_(JOHN).start_message(client_id=ONE, text="Hola")
    assert made["conversation_id"] == crm.chat()["id"]
