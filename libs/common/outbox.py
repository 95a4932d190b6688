"""The outbox: an event is a row of the transaction that it tells of."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import insert
from sqlalchemy.orm import Session

from libs.common import tables
from libs.common.context import Context
from libs.common.copying import copy_rows
from libs.common.events import Event
from libs.common.ids import new_id


class Aggregate(Protocol):
    """What an event tells of: a row with an identity and a version that grows with each change."""

    @property
    def id(self) -> str: ...
    @property
    def version(self) -> int: ...


class Outbox:
    """Where a unit of work puts the events it tells."""

    def __init__(self, session: Session, context: Context, now: datetime) -> None:
        self._session = session
        self._context = context
        self._now = now

    def add(self, event: Event, of: Aggregate) -> str:
        """Tell an event of an aggregate, at the version it has now; returns the event's id.

        Rows of one aggregate are numbered in the order of its changes as long as the caller holds the
        aggregate's row lock, which every change does.
        """
        row = self._row(event, of)
        self._session.execute(insert(tables.outbox).values(row))
        return str(row["event_id"])

    def add_all(self, told: Iterable[tuple[Event, Aggregate]]) -> None:
        """Tell many events in the order given, in one round trip."""
        rows = [self._row(event, of) for event, of in told]
        copy_rows(self._session, tables.outbox, rows)

    def _row(self, event: Event, of: Aggregate) -> dict[str, Any]:
        event_id = new_id()
        return {
            "event_id": event_id,
            "type": event.event_type,
            "aggregate_id": of.id,
            "aggregate_version": of.version,
            "correlation_id": self._context.correlation_id,
            "envelope": self._envelope(event_id, event, of),
            "mandatory": event.has_subscribers,
        }

    def _envelope(self, event_id: str, event: Event, of: Aggregate) -> dict[str, Any]:
        actor = self._context.actor
        return {
            "id": event_id,
            "type": event.event_type,
            "version": event.event_version,
            "occurred_at": self._now.isoformat(),
            "aggregate_id": of.id,
            "aggregate_version": of.version,
            "correlation_id": self._context.correlation_id,
            "causation_id": self._context.causation_id,
            "actor": {"id": actor.id, "role": actor.role, "name": actor.name},
            "data": event.model_dump(mode="json"),
        }
