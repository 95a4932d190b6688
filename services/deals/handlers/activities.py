"""What is done about deals: the last word with a client, and the sums that follow every change."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select, update

from libs.common import record_merges
from libs.common.database import UnitOfWork
from libs.common.events import Envelope
from libs.common.schedule import ScheduledJob
from services.deals.domain import OPEN_STAGES
from services.deals.events import ActivityLogged
from services.deals.models import deals

# What counts as being busy with a deal; a task is still to be done, and the system is nobody.
BUSY = frozenset({"call", "email", "meeting", "note", "whatsapp"})


def on_activity(uow: UnitOfWork, event: ActivityLogged, _envelope: Envelope) -> None:
    """Note when a deal was last worked on: the one that is named, or every open deal of the client."""
    if event.type not in BUSY:
        return
    at = min(event.occurred_at, uow.now)  # who plans a meeting is busy now
    row = deals.c
    theirs = [row.id == event.deal_id] if event.deal_id else [row.stage.in_(OPEN_STAGES)]
    found = select(row.id).where(
        record_merges.is_of(row.client_id, event.client_id), row.last_activity_at < at, *theirs
    )
    locked = found.order_by(row.id).with_for_update().cte("locked")
    uow.session.execute(update(deals).where(row.id == locked.c.id).values(last_activity_at=at))


def fold(uow: UnitOfWork, _due_at: datetime) -> None:
    """Make one row of those that the triggers added to one sum."""
    uow.session.execute(select(func.fold_pipeline()))


EVERY_QUARTER = ScheduledJob("fold sums", "*/15 * * * *", fold)
