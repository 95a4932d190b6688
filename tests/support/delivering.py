"""Events given to a service as its subscriber gives them, without the bus: schema, inbox and transaction are the real
ones."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import text

from libs.common import inbox
from libs.common.context import Context
from libs.common.events import Envelope
from libs.common.ids import new_id
from libs.common.runtime import Runtime
from libs.common.worker import WorkerTable
from tests.support.actors import system

_SAMPLES = Path(__file__).parents[1] / "contracts" / "samples"


def envelope(event_type: str, event_id: str | None = None, **changes: Any) -> Envelope:
    """The golden sample of an event with other data."""
    document = json.loads((_SAMPLES / f"{event_type}.json").read_text())
    document |= {"id": event_id or new_id(), "data": document["data"] | changes}
    return Envelope.parse(orjson.dumps(document))


def deliver(
    runtime: Runtime[Any], table: WorkerTable, event_type: str, event_id: str | None = None, **changes: Any
) -> None:
    """Deliver an event, with the data of its golden sample where no other is given; a repeat of its id does nothing."""
    sent = envelope(event_type, event_id, **changes)
    handled = [each for each in table.subscriptions if each.event.event_type == event_type]
    assert handled, f"{runtime.service} does not listen to {event_type}"
    for subscription in handled:
        event = sent.read(subscription.event)
        context = Context(actor=system(runtime.service), correlation_id=sent.correlation_id, causation_id=sent.id)
        with runtime.database.unit_of_work(context) as uow:
            if inbox.first_time(uow.session, subscription.consumer, sent, datetime.now(UTC)):
                subscription.handle(uow, event, sent)


def told(runtime: Runtime[Any], event_type: str | None = None) -> list[Envelope]:
    """What stands in the outbox, oldest first."""
    statement = "SELECT envelope FROM outbox WHERE type = COALESCE(:type, type) ORDER BY position"
    with runtime.database.read() as session:
        return [
            Envelope.parse(orjson.dumps(row.envelope)) for row in session.execute(text(statement), {"type": event_type})
        ]
