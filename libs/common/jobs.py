"""Work outside the database (mail, PDF, Stripe, AI), ordered by the transaction that needs it.

A job is claimed in one transaction, performed outside any, and completed in another. A job whose worker dies
is claimed again when its lease ends, so what it performs must be safe to do twice (idempotency keys, one
Message-ID, content-addressed files).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, literal_column, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from libs.common import tables
from libs.common.context import Context
from libs.common.ids import new_id

if TYPE_CHECKING:
    from libs.common.database import UnitOfWork


class GiveUp(Exception):
    """Raised by a job that no retry can help; its ``failed`` step runs at once."""


class RetryLater(Exception):
    """Raised by a job that was told when to come back.

    seconds: how long to wait.
    """

    def __init__(self, reason: str, seconds: float) -> None:
        super().__init__(reason)
        self.seconds = seconds


@dataclass(frozen=True, slots=True)
class Job:
    """A claimed job. ``attempt`` counts from 1."""

    id: str
    kind: str
    payload: dict[str, Any]
    attempt: int
    created_at: datetime
    context: Context


@dataclass(frozen=True, slots=True)
class JobHandler:
    """How a kind of job is done.

    perform: outside any transaction; what it returns goes to ``complete``.
    complete: in the transaction that finishes the job.
    failed: in the transaction that gives the job up, with the reason in plain words.
    patience: how long it is tried before it is given up.
    lease: how long one attempt may take before another worker may try.
    """

    perform: Callable[[Job], Any]
    complete: Callable[[UnitOfWork, Job, Any], None]
    failed: Callable[[UnitOfWork, Job, str], None] | None = None
    retried: Callable[[UnitOfWork, Job, str], None] | None = None
    patience: timedelta = timedelta(days=3)
    lease: timedelta = timedelta(minutes=2)


class JobQueue:
    """Where a unit of work orders outside work."""

    def __init__(self, session: Session, context: Context, now: datetime) -> None:
        self._session = session
        self._context = context
        self._now = now

    def add(
        self,
        kind: str,
        payload: dict[str, Any],
        *,
        dedupe_key: str | None = None,
        due_at: datetime | None = None,
    ) -> str | None:
        """Order a job; None when an unfinished one of that kind and key is there already."""
        row = {
            "id": new_id(),
            "kind": kind,
            "dedupe_key": dedupe_key,
            "payload": payload,
            "correlation_id": self._context.correlation_id,
            "causation_id": self._context.causation_id,
            "due_at": due_at or self._now,
        }
        statement = (
            insert(tables.jobs)
            .values(row)
            .on_conflict_do_nothing(
                index_elements=["kind", "dedupe_key"],
                index_where=literal_column("finished_at IS NULL AND failed_at IS NULL"),
            )
            .returning(tables.jobs.c.id)
        )
        return self._session.execute(statement).scalar_one_or_none()

    def wake(self, kind: str, payload: dict[str, Any], dedupe_key: str) -> None:
        """See to it that a job of that kind and key begins or ends after this transaction, and so finds what it wrote.

        To be called before any row is locked that the job's own transaction locks: a job that is about to end is held
        here until this transaction is over.
        """
        job = tables.jobs.c
        waiting = (job.kind == kind, job.dedupe_key == dedupe_key, job.finished_at.is_(None), job.failed_at.is_(None))
        while self.add(kind, payload, dedupe_key=dedupe_key) is None:
            if self._session.execute(select(job.id).where(*waiting).with_for_update()).first() is not None:
                return

    def hasten(self, kind: str) -> None:
        """What waits for its next attempt is tried now."""
        job = tables.jobs.c
        waiting = (job.kind == kind, job.finished_at.is_(None), job.failed_at.is_(None), job.locked_until.is_(None))
        self._session.execute(update(tables.jobs).where(*waiting).values(due_at=func.clock_timestamp()))

    def finish(self, kind: str, dedupe_key: str) -> None:
        """Somebody did the work in another way: the job is done."""
        job = tables.jobs.c
        waiting = (job.kind == kind, job.dedupe_key == dedupe_key, job.finished_at.is_(None), job.failed_at.is_(None))
        done = {
            "finished_at": func.clock_timestamp(),
            "started_at": func.coalesce(job.started_at, func.clock_timestamp()),
        }
        self._session.execute(update(tables.jobs).where(*waiting).values(**done))
