"""smtplib against the mail stand-in, and what the inbox shows."""

from __future__ import annotations

import hashlib
import signal
import smtplib
import threading
from email.message import EmailMessage
from pathlib import Path

import pytest
import requests

from tests.sandbox.conftest import Receiver, Sandbox, eventually, free_ports

PDF = b"%PDF-1.7\n" + bytes(range(256)) * 20
HTML = '<h1>Invoice</h1><script>alert(1)</script><img src="cid:logo"><a href="http://127.0.0.1:1/pay">Pay</a>'


def mail(to: str = "Ada Lovelace <ada@example.com>", subject: str = "Invoice #1 from AMO AI") -> EmailMessage:
    message = EmailMessage()
    message["From"] = "AMO AI <hello@amo.example>"
    message["To"] = to
    message["Subject"] = subject
    message["Date"] = "Mon, 23 Nov 2026 10:00:00 +0000"
    message["Message-ID"] = "<1@amo.example>"
    message.set_content("Grüße,\nplease pay.\n")
    message.add_alternative(HTML, subtype="html")
    message.get_payload()[1].add_related(b"\x89PNG", "image", "png", cid="<logo>")  # type: ignore[union-attr,index]
    message.add_attachment(PDF, maintype="application", subtype="pdf", filename="INV-1 ü.pdf")
    return message


def post(sandbox: Sandbox, message: EmailMessage, to: list[str] | None = None) -> dict[str, tuple[int, bytes]]:
    with smtplib.SMTP("127.0.0.1", sandbox.smtp_port, timeout=5) as server:
        return server.send_message(message, to_addrs=to)


@pytest.fixture(autouse=True)
def empty_mailbox(sandbox: Sandbox) -> None:
    requests.delete(f"{sandbox.mail}/messages", timeout=5)


def test_a_mail_is_shown_in_all_its_parts(sandbox: Sandbox) -> None:
    assert post(sandbox, mail()) == {}
    (shown,) = sandbox.messages()
    assert (shown["to"], shown["from"], shown["subject"]) == (
        ["ada@example.com"],
        "hello@amo.example",
        "Invoice #1 from AMO AI",
    )
    assert shown["text"] == "Grüße,\nplease pay.\n" and shown["html"].startswith("<h1>Invoice</h1>")
    assert shown["headers"]["Message-ID"] == "<1@amo.example>"
    (pdf,) = [part for part in shown["attachments"] if part["content_type"] == "application/pdf"]
    assert (pdf["filename"], pdf["size"], pdf["sha256"]) == ("INV-1 ü.pdf", len(PDF), hashlib.sha256(PDF).hexdigest())
    assert requests.get(pdf["url"], timeout=5).content == PDF
    raw = requests.get(f"{sandbox.mail}/messages/{shown['id']}/raw", timeout=5).content
    assert raw.startswith(b"From: AMO AI") and b"\r\n" in raw


def test_lists_are_newest_first_and_filtered(sandbox: Sandbox) -> None:
    post(sandbox, mail("a@example.com", "First"))
    post(sandbox, mail("B@Example.com", "Second"))
    post(sandbox, mail("a@example.com, c@example.com", "Third"))
    assert [entry["subject"] for entry in sandbox.messages()] == ["Third", "Second", "First"]
    assert [entry["subject"] for entry in sandbox.messages(to="A@EXAMPLE.com")] == ["Third", "First"]
    assert [entry["subject"] for entry in sandbox.messages(to="b@example.com")] == ["Second"]
    assert [entry["subject"] for entry in sandbox.messages(subject="ir")] == ["Third", "First"]
    assert [entry["subject"] for entry in sandbox.messages(limit="1")] == ["Third"]
    assert requests.delete(f"{sandbox.mail}/messages", timeout=5).json() == {"deleted": 3}
    assert sandbox.messages() == []


def test_a_refused_recipient_does_not_stop_the_others(sandbox: Sandbox) -> None:
    sandbox.behave(sandbox.mail, smtp={"reject_rcpt": ["gone@example.com"]})
    refused = post(sandbox, mail(), ["Gone@example.com", "ada@example.com"])
    assert refused["Gone@example.com"][0] == 550
    assert sandbox.messages()[0]["to"] == ["ada@example.com"]
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        post(sandbox, mail(), ["gone@example.com"])


@pytest.mark.parametrize(("code", "stage"), [(451, "data"), (550, "data"), (421, "data"), (451, "mail"), (421, "rcpt")])
def test_a_failure_strikes_once_and_keeps_nothing(sandbox: Sandbox, code: int, stage: str) -> None:
    sandbox.behave(sandbox.mail, smtp={"fail_next": 1, "code": code, "stage": stage})
    with pytest.raises(smtplib.SMTPException):
        post(sandbox, mail())
    assert sandbox.messages() == []
    post(sandbox, mail())
    assert len(sandbox.messages()) == 1


def test_an_answer_can_get_lost_after_the_mail_was_kept(sandbox: Sandbox) -> None:
    sandbox.behave(sandbox.mail, smtp={"lose_answer": 1})
    with pytest.raises(smtplib.SMTPServerDisconnected):
        post(sandbox, mail())
    assert len(sandbox.messages()) == 1


def test_the_port_can_be_closed_and_opened(sandbox: Sandbox) -> None:
    sandbox.behave(sandbox.mail, smtp={"refuse_connections": True})

    def refused() -> bool:
        try:
            post(sandbox, mail())
        except ConnectionRefusedError:
            return True
        except smtplib.SMTPException:
            return False
        return False

    eventually(refused, "connections are refused")
    sandbox.behave(sandbox.mail, smtp={"refuse_connections": False})

    def taken() -> bool:
        try:
            return post(sandbox, mail(subject="After")) == {}
        except ConnectionRefusedError:
            return False

    eventually(taken, "connections are taken again")


def test_any_login_is_taken(sandbox: Sandbox) -> None:
    with smtplib.SMTP("127.0.0.1", sandbox.smtp_port, timeout=5) as server:
        server.login("crm", "secret")
        server.send_message(mail())
    assert len(sandbox.messages()) == 1


def test_strange_mails_are_shown_not_refused(sandbox: Sandbox) -> None:
    strange = (
        b"no header at all",
        b"Content-Type: text/plain; charset=nonsense\r\nSubject: =?utf-8?b?broken\r\n\r\n\xff\xfe",
        b"Content-Type: multipart/mixed; boundary=x\r\nTo: @@@,,,\r\nFrom: <\r\n\r\n--x\r\n",
        b"",
    )
    with smtplib.SMTP("127.0.0.1", sandbox.smtp_port, timeout=5) as server:
        for raw in strange:
            server.sendmail("a@example.com", ["b@example.com"], raw)
    shown = sandbox.messages()
    assert len(shown) == len(strange)
    for entry in shown:
        assert requests.get(entry["url"], timeout=5).status_code == 200


def test_the_inbox_shows_mails_and_runs_nothing_of_theirs(sandbox: Sandbox) -> None:
    post(sandbox, mail(subject="<script>alert(2)</script>"))
    (shown,) = sandbox.messages()
    page = requests.get(f"{sandbox.mail}/", timeout=5)
    assert "&lt;script&gt;" in page.text and "<script" not in page.text and "style=" not in page.text
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    opened = requests.get(shown["url"], timeout=5).text
    assert 'sandbox="allow-popups allow-popups-to-escape-sandbox"' in opened and "INV-1 ü.pdf" in opened
    body = requests.get(f"{shown['url']}/html", timeout=5)
    policy = body.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "script-src" not in policy and "allow-scripts" not in policy
    assert "data:image/png;base64," in body.text
    assert requests.get(f"{sandbox.mail}/_static/sandbox.css", timeout=5).headers["Content-Type"].startswith("text/css")
    for view in ("text", "headers"):
        assert requests.get(f"{shown['url']}?view={view}&q=in", timeout=5).status_code == 200
    assert requests.get(f"{sandbox.mail}/mail/999999", timeout=5).status_code == 404


def test_no_accepted_mail_is_lost_to_kill_9(tmp_path: Path, receiver: Receiver) -> None:
    sandbox = Sandbox(tmp_path, f"http://127.0.0.1:{free_ports(1)[0]}")
    sandbox.start()
    accepted: list[str] = []

    def work(worker: int) -> None:
        for number in range(1000):
            subject = f"{worker}-{number}"
            try:
                post(sandbox, mail(subject=subject))
            except (OSError, smtplib.SMTPException):
                return
            accepted.append(subject)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    eventually(lambda: len(accepted) >= 40, "forty mails are accepted")
    sandbox.stop(signal.SIGKILL)
    for thread in threads:
        thread.join()
    sandbox.start()
    assert {entry["subject"] for entry in sandbox.messages()} >= set(accepted)
    assert sandbox.stop() == 0
