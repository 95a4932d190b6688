"""What figures of a report come to: the same figures of one person are asked about once."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from libs.common.database import UnitOfWork
from libs.common.identity import Actor
from libs.common.ids import new_id
from libs.common.schedule import ScheduledJob
from services.ai import queries, report_insights
from services.ai.asking import Patience
from services.ai.domain import REPORT_INSIGHT
from services.ai.handlers import generating
from services.ai.handlers.generating import Line
from services.ai.models import generations
from services.ai.report_insights import Asked, Insight
from services.ai.report_insights.figures import read
from services.ai.report_insights.prompt import VERSION
from services.ai.report_insights.rules import VERSION as RULES_VERSION
from services.ai.settings import AiSettings
from services.ai.tasks import Answered

JOB = "report_insight"
_KEPT = timedelta(days=30)


def report_insight(
    uow: UnitOfWork, whose: Actor, answered_now: Callable[[Asked], Answered[Insight] | None], **given: Any
) -> dict[str, Any]:
    """``{id, status, provider, sentences, …}`` of ``kind, figures, language``.

    While a provider thinks the status is pending and the built-in sentences stand in; asked again with the same
    figures it says how far it is. answered_now: the answer, where nobody outside has to be asked.
    """
    asked = read(**given)
    fingerprint = _fingerprint(whose, uow.today, asked)
    made = {"id": new_id(), "kind": REPORT_INSIGHT, "status": "waiting", "input": asked.document(), "version": 1}
    about = {"user_id": generating.person(whose.id), "created_at": uow.now, "updated_at": uow.now}
    statement = insert(generations).values(**made, **about, fingerprint=fingerprint)
    arbiter: dict[str, Any] = {"index_elements": ["fingerprint"], "index_where": generations.c.fingerprint.isnot(None)}
    new = uow.session.execute(statement.on_conflict_do_nothing(**arbiter).returning(generations.c.id)).scalar()
    if new is not None:
        answered = answered_now(asked)
        if answered is None:
            uow.jobs.add(JOB, {"generation_id": new}, dedupe_key=new)
        else:
            generating.keep(uow, new, line(), answered)
    found = select(generations.c.id).where(generations.c.fingerprint == fingerprint)
    return queries.insight(uow.session, whose, uow.session.execute(found).scalar_one())


def line(settings: Callable[[], AiSettings] | None = None) -> Line[Asked, Insight]:
    """How figures are read. Nobody waits for it: the built-in sentences stand there meanwhile."""
    return Line(
        job=JOB,
        task=report_insights.task,
        read=Asked.of,
        patience=lambda since: Patience.in_the_background(since, settings().gemini_patience_seconds if settings else 0),
        kept=lambda answered: {"output": answered.result.document() | generating.how_it_was_made(answered)},
    )


def forget(uow: UnitOfWork, due_at: datetime) -> None:
    """Delete what nobody will ask for again: a report's figures are asked about anew each day."""
    old = (generations.c.kind == REPORT_INSIGHT, generations.c.created_at < due_at - _KEPT)
    uow.session.execute(delete(generations).where(*old))


FORGET = ScheduledJob("forget_insights", "41 3 * * *", forget)


def _fingerprint(whose: Actor, today: date, asked: Asked) -> str:
    """Of the person, too: what somebody may read is nobody else's by having the same sums."""
    what = [whose.id, today, asked.document(), VERSION, RULES_VERSION]
    return hashlib.sha256(orjson.dumps(what, option=orjson.OPT_SORT_KEYS)).hexdigest()
