"""Mails come from the company as it is when they leave."""

from __future__ import annotations

from typing import Any

import pytest

from services.notifications import queries, settings
from services.notifications.domain import Addressee
from tests.notifications.harness import Notifications
from tests.notifications.mail_server import markup, plain
from tests.support.actors import ADMIN

STUDIO: dict[str, Any] = {
    "name": "AMO Studio",
    "address": "120 Mercer Street\nNew York",
    "email": "studio@amo-studio.example",
    "payment_instructions": "",
    "website": "",
    "version": 1,
}


def mail_of(crm: Notifications) -> Any:
    """The one mail that left, after ordering and sending a test mail."""
    crm.as_(ADMIN).send_test_email(to="ann@example.com")
    crm.send()
    return crm.server.mails[-1]


def test_until_it_is_told_the_environment_says_who_writes(crm: Notifications) -> None:
    mail = mail_of(crm)
    assert (mail["From"], mail["Reply-To"]) == ("AMO AI <crm@amo-ai.example>", "hello@amo-ai.example")
    assert mail["Subject"] == "Test mail from AMO AI"


def test_a_change_shows_in_the_next_mail(crm: Notifications) -> None:
    crm.tell("company.changed", STUDIO)
    mail = mail_of(crm)
    # The address stays: it is the one the mail server vouches for.
    assert (mail["From"], mail["Reply-To"]) == ("AMO Studio <crm@amo-ai.example>", "studio@amo-studio.example")
    assert mail["Subject"] == "Test mail from AMO Studio"
    assert mail["Message-ID"].endswith("@amo-ai.example>")
    for body in (plain(mail), markup(mail)):
        assert "AMO Studio" in body and "AMO AI" not in body
    assert "120 Mercer Street\nNew York\nstudio@amo-studio.example" in plain(mail)


def test_a_mail_that_waited_comes_from_whom_we_are_when_it_leaves(crm: Notifications) -> None:
    crm.as_(ADMIN).send_test_email(to="ann@example.com")
    crm.tell("company.changed", STUDIO)
    crm.send()
    (mail,) = crm.server.mails
    assert mail["From"] == "AMO Studio <crm@amo-ai.example>"


def test_the_newest_version_wins(crm: Notifications) -> None:
    for version, name in ((2, "Second"), (1, "First"), (2, "Second again")):
        crm.tell("company.changed", STUDIO | {"name": name, "version": version})
    assert mail_of(crm)["From"] == "Second <crm@amo-ai.example>"


def test_without_a_set_sender_the_companys_address_writes(crm: Notifications, monkeypatch: pytest.MonkeyPatch) -> None:
    changed = settings.current().model_copy(update={"mail_from": ""})
    monkeypatch.setattr(settings, "current", lambda: changed)
    with crm.runtime.database.read() as session:
        assert queries.company(session).sender == Addressee("hello@amo-ai.example", "AMO AI")
    crm.tell("company.changed", STUDIO | {"name": "Studio, AMO & Söhne"})
    with crm.runtime.database.read() as session:
        assert queries.company(session).sender.address == "studio@amo-studio.example"
    assert mail_of(crm)["From"].addresses[0].display_name == "Studio, AMO & Söhne"
