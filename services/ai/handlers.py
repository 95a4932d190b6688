"""What ai does: one short function an event or a step of a job."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from typing import Any

from sqlalchemy import insert, select, update

from libs.common import row_access
from libs.common.database import Database, UnitOfWork
from libs.common.erasure.parts import Part
from libs.common.events import Envelope
from libs.common.ids import new_id
from libs.common.jobs import Job, JobHandler, RetryLater
from libs.common.logging import get_logger
from services.ai.domain import BRIEF_ANALYSIS, Brief, Generated, ProviderProblem
from services.ai.events import BriefSubmitted, ClientAccessChanged, DealAnalyzed, PersonErased
from services.ai.models import generations
from services.ai.ports import AnalysisProvider

log = get_logger(__name__)

JOB = "analyze_brief"


@dataclass(frozen=True, slots=True)
class _Row:
    id: str
    version: int


def on_client_access_changed(uow: UnitOfWork, event: ClientAccessChanged, _envelope: Envelope) -> None:
    """Keep who may see the client."""
    row_access.apply(uow.session, event)


def on_brief_submitted(uow: UnitOfWork, event: BriefSubmitted, _envelope: Envelope) -> None:
    """Order an analysis. Each event is one wish: an earlier analysis of the same brief is kept."""
    generation_id = new_id()
    asked = event.model_dump(include=set(Brief.__dataclass_fields__))
    about = {"client_id": event.client_id, "deal_id": event.deal_id, "brief_id": event.brief_id}
    times = {"created_at": uow.now, "updated_at": uow.now, "version": 1}
    row = {"id": generation_id, "kind": BRIEF_ANALYSIS, "status": "waiting", "input": asked, **about, **times}
    uow.session.execute(insert(generations).values(row))
    uow.jobs.add(JOB, {"generation_id": generation_id}, dedupe_key=generation_id)


def tell_erased(uow: UnitOfWork, part: Part) -> None:
    """Our part in erasing a person is done."""
    uow.outbox.add(PersonErased(**part.data), of=part)


def analysis_job(
    database: Callable[[], Database],
    provider: Callable[[], AnalysisProvider],
    stand_in: Callable[[], AnalysisProvider],
    attempts: Callable[[], int],
) -> JobHandler:
    """Ask the provider outside any transaction; when it cannot answer, the built-in rules stand in, labelled so."""

    def perform(job: Job) -> tuple[Generated, int]:
        with database().read() as session:
            statement = select(generations.c.input).where(generations.c.id == job.payload["generation_id"])
            brief = Brief.of(session.execute(statement).scalar_one())
        started = time.perf_counter()
        try:
            made = provider().analyze(brief)
        except ProviderProblem as problem:
            if problem.retry_after is not None and job.attempt < attempts():
                raise RetryLater(str(problem), problem.retry_after) from None
            made = replace(stand_in().analyze(brief), stands_in_because=str(problem))
        except Exception as error:
            # Whatever went wrong, the brief is judged: by the rules, and the reason is kept.
            log.exception("a provider failed in a way nobody expected")
            made = replace(stand_in().analyze(brief), stands_in_because=type(error).__name__)
        return made, round((time.perf_counter() - started) * 1000)

    return JobHandler(perform, keep_analysis, note_failure)


def keep_analysis(uow: UnitOfWork, job: Job, result: tuple[Generated, int]) -> None:
    """Keep the answer with what it cost, and tell it."""
    made, milliseconds = result
    generation_id = job.payload["generation_id"]
    insights = made.analysis.insights() | {"provider": made.provider, "model": made.model}
    if made.stands_in_because:
        insights["stands_in_because"] = made.stands_in_because
    cost = {name: value for name, value in asdict(made).items() if name != "analysis"}
    values = {"status": "done", "score": made.analysis.score, "output": insights, "milliseconds": milliseconds}
    row = _settle(uow, generation_id, values | cost)
    event = DealAnalyzed(
        generation_id=generation_id,
        deal_id=row.deal_id,
        brief_id=row.brief_id,
        ai_score=made.analysis.score,
        ai_insights=insights,
        version=row.version,
    )
    uow.outbox.add(event, of=_Row(generation_id, row.version))


def note_failure(uow: UnitOfWork, job: Job, reason: str) -> None:
    """The job was given up; the generation says why."""
    _settle(uow, job.payload["generation_id"], {"status": "failed", "problem": reason[:2000]})


def _settle(uow: UnitOfWork, generation_id: str, values: dict[str, Any]) -> Any:
    changed = values | {"updated_at": uow.now, "version": generations.c.version + 1}
    statement = update(generations).where(generations.c.id == generation_id).values(**changed)
    returned = (generations.c.deal_id, generations.c.brief_id, generations.c.version)
    return uow.session.execute(statement.returning(*returned)).one()
