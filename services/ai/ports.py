"""What ai needs from outside, and of its own books."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, TypeVar

from libs.common.problems import Problem
from services.ai.tasks import Answered, Task, Tokens

Asked = TypeVar("Asked")
Result = TypeVar("Result")


class Provider(Protocol):
    """Somebody who can answer a task."""

    @property
    def name(self) -> str:
        """``gemini`` or ``built-in``; stored with every answer and shown to people."""
        ...

    @property
    def model(self) -> str | None:
        """The model that is asked; None where there is none."""
        ...

    def answer(self, task: Task[Asked, Result], asked: Asked, *, seconds: float | None = None) -> Answered[Result]:
        """Ask once, for at most ``seconds``; ProviderProblem when there is no usable answer."""
        ...

    def check(self) -> str:
        """Ask whether it would answer, at no cost: what was found in plain words, or CheckFailed."""
        ...


@dataclass(frozen=True, slots=True)
class Wish:
    """A call that is about to be made, and the most it can cost in millionths of a US dollar."""

    generation_id: str
    kind: str
    user_id: str | None
    provider: str
    model: str
    most: int


@dataclass(frozen=True, slots=True)
class Reserved:
    """A call that may be made: its row in the books, and which it is of its generation's calls, from 1."""

    call_id: str
    attempt: int


@dataclass(frozen=True, slots=True)
class Pause:
    """Until when nobody asks a provider, and why."""

    until: datetime
    because: str


class Ledger(Protocol):
    """The books of all calls to providers, one for all workers."""

    def reserve(self, wish: Wish) -> Reserved:
        """Write the call down before it is made; OverBudget where the day's budget has no room for it."""
        ...

    def settle(self, call_id: str, milliseconds: int, tokens: Tokens, cost: int | None, problem: str | None) -> None:
        """What the call took. ``problem``: why it gave no usable answer."""
        ...

    def attempts(self, generation_id: str) -> int:
        """Calls made for a generation."""
        ...

    def paused(self, provider: str, model: str) -> Pause | None:
        """Whether the provider said not to be asked again before a time that is still to come."""
        ...

    def pause(self, provider: str, model: str, pause: Pause) -> None:
        """Nobody asks before then; a longer pause that is known already stays."""
        ...


Found = list[dict[str, Any]] | Problem


class Records(Protocol):
    """What the other services know, as far as the person who asks may see it. Raises their problems."""

    def access(self, client_id: str) -> dict[str, Any]:
        """Who may see the client, in the shape of client.access_changed; NotFound when there is no such client."""
        ...

    def deal(self, deal_id: str) -> dict[str, Any]:
        """One deal with its brief; NotFound, or Unavailable."""
        ...

    def around(self, client_id: str) -> tuple[Found, Found, Found]:
        """The client's contacts, newest activities and invoices; in the place of each its problem where it has one."""
        ...

    def document(self, document_id: str) -> dict[str, Any]:
        """``{key, filename, content_type, client_id}`` of a client's document; NotFound, or Unavailable."""
        ...

    def invoice(self, invoice_id: str) -> dict[str, Any]:
        """The same of an invoice's PDF; Conflict while it has none."""
        ...


class History(Protocol):
    """What others know from before ai listened, read through once, a page at a time."""

    def deals(self, cursor: str | None) -> dict[str, Any]:
        """``{items, next_cursor}``: deals, each with its state and its stays in open stages."""
        ...

    def clients(self, cursor: str | None) -> dict[str, Any]:
        """``{items, next_cursor}``: clients; their id, version and industry are read."""
        ...
