"""Things done at set times, once whatever the number of replicas, right across daylight saving time.

cronsim knows what a cron line means where clocks are put forward and back; the database decides who runs it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from cronsim import CronSim
from sqlalchemy.dialects.postgresql import insert

from libs.common import tables
from libs.common.context import Context
from libs.common.database import Database, UnitOfWork, is_outage
from libs.common.identity import system_actor
from libs.common.logging import get_logger

log = get_logger(__name__)

# A worker that was down at the due time still runs what it missed within this time, once.
_CATCH_UP = timedelta(hours=6)


@dataclass(frozen=True, slots=True)
class ScheduledJob:
    """``run(uow, due_at)`` at each time the cron line names, in the business time zone."""

    name: str
    cron: str
    run: Callable[[UnitOfWork, datetime], None]


def last_due(cron: str, zone: str, now: datetime) -> datetime | None:
    """The latest time at or before now that the line names, None when that is longer ago than we catch up."""
    local = (now - _CATCH_UP).astimezone(ZoneInfo(zone))
    due: datetime | None = None
    for moment in CronSim(cron, local):
        instant = moment.astimezone(UTC)
        if instant > now:
            break
        due = instant
    return due


class Scheduler:
    """Looks every few seconds whether something is due."""

    def __init__(self, service: str, database: Database, scheduled: Sequence[ScheduledJob], every: float = 5.0) -> None:
        self._service = service
        self._database = database
        self._scheduled = scheduled
        self._every = every
        self._stop = threading.Event()

    def run(self) -> None:
        while self._scheduled and not self._stop.is_set():
            for job in self._scheduled:
                try:
                    self.run_if_due(job)
                except Exception as error:
                    if not is_outage(error):
                        log.exception("a scheduled job failed", job=job.name)
            self._stop.wait(self._every)

    def stop(self) -> None:
        self._stop.set()

    def run_if_due(self, job: ScheduledJob) -> bool:
        """Run the job for its latest due time unless it ran; a failure rolls its note back, so it is tried again."""
        due_at = last_due(job.cron, self._database.business.zone, self._database.clock.now())
        if due_at is None:
            return False
        with self._database.unit_of_work(Context(actor=system_actor(self._service))) as uow:
            note = insert(tables.scheduled_runs).values(job=job.name, due_at=due_at).on_conflict_do_nothing()
            first = uow.session.execute(note.returning(tables.scheduled_runs.c.job)).first() is not None
            if first:
                job.run(uow, due_at)
        return first
