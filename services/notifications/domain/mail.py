"""One logical mail and its way out.

queued → sending → sent | failed | unknown, or queued → skipped. A mail is ``sending`` from just before its last line
goes to the server, which is when the server takes it, until the answer is written down. What is found in that state
belongs to an attempt that still waits for the answer, or to one that died: then the mail is almost certainly out, and
it is not sent again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

QUEUED, SENDING, SENT, FAILED, UNKNOWN, SKIPPED = "queued", "sending", "sent", "failed", "unknown", "skipped"
STATUSES = (QUEUED, SENDING, SENT, FAILED, UNKNOWN, SKIPPED)

WAITING, ACCEPTED, REFUSED = "waiting", "accepted", "refused"

_ERROR_LENGTH = 2000


class NotSentYet(Exception):
    """This attempt came to nothing and harmed nothing; another may succeed."""


class Settled(Exception):
    """There is nothing left to do for this mail."""


class InOtherHands(Exception):
    """Another attempt may be waiting for the server's answer; ``seconds`` until it must have given up."""

    def __init__(self, seconds: float) -> None:
        super().__init__("another attempt waits for the mail server's answer")
        self.seconds = seconds


@dataclass(frozen=True, slots=True)
class Addressee:
    """An address and the name that goes with it, "" when none is known."""

    address: str
    name: str = ""

    @property
    def first_name(self) -> str:
        return self.name.split(" ")[0]


@dataclass(frozen=True, slots=True)
class Answer:
    """A mail server's reply (RFC 5321 section 4.2): 2yz accepted, 5yz refused for good, anything else try later."""

    code: int
    text: str = ""

    @property
    def accepted(self) -> bool:
        return 200 <= self.code < 300

    @property
    def final(self) -> bool:
        return 500 <= self.code < 600

    def __str__(self) -> str:
        return f"{self.code} {self.text}".strip()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a server answered for each address; silent when it said nothing after the whole mail was handed over."""

    answers: Mapping[str, Answer]
    silent: bool = False

    def document(self) -> dict[str, Any]:
        """As plain JSON."""
        return {"silent": self.silent, "answers": {each: [said.code, said.text] for each, said in self.answers.items()}}

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> Outcome:
        return cls({each: Answer(*said) for each, said in document["answers"].items()}, document["silent"])


@dataclass(eq=False)
class Email:
    """A mail as it was ordered and what became of it.

    user_id: a person here; client_id and contact_id: a person at a client; address: where the order said it goes.
    context: what its templates say; refs: what it is about; attachments: ``{key, filename, content_type}``.
    recipients: ``{address, name, status, code, answer}`` once an attempt got as far as naming them.
    handing_attempt, handed_over_at, answer: who gave it to the server, when, and what the server said to that.
    """

    id: str
    kind: str
    subject: str
    message_id: str
    context: dict[str, Any]
    created_at: datetime
    updated_at: datetime
    refs: dict[str, Any] = field(default_factory=dict)
    attachments: list[dict[str, str]] = field(default_factory=list)
    user_id: str | None = None
    client_id: str | None = None
    contact_id: str | None = None
    address: str | None = None
    name: str | None = None
    status: str = QUEUED
    recipients: list[dict[str, Any]] = field(default_factory=list)
    text: str = ""
    attempts: int = 0
    handing_attempt: int | None = None
    handed_over_at: datetime | None = None
    answer: dict[str, Any] | None = None
    last_error: str | None = None
    settled_at: datetime | None = None
    version: int = 1

    @property
    def settled(self) -> bool:
        return self.status not in (QUEUED, SENDING)

    def left_to_try(self, found: Sequence[Addressee]) -> list[Addressee]:
        """Who is still to get it: whoever was found now, or, when some have it or never will, the others of then."""
        if any(each["status"] != WAITING for each in self.recipients):
            return [Addressee(each["address"], each["name"]) for each in self._with_status(WAITING)]
        return list(found)

    def hand_over(self, attempt: int, to: Sequence[Addressee], text: str, now: datetime, patience: timedelta) -> None:
        """Note that the server takes it from now on. Settled or InOtherHands where that is not this attempt's to do."""
        if self.settled:
            raise Settled
        if self.status == SENDING:
            raise InOtherHands(max(self._patience_left(now, patience), 1.0))
        self._address(to, text)
        self.status, self.handing_attempt, self.handed_over_at, self.answer = SENDING, attempt, now, None
        self.attempts = max(attempt, self.attempts)
        self._touch(now)

    def answered(self, attempt: int, to: Sequence[Addressee], text: str, outcome: Outcome, now: datetime) -> None:
        """Take over what the server said, unless another attempt has the mail by now."""
        if self.settled or (self.status == SENDING and self.handing_attempt != attempt):
            return
        self._address(to, text)
        self.attempts = max(attempt, self.attempts)
        self._conclude(outcome, now)

    def recover(self, now: datetime, patience: timedelta) -> None:
        """Bring what a dead attempt left to its end; InOtherHands while that attempt may still be alive.

        A mail the server may have taken is not sent again: one that arrives twice cannot be called back, while one
        that did not arrive is shown as unknown and can be sent anew.
        """
        if self.status != SENDING:
            return
        if self.answer is not None:
            self._conclude(Outcome.of(self.answer), now)
        elif (left := self._patience_left(now, patience)) > 0:
            raise InOtherHands(left)
        else:
            self._settle(UNKNOWN, now, "the sending process died before the mail server answered; it may have arrived")

    def waited(self, attempt: int, reason: str, now: datetime) -> None:
        """An attempt came to nothing; the next one is ordered already."""
        if self.settled:
            return
        self.attempts = max(attempt, self.attempts)
        if self.status == QUEUED:
            self.last_error = reason[:_ERROR_LENGTH]
        self._touch(now)

    def skip(self, reason: str, now: datetime) -> None:
        """Nobody is to get it any more; one that is on its way cannot be stopped."""
        if self.status == QUEUED:
            self._settle(SKIPPED, now, reason)

    def give_up(self, reason: str, now: datetime) -> None:
        """It was tried for as long as makes sense, or never can work."""
        if self.settled:
            return
        if self.status == SENDING:
            self._settle(UNKNOWN, now, f"nobody knows whether it left: {reason}")
        else:
            self._settle(SENT if self._with_status(ACCEPTED) else FAILED, now, reason)

    def addresses(self) -> list[str]:
        """Whom it reached; those it was meant for while it has reached nobody."""
        chosen = self._with_status(ACCEPTED) if self.status == SENT else self.recipients
        return [each["address"] for each in chosen] or ([self.address] if self.address else [])

    def _address(self, to: Sequence[Addressee], text: str) -> None:
        self.text = text
        if all(each["status"] == WAITING for each in self.recipients):
            self.recipients = [_waiting(each) for each in to]

    def _conclude(self, outcome: Outcome, now: datetime) -> None:
        if outcome.silent:
            self._settle(UNKNOWN, now, "the mail server gave no answer to the whole mail; it may have arrived")
            return
        self.recipients = [_judged(each, outcome.answers.get(each["address"])) for each in self.recipients]
        waiting = self._with_status(WAITING)
        if waiting:
            self.status = QUEUED
            self.last_error = f"not yet: {_reasons(waiting)}"[:_ERROR_LENGTH]
            self._touch(now)
            return
        refused = self._with_status(REFUSED)
        reached = len(refused) < len(self.recipients)
        self._settle(SENT if reached else FAILED, now, f"refused: {_reasons(refused)}" if refused else None)

    def _patience_left(self, now: datetime, patience: timedelta) -> float:
        assert self.handed_over_at is not None
        return (self.handed_over_at + patience - now).total_seconds()

    def _with_status(self, status: str) -> list[dict[str, Any]]:
        return [each for each in self.recipients if each["status"] == status]

    def _settle(self, status: str, now: datetime, error: str | None) -> None:
        self.status, self.settled_at = status, now
        self.last_error = error[:_ERROR_LENGTH] if error else None
        self._touch(now)

    def _touch(self, now: datetime) -> None:
        self.updated_at = now
        self.version += 1


def _waiting(addressee: Addressee) -> dict[str, Any]:
    return {"address": addressee.address, "name": addressee.name, "status": WAITING, "code": None, "answer": None}


def _judged(recipient: dict[str, Any], answer: Answer | None) -> dict[str, Any]:
    if answer is None or recipient["status"] != WAITING:
        return recipient
    status = ACCEPTED if answer.accepted else REFUSED if answer.final else WAITING
    return recipient | {"status": status, "code": answer.code, "answer": answer.text[:500]}


def _reasons(recipients: Sequence[dict[str, Any]]) -> str:
    return "; ".join(f"{each['address']}: {each['code'] or ''} {each['answer'] or ''}".strip() for each in recipients)
