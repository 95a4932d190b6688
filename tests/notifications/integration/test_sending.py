"""Mails leave once, or wait, or end with a reason: against a real mail server that is down, refuses or falls silent."""

from __future__ import annotations

import json
import threading
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest

from libs.common.identity import Actor
from libs.common.ids import new_id
from libs.common.jobs import Job, RetryLater
from services.notifications import handlers
from tests.contracts.samples_of import sample
from tests.notifications.harness import Notifications
from tests.notifications.mail_server import plain
from tests.notifications.stories import ASSIGNED, BRIEF, CLIENT, INQUIRED, INVOICE_SENT
from tests.support.actors import ADMIN, JOHN

SARAH = "sarah@techcorp.com"


@pytest.fixture
def invoice(crm: Notifications) -> str:
    """An invoice's mail that waits to leave; its id."""
    crm.runtime.object_store.put(INVOICE_SENT["pdf_key"], b"%PDF", "application/pdf")
    crm.tell("invoice.sent", INVOICE_SENT)
    return str(the_mail(crm)["id"])


def the_mail(crm: Notifications) -> dict[str, Any]:
    (email,) = crm.emails()
    return email


def test_a_mail_waits_while_the_server_is_down_and_leaves_once(crm: Notifications, invoice: str) -> None:
    before = the_mail(crm)
    assert (before["status"], before["attempts"], before["to"]) == ("queued", 0, [SARAH])
    crm.server.close()
    crm.send()
    waiting = the_mail(crm)
    assert (waiting["status"], waiting["attempts"]) == ("queued", 1)
    assert "cannot be used" in waiting["last_error"] and not crm.told("email.sent")
    crm.server.open()
    crm.send_again()
    crm.send_again()
    sent = the_mail(crm)
    assert (sent["status"], sent["attempts"], sent["last_error"]) == ("sent", 2, None) and sent["sent_at"]
    (mail,) = crm.server.mails
    assert mail["Message-ID"] == before["message_id"] == sent["message_id"]
    assert before["message_id"] == f"<{invoice}@amo-ai.example>"
    assert len(crm.told("email.sent")) == 1


def test_a_4xx_is_tried_again_under_the_same_message_id(crm: Notifications, invoice: str) -> None:
    crm.server.data = ["451 4.3.0 try later", "421 4.3.2 closing"]
    crm.send()
    assert the_mail(crm)["status"] == "queued" and "451" in the_mail(crm)["last_error"]
    crm.send_again()
    assert "421" in the_mail(crm)["last_error"]
    crm.send_again()
    assert the_mail(crm)["status"] == "sent" and the_mail(crm)["attempts"] == 3
    assert len(crm.server.mails) == 1 and crm.server.mails[0]["Message-ID"] == the_mail(crm)["message_id"]


def test_a_5xx_ends_it_and_is_told(crm: Notifications, invoice: str) -> None:
    crm.server.rcpt[SARAH] = "550 5.1.1 No such user here"
    crm.send()
    failed = the_mail(crm)
    assert failed["status"] == "failed" and "550 5.1.1 No such user here" in failed["last_error"]
    (told,) = crm.told("email.failed")
    assert told["kind"] == "invoice" and "No such user" in told["error"] and told["to"] == [SARAH]
    assert told["refs"]["invoice_number"] == "INV-2025-001" and told["sent_at"] is None
    crm.send_again()
    assert not crm.server.mails and len(crm.told("email.failed")) == 1


def test_silence_after_the_final_dot_is_unknown_and_never_sent_again(crm: Notifications, invoice: str) -> None:
    crm.server.hang_up_after_dot = 1
    crm.send()
    crm.send_again()
    unknown = the_mail(crm)
    assert unknown["status"] == "unknown" and "may have arrived" in unknown["last_error"]
    assert len(crm.server.mails) == 1
    assert "may have arrived" in crm.told("email.failed")[0]["error"] and not crm.told("email.sent")


def test_a_mail_is_given_up_after_three_days(crm: Notifications, invoice: str) -> None:
    crm.server.close()
    crm.send()
    crm.sql("UPDATE jobs SET created_at = now() - interval '73 hours'")
    crm.send_again()
    assert the_mail(crm)["status"] == "failed" and len(crm.told("email.failed")) == 1
    crm.server.open()
    crm.send_again()
    assert not crm.server.mails


def test_a_mail_is_noted_as_leaving_before_the_server_has_it(crm: Notifications, invoice: str) -> None:
    seen: list[str] = []
    crm.server.before_answer = lambda _mail: seen.append(the_mail(crm)["status"])
    crm.send()
    assert seen == ["sending"]


def test_a_worker_that_died_after_the_answer_was_noted_sends_nothing_again(crm: Notifications, invoice: str) -> None:
    crm.send()
    crm.sql("UPDATE jobs SET finished_at = NULL, locked_until = now() - interval '1 second'")
    crm.send()
    assert len(crm.server.mails) == 1 and len(crm.told("email.sent")) == 1
    assert not crm.sql("SELECT 1 FROM jobs WHERE finished_at IS NULL")


def dead_in_hand_over(crm: Notifications, seconds_ago: float, answer: str | None = None) -> None:
    """What a worker leaves that was killed between its note and the end of what follows from the server's answer."""
    recipient = {"address": SARAH, "name": "", "status": "waiting", "code": None, "answer": None}
    crm.sql(
        "UPDATE emails SET status = 'sending', handing_attempt = 1, attempts = 1, recipients = CAST(:to AS jsonb),"
        " handed_over_at = now() - make_interval(secs => :ago), answer = CAST(:answer AS jsonb)",
        ago=seconds_ago,
        answer=answer,
        to=json.dumps([recipient]),
    )
    crm.sql("UPDATE jobs SET attempts = 1, locked_until = now() - interval '1 second'")


def test_a_mail_in_other_hands_is_left_alone(crm: Notifications, invoice: str) -> None:
    dead_in_hand_over(crm, seconds_ago=1)
    crm.send()
    assert not crm.server.mails and the_mail(crm)["status"] == "sending"
    (row,) = crm.sql("SELECT due_at > now() + interval '20 seconds' AS later FROM jobs")
    assert row.later


def test_a_dead_workers_mail_is_unknown_and_not_sent_again(crm: Notifications, invoice: str) -> None:
    dead_in_hand_over(crm, seconds_ago=crm.outside.patience.total_seconds() + 1)
    crm.send()
    crm.send_again()
    assert the_mail(crm)["status"] == "unknown" and not crm.server.mails
    assert "may have arrived" in crm.told("email.failed")[0]["error"]


def test_the_answer_a_dead_worker_kept_is_taken_over_at_once(crm: Notifications, invoice: str) -> None:
    dead_in_hand_over(crm, 1, json.dumps({"silent": False, "answers": {SARAH: [250, "kept"]}}))
    crm.send()
    assert the_mail(crm)["status"] == "sent" and not crm.server.mails and len(crm.told("email.sent")) == 1


def test_a_mail_a_dead_worker_was_told_to_repeat_is_repeated(crm: Notifications, invoice: str) -> None:
    dead_in_hand_over(crm, 1, json.dumps({"silent": False, "answers": {SARAH: [451, "later"]}}))
    crm.send()
    assert the_mail(crm)["status"] == "queued" and "451 later" in the_mail(crm)["last_error"]
    crm.send_again()
    assert the_mail(crm)["status"] == "sent" and len(crm.server.mails) == 1


def test_two_workers_with_one_mail_send_it_once(crm: Notifications, invoice: str) -> None:
    """A slow attempt whose lease ended meets the next one: the mail's own row decides."""
    (row,) = crm.sql("SELECT id::text FROM jobs")
    start = threading.Barrier(2)
    outcomes: list[str] = []

    def attempt(number: int) -> None:
        job = Job(row.id, handlers.JOB, {"email_id": invoice}, number, crm.outside.now(), crm.runtime.own_context())
        start.wait()
        try:
            handlers.send_outside(crm.outside, job)
            outcomes.append("done")
        except RetryLater:
            outcomes.append("later")

    threads = [threading.Thread(target=attempt, args=(number,)) for number in (1, 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(crm.server.mails) == 1 and len(crm.told("email.sent")) == 1
    assert len(outcomes) == 2 and "done" in outcomes


def test_the_answer_survives_a_database_that_restarts(crm: Notifications, invoice: str) -> None:
    """While the server holds the mail the database goes away, and comes back a second later."""
    address = urlsplit(crm.runtime.settings.database_url)
    name = address.path.removeprefix("/")

    def on_server(*statements: str) -> None:
        with psycopg.connect(urlunsplit(address._replace(path="/postgres")), autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement)

    def go_away(_mail: Any) -> None:
        on_server(
            f"ALTER DATABASE {name} ALLOW_CONNECTIONS false",
            f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'",
        )
        threading.Timer(1.0, on_server, [f"ALTER DATABASE {name} ALLOW_CONNECTIONS true"]).start()

    crm.server.before_answer = go_away
    crm.send()
    assert the_mail(crm)["status"] == "sent" and len(crm.server.mails) == 1 and len(crm.told("email.sent")) == 1


def test_a_missing_attachment_delays_the_mail_and_says_so(crm: Notifications) -> None:
    crm.tell("invoice.sent", INVOICE_SENT)
    crm.send()
    assert the_mail(crm)["status"] == "queued" and "INV-2025-001.pdf could not be read" in the_mail(crm)["last_error"]
    crm.runtime.object_store.put(INVOICE_SENT["pdf_key"], b"%PDF", "application/pdf")
    crm.send_again()
    assert the_mail(crm)["status"] == "sent" and len(crm.server.mails) == 1


def test_who_left_before_the_mail_gets_nothing(crm: Notifications) -> None:
    crm.tell("client.assigned", ASSIGNED)
    crm.join(JOHN, active=False, version=2)
    crm.send()
    assert the_mail(crm)["status"] == "skipped" and not crm.server.mails
    assert not crm.told("email.sent") and not crm.told("email.failed")


def test_who_switched_a_kind_off_gets_none_of_it(crm: Notifications) -> None:
    crm.as_(JOHN).set_preferences(email={"client_assigned": False})
    crm.tell("client.assigned", ASSIGNED)
    crm.send()
    assert the_mail(crm)["status"] == "skipped" and not crm.server.mails and len(crm.notes(JOHN)) == 1


def test_of_many_clients_the_new_owner_is_told_once(crm: Notifications) -> None:
    data = sample("clients.assigned")["data"] | {"owner_id": JOHN.id}
    crm.tell("clients.assigned", data)
    crm.send()
    (note,) = crm.notes(JOHN)
    assert note["title"] == "1,250 new clients for you"
    assert note["message"] == "You are now the owner of TechCorp Solutions and 1,249 more"
    assert note["action_path"] == f"/clients?owner_id={JOHN.id}"
    (mail,) = crm.server.mails
    assert mail["Subject"] == "1,250 new clients for you"
    assert "TechCorp Solutions and 1,249 more are yours now." in plain(mail)


def test_who_is_not_known_yet_gets_the_mail_when_told_of(crm: Notifications) -> None:
    someone = Actor(new_id(), "sales", "Nina New")
    crm.tell("client.assigned", ASSIGNED | {"owner_id": someone.id})
    crm.send()
    assert the_mail(crm)["status"] == "queued" and "not known here yet" in the_mail(crm)["last_error"]
    crm.join(someone)
    crm.send_again()
    assert crm.server.envelopes[0][1] == ["nina@amo-ai.example"]


def test_a_mail_without_any_address_fails_at_once(crm: Notifications) -> None:
    crm.tell("brief.submitted", BRIEF | {"contact_email": None, "owner_id": new_id()})
    crm.send()
    (email,) = crm.emails(kind="brief_confirmation")
    assert email["status"] == "failed" and email["last_error"] == "there is no address to send this to"
    assert crm.told("email.failed")[0]["client_id"] == CLIENT


def test_a_hostile_name_breaks_no_header_and_no_page(crm: Notifications) -> None:
    name = 'Evil <b>\r\nBcc: victim@example.com\r\n\r\n<script>alert("x")</script>'
    crm.tell("client.inquired", INQUIRED | {"company_name": name, "owner_id": JOHN.id})
    crm.send()
    (mail,) = crm.server.mails
    assert mail["Bcc"] is None and crm.server.envelopes[0][1] == ["john@amo-ai.example"]
    assert "\n" not in mail["Subject"] and mail["Subject"].startswith("New Lead: Evil <b> Bcc: victim@example.com")
    html = mail.get_body(preferencelist=("html",))
    assert html is not None and "<script>" not in html.get_content() and "&lt;script&gt;" in html.get_content()


def test_a_test_mail_goes_the_same_way(crm: Notifications) -> None:
    made = crm.as_(ADMIN).send_test_email(to="ops@example.com")
    assert made["status"] == "queued" and made["to"] == ["ops@example.com"]
    crm.send()
    assert crm.server.mails[0]["Subject"] == "Test mail from AMO AI"
    assert crm.as_(ADMIN).get_email(email_id=made["id"])["status"] == "sent"


def test_patience_is_longer_than_the_server_may_think(crm: Notifications) -> None:
    assert crm.outside.patience > timedelta(seconds=crm.runtime.settings.smtp_answer_seconds)
