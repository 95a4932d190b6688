"""What the gateway's worker does: plays in forms that wait, and tells of people."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import text

from libs.common.database import UnitOfWork
from libs.common.housekeeping import HOUSEKEEPING
from libs.common.schedule import ScheduledJob
from libs.common.worker import WorkerTable
from services.gateway import intake
from services.gateway.wiring import runtime

_OLD = [
    text("DELETE FROM login_failures WHERE failed_at < :due - interval '1 day'"),
    text("DELETE FROM rate_limits WHERE expires_at < :due"),
    text("DELETE FROM request_log WHERE started_at < :due - interval '90 days'"),
    text("DELETE FROM sessions WHERE expires_at < :due - interval '30 days'"),
    text("DELETE FROM brief_drafts WHERE updated_at < :due - interval '7 days'"),
]


def forget_old_rows(uow: UnitOfWork, due_at: datetime) -> None:
    """Delete what only mattered for a while."""
    for statement in _OLD:
        uow.session.execute(statement, {"due": due_at})


TABLE = WorkerTable(
    jobs={intake.JOB: intake.job_handler(runtime())},
    schedule=[HOUSEKEEPING, ScheduledJob("forget_old_rows", "41 3 * * *", forget_old_rows)],
)
