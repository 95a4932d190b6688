"""What WhatsApp needs from outside."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import IO, Any, Protocol

from sqlalchemy.orm import Session

from libs.common.context import Context
from libs.common.database import UnitOfWork
from services.notifications.whatsapp.domain import Fault


class Refused(Exception):
    """WhatsApp refuses it; ``fault`` says why and whether it is tried again."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.reason)
        self.fault = fault


class NotReached(Exception):
    """WhatsApp never got the request, or had no time for it: nothing has happened."""


class NoAnswer(Exception):
    """The request may have arrived: nobody can say whether the message leaves."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """A message was taken: its id there, and the person's number as WhatsApp has it, "" where it is not told."""

    provider_id: str
    wa_id: str


@dataclass(frozen=True, slots=True)
class Template:
    """An approved or waiting message of ours. body: its text with its places; problem: why it cannot be sent from
    here, None where it can."""

    name: str
    language: str
    status: str
    category: str
    body: str
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class Fetched:
    """A file that somebody sent: its length, and its SHA-256 as bytes."""

    content: IO[bytes]
    size: int
    digest: bytes


class TooLarge(Exception):
    """A file is larger than is taken."""


class Provider(Protocol):
    """WhatsApp's Cloud API. Every call may raise Refused, NotReached or NoAnswer."""

    def send(self, to: Mapping[str, str], content: Mapping[str, Any], callback: str) -> Accepted:
        """Hand a message over. to: ``{to}`` or ``{recipient}``; callback: comes back with each status."""
        ...

    def templates(self) -> list[Template]:
        """All templates of the account."""
        ...

    def fetch(self, media_id: str, limit: int) -> Fetched:
        """The bytes of a file, as a stream that its reader closes; TooLarge past ``limit`` bytes."""
        ...

    def check(self) -> str:
        """Ask for the number itself: what was found in plain words, or CheckFailed. Nothing is sent to anybody."""
        ...


class Contacts(Protocol):
    """The clients service; Unavailable when it does not answer."""

    def access(self, client_id: str) -> dict[str, Any]:
        """Who may see the client; NotFound."""
        ...

    def card(self, client_id: str, contact_id: str | None) -> dict[str, Any]:
        """Whom to write to: ``{contact_id, contact_name, phone, company_name, …}``; NotFound."""
        ...

    def behind(self, numbers: Sequence[str]) -> dict[str, dict[str, Any]]:
        """``{number: {client_id, contact_id}}`` of the numbers (digits) that are one client's and nobody else's."""
        ...

    def prepare_document(self, client_id: str, filename: str, content_type: str, key: str) -> dict[str, Any]:
        """``{document_id, key}``: where to put a file of the client's. ``key``: asked again, the same is answered."""
        ...

    def complete_document(self, document_id: str, size: int, sha256: str, key: str) -> dict[str, Any]:
        """The bytes are there."""
        ...


class Files(Protocol):
    """Where files lie."""

    def put(self, key: str, content: bytes | IO[bytes], content_type: str) -> Any:
        """Keep a file; Unavailable."""
        ...

    def get(self, key: str) -> bytes:
        """The whole file; NotFound, Unavailable."""
        ...


@dataclass(frozen=True, slots=True)
class Line:
    """How our number sends. token_hash: tells one token from another and not what it is. pair_seconds: between two
    messages to one person; per_second: messages to all; media_bytes: the largest file that is fetched."""

    phone_number_id: str
    token_hash: str
    pair_seconds: float
    per_second: float
    answer_seconds: float
    media_bytes: int
    country: str

    @property
    def open(self) -> bool:
        """Whether anything can be sent at all."""
        return bool(self.phone_number_id and self.token_hash)


@dataclass(frozen=True, slots=True)
class Outside:
    """All that the jobs of WhatsApp may touch. pause: waits so many seconds, less than one or two."""

    read: Callable[[], AbstractContextManager[Session]]
    transaction: Callable[[Context], AbstractContextManager[UnitOfWork]]
    now: Callable[[], datetime]
    pause: Callable[[float], None]
    provider: Provider
    contacts: Contacts
    files: Files
    line: Line
