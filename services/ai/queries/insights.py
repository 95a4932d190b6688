"""What the figures of a report come to."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from libs.common.identity import Actor
from libs.common.ids import is_id
from libs.common.problems import NotFound
from services.ai import access
from services.ai.domain import BUILT_IN, REPORT_INSIGHT
from services.ai.models import generations
from services.ai.report_insights import Asked, rules


def insight(session: Session, actor: Actor, insight_id: str) -> dict[str, Any]:
    """``{id, kind, language, status, provider, model, sentences: [{text, risk}], dropped, because}``.

    ``pending``: a provider still thinks, and the built-in sentences stand there meanwhile. NotFound unless the actor
    asked for it.
    """
    row = generations.c
    own = (row.id == insight_id, row.kind == REPORT_INSIGHT, access.own_insights(actor))
    found = session.execute(select(generations).where(*own)).first() if is_id(insight_id) else None
    if found is None:
        raise NotFound("there is no such insight, or it is not yours to see")
    done = found.status == "done"
    said = found.output if done else rules.write(Asked.of(found.input)).document()
    return {
        "id": found.id,
        "kind": found.input["kind"],
        "language": found.input["language"],
        "status": "pending" if found.status == "waiting" else "ready",
        "provider": found.provider if done else BUILT_IN,
        "model": found.model if done else rules.VERSION,
        "sentences": said["sentences"],
        "dropped": said["dropped"],
        "because": found.stands_in_because or found.problem,
    }
