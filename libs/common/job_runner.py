"""Runs a service's jobs: claim in a transaction, perform outside, complete in another."""

from __future__ import annotations

import random
import threading
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import text, update
from sqlalchemy.engine import Row

from libs.common import tables
from libs.common.context import Context
from libs.common.database import Database, UnitOfWork, is_outage
from libs.common.identity import system_actor
from libs.common.jobs import GiveUp, Job, JobHandler, RetryLater
from libs.common.logging import get_logger
from libs.common.telemetry import JOBS_DONE

log = get_logger(__name__)

_CLAIM = text("""
    UPDATE jobs SET attempts = attempts + 1, started_at = clock_timestamp(),
        locked_until = clock_timestamp() + make_interval(secs => (CAST(:leases AS jsonb) ->> kind)::float)
    WHERE id = (
        SELECT id FROM jobs
        WHERE finished_at IS NULL AND failed_at IS NULL AND due_at <= clock_timestamp() AND kind = ANY(:kinds)
          AND (locked_until IS NULL OR locked_until < clock_timestamp())
        ORDER BY due_at LIMIT 1 FOR UPDATE SKIP LOCKED
    )
    RETURNING id::text, kind, payload, attempts, created_at, correlation_id, causation_id
""")

_FIRST_DELAY_SECONDS = 2.0
_LONGEST_DELAY_SECONDS = 600.0
_POLL_SECONDS = 1.0


class JobRunner:
    """Some threads that do jobs until told to stop."""

    def __init__(self, service: str, database: Database, handlers: Mapping[str, JobHandler], threads: int = 4) -> None:
        self._service = service
        self._database = database
        self._handlers = handlers
        self._threads = threads
        self._stop = threading.Event()
        self.wake = threading.Event()

    def run(self) -> None:
        if not self._handlers:
            return
        workers = [threading.Thread(target=self._work, name=f"jobs-{n}", daemon=True) for n in range(self._threads)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()

    def stop(self) -> None:
        self._stop.set()
        self.wake.set()

    def _work(self) -> None:
        while not self._stop.is_set():
            self.wake.clear()
            try:
                busy = self.run_one()
            except Exception as error:
                if not is_outage(error):
                    log.exception("a job could not be settled; its lease will end")
                self._stop.wait(1.0)
                continue
            if not busy:
                self.wake.wait(_POLL_SECONDS)

    def run_one(self) -> bool:
        """Do one job that is due; False when there is none."""
        job = self._claim()
        if job is None:
            return False
        handler = self._handlers[job.kind]
        try:
            result = handler.perform(job)
        except GiveUp as error:
            self._give_up(job, handler, str(error))
        except RetryLater as error:
            self._again(job, handler, str(error), error.seconds)
        except Exception as error:
            reason = f"{type(error).__name__}: {error}"
            log.warning("a job failed", kind=job.kind, attempt=job.attempt, error=reason)
            self._again(job, handler, reason, _backoff(job.attempt))
        else:
            with self._unit(job) as uow:
                if self._settle(uow, job, finished_at=datetime.now(UTC), last_error=None):
                    handler.complete(uow, job, result)
            JOBS_DONE.labels(self._service, job.kind, "done").inc()
        return True

    def _claim(self) -> Job | None:
        leases = {kind: handler.lease.total_seconds() for kind, handler in self._handlers.items()}
        arguments = {"leases": orjson.dumps(leases).decode(), "kinds": list(self._handlers)}
        with self._database.engine.begin() as connection:
            row = connection.execute(_CLAIM, arguments).first()
        return self._job(row) if row is not None else None

    def _job(self, row: Row[Any]) -> Job:
        context = Context(
            actor=system_actor(self._service),
            correlation_id=row.correlation_id,
            causation_id=row.causation_id,
        )
        return Job(row.id, row.kind, row.payload, row.attempts, row.created_at, context)

    def _unit(self, job: Job) -> Any:
        return self._database.unit_of_work(job.context)

    def _again(self, job: Job, handler: JobHandler, reason: str, seconds: float) -> None:
        now = datetime.now(UTC)
        if now + timedelta(seconds=seconds) - job.created_at > handler.patience:
            self._give_up(job, handler, reason)
            return
        with self._unit(job) as uow:
            due_at = now + timedelta(seconds=seconds)
            if self._settle(uow, job, due_at=due_at, locked_until=None, last_error=reason[:2000]) and handler.retried:
                handler.retried(uow, job, reason)
        JOBS_DONE.labels(self._service, job.kind, "retried").inc()

    def _give_up(self, job: Job, handler: JobHandler, reason: str) -> None:
        with self._unit(job) as uow:
            if self._settle(uow, job, failed_at=datetime.now(UTC), last_error=reason[:2000]) and handler.failed:
                handler.failed(uow, job, reason)
        log.error("a job was given up", kind=job.kind, job=job.id, error=reason)
        JOBS_DONE.labels(self._service, job.kind, "failed").inc()

    def _settle(self, uow: UnitOfWork, job: Job, **values: Any) -> bool:
        """Write the outcome, unless the lease ended and another attempt has begun."""
        row = tables.jobs.c
        statement = (
            update(tables.jobs)
            .where(
                row.id == job.id,
                row.attempts == job.attempt,
                row.finished_at.is_(None),
                row.failed_at.is_(None),
            )
            .values(**values)
        )
        return bool(uow.session.execute(statement).rowcount)  # type: ignore[attr-defined]  # a CursorResult


def _backoff(attempt: int) -> float:
    """2 s, 4 s, … up to ten minutes, each a little off so that many do not come back at once."""
    delay = min(_FIRST_DELAY_SECONDS * 2.0 ** min(attempt - 1, 12), _LONGEST_DELAY_SECONDS)
    return delay * random.uniform(0.8, 1.2)  # noqa: S311  (spreads load, guards nothing)
