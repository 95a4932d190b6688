"""When a meeting suits who wrote."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from libs.common.identity import Actor
from libs.common.ids import is_id
from libs.common.problems import NotFound
from services.ai import access
from services.ai.domain import BUILT_IN, MEETING_TIMES
from services.ai.meeting_times import Asked, rules
from services.ai.models import generations


def times(session: Session, actor: Actor, times_id: str) -> dict[str, Any]:
    """``{id, status, provider, model, windows: [{day, begins, ends, words}], zone, because}``.

    ``pending``: a provider still thinks, and the built-in reading stands there meanwhile. NotFound unless the actor may
    see the client.
    """
    row = generations.c
    seen = (row.id == times_id, row.kind == MEETING_TIMES, access.scope(actor))
    found = session.execute(select(generations).where(*seen)).first() if is_id(times_id) else None
    if found is None:
        raise NotFound("there is no such reading, or it is not yours to see")
    done = found.status == "done"
    read = found.output if done else rules.read(Asked.of(found.input)).document()
    return {
        "id": found.id,
        "status": "pending" if found.status == "waiting" else "ready",
        "provider": found.provider if done else BUILT_IN,
        "model": found.model if done else rules.VERSION,
        "windows": read["windows"],
        "zone": read["zone"],
        "because": found.stands_in_because or found.problem,
    }
