"""A reading of notes, and what was taken over of it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from libs.common.identity import Actor
from libs.common.problems import NotFound
from services.ai.domain import MEETING_NOTES
from services.ai.models import applied_parts
from services.ai.queries.generations import generation

_SHOWN = "id deal_id client_id user_id status problem created_at provider model stands_in_because milliseconds".split()


def notes(session: Session, actor: Actor, generation_id: str) -> dict[str, Any]:
    """``{…, currency, summary, steps, fields, dropped, parts}``; empty while it is not read. Amounts in minor units.

    parts: ``{part: {content, done, result}}``, what a person chose so far.
    """
    row = generation(session, actor, generation_id)
    if row["kind"] != MEETING_NOTES:
        raise NotFound("there are no such notes, or they are not yours to see")
    read = row["output"] or {"summary": "", "steps": [], "fields": [], "dropped": 0}
    part = applied_parts.c
    chosen = select(part.part, part.content, part.result, part.done_at).where(part.generation_id == generation_id)
    parts = {
        each.part: {"content": each.content, "done": each.done_at is not None, "result": each.result}
        for each in session.execute(chosen.order_by(part.part))
    }
    shown = {name: row[name] for name in _SHOWN}
    told = {name: read[name] for name in ("summary", "steps", "fields", "dropped")}
    return shown | told | {"currency": row["input"]["currency"], "text": row["input"]["text"], "parts": parts}


def parts_of(output: dict[str, Any]) -> frozenset[str]:
    """What can be taken over of a reading."""
    steps = {f"step:{place}" for place in range(len(output["steps"]))}
    return frozenset({"summary"} | steps | {f"field:{each['field']}" for each in output["fields"]})
