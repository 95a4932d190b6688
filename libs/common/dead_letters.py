"""Events that could not be applied: kept in a table per service, listed and replayed through the API."""

from __future__ import annotations

from typing import Any

import orjson
from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from libs.common import tables
from libs.common.ids import is_id, new_id
from libs.common.problems import Conflict, NotFound
from libs.common.publisher import Outgoing, Publisher
from libs.common.topology import ServiceQueues

# How the error of a message begins whose sender may not send it.
REFUSED = "refused: "


def keep(session: Session, queue: str, body: bytes, error: str, attempts: int) -> None:
    """Keep a message as it came; what can be read of its envelope is kept beside it."""
    envelope = _readable(body)
    session.execute(
        insert(tables.dead_letters).values(
            id=new_id(),
            queue=queue,
            event_id=envelope.get("id"),
            type=str(envelope.get("type", "unknown")),
            correlation_id=envelope.get("correlation_id"),
            body=body.decode("utf-8", "replace").replace("\x00", "�"),
            error=error.replace("\x00", "�"),
            attempts=attempts,
        )
    )


def waiting(session: Session) -> int:
    """How many are neither replayed nor applied."""
    open_rows = select(func.count()).select_from(tables.dead_letters).where(tables.dead_letters.c.replayed_at.is_(None))
    return session.execute(open_rows).scalar_one()


def listed(session: Session, limit: int = 200) -> list[dict[str, Any]]:
    """The newest first."""
    letter = tables.dead_letters.c
    rows = session.execute(select(tables.dead_letters).order_by(letter.created_at.desc(), letter.id).limit(limit))
    return [
        {key: value for key, value in row._mapping.items() if key != "body"} | {"body": row.body[:10_000]}
        for row in rows
    ]


def replay(session: Session, publisher: Publisher, letter_id: str) -> dict[str, Any]:
    """Send a dead letter to its queue again, with its attempts counted anew.

    Published before it is marked: a crash between the two replays it twice, which the inbox makes harmless.
    Conflict for a message that was refused for its sender: sent again by this service, it would pass as this
    service's own. Its true publisher can tell it again from its outbox.
    """
    letter = tables.dead_letters
    row = session.execute(select(letter).where(letter.c.id == letter_id)).first() if is_id(letter_id) else None
    if row is None:
        raise NotFound("there is no such dead letter")
    if row.error.startswith(REFUSED):
        raise Conflict("this message came from a sender that may not send it, and is not given on")
    # The queue of that name may be an older version's by now.
    queues = ServiceQueues(row.queue.split(".", maxsplit=1)[0])
    publisher.publish([Outgoing(queues.exchange, queues.events, row.body.encode(), str(row.id))], timeout=5)
    session.execute(update(letter).where(letter.c.id == letter_id).values(replayed_at=func.now()))
    return {"id": letter_id, "type": row.type, "replayed": True}


def _readable(body: bytes) -> dict[str, Any]:
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError:
        return {}
    return document if isinstance(document, dict) else {}
