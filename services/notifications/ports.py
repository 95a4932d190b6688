"""What notifications needs from outside."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Protocol

from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

from libs.common.context import Context
from libs.common.database import UnitOfWork
from libs.common.sealing import Sealer
from services.notifications.domain import Addressee, Outcome
from services.notifications.subscriptions import Subscriptions


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes with a mail."""

    filename: str
    content_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Inline:
    """A picture that the HTML of a mail shows as ``cid:``."""

    cid: str
    filename: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Message:
    """A mail as it is to leave. sender: whom it comes from; reply_to: where answers go."""

    message_id: str
    to: Sequence[Addressee]
    subject: str
    text: str
    html: str
    date: datetime
    sender: Addressee
    reply_to: str
    attachments: Sequence[Attachment] = ()
    # Pictures, PNG.
    inline: Sequence[Inline] = ()
    # Where one ends mails like this one (RFC 8058).
    unsubscribe: str | None = None
    # A person wrote it: a holiday notice may well answer.
    personal: bool = False


class Journal(Protocol):
    """Is told how far a mail got, while the conversation with the server waits."""

    def handing_over(self) -> None:
        """The server has all of the mail but its last line. What this raises stops it before the server takes it."""
        ...

    def answered(self, outcome: Outcome) -> None:
        """The server has answered for every address, or never will."""
        ...


class Mailer(Protocol):
    """Gives mails to a mail server."""

    def send(self, message: Message, journal: Journal) -> None:
        """One attempt. NotSentYet when no conversation came about; ValueError when the message can be no mail."""
        ...

    def check(self) -> str:
        """Greet the server and log in, without a mail: what was found in plain words, or CheckFailed."""
        ...


class ClientDirectory(Protocol):
    """The clients service."""

    def access(self, client_id: str) -> dict[str, Any]:
        """Who may see the client, in the shape of client.access_changed; NotFound when there is no such client."""
        ...

    def card(self, client_id: str, contact_id: str | None) -> dict[str, Any]:
        """Whom to write to: ``{first_name, contact_name, email, …}``; NotFound, or Unavailable."""
        ...


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawing as SVG, with its size in pixels."""

    svg: str
    width: int
    height: int


class Answers(Protocol):
    """The services whose figures we tell, asked with somebody's eyes.

    person: ``{id, role}``. Each answer is what the service said, or the Problem that stands for it.
    """

    def morning(self, person: Mapping[str, Any], today: date, zone: str) -> Mapping[str, Any]:
        """``{deals, billing, clients}``: their summaries of the person's day. zone: in which it begins and ends."""
        ...

    def report(self, kind: str, arguments: Mapping[str, Any], person: Mapping[str, Any]) -> dict[str, Any]:
        """The answer of a report, with every row; raises the Problem that stands for it."""
        ...

    def beside_forecast(
        self, arguments: Mapping[str, Any], today: date, person: Mapping[str, Any]
    ) -> Mapping[str, Any]:
        """``{risks, win_rate, trend}``: what stands beside a forecast that is asked for with these arguments."""
        ...

    def insight(self, person: Mapping[str, Any], kind: str, figures: Sequence[Mapping[str, Any]]) -> Any:
        """What figures come to, in sentences."""
        ...


class Painter(Protocol):
    """Draws charts."""

    def svg(self, spec: Mapping[str, Any], alt: str) -> Picture:
        """A Vega-Lite chart as SVG of presentation attributes alone; ``alt`` is what it says to who cannot see it."""
        ...

    def png(self, picture: Picture) -> bytes:
        """The drawing on white, twice as large, for mails."""
        ...


class Printer(Protocol):
    """Makes PDFs."""

    def pdf(self, view: Mapping[str, Any]) -> bytes:
        """The pages of a report that ``reports.printed`` has prepared; the same view gives the same bytes."""
        ...


class Files(Protocol):
    """Where the files that we make lie."""

    def put(self, key: str, content: bytes, content_type: str) -> Any:
        """Keep a file under a key; Unavailable."""
        ...

    def delete(self, key: str) -> None:
        """Take a file away; one that is not there is no fault. Unavailable."""
        ...


class DocumentStore(Protocol):
    """Where the bytes of attachments are."""

    def get(self, key: str) -> bytes:
        """The whole file; NotFound, or Unavailable."""
        ...


@dataclass(frozen=True, slots=True)
class Company:
    """Who writes: what the templates say about us.

    url: where the CRM is opened. sender: whom mails come from.
    """

    name: str
    address: str
    email: str
    url: str
    sender: Addressee


@dataclass(frozen=True, slots=True)
class Outside:
    """All that the job of sending may touch.

    transaction: a short one of its own; connect: a connection for single statements. patience: how long an attempt
    may wait for the server's answer to a mail. sealer: opens the tokens of mailed links; None where no key is set.
    """

    read: Callable[[], AbstractContextManager[Session]]
    transaction: Callable[[Context], AbstractContextManager[UnitOfWork]]
    connect: Callable[[], AbstractContextManager[Connection]]
    now: Callable[[], datetime]
    clients: ClientDirectory
    documents: DocumentStore
    mailer: Mailer
    patience: timedelta
    sealer: Sealer | None = None
    painter: Painter | None = None
    subscriptions: Subscriptions | None = None


@dataclass(frozen=True, slots=True)
class Reporting:
    """All that making charts, reports and summaries may touch."""

    read: Callable[[], AbstractContextManager[Session]]
    transaction: Callable[[Context], AbstractContextManager[UnitOfWork]]
    now: Callable[[], datetime]
    painter: Painter
    answers: Answers
    printer: Printer
    files: Files
    business_zone: str
    base_currency: str
