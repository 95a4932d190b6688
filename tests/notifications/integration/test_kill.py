"""Workers killed while they send: no mail twice, none forgotten."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from libs.common.ids import new_id
from tests.notifications.harness import Notifications
from tests.notifications.stories import BILL_TO, INVOICE_SENT
from tests.support.actors import jwks, private_jwk
from tests.support.waiting import eventually

MAILS = 60
KILLS = 2
THREADS = 4


def start_worker(crm: Notifications, amqp_url: str) -> subprocess.Popen[bytes]:
    settings = crm.runtime.settings
    environment = {
        "DATABASE_URL": settings.database_url,
        "AMQP_URL": amqp_url,
        "ACTOR_JWKS": jwks(),
        "ACTOR_PRIVATE_KEY": private_jwk("notifications"),
        "OBJECT_STORE_URL": settings.object_store_url,
        "LINK_SECRET": settings.link_secret,
        "SMTP_URL": settings.smtp_url,
        "MAIL_FROM": settings.mail_from,
        "JOB_THREADS": str(THREADS),
        "LOG_LEVEL": "ERROR",
    }
    command = [sys.executable, "-m", "services.notifications", "worker"]
    return subprocess.Popen(command, env=os.environ | environment, cwd=Path(__file__).parents[3])


def wait_for_mails(crm: Notifications, number: int) -> None:
    eventually(lambda: len(crm.server.mails) >= number, seconds=30, pause=0.005)


@pytest.mark.faults
def test_no_mail_leaves_twice_and_none_is_forgotten(crm: Notifications, amqp_url: str) -> None:
    crm.runtime.object_store.put(INVOICE_SENT["pdf_key"], b"%PDF" * 20_000, "application/pdf")
    for _ in range(MAILS):
        crm.tell("invoice.sent", INVOICE_SENT | {"invoice_id": new_id(), "bill_to": BILL_TO | {"contact_id": None}})
    # Nobody answers for clients here, and the wait for that is not what this is about.
    crm.sql("UPDATE emails SET client_id = NULL")
    for quarter in range(1, KILLS + 1):
        worker = start_worker(crm, amqp_url)
        wait_for_mails(crm, quarter * MAILS // 4)
        worker.kill()
        worker.wait()
        held = "FROM jobs WHERE finished_at IS NULL AND locked_until IS NOT NULL"
        assert crm.sql(f"SELECT 1 {held}"), "the worker was killed in the middle of its work"
        # The time goes by that it takes to be sure that nobody works on these any more.
        crm.sql("UPDATE jobs SET locked_until = now() WHERE finished_at IS NULL AND locked_until IS NOT NULL")
        crm.sql("UPDATE emails SET handed_over_at = now() - interval '1 hour' WHERE status = 'sending'")
    worker = start_worker(crm, amqp_url)
    try:
        eventually(lambda: not crm.sql("SELECT 1 FROM jobs WHERE finished_at IS NULL"), seconds=60)
    finally:
        worker.terminate()
        worker.wait(25)
    check(crm)


def check(crm: Notifications) -> None:
    received = Counter(str(mail["Message-ID"]) for mail in crm.server.mails)
    rows = crm.emails()
    states = Counter(row["status"] for row in rows)
    assert len(rows) == MAILS and set(received.values()) == {1}
    assert set(states) <= {"sent", "unknown"} and states["unknown"] <= KILLS * THREADS
    assert {row["message_id"] for row in rows if row["status"] == "sent"} <= set(received)
    assert len(crm.told("email.sent")) == states["sent"] and len(crm.told("email.failed")) == states["unknown"]
