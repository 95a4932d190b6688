"""When a meeting suits who wrote: the same words of one day are asked about once."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from libs.common import fields
from libs.common.database import UnitOfWork
from libs.common.ids import new_id
from libs.common.problems import Forbidden, Invalid, NotFound
from libs.common.schedule import ScheduledJob
from services.ai import access, meeting_times, queries
from services.ai.asking import Patience
from services.ai.domain import MEETING_TIMES
from services.ai.handlers import generating
from services.ai.handlers.generating import Line
from services.ai.meeting_times import Asked, Times
from services.ai.meeting_times.prompt import VERSION
from services.ai.meeting_times.reply import MOST_CHARACTERS
from services.ai.meeting_times.rules import VERSION as RULES_VERSION
from services.ai.models import generations
from services.ai.settings import AiSettings
from services.ai.tasks import Answered

JOB = "read_times"
_KEPT = timedelta(days=30)


def read_times(
    uow: UnitOfWork,
    client_id: str,
    answered_now: Callable[[Asked], Answered[Times] | None],
    text: Any,
    said_on: Any,
    zone: Any,
) -> dict[str, Any]:
    """``{id, status, provider, windows, zone, because}``: when it suits, by their clock.

    While a provider thinks the status is pending and the built-in reading stands there; asked again with the same words
    it says how far it is. said_on: the day it was for them. answered_now: the answer, where nobody outside is asked.
    """
    if not access.may(uow.session, uow.actor, "generations.read", client_id):
        raise NotFound("there is no such client, or it is not yours to see")
    if not access.may(uow.session, uow.actor, "notes.write", client_id):
        raise Forbidden("only the client's owner has their messages read")
    ours = uow.business.zone
    asked = Asked(_text(text), _day(said_on), fields.time_zone("zone", zone) or ours, ours)
    fingerprint = _fingerprint(client_id, asked)
    made = {"id": new_id(), "kind": MEETING_TIMES, "status": "waiting", "input": asked.document(), "version": 1}
    about = {"client_id": client_id, "user_id": generating.person(uow.actor.id)}
    times = {"created_at": uow.now, "updated_at": uow.now}
    statement = insert(generations).values(**made, **about, **times, fingerprint=fingerprint)
    arbiter: dict[str, Any] = {"index_elements": ["fingerprint"], "index_where": generations.c.fingerprint.isnot(None)}
    new = uow.session.execute(statement.on_conflict_do_nothing(**arbiter).returning(generations.c.id)).scalar()
    if new is not None:
        answered = answered_now(asked)
        if answered is None:
            uow.jobs.add(JOB, {"generation_id": new}, dedupe_key=new)
        else:
            generating.keep(uow, new, _line(_nobody_waits), answered)
    found = select(generations.c.id).where(generations.c.fingerprint == fingerprint)
    return queries.times(uow.session, uow.actor, uow.session.execute(found).scalar_one())


def line(settings: Callable[[], AiSettings]) -> Line[Asked, Times]:
    """How messages are read. Somebody looks on: what does not fit into their patience is read by the rules."""
    return _line(lambda since: Patience.somebody_waits(since, settings().gemini_waiting_seconds))


def _nobody_waits(since: datetime) -> Patience:
    return Patience.in_the_background(since, 0)


def _line(patience: Callable[[datetime], Patience]) -> Line[Asked, Times]:
    return Line(
        job=JOB,
        task=meeting_times.task,
        read=Asked.of,
        patience=patience,
        kept=lambda answered: {"output": answered.result.document() | generating.how_it_was_made(answered)},
    )


def forget(uow: UnitOfWork, due_at: datetime) -> None:
    """Delete what was read long ago: the days are over."""
    old = (generations.c.kind == MEETING_TIMES, generations.c.created_at < due_at - _KEPT)
    uow.session.execute(delete(generations).where(*old))


FORGET = ScheduledJob("forget_times", "43 3 * * *", forget)


def _text(value: Any) -> str:
    text: str | None = fields.text(MOST_CHARACTERS, required=True)("text", value)
    if not text:
        raise Invalid("text is needed", field="text")
    return text


def _day(value: Any) -> date:
    day = fields.date_of("said_on", value)
    if day is None:
        raise Invalid("said_on is needed", field="said_on")
    return day


def _fingerprint(client_id: str, asked: Asked) -> str:
    what = [client_id, asked.document(), VERSION, RULES_VERSION]
    return hashlib.sha256(orjson.dumps(what, option=orjson.OPT_SORT_KEYS)).hexdigest()
