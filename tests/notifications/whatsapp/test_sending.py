"""Messages leave in order, at the pace that WhatsApp allows, once; and what does not get there is told."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from libs.common.clock import FixedClock
from libs.common.integrations import CheckFailed
from libs.common.problems import Conflict, Forbidden, Invalid
from services.notifications.whatsapp.domain import fault_of
from services.notifications.whatsapp.ports import NoAnswer, NotReached, Refused, Template
from tests.notifications.chats import SARAH, body, status, text, value
from tests.notifications.harness import Notifications
from tests.support.actors import ADMIN, FINANCE, JOHN

pytestmark = pytest.mark.infrastructure

CLIENT, CONTACT = "01940001-7a00-7000-8000-000000000001", "01940002-7a00-7000-8000-000000000001"
START = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
LATER = int(START.timestamp()) + 5
at_start = pytest.mark.parametrize("clock", [FixedClock(START)])


def chats(crm: Notifications, people: int = 1) -> list[str]:
    """So many conversations of John's client, each with an open window; their ids."""
    crm.know_client(CLIENT, JOHN)
    numbers = [str(int(SARAH) + number) for number in range(people)]
    crm.contacts.known |= {each: {"client_id": CLIENT, "contact_id": CONTACT} for each in numbers}
    now = int(crm.runtime.clock.now().timestamp())
    crm.hear(body(value([text("Hi", each, now) for each in numbers])))
    found = crm.as_(ADMIN).list_conversations(filters={}, limit=200)["items"]
    by_phone = {each["phone"]: each["id"] for each in found}
    return [by_phone[f"+{each}"] for each in numbers]


def write(crm: Notifications, conversation_id: str, words: str = "Yes") -> str:
    return str(crm.as_(JOHN).send_message(conversation_id=conversation_id, text=words)["id"])


def run(crm: Notifications, seconds: float, step: float = 1.0) -> None:
    """Time goes by: the service's clock and the times at which jobs are due move together."""
    end = crm.clock.at + timedelta(seconds=seconds)
    crm.send()
    while crm.clock.at < end:
        crm.clock.at += timedelta(seconds=step)
        crm.sql(
            "UPDATE jobs SET due_at = due_at - make_interval(secs => :step) "
            "WHERE finished_at IS NULL AND failed_at IS NULL",
            step=step,
        )
        crm.send()


@pytest.fixture
def paced(crm: Notifications) -> Notifications:
    """Waiting for a turn is time that goes by, too."""

    def pause(seconds: float) -> None:
        crm.clock.at += timedelta(seconds=seconds)

    crm.clock.at = START
    crm.chatting = replace(crm.chatting, pause=pause)
    return crm


@at_start
def test_to_one_person_in_order_and_six_seconds_apart(paced: Notifications) -> None:
    (chat,) = chats(paced)
    for number in range(10):
        write(paced, chat, f"{number}")
    run(paced, 80)
    assert paced.whatsapp.words() == [f"{number}" for number in range(10)]
    times = [at for at, *_ in paced.whatsapp.sent]
    assert all(later - former >= timedelta(seconds=6) for former, later in itertools.pairwise(times))
    assert [each["text"] for each in paced.told("whatsapp.sent")] == [f"{number}" for number in range(10)]


@at_start
def test_never_more_than_so_many_a_second(paced: Notifications) -> None:
    paced.chatting = replace(paced.chatting, line=replace(paced.chatting.line, per_second=10.0))
    for chat in chats(paced, 35):
        write(paced, chat)
    run(paced, 6)
    times = sorted(at for at, *_ in paced.whatsapp.sent)
    assert len(times) == 35
    assert all(later - former >= timedelta(seconds=0.0999) for former, later in itertools.pairwise(times))


@at_start
def test_an_hour_without_whatsapp_loses_nothing_and_keeps_the_order(paced: Notifications) -> None:
    people = chats(paced, 5)
    end = START + timedelta(hours=1)
    paced.whatsapp.says = lambda _c: NotReached("WhatsApp cannot be reached") if paced.clock.at < end else None
    for number in range(4):
        for place, chat in enumerate(people):
            write(paced, chat, f"{place}.{number}")
        run(paced, 600, 20)
    run(paced, 2400, 20)
    assert paced.whatsapp.sent or paced.clock.at >= end
    run(paced, 400, 1)
    assert len(paced.whatsapp.sent) == 20 and not paced.told("whatsapp.failed")
    for place in range(5):
        theirs = [words for words in paced.whatsapp.words() if words.startswith(f"{place}.")]
        assert theirs == [f"{place}.{number}" for number in range(4)]
    for person in {to for _at, to, *_ in paced.whatsapp.sent}:
        times = [at for at, to, *_ in paced.whatsapp.sent if to == person]
        assert all(later - former >= timedelta(seconds=6) for former, later in itertools.pairwise(times))
    assert all(at >= end for at, *_ in paced.whatsapp.sent)


@at_start
def test_after_three_days_it_is_given_up(paced: Notifications) -> None:
    (chat,) = chats(paced)
    write(paced, chat)
    paced.whatsapp.says = lambda _c: NotReached("WhatsApp cannot be reached")
    run(paced, 3 * 86400 + 3600, 3600)
    (failed,) = paced.told("whatsapp.failed")
    assert "three days" in failed["reason"] or "24 hours" in failed["reason"]


@at_start
def test_free_text_only_within_the_window(paced: Notifications) -> None:
    (chat,) = chats(paced)
    assert paced.chat()["window_ends_at"] == "2026-03-03T15:00:00+00:00"
    paced.clock.at = START + timedelta(hours=24)
    assert paced.chat()["window_ends_at"] is None
    with pytest.raises(Conflict, match=r"2026-03-02 15:00 UTC.*template"):
        write(paced, chat)
    template = {"name": "hello", "language": "en", "parameters": ["Sarah"]}
    with pytest.raises(Invalid, match="sync"):
        paced.as_(JOHN).send_message(conversation_id=chat, template=template)
    paced.whatsapp.approved = [Template("hello", "en", "APPROVED", "UTILITY", "Hi {{1}}!")]
    assert paced.as_(ADMIN).sync_whatsapp_templates() == {"synced": 1}
    with pytest.raises(Invalid, match="takes 1"):
        paced.as_(JOHN).send_message(conversation_id=chat, template=template | {"parameters": []})
    made = paced.as_(JOHN).send_message(conversation_id=chat, template=template)
    assert (made["text"], made["template_name"]) == ("Hi Sarah!", "hello")
    paced.send()
    assert paced.whatsapp.sent[0][3]["template"]["components"][0]["parameters"] == [{"type": "text", "text": "Sarah"}]


@at_start
def test_a_window_that_closes_while_it_waits(paced: Notifications) -> None:
    (chat,) = chats(paced)
    write(paced, chat)
    paced.clock.at = START + timedelta(hours=25)
    paced.send()
    (failed,) = paced.told("whatsapp.failed")
    assert failed["error_code"] == 131047 and "template" in failed["advice"] and not paced.whatsapp.sent


@at_start
@pytest.mark.parametrize(("code", "seconds"), [(131056, 6), (130429, 5), (131000, 30), (80007, 60), (131057, 300)])
def test_some_refusals_are_tried_again(paced: Notifications, code: int, seconds: int) -> None:
    (chat,) = chats(paced)
    write(paced, chat)
    paced.whatsapp.says = lambda _c: Refused(fault_of(code))
    paced.send()
    paced.whatsapp.says = lambda _c: None
    run(paced, seconds - 1)
    assert not paced.whatsapp.sent
    run(paced, 8)
    assert paced.whatsapp.words() == ["Yes"] and not paced.told("whatsapp.failed")


@at_start
@pytest.mark.parametrize(
    "code", [1, 100, 130472, 130497, 131008, 131021, 131026, 131047, 131052, 132005, 132015, 132069, 999999]
)
def test_others_are_final_and_the_next_one_leaves(paced: Notifications, code: int) -> None:
    (chat,) = chats(paced)
    write(paced, chat, "first"), write(paced, chat, "second")
    paced.whatsapp.says = lambda content: Refused(fault_of(code)) if content["text"]["body"] == "first" else None
    run(paced, 10)
    (failed,) = paced.told("whatsapp.failed")
    assert failed["error_code"] == code and failed["advice"] and paced.whatsapp.words() == ["second"]


@at_start
def test_a_refused_token_stops_everything_until_it_works_again(paced: Notifications) -> None:
    people = chats(paced, 3)
    for chat in people:
        write(paced, chat)
    paced.whatsapp.says = lambda _c: Refused(fault_of(190))
    run(paced, 120)
    stopped = [each for each in paced.notes(ADMIN) if each["kind"] == "whatsapp_stopped"]
    assert len(stopped) == 1 and "WHATSAPP_TOKEN" in stopped[0]["message"]
    assert {each["status"] for chat in people for each in paced.messages(chat)[1:]} == {"queued"}
    item = paced.as_(ADMIN).integration_status()["items"][1]
    assert "token" in item["last_error"] and item["counts"]["waiting"] == 3
    paced.whatsapp.says = lambda _c: None
    paced.whatsapp.checked = CheckFailed("still not")
    assert not paced.as_(ADMIN).test_integration(name="whatsapp")["ok"]
    run(paced, 60)
    assert not paced.whatsapp.sent
    paced.whatsapp.checked = None
    assert paced.as_(ADMIN).test_integration(name="whatsapp")["ok"]
    run(paced, 10)
    assert len(paced.whatsapp.sent) == 3


@at_start
def test_another_token_is_another_chance(paced: Notifications) -> None:
    from libs.common.context import Context
    from services.notifications.whatsapp.handing import resume_sending
    from tests.support.actors import system

    (chat,) = chats(paced)
    write(paced, chat)
    paced.whatsapp.says = lambda _c: Refused(fault_of(190))
    paced.send()
    paced.whatsapp.says = lambda _c: None
    line = replace(paced.chatting.line, token_hash="another")
    paced.chatting = replace(paced.chatting, line=line)
    with paced.runtime.database.unit_of_work(Context(actor=system("notifications"))) as uow:
        resume_sending(uow, line)
    run(paced, 10)
    assert paced.whatsapp.words() == ["Yes"]


@at_start
def test_a_lost_answer_is_settled_by_a_status_and_not_sent_again(paced: Notifications) -> None:
    (chat,) = chats(paced)
    first, _second = write(paced, chat, "first"), write(paced, chat, "second")
    arrived: list[Mapping[str, Any]] = []

    def lose(content: Mapping[str, Any]) -> Exception | None:
        arrived.append(content)
        return NoAnswer("no answer") if content["text"]["body"] == "first" else None

    paced.whatsapp.says = lose
    run(paced, 20)
    assert [each["text"]["body"] for each in arrived] == ["first", "second"]
    assert paced.messages()[1]["status"] == "unknown" and not paced.told("whatsapp.failed")
    paced.hear(body(value(statuses=[status("wamid.real", "delivered", LATER, biz_opaque_callback_data=first)])))
    assert paced.messages()[1]["status"] == "delivered"
    assert {each["text"] for each in paced.told("whatsapp.sent")} == {"first", "second"}


@at_start
def test_a_worker_killed_between_hand_over_and_answer(paced: Notifications) -> None:
    """What it left is unknown after the longest time an answer may take, is not sent again, and holds up nobody."""
    (chat,) = chats(paced)
    first = write(paced, chat, "first")

    class Killed(BaseException):
        """No handler sees it, as none sees a kill."""

    def die(_callback: str) -> None:
        raise Killed

    paced.whatsapp.meanwhile = die
    with pytest.raises(Killed):
        paced.send()
    paced.whatsapp.meanwhile = lambda _callback: None
    write(paced, chat, "second")
    assert paced.messages()[1]["status"] == "sending"
    paced.sql("UPDATE jobs SET locked_until = NULL WHERE finished_at IS NULL")
    run(paced, 40, 5)
    assert paced.whatsapp.words() == ["first"], "another attempt might still be waiting for its answer"
    run(paced, 30, 5)
    assert paced.whatsapp.words() == ["first", "second"]
    assert [each["status"] for each in paced.messages()[1:]] == ["unknown", "sent"]
    paced.hear(body(value(statuses=[status("wamid.late", "read", LATER, biz_opaque_callback_data=first)])))
    assert paced.messages()[1]["status"] == "read"


@at_start
def test_whatsapp_may_know_a_number_in_another_form(paced: Notifications) -> None:
    """Brazil's ninth digit: what they answer with comes into the conversation that we began."""
    paced.know_client(CLIENT, JOHN)
    card = {"client_id": CLIENT, "contact_id": CONTACT, "phone": "+55 31 98888-7777"}
    paced.contacts.cards[CLIENT] = card
    paced.whatsapp.wa_ids = {"5531988887777": "553188887777"}
    paced.whatsapp.approved = [Template("hello", "en", "APPROVED", "UTILITY", "Hi!")]
    paced.as_(ADMIN).sync_whatsapp_templates()
    hello = {"name": "hello", "language": "en"}
    with pytest.raises(Conflict, match="have not written"):
        paced.as_(JOHN).start_message(client_id=CLIENT, text="Hi")
    with pytest.raises(Forbidden):
        paced.as_(FINANCE).start_message(client_id=CLIENT, template=hello)
    paced.as_(JOHN).start_message(client_id=CLIENT, template=hello)
    paced.send()
    paced.hear(body(value([text("Oi", "553188887777", LATER)])))
    assert [each["text"] for each in paced.messages()] == ["Hi!", "Oi"]


ACCOUNT_WIDE = [0, 3, 10, 33, 190, 200, 299, 368, 131005, 131031, 131037, 131042, 131045, 131048, 133010]


@at_start
@pytest.mark.parametrize("code", ACCOUNT_WIDE)
def test_what_concerns_everybody_stops_the_number(paced: Notifications, code: int) -> None:
    people = chats(paced, 3)
    for chat in people:
        write(paced, chat)
    paced.whatsapp.says = lambda _c: Refused(fault_of(code))
    run(paced, 30)
    (stopped,) = [each for each in paced.notes(ADMIN) if each["kind"] == "whatsapp_stopped"]
    assert stopped["action_path"] == "/settings/integrations" and "An admin has to" in stopped["message"]
    assert {each["status"] for chat in people for each in paced.messages(chat)[1:]} == {"queued"}
    assert not paced.told("whatsapp.failed")


@at_start
def test_a_status_that_concerns_everybody_stops_the_number_once(paced: Notifications) -> None:
    first, second, third = chats(paced, 3)
    lost, late = write(paced, first), write(paced, second)
    run(paced, 5)
    failed = {"errors": [{"code": 131042}]}
    paced.hear(body(value(statuses=[status("wamid.a", "failed", LATER, biz_opaque_callback_data=lost, **failed)])))
    write(paced, third, "waits")
    run(paced, 30)
    assert len(paced.whatsapp.sent) == 2 and paced.messages(third)[-1]["status"] == "queued"
    assert paced.as_(ADMIN).test_integration(name="whatsapp")["ok"]
    # It was handed over before all was well again.
    paced.hear(body(value(statuses=[status("wamid.b", "failed", LATER, biz_opaque_callback_data=late, **failed)])))
    run(paced, 10)
    assert paced.whatsapp.words()[-1] == "waits" and len(paced.told("whatsapp.failed")) == 2
    assert len([each for each in paced.notes(ADMIN) if each["kind"] == "whatsapp_stopped"]) == 1
