"""What a mail server says, as the outcome of an attempt: a fake transport plays the server, line by line."""

from __future__ import annotations

import smtplib
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from typing import Any

import pytest

from services.notifications.adapters.message import compose, dot_stuffed
from services.notifications.adapters.smtp import MailServer, SmtpMailer
from services.notifications.domain import Addressee, Answer, NotSentYet, Outcome, Settled
from services.notifications.ports import Attachment, Message

Reply = tuple[int, bytes] | Exception
SERVER = MailServer("smtp://user:hunter2@mail.example:2525", "amo-ai.example", 1, 1)
SENDER, REPLY_TO = Addressee("crm@amo-ai.example", "AMO AI"), "hello@amo-ai.example"
GONE = smtplib.SMTPServerDisconnected("Connection unexpectedly closed")
OK = (250, b"ok")


class FakeServer:
    """Answers as told: ``rcpt`` by address, everything else by command."""

    def __init__(self, **replies: Any) -> None:
        self.replies: dict[str, Any] = {
            "mail": OK,
            "data": (354, b"go on"),
            "sent": None,
            "dot": None,
            "end": OK,
            "rcpt": {},
        } | replies
        self.said: list[str] = []
        self.sock = None

    def _reply(self, command: str) -> Any:
        reply = self.replies[command]
        if isinstance(reply, Exception):
            raise reply
        return reply

    def has_extn(self, name: str) -> bool:
        return name in self.replies.get("extensions", ())

    def mail(self, sender: str, options: list[str]) -> Any:
        self.said.append(" ".join([f"MAIL {sender}", *options]))
        return self._reply("mail")

    def rcpt(self, address: str) -> Any:
        self.said.append(f"RCPT {address}")
        reply = self.replies["rcpt"].get(address, OK)
        if isinstance(reply, Exception):
            raise reply
        return reply

    def docmd(self, command: str) -> Any:
        self.said.append(command)
        return self._reply("data")

    def send(self, content: bytes) -> None:
        self._reply("dot" if content == b".\r\n" else "sent")
        self.said.append(content.decode())

    def getreply(self) -> Any:
        return self._reply("end")

    def quit(self) -> None:
        self.said.append("QUIT")

    def close(self) -> None:
        self.said.append("close")


class Notes:
    """A journal that keeps what it was told, in order with what was said to the server."""

    def __init__(self, server: FakeServer, stop: Exception | None = None) -> None:
        self.server = server
        self.stop = stop
        self.outcome: Outcome | None = None

    def handing_over(self) -> None:
        self.server.said.append("(handing over)")
        if self.stop is not None:
            raise self.stop

    def answered(self, outcome: Outcome) -> None:
        self.server.said.append("(answered)")
        self.outcome = outcome


def a_message(*to: str, subject: str = "Subject", name: str = "") -> Message:
    addressees = [Addressee(address, name) for address in to or ("ann@example.com", "bob@example.com")]
    date = datetime(2025, 2, 10, tzinfo=UTC)
    return Message("<1@amo-ai.example>", addressees, subject, "text\n", "<p>html</p>", date, SENDER, REPLY_TO)


def sent(server: FakeServer, *to: str, stop: Exception | None = None) -> Outcome:
    notes = Notes(server, stop)
    SmtpMailer(SERVER, lambda: server).send(a_message(*to), notes)  # type: ignore[arg-type, return-value]
    assert notes.outcome is not None
    return notes.outcome


def codes(outcome: Outcome) -> list[int]:
    return [answer.code for answer in outcome.answers.values()]


def test_all_accepted() -> None:
    server = FakeServer()
    outcome = sent(server)
    assert codes(outcome) == [250, 250] and not outcome.silent
    steps = [line for line in server.said if len(line) < 60]
    assert steps == [
        "MAIL crm@amo-ai.example", "RCPT ann@example.com", "RCPT bob@example.com",
        "DATA", "(handing over)", ".\r\n", "(answered)", "QUIT", "close",
    ]  # fmt: skip


def test_each_address_keeps_its_own_answer() -> None:
    refusals = {"bob@example.com": (450, b"busy"), "eve@example.com": (550, b"no\nsuch user")}
    outcome = sent(FakeServer(rcpt=refusals), "ann@example.com", "bob@example.com", "eve@example.com")
    assert codes(outcome) == [250, 450, 550]
    assert outcome.answers["eve@example.com"] == Answer(550, "no such user")


def test_all_refused_hands_nothing_over() -> None:
    server = FakeServer(rcpt={"ann@example.com": (550, b"no"), "bob@example.com": (451, b"later")})
    assert codes(sent(server)) == [550, 451]
    assert "(handing over)" not in server.said and "DATA" not in server.said


def test_421_in_the_middle_leaves_nobody_out_and_nobody_twice() -> None:
    closing = {"eve@example.com": (550, b"no"), "bob@example.com": (421, b"closing")}
    server = FakeServer(rcpt=closing)
    outcome = sent(server, "ann@example.com", "eve@example.com", "bob@example.com", "zoe@example.com")
    assert codes(outcome) == [421, 550, 421, 421] and "DATA" not in server.said
    assert "RCPT zoe@example.com" not in server.said


def test_a_refused_sender_is_everybodys_answer() -> None:
    assert codes(sent(FakeServer(mail=(452, b"out of storage")))) == [452, 452]
    assert codes(sent(FakeServer(mail=(552, b"too big")))) == [552, 552]


@pytest.mark.parametrize("reply", [(451, b"later"), (554, b"refused"), (421, b"closing")])
def test_the_answer_to_the_whole_mail_is_that_of_all_it_took(reply: tuple[int, bytes]) -> None:
    assert codes(sent(FakeServer(end=reply, rcpt={"bob@example.com": (550, b"no")}))) == [reply[0], 550]
    assert codes(sent(FakeServer(data=reply))) == [reply[0], reply[0]]


def test_a_loss_before_the_final_dot_is_tried_again() -> None:
    for server in (FakeServer(data=GONE), FakeServer(sent=GONE), FakeServer(sent=TimeoutError()), FakeServer(dot=GONE)):
        outcome = sent(server)
        assert codes(outcome) == [421, 421] and not outcome.silent


def test_a_loss_after_the_final_dot_is_silence() -> None:
    for loss in (GONE, TimeoutError(), ConnectionResetError()):
        assert sent(FakeServer(end=loss)).silent


@pytest.mark.parametrize("server", [FakeServer(mail=GONE), FakeServer(rcpt={"ann@example.com": TimeoutError()})])
def test_a_loss_before_data_means_another_attempt(server: FakeServer) -> None:
    with pytest.raises(NotSentYet):
        sent(server)
    assert server.said[-1] == "close"


def test_whoever_may_not_hand_over_never_ends_the_mail() -> None:
    server = FakeServer()
    with pytest.raises(Settled):
        sent(server, stop=Settled())
    assert server.said[-2:] == ["(handing over)", "close"]
    assert ".\r\n" not in server.said and not any(line.endswith("\r\n.\r\n") for line in server.said)


def test_a_server_that_cannot_be_reached_shows_no_password() -> None:
    def refuse() -> Any:
        raise smtplib.SMTPAuthenticationError(535, b"wrong password")

    for connect in (refuse, lambda: (_ for _ in ()).throw(ConnectionRefusedError(111, "refused"))):
        with pytest.raises(NotSentYet) as waiting:
            SmtpMailer(SERVER, connect).send(a_message(), Notes(FakeServer()))
        assert "mail.example:2525" in str(waiting.value) and "hunter2" not in str(waiting.value)


def test_without_a_server_mails_wait() -> None:
    nowhere = MailServer("", "amo-ai.example", 1, 1)
    with pytest.raises(NotSentYet, match="SMTP_URL"):
        SmtpMailer(nowhere).send(a_message(), Notes(FakeServer()))


def test_headers() -> None:
    attachment = Attachment("../Rechnung ü\r\n.pdf", "application/pdf", b"%PDF")
    message = a_message("sarah@techcorp.com", subject="Invoice #1 – ü", name='Sarah "S" Johnson, CTO')
    wire = compose(replace(message, text="ü\n", html="<p>ü</p>", attachments=[attachment]))
    assert wire.content.isascii() and max(map(len, wire.content.split(b"\r\n"))) <= 998
    assert b"\n" not in wire.content.replace(b"\r\n", b"")
    mail: Any = message_from_bytes(wire.content, policy=policy.default)
    assert [address.addr_spec for address in mail["To"].addresses] == ["sarah@techcorp.com"]
    assert mail["To"].addresses[0].display_name == 'Sarah "S" Johnson, CTO'
    assert mail["Subject"] == "Invoice #1 – ü" and mail["Auto-Submitted"] == "auto-generated"
    assert mail["Message-ID"] == "<1@amo-ai.example>" and mail["Reply-To"] == REPLY_TO
    assert mail["Date"].datetime == message.date
    assert mail.get_content_type() == "multipart/mixed"
    assert [part.get_filename() for part in mail.iter_attachments()] == ["Rechnung ü.pdf"]
    kinds = [part.get_content_type() for part in mail.walk()]
    assert kinds == ["multipart/mixed", "multipart/alternative", "text/plain", "text/html", "application/pdf"]


@pytest.mark.parametrize(
    "message",
    [
        a_message("a@example.com,b@example.com"),
        a_message("a@example.com\r\nBcc: b@example.com"),
        a_message("a@example.com", subject="x\r\nBcc: b@example.com"),
        a_message("not an address"),
    ],
)
def test_nothing_gets_into_a_header_that_does_not_belong_there(message: Message) -> None:
    with pytest.raises(ValueError, match=r"."):
        compose(message)


def test_a_name_with_line_ends_becomes_one_line() -> None:
    wire = compose(a_message("a@example.com", name="A\r\nBcc: b@example.com"))
    mail: Any = message_from_bytes(wire.content, policy=policy.default)
    assert mail["Bcc"] is None and mail["To"].addresses[0].display_name == "A Bcc: b@example.com"


def test_addresses_beyond_ascii() -> None:
    server = FakeServer()
    assert codes(sent(server, "info@müller.example")) == [250]
    assert "RCPT info@xn--mller-kva.example" in server.said
    assert codes(sent(FakeServer(), "jürgen@example.com")) == [553]
    speaks = FakeServer(extensions=("smtputf8",))
    assert codes(sent(speaks, "jürgen@example.com")) == [250]
    assert speaks.said[:2] == ["MAIL crm@amo-ai.example SMTPUTF8 BODY=8BITMIME", "RCPT jürgen@example.com"]


def test_dots_are_stuffed() -> None:
    assert dot_stuffed(b".a\n..b\r\nc") == b"..a\r\n...b\r\nc\r\n"
    assert dot_stuffed(b"a\r\n.\r\n") == b"a\r\n..\r\n"
