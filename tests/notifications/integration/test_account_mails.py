"""Mails with a link that opens an account: the token is in the mail and nowhere else."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import text

from libs.common.ids import new_id
from libs.common.sealing import Sealer
from tests.notifications.harness import Notifications
from tests.notifications.mail_server import markup, plain
from tests.support.actors import ADMIN

KEY = "a1" * 32
TOKEN = "the-token-that-opens-the-account-0123456789"
EVENTS = {
    "user.invited": ("invitation_id", {"role": "sales", "invited_by": "Ada Admin"}, "/join/"),
    "user.reset_asked": ("reset_id", {"user_id": new_id()}, "/reset/"),
}


def tell(crm: Notifications, kind: str, key: str = KEY) -> None:
    name, more, _path = EVENTS[kind]
    about = new_id()
    data = {name: about, "email": "nina@amo-ai.example", "name": "Nina New", "version": 1} | more
    data["expires_at"] = datetime(2025, 2, 17, 12, tzinfo=UTC).isoformat()
    crm.tell(kind, data | {"sealed_token": Sealer(key).seal(TOKEN, about)})


def everything(crm: Notifications) -> str:
    with crm.runtime.database.engine.connect() as connection:
        names = connection.execute(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).scalars().all()
        return json.dumps([connection.execute(text(f'SELECT to_jsonb(t) FROM "{n}" t')).scalars().all() for n in names])


@pytest.mark.parametrize("kind", EVENTS)
def test_the_mail_has_the_link_and_nothing_else_has_it(crm: Notifications, kind: str) -> None:
    tell(crm, kind)
    assert TOKEN not in everything(crm)
    crm.send()
    (mail,) = crm.server.mails
    assert f"https://crm.example{EVENTS[kind][2]}{TOKEN}" in plain(mail) and TOKEN in markup(mail)
    assert crm.server.envelopes[0][1] == ["nina@amo-ai.example"]
    assert TOKEN not in everything(crm)
    (listed,) = crm.emails()
    shown = crm.as_(ADMIN).get_email(email_id=listed["id"])
    assert shown["status"] == "sent" and f"{EVENTS[kind][2]}•••" in shown["text"]


def test_without_the_gateways_key_the_mail_waits_and_says_why(crm: Notifications) -> None:
    tell(crm, "user.invited", key="c3" * 32)
    crm.send()
    (listed,) = crm.emails()
    shown: dict[str, Any] = crm.as_(ADMIN).get_email(email_id=listed["id"])
    assert shown["status"] == "queued" and "MAILED_LINK_KEY" in shown["last_error"] and crm.server.mails == []
