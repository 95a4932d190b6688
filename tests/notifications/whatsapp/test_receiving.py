"""Webhooks: what is believed, and what becomes of what they tell, exactly once."""

from __future__ import annotations

import hashlib
import hmac
import itertools
import json
import random
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from libs.common.ids import new_id
from libs.common.problems import Conflict, Forbidden, NotFound
from services.notifications import settings
from tests.notifications.chats import AT, NUMBER, OMAR, SARAH, body, encoded, escaped, signed, status, text, value
from tests.notifications.harness import Notifications
from tests.support.actors import ADMIN, FINANCE, JESSICA, JOHN, MANAGER, system

pytestmark = pytest.mark.infrastructure

CLIENT, CONTACT = "01940001-7a00-7000-8000-000000000001", "01940002-7a00-7000-8000-000000000001"


def rows(crm: Notifications, table: str) -> int:
    return int(crm.sql(f"SELECT count(*) AS n FROM {table}")[0].n)


def know_sarah(crm: Notifications) -> None:
    crm.know_client(CLIENT, JOHN)
    crm.contacts.known[SARAH] = {"client_id": CLIENT, "contact_id": CONTACT}


def test_only_our_own_bytes_are_believed(crm: Notifications, monkeypatch: pytest.MonkeyPatch) -> None:
    raw = escaped(body(value([text("Grüße 50% <a@b> https://x/y 👋")])))
    again = json.dumps(json.loads(raw)).encode()
    sha1 = "sha1=" + hmac.new(b"an app secret", raw, hashlib.sha1).hexdigest()
    gateway = crm.as_(system("gateway"))
    refused = [(again, signed(raw)), (raw, sha1), (raw, ""), (raw, signed(raw, "")), (raw, signed(raw)[7:])]
    for sent, signature in refused:
        with pytest.raises(Forbidden):
            gateway.whatsapp_webhook(body_base64=encoded(sent), signature=signature)
    without = settings.current().model_copy(update={"whatsapp_app_secret": ""})
    with monkeypatch.context() as patched:
        patched.setattr(settings, "current", lambda: without)
        with pytest.raises(Forbidden, match="WHATSAPP_APP_SECRET"):
            gateway.whatsapp_webhook(body_base64=encoded(raw), signature=signed(raw, ""))
    assert rows(crm, "whatsapp_deliveries") == 0
    crm.hook(None, raw)
    crm.send()
    assert crm.messages()[0]["text"] == "Grüße 50% <a@b> https://x/y 👋"


def test_the_handshake(crm: Notifications) -> None:
    gateway = crm.as_(system("gateway"))
    answer = gateway.whatsapp_verify(mode="subscribe", token="a verify token", challenge="1158201444")
    assert answer == {"challenge": "1158201444"}
    for mode, token in (("subscribe", "x"), ("subscribe", ""), ("unsubscribe", "a verify token")):
        with pytest.raises(Forbidden):
            gateway.whatsapp_verify(mode=mode, token=token, challenge="1")


def test_twenty_at_once_are_one(crm: Notifications) -> None:
    know_sarah(crm)
    raw = escaped(body(value([text("Thursday afternoon works best")])))
    with ThreadPoolExecutor(20) as pool:
        list(pool.map(lambda _n: crm.hook(None, raw), range(20)))
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _n: crm.send(), range(4)))
    assert (
        rows(crm, "whatsapp_deliveries") == rows(crm, "whatsapp_messages") == rows(crm, "whatsapp_conversations") == 1
    )
    (told,) = crm.told("whatsapp.received")
    assert told["client_id"] == CLIENT and told["contact_id"] == CONTACT and told["phone"] == f"+{SARAH}"
    assert datetime.fromisoformat(told["occurred_at"]) == datetime.fromtimestamp(AT, UTC)
    assert len(crm.notes(JOHN)) == 1 and "Thursday" in crm.notes(JOHN)[0]["message"] and not crm.notes(JESSICA)
    assert crm.chat()["unread"] == 1


def test_one_message_in_twenty_different_deliveries_is_one(crm: Notifications) -> None:
    message = text("Hello")
    for number in range(20):
        crm.hook(body(value([message], statuses=[status(f"wamid.other{number}", "sent")])))
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _n: crm.send(), range(4)))
    assert rows(crm, "whatsapp_messages") == rows(crm, "whatsapp_conversations") == 1
    assert len(crm.told("whatsapp.received")) == 1


def test_batches_of_fifty_from_ten_people(crm: Notifications) -> None:
    people = [f"1555000{number:04}" for number in range(10)]
    batches = [
        body(*(value([text(f"{batch} {entry} {n}", people[(n + batch) % 10], AT + n) for n in range(25)])
               for entry in range(2)))
        for batch in range(6)
    ]  # fmt: skip
    for batch in (*batches, *batches[:2]):
        crm.hook(batch)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _n: crm.send(), range(4)))
    crm.send_again()
    assert rows(crm, "whatsapp_messages") == 300 and rows(crm, "whatsapp_conversations") == 10
    found = crm.as_(ADMIN).list_conversations(filters={}, limit=50)["items"]
    assert {each["phone"] for each in found} == {f"+{each}" for each in people}
    assert all(each["profile_name"] == f"Person {each['phone'][1:]}" for each in found)
    assert sum(each["unread"] for each in found) == 300
    assert crm.sql("SELECT DISTINCT outcome FROM whatsapp_deliveries")[0].outcome == "applied"


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_with_and_without_a_number_it_is_one_person(crm: Notifications, order: tuple[int, ...]) -> None:
    """Only the number, only the id, both: in whatever order they come, one conversation."""
    forms = [
        text("number", SARAH),
        text("id", None, from_user_id="US.1349"),
        text("both", SARAH, from_user_id="US.1349"),
    ]
    for each in order:
        crm.hear(body(value([forms[each]])))
    assert rows(crm, "whatsapp_conversations") == 1
    assert {each["text"] for each in crm.messages()} == {"number", "id", "both"}
    assert crm.chat()["phone"] == f"+{SARAH}" and crm.chat()["unread"] == 3


def test_a_changed_number_goes_on_in_the_same_conversation(crm: Notifications) -> None:
    know_sarah(crm)
    crm.hear(body(value([text("old")])))
    moved = {"id": "wamid.s", "from": SARAH, "timestamp": str(AT + 5), "type": "system"}
    moved["system"] = {"type": "user_changed_number", "wa_id": OMAR, "body": "Sarah changed from 1 to 2"}
    crm.hear(body(value() | {"messages": [moved]}), body(value([text("new", OMAR, AT + 9)])))
    assert [each["text"] for each in crm.messages()] == ["old", "Sarah changed from 1 to 2", "new"]
    assert crm.chat()["phone"] == f"+{OMAR}" and crm.chat()["client_id"] == CLIENT


def test_what_is_not_ours_is_noted_and_left(crm: Notifications) -> None:
    foreign = value([text()]) | {"metadata": {"phone_number_id": "999"}}
    crm.hear(body(foreign), body({"x": 1}, field="account_update"), {"entry": "nonsense"}, [1], body(value(errors=[1])))
    crm.hook(None, b"\xff\x00 not json")
    crm.send()
    assert rows(crm, "whatsapp_messages") == 0
    outcomes = [row.outcome for row in crm.sql("SELECT outcome FROM whatsapp_deliveries ORDER BY received_at, id")]
    assert sorted(outcomes) == ["ignored", "ignored", "ignored", "malformed", "malformed", "malformed"]
    notes = " ".join(row.note or "" for row in crm.sql("SELECT note FROM whatsapp_deliveries"))
    assert "999" in notes and "account_update" in notes and NUMBER not in notes


@pytest.mark.parametrize("order", list(itertools.permutations(range(4))))
def test_statuses_in_every_order_end_the_same(crm: Notifications, order: tuple[int, ...]) -> None:
    """Before, between and after our own answer: they never go back."""
    know_sarah(crm)
    crm.hear(body(value([text(at=int(datetime.now(UTC).timestamp()))])))
    message = crm.as_(JOHN).send_message(conversation_id=crm.chat()["id"], text="Yes")
    states = ["sent", "delivered", "read", "answer"]
    for each in order:
        if states[each] == "answer":
            crm.send()
        else:
            crm.hook(body(value(statuses=[status(f"wamid.out.{message['id']}", states[each])])))
            crm.sql("UPDATE jobs SET due_at = now() + interval '1 h' WHERE kind = 'send_whatsapp' AND attempts = 0")
            crm.send()
            crm.sql("UPDATE jobs SET due_at = now() WHERE kind = 'send_whatsapp'")
    crm.send()
    assert crm.messages()[-1]["status"] == "read" and len(crm.told("whatsapp.sent")) == 1
    assert [each["status"] for each in crm.told("whatsapp.status_changed")][-1] == "read"
    assert len(crm.whatsapp.sent) == 1 and rows(crm, "whatsapp_early") == 0


def test_a_failure_is_told_with_what_to_do(crm: Notifications) -> None:
    know_sarah(crm)
    crm.hear(body(value([text(at=int(datetime.now(UTC).timestamp()))])))
    message = crm.as_(JOHN).send_message(conversation_id=crm.chat()["id"], text="Yes")
    crm.send()
    failed = status(
        "wamid.x", "failed", errors=[{"code": 131026, "title": "x"}], biz_opaque_callback_data=message["id"]
    )
    crm.hear(body(value(statuses=[failed])), body(value(statuses=[failed | {"timestamp": str(AT + 1)}])))
    (told,) = crm.told("whatsapp.failed")
    assert told["error_code"] == 131026 and "number" in told["advice"] and told["sent_by"] == JOHN.id
    assert crm.messages()[-1]["status"] == "failed" and crm.chat()["blocked_reason"]
    assert any(each["kind"] == "whatsapp_failed" for each in crm.notes(JOHN))


def test_a_failure_that_overtakes_our_answer_says_as_much(crm: Notifications) -> None:
    know_sarah(crm)
    crm.hear(body(value([text(at=int(datetime.now(UTC).timestamp()))])))
    message = crm.as_(JOHN).send_message(conversation_id=crm.chat()["id"], text="Yes")
    error = {"code": 131026, "title": "x", "error_data": {"details": "no such account"}}
    crm.hook(body(value(statuses=[status(f"wamid.out.{message['id']}", "failed", errors=[error])])))
    crm.sql("UPDATE jobs SET due_at = now() + interval '1 h' WHERE kind = 'send_whatsapp'")
    crm.send()
    assert rows(crm, "whatsapp_early") == 1
    crm.sql("UPDATE jobs SET due_at = now() WHERE kind = 'send_whatsapp'")
    crm.send()
    (told,) = crm.told("whatsapp.failed")
    assert (told["error_code"], told["reason"].endswith("(no such account)")) == (131026, True)


def test_edits_revocations_and_reactions_in_any_order(crm: Notifications) -> None:
    know_sarah(crm)
    original = text("Wednesday")

    def about(kind: str, at: int, content: dict[str, Any]) -> dict[str, Any]:
        made = {"id": f"wamid.{new_id()}", "from": SARAH, "timestamp": str(at), "type": kind, kind: content}
        return body(value([made]))

    target = {"original_message_id": original["id"]}
    edit = {**target, "message": {"type": "text", "text": {"body": "Thursday"}}}
    later = {**target, "message": {"type": "text", "text": {"body": "Friday"}}}
    crm.hear(about("edit", AT + 20, later), about("edit", AT + 10, edit))
    crm.hear(about("reaction", AT + 5, {"message_id": original["id"], "emoji": "👍"}))
    assert rows(crm, "whatsapp_early") == 3
    crm.hear(body(value([original])))
    (shown,) = crm.messages()
    assert shown["text"] == "Friday" and shown["reactions"] == ["👍"] and shown["edited_at"]
    assert crm.told("whatsapp.received")[-1]["text"] == "Friday"
    crm.hear(about("reaction", AT + 6, {"message_id": original["id"]}), about("revoke", AT + 30, target))
    (shown,) = crm.messages()
    assert shown["text"] == "" and shown["reactions"] == [] and shown["revoked_at"]
    versions = [each["version"] for each in crm.told("whatsapp.received")]
    assert "taken back" in crm.told("whatsapp.received")[-1]["text"] and versions == sorted(versions)


def test_somebody_unknown_is_for_sales_to_look_at(crm: Notifications) -> None:
    crm.hear(body(value([text("Do you build shops?")])), body(value([text("Hello?", at=AT + 60)])))
    chat = crm.chat()
    assert chat["state"] == "unknown" and chat["client_id"] is None
    for who in (JOHN, JESSICA, ADMIN):
        assert len(crm.notes(who)) == 2 and "unknown number: +15550123" in crm.notes(who)[0]["title"]
    assert not crm.notes(FINANCE) and crm.as_(MANAGER).list_conversations(filters={})["total"] == 0
    assert len([each for each in crm.emails() if each["kind"] == "whatsapp_received"]) == 3
    assert {each["client_id"] for each in crm.told("whatsapp.received")} == {None}
    with pytest.raises(Conflict, match="link"):
        crm.as_(JOHN).send_message(conversation_id=chat["id"], text="Yes")
    crm.know_client(CLIENT, JOHN)
    with pytest.raises(NotFound):
        crm.as_(JESSICA).link_conversation(conversation_id=chat["id"], client_id=CLIENT)
    linked = crm.as_(JOHN).link_conversation(conversation_id=chat["id"], client_id=CLIENT)
    assert linked["state"] == "linked" and linked["company_name"] == "TechCorp Solutions"
    told = crm.told("whatsapp.received")[2:]
    assert [each["text"] for each in told] == ["Do you build shops?", "Hello?"]
    assert {each["client_id"] for each in told} == {CLIENT}
    with pytest.raises(NotFound):
        crm.as_(JESSICA).get_conversation(conversation_id=chat["id"])
    with pytest.raises(Conflict):
        crm.as_(JOHN).dismiss_conversation(conversation_id=chat["id"])


def test_mails_come_once_in_a_quarter_of_an_hour_until_it_is_read(crm: Notifications) -> None:
    know_sarah(crm)
    for number in range(5):
        crm.hear(body(value([text(f"{number}", at=AT + number)])))
    mailed = lambda: len([each for each in crm.emails() if each["kind"] == "whatsapp_received"])  # noqa: E731
    assert mailed() == 1 and len(crm.notes(JOHN)) == 5
    assert crm.as_(JOHN).mark_conversation_read(conversation_id=crm.chat()["id"])["unread"] == 0
    crm.hear(body(value([text("5", at=AT + 5)])))
    assert mailed() == 2
    crm.sql("UPDATE whatsapp_conversations SET mailed_at = mailed_at - interval '15 min'")
    crm.hear(body(value([text("6", at=AT + 6)])))
    assert mailed() == 3


def test_while_clients_is_down_it_waits(crm: Notifications) -> None:
    know_sarah(crm)
    crm.contacts.down = True
    crm.hear(body(value([text()])))
    assert rows(crm, "whatsapp_messages") == 0
    crm.contacts.down = False
    crm.send_again()
    assert crm.chat()["client_id"] == CLIENT


def test_files_are_fetched_checked_and_filed(crm: Notifications) -> None:
    content = random.Random(7).randbytes(4000)
    digest = encoded(hashlib.sha256(content).digest())
    crm.whatsapp.files = {"1": content, "2": content}
    good = {"id": "1", "mime_type": "application/pdf; charset=x", "sha256": digest, "filename": "plan.pdf"}
    bad = {"id": "2", "mime_type": "image/jpeg", "sha256": encoded(b"\0" * 32)}
    crm.hear(body(value([text(type="document", document=good), text(type="image", image=bad, at=AT + 1)])))
    document, image = crm.messages()
    assert document["media"]["ready"] and document["media"]["size"] == 4000 and document["media"]["document_id"] is None
    assert not image["media"]["ready"] and "SHA-256" in image["media"]["problem"]
    assert crm.as_(JOHN).message_media(message_id=document["id"])["filename"] == "plan.pdf"
    with pytest.raises(NotFound, match="SHA-256"):
        crm.as_(JOHN).message_media(message_id=image["id"])
    know_sarah(crm)
    crm.as_(JOHN).link_conversation(conversation_id=crm.chat()["id"], client_id=CLIENT)
    crm.send()
    (filed,) = crm.contacts.documents
    assert filed["size"] == 4000 and crm.messages()[0]["media"]["document_id"] == filed["document_id"]


def test_old_deliveries_go_and_their_messages_stay(crm: Notifications) -> None:
    from libs.common.context import Context
    from services.notifications.whatsapp.receiving import forget_deliveries

    crm.hear(body(value([text()])))
    crm.sql("UPDATE whatsapp_deliveries SET received_at = received_at - interval '31 days'")
    with crm.runtime.database.unit_of_work(Context(actor=system("notifications"))) as uow:
        forget_deliveries(uow, uow.now + timedelta(0))
    assert rows(crm, "whatsapp_deliveries") == 0 and rows(crm, "whatsapp_messages") == 1


def test_an_erased_person_is_somebody_unknown_when_they_write_again(crm: Notifications) -> None:
    from libs.common.context import Context
    from services.notifications.whatsapp.forgetting import forget_person

    know_sarah(crm)
    crm.hear(body(value([text("before", from_user_id="US.1")])))
    with crm.runtime.database.unit_of_work(Context(actor=system("notifications"))) as uow:
        forget_person(uow, CONTACT)
    chat = crm.chat()
    assert chat["phone"] is None and chat["profile_name"] is None and rows(crm, "whatsapp_identities") == 0
    crm.contacts.known.clear()
    crm.hear(body(value([text("after", from_user_id="US.1")])))
    states = {each["state"] for each in crm.as_(ADMIN).list_conversations(filters={})["items"]}
    assert states == {"linked", "unknown"}


def test_of_many_messages_in_a_chat_the_newest_alone_waits_to_be_read(crm: Notifications) -> None:
    know_sarah(crm)
    for number, words in enumerate(("one", "two", "three")):
        crm.hook(body(value([text(words, at=AT + number)])))
        crm.send()
    notes = crm.as_(JOHN).list_notifications()["items"]
    assert sorted(each["message"] for each in notes) == ["one", "three", "two"]
    assert [each["message"] for each in notes if each["read_at"] is None] == ["three"]
