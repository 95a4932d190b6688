"""Notes of meetings: ordered, read, and what a person takes over of them.

What is taken over is done by clients and deals, each part by a command of its own. A part is claimed here first, with
its content: sent again, the same content is done, and what was done is not done twice.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from libs.common.database import UnitOfWork
from libs.common.ids import is_id, new_id
from libs.common.problems import Conflict, Forbidden, Invalid, NotFound
from services.ai import access, meeting_notes, queries
from services.ai.asking import Patience
from services.ai.domain import MEETING_NOTES
from services.ai.handlers import generating
from services.ai.handlers.generating import Line
from services.ai.meeting_notes import Minutes, Notes
from services.ai.models import applied_parts, generations
from services.ai.settings import AiSettings
from services.ai.tasks import Answered

JOB = "read_notes"
MOST_CHARACTERS = 50_000
DEAL_FIELDS = ("id", "client_id", "company_name", "deal_name", "stage", "currency", "deal_value_minor",
               "expected_close_date")  # fmt: skip


def take_notes(uow: UnitOfWork, deal: dict[str, Any], text: str) -> dict[str, Any]:
    """Order a reading of notes about this deal: ``{id, status}``. At most 50,000 characters."""
    if not access.may(uow.session, uow.actor, "notes.write", deal["client_id"]):
        raise Forbidden("you may look at this deal, and only its client's owner may change it")
    if not isinstance(text, str) or not text.strip():
        raise Invalid("text is needed", field="text")
    if len(text) > MOST_CHARACTERS:
        raise Invalid(f"text has at most {MOST_CHARACTERS} characters", field="text")
    if "\x00" in text:
        raise Invalid("text holds a character that cannot be kept", field="text")
    asked = {name: deal[name] for name in DEAL_FIELDS if name not in ("id", "client_id")}
    generation_id = generating.order(
        uow,
        MEETING_NOTES,
        JOB,
        asked | {"text": text, "today": uow.today.isoformat()},
        client_id=deal["client_id"],
        deal_id=deal["id"],
        user_id=generating.person(uow.actor.id),
    )
    return {"id": generation_id, "status": "waiting"}


def line(settings: Callable[[], AiSettings]) -> Line[Notes, Minutes]:
    """How notes are read. Somebody looks on: what does not fit into their patience is read by the rules."""
    return Line(
        job=JOB,
        task=meeting_notes.task,
        read=Notes.of,
        patience=lambda since: Patience.somebody_waits(since, settings().gemini_waiting_seconds),
        kept=_kept,
    )


def claim_parts(uow: UnitOfWork, generation_id: str, parts: dict[str, Any]) -> dict[str, Any]:
    """Say what is to be done: ``{part: content}``, a part being ``summary``, ``step:0`` or ``field:stage``.

    Answers the reading with the parts as they were claimed first. Conflict while it is not read yet, Invalid for a part
    that it does not have.
    """
    row = _own(uow, generation_id)
    if row.status != "done":
        raise Conflict("the notes are not read yet")
    known = queries.parts_of(row.output)
    for part in parts:
        if part not in known:
            raise Invalid(
                f"there is no part {part[:40]!r} in these notes", field="steps" if "step" in part else "fields"
            )
    made = {"client_id": row.client_id, "created_at": uow.now, "updated_at": uow.now, "version": 1}
    for part, content in sorted(parts.items()):
        values = {"id": new_id(), "generation_id": generation_id, "part": part, "content": content, **made}
        statement = insert(applied_parts).values(values)
        uow.session.execute(statement.on_conflict_do_nothing(index_elements=["generation_id", "part"]))
    return queries.notes(uow.session, uow.actor, generation_id)


def note_done(uow: UnitOfWork, generation_id: str, part: str, result: dict[str, Any]) -> dict[str, Any]:
    """A part was done; the first telling counts."""
    _own(uow, generation_id)
    of_it = (applied_parts.c.generation_id == generation_id, applied_parts.c.part == part)
    done = {"result": result, "done_at": uow.now, "updated_at": uow.now, "version": applied_parts.c.version + 1}
    uow.session.execute(update(applied_parts).where(*of_it, applied_parts.c.done_at.is_(None)).values(**done))
    return {"part": part, "status": "done"}


def _own(uow: UnitOfWork, generation_id: str) -> Any:
    """The reading, where the actor may take it over."""
    notes = select(generations).where(generations.c.id == generation_id, generations.c.kind == MEETING_NOTES)
    seen = notes.where(access.scope(uow.actor))
    row = uow.session.execute(seen).first() if is_id(generation_id) else None
    if row is None:
        raise NotFound("there are no such notes, or they are not yours to see")
    if uow.session.execute(notes.where(access.notes_writable(uow.actor))).first() is None:
        raise Forbidden("you may look at this deal, and only its client's owner may change it")
    # Two people at once would each do every part: keys of commands are a person's own.
    if row.user_id != uow.actor.id:
        raise Forbidden("only who pasted these notes takes them over")
    return row


def _kept(answered: Answered[Minutes]) -> dict[str, Any]:
    return {"output": answered.result.document() | generating.how_it_was_made(answered)}
