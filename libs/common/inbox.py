"""The inbox: an event's effect and the note that it was applied are one transaction."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from libs.common import tables
from libs.common.events import Envelope


def first_time(session: Session, consumer: str, envelope: Envelope, received_at: datetime) -> bool:
    """Note the event for this consumer; False when it was applied before.

    While another transaction holds the same note this waits for it, so that two deliveries at once
    cannot both be first.
    """
    statement = (
        insert(tables.inbox)
        .values(
            consumer=consumer,
            event_id=envelope.id,
            type=envelope.type,
            correlation_id=envelope.correlation_id,
            occurred_at=envelope.occurred_at,
            received_at=received_at,
        )
        .on_conflict_do_nothing()
        .returning(tables.inbox.c.event_id)
    )
    return session.execute(statement).first() is not None
