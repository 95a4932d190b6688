"""Numbers change hands: the person keeps their conversation, and whoever has the number next does not get it."""

from __future__ import annotations

import itertools
import random
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest

from libs.common.problems import Conflict
from tests.notifications.chats import OMAR, SARAH, body, text, value
from tests.notifications.harness import Notifications
from tests.support.actors import ADMIN, JESSICA, JOHN

pytestmark = pytest.mark.infrastructure

ONE, HER = "01940001-7a00-7000-8000-000000000001", "01940002-7a00-7000-8000-000000000001"
TWO, HIM = "01940001-7a00-7000-8000-000000000002", "01940002-7a00-7000-8000-000000000002"
NOW = int(datetime.now(UTC).timestamp()) - 60


def change(former: str = SARAH, new: str = OMAR, at: int = NOW + 10, **ids: str) -> dict[str, Any]:
    """``ids``: had and has, the business-scoped ids."""
    told = {"type": "user_changed_number", "wa_id": new, "body": "Sarah changed her number"}
    told |= {"user_id": ids["has"]} if "has" in ids else {}
    moved = {"id": f"wamid.moved.{former}.{new}.{at}", "from": former, "timestamp": str(at), "type": "system"}
    moved |= {"from_user_id": ids["had"]} if "had" in ids else {}
    return body(value() | {"messages": [moved | {"system": told}]})


def said(words: str, sender: str | None, at: int, bsuid: str | None = None, **more: Any) -> dict[str, Any]:
    return body(value([text(words, sender, at, **({"from_user_id": bsuid} if bsuid else {}), **more)]))


@pytest.fixture
def sarah(crm: Notifications) -> Notifications:
    """Sarah of client One has written from her first number."""
    crm.know_client(ONE, JOHN)
    crm.know_client(TWO, JESSICA, "Other Ltd")
    crm.contacts.known[SARAH] = {"client_id": ONE, "contact_id": HER}
    return crm


def chats(crm: Notifications) -> dict[str | None, dict[str, Any]]:
    found = crm.as_(ADMIN).list_conversations(filters={}, limit=50)["items"]
    return {each["client_id"]: each for each in found}


def reply(crm: Notifications, chat: str) -> str:
    """To which number an answer goes."""
    crm.as_(ADMIN).send_message(conversation_id=chat, text="Yes")
    crm.sql("UPDATE whatsapp_conversations SET handed_at = NULL")
    crm.send()
    return crm.whatsapp.sent[-1][1]


def test_an_old_message_does_not_bring_the_former_number_back(sarah: Notifications) -> None:
    old = text("old", SARAH, NOW)
    sarah.hear(body(value([old])), change())
    again = [body(value([old])) | {"object": "again"}, said("late", SARAH, NOW + 5), said("same", SARAH, NOW + 10)]
    sarah.hear(*again)
    assert sarah.chat()["phone"] == f"+{OMAR}" and reply(sarah, sarah.chat()["id"]) == OMAR
    texts = {each["text"] for each in sarah.messages() if each["direction"] == "in"}
    assert texts == {"old", "late", "same", "Sarah changed her number"}


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_two_changes_in_any_order_end_at_the_last_number(sarah: Notifications, order: tuple[int, ...]) -> None:
    sarah.hear(said("old", SARAH, NOW))
    changes = [change(SARAH, OMAR, NOW + 10), change(OMAR, "15550155", NOW + 20), change("15550155", SARAH, NOW + 30)]
    sarah.hear(*(changes[each] for each in order))
    assert sarah.chat()["phone"] == f"+{SARAH}" and reply(sarah, sarah.chat()["id"]) == SARAH
    sarah.hear(said("I am back", SARAH, NOW + 40))
    assert len(sarah.messages()) == 6 and sarah.chat()["client_id"] == ONE


def test_a_stranger_with_the_former_number_is_somebody_unknown(sarah: Notifications) -> None:
    sarah.hear(said("old", SARAH, NOW, "US.1"), change(had="US.1", has="US.2"))
    sarah.hear(said("Who is this?", SARAH, NOW + 20, "US.9"), said("Hello?", SARAH, NOW + 21, "US.9"))
    found = chats(sarah)
    assert found[ONE]["phone"] == f"+{OMAR}" and found[None]["state"] == "unknown"
    assert [each["text"] for each in sarah.messages(found[None]["id"])] == ["Who is this?", "Hello?"]
    sarah.hear(said("me again", OMAR, NOW + 30, "US.2"), said("late", SARAH, NOW + 1, "US.1"))
    assert {each["text"] for each in sarah.messages(found[ONE]["id"])} >= {"old", "me again", "late"}
    assert reply(sarah, found[ONE]["id"]) == OMAR


def test_a_stranger_without_an_id_is_told_by_the_time(sarah: Notifications) -> None:
    sarah.hear(said("old", SARAH, NOW), change(), said("stranger", SARAH, NOW + 20))
    found = chats(sarah)
    assert [each["text"] for each in sarah.messages(found[None]["id"])] == ["stranger"]


def test_a_number_that_was_given_on_without_a_word(sarah: Notifications) -> None:
    """No notice came, and the id is another: the number is a stranger's, and nothing is written to it from there."""
    sarah.hear(said("old", SARAH, NOW, "US.1"), said("stranger", SARAH, NOW + 20, "US.9"))
    found = chats(sarah)
    assert [each["text"] for each in sarah.messages(found[None]["id"])] == ["stranger"]
    assert found[ONE]["blocked_reason"] == "this number is somebody else's now"
    assert reply(sarah, found[ONE]["id"]) == "US.1"
    sarah.hear(said("late", SARAH, NOW + 1, "US.1"))
    assert chats(sarah)[None]["phone"] == f"+{SARAH}"


def test_a_batch_in_which_a_number_changes_hands(sarah: Notifications) -> None:
    sarah.hear(said("old", SARAH, NOW, "US.1"))
    moved = change(had="US.1", has="US.2")["entry"][0]["changes"][0]["value"]["messages"]
    stranger = text("stranger", SARAH, NOW + 20, from_user_id="US.9")
    sarah.hear(body(value([stranger, text("new", OMAR, NOW + 12, from_user_id="US.2"), *moved])))
    found = chats(sarah)
    assert [each["text"] for each in sarah.messages(found[None]["id"])] == ["stranger"]
    assert [each["text"] for each in sarah.messages(found[ONE]["id"])][-1] == "new"


def test_nobody_writes_to_another_clients_number_unseen(sarah: Notifications) -> None:
    """Both conversations stay and neither writes to the number, until a person says whose it is."""
    sarah.contacts.known[OMAR] = {"client_id": TWO, "contact_id": HIM}
    sarah.hear(said("I am Sarah", SARAH, NOW), said("I am Omar", OMAR, NOW), change())
    found = chats(sarah)
    assert found[ONE]["blocked_reason"] == "their new number is that of another client's conversation"
    assert found[TWO]["blocked_reason"] == "this number is somebody else's now"
    for client in (ONE, TWO):
        with pytest.raises(Conflict, match="not theirs any more"):
            sarah.as_(ADMIN).send_message(conversation_id=found[client]["id"], text="Yes")
    sarah.hear(said("Who am I?", OMAR, NOW + 20))
    assert [each["text"] for each in sarah.messages(chats(sarah)[None]["id"])] == ["Who am I?"]
    assert not sarah.whatsapp.sent


def test_a_contacts_card_settles_whose_number_it_is(sarah: Notifications) -> None:
    sarah.contacts.known[OMAR] = {"client_id": TWO, "contact_id": HIM}
    sarah.hear(said("I am Sarah", SARAH, NOW), said("I am Omar", OMAR, NOW), change())
    sarah.contacts.cards[TWO] = {"client_id": TWO, "contact_id": HIM, "phone": f"+{OMAR}"}
    made = sarah.as_(JESSICA).start_message(client_id=TWO, text="Still you?")
    assert made["conversation_id"] == chats(sarah)[TWO]["id"]
    sarah.send()
    assert sarah.whatsapp.sent[-1][1] == OMAR and chats(sarah)[TWO]["blocked_reason"] is None


def test_an_answer_that_comes_after_the_change_teaches_nothing(sarah: Notifications) -> None:
    sarah.hear(said("old", SARAH, NOW))
    sarah.whatsapp.wa_ids = {SARAH: "1555000123"}

    def meanwhile(_callback: str) -> None:
        sarah.whatsapp.meanwhile = lambda _callback: None
        sarah.hear(change())

    sarah.whatsapp.meanwhile = meanwhile
    sarah.as_(JOHN).send_message(conversation_id=sarah.chat()["id"], text="Yes")
    sarah.send()
    assert sarah.chat()["phone"] == f"+{OMAR}" and reply(sarah, sarah.chat()["id"]) == OMAR


def test_all_of_it_at_once_and_many_times(sarah: Notifications) -> None:
    """Four workers, each delivery five times in other bytes: one conversation for her, one for the stranger."""
    told = [
        said("old", SARAH, NOW, "US.1"),
        change(had="US.1", has="US.2"),
        said("new", OMAR, NOW + 12, "US.2"),
        said("stranger", SARAH, NOW + 20, "US.9"),
        said("late", SARAH, NOW + 5, "US.1"),
    ]
    sarah.hear(told[0])
    many = [each | {"object": f"{number}"} for each in told for number in range(5)]
    random.Random(11).shuffle(many)
    for each in many:
        sarah.hook(each)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _n: sarah.send(), range(4)))
    for _ in range(5):
        sarah.send_again()
    waiting = sarah.sql("SELECT kind, last_error FROM jobs WHERE finished_at IS NULL AND failed_at IS NULL")
    assert not waiting, waiting
    found = chats(sarah)
    assert set(found) == {ONE, None} and found[ONE]["phone"] == f"+{OMAR}" and found[None]["phone"] == f"+{SARAH}"
    assert [each["text"] for each in sarah.messages(found[None]["id"])] == ["stranger"]
    hers = ["old", "late", "Sarah changed her number", "new"]
    assert [each["text"] for each in sarah.messages(found[ONE]["id"])] == hers
    assert reply(sarah, found[ONE]["id"]) == OMAR


def test_a_notice_that_comes_after_the_first_message_from_the_new_number(sarah: Notifications) -> None:
    sarah.hear(said("old", SARAH, NOW, "US.1"), said("new", OMAR, NOW + 12, "US.2"))
    assert set(chats(sarah)) == {ONE, None}
    sarah.hear(change(had="US.1", has="US.2"))
    assert sarah.chat()["client_id"] == ONE and sarah.chat()["phone"] == f"+{OMAR}"
    assert reply(sarah, sarah.chat()["id"]) == OMAR
