"""What travels with a piece of work: who asked, on whose thread of events, until when."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace

from libs.common.identity import Actor
from libs.common.ids import new_id
from libs.common.problems import DeadlineExceeded


@dataclass(frozen=True, slots=True)
class Context:
    """The context of one request, event or job.

    correlation_id: the same for everything that one request sets off.
    causation_id: the event that led here, if one did.
    idempotency_key: the caller's name for this command; sent again, it gives the first result.
    deadline: seconds since the epoch after which nobody waits for an answer.
    voucher: whom the caller's token spoke for, and the token. It is handed on where this service asks another on
    that person's behalf, since its own key cannot speak for a person.
    address: from where the person called, as the gateway saw it; None for what no person asked for.
    """

    actor: Actor
    correlation_id: str = field(default_factory=new_id)
    causation_id: str | None = None
    idempotency_key: str | None = None
    deadline: float | None = None
    voucher: tuple[Actor, str] | None = field(default=None, repr=False)
    address: str | None = None

    def remaining(self, otherwise: float) -> float:
        """Seconds left until the deadline, ``otherwise`` when there is none; DeadlineExceeded when past."""
        if self.deadline is None:
            return otherwise
        left = self.deadline - time.time()
        if left <= 0:
            raise DeadlineExceeded("there was no time left to do this; try again")
        return min(left, otherwise)

    @property
    def token(self) -> str | None:
        """The token that vouches for the actor, None where this process has to sign for itself."""
        return self.voucher[1] if self.voucher and self.voucher[0] == self.actor else None

    def within(self, seconds: float) -> Context:
        """The same context with a deadline at most that many seconds away."""
        limit = time.time() + seconds
        return replace(self, deadline=min(limit, self.deadline) if self.deadline else limit)

    def keyed(self, suffix: str) -> Context:
        """The same context with a key of its own for one step of a longer command."""
        return replace(self, idempotency_key=f"{self.idempotency_key}:{suffix}" if self.idempotency_key else None)
