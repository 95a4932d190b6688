"""The golden samples of this service's events, as its own code tells them. Consumers are tested with the same files.

Set WRITE_SAMPLES=1 to write them anew after a change of the contract.
"""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from libs.common.context import Context
from libs.common.outbox import Outbox
from services.notifications import events, settings
from services.notifications.domain import Addressee, Answer, Email, Outcome
from services.notifications.handlers.telling import tell
from services.notifications.worker import TABLE
from tests.notifications.stories import CLIENT, CONTACT, DEAL, INVOICE
from tests.support.actors import system

SAMPLES = Path(__file__).parents[2] / "contracts" / "samples"
NOW = datetime(2025, 2, 10, 20, 30, tzinfo=UTC)
SARAH = Addressee("sarah@techcorp.com", "Sarah Johnson")


class Session:
    """A session that keeps the envelope instead of writing it."""

    def __init__(self) -> None:
        self.envelope: dict[str, Any] = {}

    def execute(self, statement: Any) -> None:
        self.envelope = statement.compile().params["envelope"]

    def flush(self) -> None:
        return


class Unit:
    """What ``tell`` needs of a unit of work."""

    def __init__(self) -> None:
        self.session = Session()
        context = Context(
            actor=system("notifications"),
            correlation_id="01920000-0000-7000-8000-0000000000f1",
            causation_id="01920000-0000-7000-8000-0000000000f2",
        )
        self.outbox = Outbox(self.session, context, NOW)  # type: ignore[arg-type]


def told(outcome: Outcome) -> dict[str, Any]:
    """The envelope of what became of an invoice's mail."""
    email = Email(
        id="01920000-0000-7000-8000-0000000000e5",
        kind="invoice",
        subject="Invoice #INV-2025-001 from AMO AI",
        message_id="<01920000-0000-7000-8000-0000000000e5@amo-ai.example>",
        context={},
        created_at=NOW,
        updated_at=NOW,
        client_id=CLIENT,
        contact_id=CONTACT,
        refs={
            "invoice_id": INVOICE,
            "invoice_number": "INV-2025-001",
            "deal_id": DEAL,
            "amount_minor": 6250000,
            "currency": "USD",
        },
    )
    unit = Unit()
    email.answered(1, [SARAH], "Hi Sarah,\n\nPlease pay $62,500 by February 15, 2025.\n", outcome, NOW)
    tell(unit, email)  # type: ignore[arg-type]
    return unit.session.envelope | {"id": "01920000-0000-7000-8000-0000000000e1"}


MADE = {
    "email.sent": told(Outcome({SARAH.address: Answer(250, "kept")})),
    "email.failed": told(Outcome({SARAH.address: Answer(550, "5.1.1 No such user here")})),
}


@pytest.mark.parametrize("event_type", MADE)
def test_what_is_told_is_the_sample(event_type: str) -> None:
    path = SAMPLES / f"{event_type}.json"
    # The relay adds who publishes it.
    told_by_us = MADE[event_type] | {"publisher": "notifications"}
    if os.environ.get("WRITE_SAMPLES"):
        path.write_text(json.dumps(told_by_us, indent=2, sort_keys=True) + "\n")
    assert json.loads(path.read_text()) == told_by_us


def test_every_event_told_has_a_sample() -> None:
    assert {kind.event_type for kind in (events.EmailSent, events.EmailFailed)} == set(MADE)


@pytest.mark.parametrize("subscription", TABLE.subscriptions, ids=lambda each: each.event.event_type)
def test_every_event_read_fits_its_publishers_sample(subscription: Any) -> None:
    path = SAMPLES / f"{subscription.event.event_type}.json"
    if not path.exists():
        pytest.skip("its publisher has no sample yet")
    subscription.event.model_validate(json.loads(path.read_text())["data"])


def test_settings_name_the_sender() -> None:
    needed = ("database_url", "amqp_url", "actor_jwks", "actor_private_key", "link_secret")
    given: dict[str, Any] = dict.fromkeys(needed, "x")
    made = settings.NotificationsSettings(**given, company_name="AMO AI", company_email="hello@amo-ai.example")
    assert (made.sender, made.mail_domain) == (("AMO AI", "hello@amo-ai.example"), "amo-ai.example")
    for wrong in (
        {"smtp_url": "http://mail.example"},
        {"smtp_url": "smtp://"},
        {"mail_from": "nobody"},
        {"job_threads": 6},
    ):
        with pytest.raises(ValueError, match=r"SMTP_URL|MAIL_FROM|JOB_THREADS"):
            settings.NotificationsSettings(**(given | wrong))
