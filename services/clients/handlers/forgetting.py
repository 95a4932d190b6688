"""Imports that nobody goes on with: their rows and files go, what they brought in and how much it was stays."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import delete, select, text, update

from libs.common.database import UnitOfWork
from libs.common.schedule import ScheduledJob
from services.clients.handlers.documents import REMOVE
from services.clients.models import import_changes, import_counts, import_rows, imports

# What the worker is at is left alone, however long it takes.
_AT_WORK = ("reading", "checking", "committing", "undoing")
# A night's; the next one goes on.
_MOST = 100
_UNHURRIED = text("SET LOCAL statement_timeout = 0")
_NOTHING: dict[str, object] = {"sheets": [], "answers": {}, "found": {}, "people": {}, "directory": {}, "custom": []}


def forget_imports(days: Callable[[], int]) -> ScheduledJob:
    """Forget the rows of imports that nobody touched for so many days."""

    def forget(uow: UnitOfWork, due_at: datetime) -> None:
        forget_rows(uow, due_at - timedelta(days=days()))

    return ScheduledJob("forget imports", "53 3 * * *", forget)


def forget_rows(uow: UnitOfWork, before: datetime) -> int:
    """Forget the rows, the file and the way back of imports that were last touched before; how many there were."""
    uow.session.execute(_UNHURRIED)
    row = imports.c
    old = (row.states.is_(None), row.updated_at < before, row.state.not_in(_AT_WORK))
    statement = select(row.id, row.key).where(*old).order_by(row.updated_at).limit(_MOST)
    found = uow.session.execute(statement.with_for_update(skip_locked=True)).all()
    for each in found:
        _forget(uow, each.id, each.key)
    return len(found)


def _forget(uow: UnitOfWork, import_id: str, key: str) -> None:
    counted = select(import_counts.c.state, import_counts.c.rows).where(import_counts.c.import_id == import_id)
    states = {row.state: row.rows for row in uow.session.execute(counted) if row.rows}
    for table in (import_rows, import_changes):
        uow.session.execute(delete(table).where(table.c.import_id == import_id))
    gone = {"states": states, "version": imports.c.version + 1, "updated_at": uow.now}
    uow.session.execute(update(imports).where(imports.c.id == import_id).values(**gone, **_NOTHING))
    uow.jobs.add(REMOVE, {"key": key})
