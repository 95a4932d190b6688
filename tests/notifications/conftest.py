"""A notifications service on a database of its own, with a mail server of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from libs.common.clock import Clock
from services.notifications import settings, wiring
from services.notifications.settings import NotificationsSettings
from tests.notifications.chats import NUMBER, SECRET
from tests.notifications.graph import Graph
from tests.notifications.harness import STAFF, Notifications
from tests.notifications.mail_server import MailServer


@pytest.fixture
def server() -> Iterator[MailServer]:
    made = MailServer()
    yield made
    made.stop()


@pytest.fixture
def graph() -> Iterator[Graph]:
    made = Graph()
    yield made
    made.stop()


@pytest.fixture
def clock() -> Clock | None:
    """The machine's, unless a test names an instant: ``@pytest.mark.parametrize("clock", [FixedClock(…)])``."""
    return None


@pytest.fixture
def crm(
    runtime_of: Callable[..., Any], server: MailServer, monkeypatch: pytest.MonkeyPatch, clock: Clock | None
) -> Notifications:
    """The service, with five people: an admin, two of sales, finance, a manager."""
    runtime = runtime_of(
        "notifications",
        NotificationsSettings,
        clock,
        smtp_url=server.url,
        mail_from="AMO AI <crm@amo-ai.example>",
        company_email="hello@amo-ai.example",
        public_url="https://crm.example",
        smtp_seconds=2,
        smtp_answer_seconds=3,
        mailed_link_key="a1" * 32,
        whatsapp_token="a token",
        whatsapp_phone_number_id=NUMBER,
        whatsapp_app_secret=SECRET,
        whatsapp_verify_token="a verify token",
        whatsapp_api_base="http://127.0.0.1:9",
    )
    monkeypatch.setattr(settings, "current", lambda: runtime.settings)
    monkeypatch.setattr(wiring, "runtime", lambda: runtime)
    wiring.waiting_room.cache_clear()
    made = Notifications(runtime, server)
    monkeypatch.setattr(wiring, "reporting", lambda: made.reporting)
    monkeypatch.setattr(wiring, "whatsapp", lambda: made.whatsapp)
    monkeypatch.setattr(wiring, "contacts", lambda: made.contacts)
    made.join(*STAFF)
    return made
