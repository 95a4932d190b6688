"""The life of a generation, whatever it makes: ordered in a transaction, asked for outside any, kept in another."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from sqlalchemy import insert, select, update

from libs.common.database import Database, UnitOfWork
from libs.common.ids import is_id, new_id
from libs.common.jobs import Job, JobHandler
from services.ai.asking import Desk, Patience, ask
from services.ai.models import generations
from services.ai.tasks import Answered, Kind, Task

Asked = TypeVar("Asked")
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Row:
    """A generation as it stands after a change; events tell of it."""

    id: str
    version: int
    client_id: str | None
    deal_id: str | None
    brief_id: str | None
    user_id: str | None


@dataclass(frozen=True, slots=True)
class Line(Generic[Asked, Result]):
    """How one kind of generation is made.

    job: the name its jobs have. task: what is asked. read: the question, from a generation's kept input.
    patience: how long an answer is waited for, from when it was ordered.
    kept: ``(values, result)``, further columns of the row, ``output`` among them, from the answer.
    told: what happens in the transaction that keeps the answer.
    """

    job: str
    task: Callable[[], Task[Asked, Result]]
    read: Callable[[dict[str, Any]], Asked]
    patience: Callable[[datetime], Patience]
    kept: Callable[[Answered[Result]], dict[str, Any]]
    told: Callable[[UnitOfWork, Row, Answered[Result]], None] = lambda uow, row, answered: None


def order(
    uow: UnitOfWork,
    kind: Kind,
    job: str,
    asked: dict[str, Any],
    *,
    client_id: str,
    deal_id: str | None = None,
    brief_id: str | None = None,
    user_id: str | None = None,
) -> str:
    """A generation that waits, and the job that makes it; its id. user_id: who wished for it, where a person did."""
    generation_id = write_down(
        uow, kind, asked, client_id=client_id, deal_id=deal_id, brief_id=brief_id, user_id=user_id
    )
    uow.jobs.add(job, {"generation_id": generation_id}, dedupe_key=generation_id)
    return generation_id


def write_down(
    uow: UnitOfWork,
    kind: Kind,
    asked: dict[str, Any],
    *,
    client_id: str,
    deal_id: str | None = None,
    brief_id: str | None = None,
    user_id: str | None = None,
) -> str:
    """A generation that waits, and no job: who calls this keeps the answer in the same transaction."""
    generation_id = new_id()
    about = {"client_id": client_id, "deal_id": deal_id, "brief_id": brief_id, "user_id": user_id}
    times = {"created_at": uow.now, "updated_at": uow.now, "version": 1}
    row = {"id": generation_id, "kind": kind, "status": "waiting", "input": asked, **about, **times}
    uow.session.execute(insert(generations).values(row))
    return generation_id


def person(actor_id: str) -> str | None:
    """The person an actor is; None for a service."""
    return actor_id if is_id(actor_id) else None


def job(line: Line[Any, Any], database: Callable[[], Database], desk: Callable[[], Desk]) -> JobHandler:
    """Ask outside any transaction and keep what came of it."""

    def perform(job: Job) -> Answered[Any]:
        generation_id = job.payload["generation_id"]
        columns = (generations.c.input, generations.c.user_id, generations.c.created_at)
        with database().read() as session:
            row = session.execute(select(*columns).where(generations.c.id == generation_id)).one()
        return ask(
            line.task(),
            line.read(row.input),
            generation_id=generation_id,
            user_id=row.user_id,
            desk=desk(),
            patience=line.patience(row.created_at),
        )

    def complete(uow: UnitOfWork, job: Job, answered: Answered[Any]) -> None:
        keep(uow, job.payload["generation_id"], line, answered)

    return JobHandler(perform, complete, _note_failure)


def keep(uow: UnitOfWork, generation_id: str, line: Line[Asked, Result], answered: Answered[Result]) -> Row:
    """Keep an answer with what it took, and tell it."""
    taken = {
        "provider": answered.provider,
        "model": answered.model,
        "prompt_version": answered.prompt_version,
        "input_tokens": answered.input_tokens,
        "output_tokens": answered.output_tokens,
        "thought_tokens": answered.thought_tokens,
        "cost_micro_usd": answered.cost_estimate,
        "milliseconds": answered.milliseconds,
        "attempts": answered.attempts,
        "stands_in_because": answered.stands_in_because,
    }
    row = settle(uow, generation_id, {"status": "done", **taken, **line.kept(answered)})
    line.told(uow, row, answered)
    return row


def settle(uow: UnitOfWork, generation_id: str, values: dict[str, Any]) -> Row:
    """Change a generation and count its version up."""
    changed = values | {"updated_at": uow.now, "version": generations.c.version + 1}
    statement = update(generations).where(generations.c.id == generation_id).values(**changed)
    returned = [generations.c[name] for name in Row.__dataclass_fields__]
    return Row(**uow.session.execute(statement.returning(*returned)).one()._mapping)


def how_it_was_made(answered: Answered[Any]) -> dict[str, Any]:
    """What people are shown beside an answer; ``stands_in_because`` only where something stands in."""
    made = {
        "provider": answered.provider,
        "model": answered.model,
        "prompt_version": answered.prompt_version,
        "input_tokens": answered.input_tokens,
        "output_tokens": answered.output_tokens,
        "thought_tokens": answered.thought_tokens,
        "milliseconds": answered.milliseconds,
        "attempts": answered.attempts,
        "cost_micro_usd": answered.cost_estimate,
    }
    return made | ({"stands_in_because": answered.stands_in_because} if answered.stands_in_because else {})


def _note_failure(uow: UnitOfWork, job: Job, reason: str) -> None:
    """The job was given up; the generation says why."""
    settle(uow, job.payload["generation_id"], {"status": "failed", "problem": reason[:2000]})
