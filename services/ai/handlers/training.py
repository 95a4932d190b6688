"""Training: every night where something was closed since the last one, and whenever an admin wishes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, insert, select, text

from libs.common.database import Database, UnitOfWork
from libs.common.ids import new_id
from libs.common.jobs import Job, JobHandler
from libs.common.schedule import ScheduledJob
from services.ai import score_history, scoring
from services.ai.handlers.scoring import order_rescoring
from services.ai.models import score_models
from services.ai.scoring import Trained

JOB = "train_scores"
_TAKE_TURNS = text("SELECT pg_advisory_xact_lock(hashtext('crm score models'))")


def order_training(uow: UnitOfWork) -> None:
    """Have a model trained; one that is ordered already is enough."""
    uow.jobs.add(JOB, {"trained_by": uow.actor.id}, dedupe_key="one")


def train_scores(uow: UnitOfWork) -> dict[str, Any]:
    """Train now, for an admin; the list of models shows what came of it."""
    order_training(uow)
    return {"status": "ordered"}


def every_night(uow: UnitOfWork, _due_at: datetime) -> None:
    """Train where there is something new to learn."""
    last, changed = score_history.newest(uow.session), score_history.last_change(uow.session)
    if changed is not None and (last is None or changed > last.created_at):
        order_training(uow)


EVERY_NIGHT = ScheduledJob("train scores", "41 2 * * *", every_night)


def training(database: Callable[[], Database]) -> JobHandler:
    """Learn outside any transaction; keep what was learnt, and have all open deals scored by it."""

    def perform(_job: Job) -> Trained:
        with database().read() as session:
            visits = score_history.closed_visits(session)
        return scoring.train(visits)

    def complete(uow: UnitOfWork, job: Job, trained: Trained) -> None:
        keep(uow, trained, job.payload["trained_by"])
        order_rescoring(uow)

    return JobHandler(perform, complete, lease=timedelta(minutes=15))


def keep(uow: UnitOfWork, trained: Trained, trained_by: str) -> None:
    """What came of a training, as the newest model; every one is kept."""
    uow.session.execute(_TAKE_TURNS)
    number = uow.session.execute(select(func.coalesce(func.max(score_models.c.number), 0))).scalar_one() + 1
    names = ("outcome", "because", "closed", "won", "learnt_from", "held_back", "split_on", "base_rate")
    figures = (
        {"model": asdict(trained.scores), "base": asdict(trained.base)} if trained.scores and trained.base else None
    )
    row = {
        "id": new_id(),
        "number": number,
        **{name: getattr(trained, name) for name in names},
        "figures": figures,
        "calibration": list(trained.calibration),
        "model": trained.model.document() if trained.model else None,
        "trained_by": trained_by,
        "created_at": uow.now,
        "updated_at": uow.now,
        "version": 1,
    }
    uow.session.execute(insert(score_models).values(row))
