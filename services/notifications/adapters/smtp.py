"""Mail over SMTP (RFC 5321), one mail a connection, with every address's answer kept apart."""

from __future__ import annotations

import contextlib
import smtplib
import socket
import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from libs.common.integrations import CheckFailed
from services.notifications.adapters.message import Wire, compose, dot_stuffed
from services.notifications.domain import Answer, NotSentYet, Outcome
from services.notifications.ports import Journal, Message

_LOST = Answer(421, "the connection was lost before the mail was complete")
_NO_UTF8 = Answer(553, "the mail server takes no addresses beyond ASCII")
_CONNECT_SECONDS = 10.0
_CLOSING = 421
_GO_ON = 354
_END = b".\r\n"


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mail is handed in, and how long each answer may take (the last one longer: servers look into mails)."""

    url: str
    own_name: str
    seconds: float
    answer_seconds: float


class SmtpMailer:
    """Hands mails to one server."""

    def __init__(self, server: MailServer, connect: Callable[[], smtplib.SMTP] | None = None) -> None:
        self._server = server
        self._connect = connect or (lambda: _connected(server))

    def send(self, message: Message, journal: Journal) -> None:
        wire = compose(message)
        smtp = self._reach()
        try:
            outcome = self._converse(smtp, wire, [each.address for each in message.to], journal)
            journal.answered(outcome)
        except BaseException:
            smtp.close()  # in the middle of a mail QUIT would be a line of it
            raise
        # Said after the answer is written down: a goodbye may take its time.
        _goodbye(smtp)

    def check(self) -> str:
        if not self._server.url:
            raise CheckFailed("no mail server is set (SMTP_URL): mails wait")
        try:
            smtp = self._connect()
        except (smtplib.SMTPException, OSError) as error:
            raise CheckFailed(_fault(error, _shown(self._server.url))) from None
        try:
            answer = _answer(smtp.noop())
        except (smtplib.SMTPException, OSError) as error:
            raise CheckFailed(_fault(error, _shown(self._server.url))) from None
        finally:
            _goodbye(smtp)
        if not answer.accepted:
            raise CheckFailed(f"{_shown(self._server.url)} answered with {answer.code}")
        logged_in = " and took the log-in" if urlsplit(self._server.url).username else ""
        return f"{_shown(self._server.url)} answered{logged_in}"

    def _reach(self) -> smtplib.SMTP:
        if not self._server.url:
            raise NotSentYet("no mail server is configured (SMTP_URL)")
        try:
            return self._connect()
        except (smtplib.SMTPException, OSError) as error:
            raise NotSentYet(f"the mail server {_shown(self._server.url)} cannot be used: {error}") from None

    def _converse(self, smtp: smtplib.SMTP, wire: Wire, to: Sequence[str], journal: Journal) -> Outcome:
        try:
            answers = _envelope(smtp, wire, to)
        except (smtplib.SMTPException, OSError) as error:
            raise NotSentYet(f"the mail server ended the conversation: {error}") from None
        ready = [address for address in to if answers[address].accepted]
        if not ready:
            return Outcome(answers)
        answer = _data(smtp, wire.content)
        if answer is None:
            journal.handing_over()
            answer = _final_dot(smtp, self._server.answer_seconds)
        if answer is None:
            return Outcome(answers, silent=True)
        return Outcome(answers | dict.fromkeys(ready, answer))


def _envelope(smtp: smtplib.SMTP, wire: Wire, to: Sequence[str]) -> dict[str, Answer]:
    """MAIL and RCPT: what the server says to each address. 421 ends it, also for those it had taken."""
    if wire.international and not smtp.has_extn("smtputf8"):
        return dict.fromkeys(to, _NO_UTF8)
    answer = _answer(smtp.mail(wire.sender, ["SMTPUTF8", "BODY=8BITMIME"] if wire.international else []))
    if not answer.accepted:
        return dict.fromkeys(to, answer)
    answers: dict[str, Answer] = {}
    for address in to:
        answers[address] = _answer(smtp.rcpt(wire.envelope[address]))
        if answers[address].code == _CLOSING:
            unsaid = dict.fromkeys(to, answers[address])
            return unsaid | {each: said for each, said in answers.items() if said.final}
    return answers


def _data(smtp: smtplib.SMTP, content: bytes) -> Answer | None:
    """DATA and all of the mail but the line that ends it; an answer only where the server will not take it."""
    try:
        answer = _answer(smtp.docmd("DATA"))
        if answer.code != _GO_ON:
            return Answer(451, answer.text) if answer.accepted else answer
        smtp.send(dot_stuffed(content))
    except (smtplib.SMTPException, OSError):
        return _LOST
    return None


def _final_dot(smtp: smtplib.SMTP, answer_seconds: float) -> Answer | None:
    """The line that ends the mail, and the server's answer to all of it; None when none came."""
    try:
        smtp.send(_END)
    except (smtplib.SMTPException, OSError):
        return _LOST  # the server has not seen the end, so it takes nothing
    try:
        if smtp.sock is not None:
            smtp.sock.settimeout(answer_seconds)
        return _answer(smtp.getreply())
    except (smtplib.SMTPException, OSError):
        return None


def _answer(reply: tuple[int, bytes]) -> Answer:
    return Answer(reply[0], reply[1].decode("utf-8", "replace").replace("\n", " "))


def _connected(server: MailServer) -> smtplib.SMTP:
    """A connection, encrypted and logged in as the URL says. A refused log-in is our fault, not the mail's: retried."""
    parts = urlsplit(server.url)
    smtp = _opened(parts, server.own_name)
    try:
        if smtp.sock is not None:
            smtp.sock.settimeout(server.seconds)
        if _starts_tls(parts):
            smtp.starttls(context=ssl.create_default_context())
        smtp.ehlo_or_helo_if_needed()
        if parts.username:
            smtp.login(unquote(parts.username), unquote(parts.password or ""))
    except BaseException:
        smtp.close()
        raise
    return smtp


def _opened(parts: SplitResult, own_name: str) -> smtplib.SMTP:
    host, seconds = parts.hostname or "", _CONNECT_SECONDS
    if parts.scheme == "smtps":
        port, context = parts.port or 465, ssl.create_default_context()
        return smtplib.SMTP_SSL(host, port, local_hostname=own_name, timeout=seconds, context=context)
    port = parts.port or (587 if _starts_tls(parts) else 25)
    return smtplib.SMTP(host, port, local_hostname=own_name, timeout=seconds)


def _starts_tls(parts: SplitResult) -> bool:
    return parse_qs(parts.query).get("starttls") == ["1"]


def _shown(url: str) -> str:
    """The address without its password."""
    parts = urlsplit(url)
    return f"{parts.hostname}:{parts.port}" if parts.port else str(parts.hostname)


def _fault(error: Exception, place: str) -> str:
    """Why the server cannot be used; what it said itself may quote the log-in."""
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return f"{place} refuses the log-in ({error.smtp_code})"
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return f"{place} does not offer what SMTP_URL asks for (STARTTLS or a log-in)"
    if isinstance(error.__context__, TimeoutError):  # which smtplib calls a lost connection
        error = error.__context__
    for kind, words in _FAULTS:
        if isinstance(error, kind):
            return f"{place} {words}"
    return f"{place} cannot be used ({type(error).__name__})"


_FAULTS: tuple[tuple[type[Exception], str], ...] = (
    (ssl.SSLCertVerificationError, "shows a certificate that is not valid for it"),
    (ssl.SSLError, "does not speak TLS as SMTP_URL asks"),
    (TimeoutError, "does not answer in time"),
    (ConnectionRefusedError, "refuses the connection: nobody listens there"),
    (socket.gaierror, "is not known: no such name"),
    (smtplib.SMTPServerDisconnected, "ended the connection"),
)


def _goodbye(smtp: smtplib.SMTP) -> None:
    with contextlib.suppress(smtplib.SMTPException, OSError):
        smtp.quit()
    smtp.close()
