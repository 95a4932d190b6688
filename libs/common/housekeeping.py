"""Rows of the mechanism that nobody asks for any more are deleted at night."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import text

from libs.common.database import UnitOfWork
from libs.common.schedule import ScheduledJob

# A broker or a restored backup can bring an event back late: inbox rows live at least 90 days.
KEEP_DAYS = 90

_OLD = [
    text("DELETE FROM outbox WHERE sent_at < :before"),
    text("DELETE FROM inbox WHERE handled_at < :before"),
    text("DELETE FROM commands WHERE started_at < :before"),
    text("DELETE FROM jobs WHERE COALESCE(finished_at, failed_at) < :before"),
    text("DELETE FROM scheduled_runs WHERE ran_at < :before"),
]


def forget_old_rows(uow: UnitOfWork, due_at: datetime) -> None:
    """Delete what is older than 90 days; dead letters stay until somebody deals with them."""
    before = due_at - timedelta(days=KEEP_DAYS)
    for statement in _OLD:
        uow.session.execute(statement, {"before": before})


HOUSEKEEPING = ScheduledJob("housekeeping", "17 3 * * *", forget_old_rows)
