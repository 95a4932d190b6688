"""How the mail server stands, by the mails that left and those that did not, and the check that asks it."""

from __future__ import annotations

import smtplib
import socket
import ssl
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from libs.common.integrations import CheckFailed
from libs.common.problems import Forbidden, NotFound
from services.notifications import settings, wiring
from services.notifications.adapters.smtp import MailServer, SmtpMailer
from services.notifications.settings import NotificationsSettings
from tests.notifications.harness import Notifications
from tests.sandbox.conftest import Sandbox
from tests.support.actors import ADMIN, FINANCE, JOHN, MANAGER, system


@pytest.fixture(autouse=True)
def _the_servers_mailer(crm: Notifications, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wiring, "mailer", lambda: crm.outside.mailer)


@pytest.fixture(scope="module")
def stand_in(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    sandbox = Sandbox(tmp_path_factory.mktemp("mail"), "http://127.0.0.1:9")
    sandbox.start()
    yield sandbox
    sandbox.stop()


def server_of(crm: Notifications) -> dict[str, Any]:
    item, _whatsapp = crm.as_(ADMIN).integration_status()["items"]
    found: dict[str, Any] = item
    return found


def checked(url: str) -> str:
    return SmtpMailer(MailServer(url, "amo-ai.example", 2, 2)).check()


@pytest.mark.parametrize("method", ["integration_status", "test_integration"])
def test_only_admins_may_ask(crm: Notifications, method: str) -> None:
    arguments = {"name": "smtp"} if method == "test_integration" else {}
    for actor in (JOHN, FINANCE, MANAGER):
        with pytest.raises(Forbidden):
            getattr(crm.as_(actor), method)(**arguments)
    for actor in (ADMIN, system("gateway")):
        assert getattr(crm.as_(actor), method)(**arguments)


def test_it_tells_of_mails(crm: Notifications) -> None:
    before = server_of(crm)
    assert (before["name"], before["configured"], before["mode"]) == ("smtp", True, "sandbox")
    assert before["last_success"] is None and before["last_error"] is None
    crm.as_(ADMIN).send_test_email(to="ann@example.com")
    assert server_of(crm)["counts"] == {"waiting": 1, "sent_24h": 0, "failed_24h": 0}
    crm.send()
    sent = server_of(crm)
    assert sent["last_success"] == "sent: Test mail from AMO AI" and sent["last_success_at"]
    assert sent["counts"] == {"waiting": 0, "sent_24h": 1, "failed_24h": 0}


def test_it_tells_of_mails_that_failed_and_of_those_that_wait(crm: Notifications) -> None:
    crm.server.rcpt = {"ann@example.com": "550 5.1.1 no such user"}
    crm.as_(ADMIN).send_test_email(to="ann@example.com")
    crm.send()
    failed = server_of(crm)
    assert "550" in failed["last_error"] and failed["counts"]["failed_24h"] == 1 and failed["last_success"] is None
    crm.server.close()
    crm.as_(ADMIN).send_test_email(to="bob@example.com")
    crm.send()
    waiting = server_of(crm)
    assert "cannot be used" in waiting["last_error"] and waiting["counts"]["waiting"] == 1
    assert waiting["last_error_at"] >= failed["last_error_at"]


@pytest.mark.parametrize(
    ("url", "mode"),
    [
        ("", "off"),
        ("smtp://127.0.0.1:18025", "sandbox"),
        ("smtp://sandbox:18025", "sandbox"),
        ("smtp://127.0.0.1", "live"),
        ("smtp://localhost:25", "live"),
        ("smtp://u:p@mail.example:587?starttls=1", "live"),
        ("smtps://mail.example", "live"),
    ],
)
def test_modes(crm: Notifications, monkeypatch: pytest.MonkeyPatch, url: str, mode: str) -> None:
    changed = settings.current().model_copy(update={"smtp_url": url})
    monkeypatch.setattr(settings, "current", lambda: changed)
    item = server_of(crm)
    assert (item["mode"], item["configured"]) == (mode, bool(url)) and "u:p" not in str(item)
    assert isinstance(changed, NotificationsSettings)


def test_the_check_sends_no_mail(crm: Notifications) -> None:
    found = crm.as_(ADMIN).test_integration(name="smtp")
    assert found["ok"] and found["message"] == f"127.0.0.1:{crm.server.port} answered"
    assert not crm.server.mails
    crm.server.close()
    refused = crm.as_(ADMIN).test_integration(name="smtp")
    assert not refused["ok"] and "nobody listens there" in refused["message"]
    with pytest.raises(NotFound):
        crm.as_(ADMIN).test_integration(name="stripe")


def test_the_stand_in_takes_a_log_in(stand_in: Sandbox) -> None:
    assert checked(f"smtp://ann:hunter2@127.0.0.1:{stand_in.smtp_port}").endswith("answered and took the log-in")
    with pytest.raises(CheckFailed, match="STARTTLS"):
        checked(f"smtp://127.0.0.1:{stand_in.smtp_port}?starttls=1")
    assert stand_in.messages() == []


def test_without_a_server() -> None:
    with pytest.raises(CheckFailed, match="SMTP_URL"):
        checked("")


def test_a_name_that_is_none() -> None:
    with pytest.raises(CheckFailed, match=r"no such name|cannot be used"):
        checked("smtp://nowhere.invalid:2525")


def test_one_that_says_nothing() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        host, port = silent.getsockname()
        mailer = SmtpMailer(MailServer("smtp://127.0.0.1", "x", 1, 1), lambda: smtplib.SMTP(host, port, timeout=0.2))
        with pytest.raises(CheckFailed, match="does not answer in time"):
            mailer.check()


def test_one_that_ends_the_conversation() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def greet() -> None:
            connection, _address = server.accept()
            connection.sendall(b"220 hello\r\n")
            connection.close()

        thread = threading.Thread(target=greet)
        thread.start()
        with pytest.raises(CheckFailed, match="ended the connection"):
            checked(f"smtp://127.0.0.1:{server.getsockname()[1]}")
        thread.join(5)


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (smtplib.SMTPAuthenticationError(535, b"wrong password hunter2"), "refuses the log-in (535)"),
        (smtplib.SMTPNotSupportedError("no AUTH"), "does not offer what SMTP_URL asks for"),
        (ssl.SSLCertVerificationError("self-signed"), "a certificate that is not valid"),
        (ssl.SSLError("wrong version"), "does not speak TLS"),
        (TimeoutError(), "does not answer in time"),
        (OSError("hunter2"), "cannot be used (OSError)"),
    ],
)
def test_faults_in_plain_words_without_the_password(fault: Exception, words: str) -> None:
    def connect() -> smtplib.SMTP:
        raise fault

    mailer = SmtpMailer(MailServer("smtp://ann:hunter2@mail.example:2525", "x", 1, 1), connect)
    with pytest.raises(CheckFailed) as found:
        mailer.check()
    assert str(found.value).startswith("mail.example:2525") and words in str(found.value)
    assert "hunter2" not in str(found.value)
