"""The worker's job of an import: whatever is next, for a few seconds, and then the next slice is ordered."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select, update

from libs.common.database import UnitOfWork, is_outage
from libs.common.jobs import GiveUp, Job
from libs.common.logging import get_logger
from libs.common.problems import Unavailable
from libs.common.uploads import Unreadable
from services.clients.importing.steps.checking import check
from services.clients.importing.steps.committing import commit
from services.clients.importing.steps.reading import read
from services.clients.importing.steps.run import Tools, find, order
from services.clients.importing.steps.undoing import undo
from services.clients.models import imports

log = get_logger(__name__)

# How long an import waits for a database or a service that does not answer; the last wait before is at most so long.
PATIENCE = timedelta(hours=6)
_LAST_WAIT = timedelta(minutes=12)
# So often, within a minute, a step is tried that fails and nobody knows why.
_TRIES = 5
UNREADABLE = "this file could not be read; save the sheet as CSV and try again"
BROKEN = "something went wrong on our side, and trying again did not help; what came in so far can be taken back"
AWAY = "a part of the system did not answer for hours; what came in so far can be taken back"

_STEPS: dict[str, Callable[[Tools, Job, Any], bool]] = {
    "reading": read,
    "checking": check,
    "committing": commit,
    "undoing": undo,
}


def work(tools: Callable[[], Tools]) -> Callable[[Job], bool]:
    """How the worker does a slice of an import; whether there is more to do."""

    def perform(job: Job) -> bool:
        found = find(tools(), job.payload["import_id"])
        if found is None or found.state not in _STEPS:
            return False
        try:
            return _STEPS[found.state](tools(), job, found)
        except Unreadable as error:
            raise GiveUp(str(error)) from None
        except Exception as error:
            if reason := _hopeless(job, found.state, error):
                log.exception("an import goes no further", state=found.state)
                raise GiveUp(reason) from None
            raise

    return perform


def _hopeless(job: Job, state: str, error: Exception) -> str | None:
    """Why it is of no use to try again, in words; None while it may be."""
    if isinstance(error, Unavailable) or is_outage(error):
        return AWAY if datetime.now(UTC) - job.created_at > PATIENCE - _LAST_WAIT else None
    if state == "reading":
        return UNREADABLE
    return BROKEN if job.attempt >= _TRIES else None


def went_on(uow: UnitOfWork, job: Job, more: bool) -> None:
    """Order the next slice. There is one too where somebody went on with the import while this one ended."""
    statement = select(imports.c.state).where(imports.c.id == job.payload["import_id"])
    if more or uow.session.execute(statement).scalar_one_or_none() in _STEPS:
        order(uow, job.payload["import_id"])


def gave_up(uow: UnitOfWork, job: Job, reason: str) -> None:
    """Say why it goes no further; what was committed stays, and can be taken back."""
    statement = update(imports).where(imports.c.id == job.payload["import_id"])
    uow.session.execute(
        statement.values(state="failed", problem=reason, updated_at=uow.now, version=imports.c.version + 1)
    )
