"""How a transaction says who works in it, and how something that is no change of a row is noted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
from sqlalchemy import text
from sqlalchemy.orm import Session

from libs.common.context import Context

_CARRY = text("SELECT set_config('audit.done_by', :done_by, true)")
_NOTE = text("""
    INSERT INTO audit.pending (at, action, record, after, done_by, role)
    VALUES (clock_timestamp(), :action, :record, CAST(:after AS jsonb), CAST(:done_by AS jsonb), session_user)
""")
_LONGEST_ADDRESS = 64


def carry(session: Session, context: Context) -> None:
    """Let the database know, until this transaction ends, who changes its rows."""
    session.execute(_CARRY, {"done_by": _done_by(context)})


def note(
    session: Session,
    context: Context,
    action: str,
    *,
    record: str,
    record_id: str,
    subject: str,
    said: Mapping[str, Any],
    personal: Mapping[str, Any] | None = None,
) -> None:
    """Write down what is no change of a row: a log-in that failed, a request that was refused.

    said: what may stand there openly. personal: what is encrypted under the subject's key.
    """
    after = {"record_id": record_id, "subject": subject, "open": dict(said), "personal": dict(personal or {})}
    values = {"action": action, "record": record, "after": orjson.dumps(after).decode(), "done_by": _done_by(context)}
    session.execute(_NOTE, values)


def _done_by(context: Context) -> str:
    actor = context.actor
    found = {
        "id": actor.id,
        "role": actor.role,
        "name": actor.name,
        "correlation_id": context.correlation_id,
        "address": (context.address or "")[:_LONGEST_ADDRESS],
    }
    return orjson.dumps(found).decode()
