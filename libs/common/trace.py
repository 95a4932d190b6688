"""One request's path through a service, read from the rows its work left."""

from __future__ import annotations

from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

_HOPS = text("""
    SELECT 'rpc' AS kind, method AS name, started_at AS at, finished_at AS ended, NULL AS event_id, NULL AS detail
    FROM commands WHERE correlation_id = :reference
    UNION ALL
    SELECT 'outbox', type, created_at, sent_at, event_id::text, NULL FROM outbox WHERE correlation_id = :reference
    UNION ALL
    SELECT 'queue', type, occurred_at, received_at, event_id::text, consumer FROM inbox
    WHERE correlation_id = :reference
    UNION ALL
    SELECT 'handler', consumer, received_at, handled_at, event_id::text, type FROM inbox
    WHERE correlation_id = :reference
    UNION ALL
    SELECT 'job', kind, COALESCE(started_at, created_at), COALESCE(finished_at, failed_at), NULL, last_error
    FROM jobs WHERE correlation_id = :reference
    ORDER BY 3
    LIMIT 1000
""")


def hops(session: Session, service: str, reference: str) -> list[dict[str, Any]]:
    """What this service did for a reference: ``service, kind, name, at, ms, event_id, detail``, oldest first.

    ``ms`` is how long the hop took, None while it is under way.
    """
    return [
        {
            "service": service,
            "kind": row.kind,
            "name": row.name,
            "at": row.at,
            "ms": round((row.ended - row.at).total_seconds() * 1000, 1) if row.ended else None,
            "event_id": row.event_id,
            "detail": row.detail,
        }
        for row in session.execute(_HOPS, {"reference": reference})
    ]
