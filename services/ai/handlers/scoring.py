"""Scores of open deals: computed from the newest model, told when they changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, update

from libs.common.database import UnitOfWork
from libs.common.jobs import Job, JobHandler
from services.ai import score_history
from services.ai.events import DealScored
from services.ai.models import client_industries, deal_facts
from services.ai.scoring import Reason, ScoreModel

RESCORE = "rescore_deals"
PAGE = 500
# What changes by less than a percentage point is no news.
_NEWS = 0.01
_UNTRAINED = "no model has been trained yet"


@dataclass(frozen=True, slots=True)
class Newest:
    """The newest training. model: None where it is not used; because: why."""

    number: int | None
    model: ScoreModel | None
    because: str | None


@dataclass(frozen=True, slots=True)
class _Scored:
    """A deal's score, as the aggregate of its events."""

    id: str
    version: int


def score(uow: UnitOfWork, deal_ids: Sequence[str]) -> None:
    """Score these deals by the newest model, and tell what changed. Their rows stay locked until the end."""
    industry = client_industries.c.industry
    source = deal_facts.outerjoin(client_industries, client_industries.c.client_id == deal_facts.c.client_id)
    locked = select(deal_facts, industry).select_from(source).where(deal_facts.c.deal_id.in_(deal_ids))
    # Locked in one order; and the model is read afterwards, so that none is scored by one older than the training
    # that asked for all deals to be scored anew.
    rows = uow.session.execute(locked.order_by(deal_facts.c.deal_id).with_for_update(of=deal_facts)).all()
    newest = newest_model(uow)
    for row in rows:
        _score(uow, row, newest)


def newest_model(uow: UnitOfWork) -> Newest:
    """What the last training brought."""
    row = score_history.newest(uow.session)
    if row is None:
        return Newest(None, None, _UNTRAINED)
    return Newest(row.number, ScoreModel.read(row.model) if row.model else None, row.because)


def order_rescoring(uow: UnitOfWork, after: str | None = None) -> None:
    """Have the next deals after this one scored anew."""
    uow.jobs.add(RESCORE, {"after": after}, dedupe_key=after or "first")


def rescoring() -> JobHandler:
    """Score all open deals, some hundred in a transaction."""

    def complete(uow: UnitOfWork, job: Job, _nothing: Any) -> None:
        after = job.payload["after"]
        open_deals = select(deal_facts.c.deal_id).where(deal_facts.c.closed_on.is_(None))
        following = open_deals.where(deal_facts.c.deal_id > after) if after else open_deals
        deal_ids = list(uow.session.execute(following.order_by(deal_facts.c.deal_id).limit(PAGE)).scalars())
        score(uow, deal_ids)
        if len(deal_ids) == PAGE:
            order_rescoring(uow, deal_ids[-1])

    return JobHandler(lambda job: None, complete)


def _score(uow: UnitOfWork, row: Any, newest: Newest) -> None:
    if row.closed_on is not None:
        return
    visit = score_history.visit_of(row)
    probability = round(newest.model.probability(visit), 4) if newest.model else None
    if not _is_news(row, probability):
        return
    kept: dict[str, Any] = {
        "score_source": "stage_weight" if probability is None else "model",
        "score_stage": row.stage,
        "score_probability": probability,
        "score_model": newest.number,
        "score_version": row.score_version + 1,
    }
    uow.session.execute(update(deal_facts).where(deal_facts.c.deal_id == row.deal_id).values(**kept))
    _tell(uow, row, newest, kept, newest.model.reasons(visit) if newest.model else [])


def _is_news(row: Any, probability: float | None) -> bool:
    """A score of another stage or from another source is news; where no model ever spoke, its silence is none."""
    if probability is None:
        return bool(row.score_source == "model")
    if row.score_source != "model" or row.score_stage != row.stage:
        return True
    before: float = row.score_probability
    return round(abs(probability - before), 4) >= _NEWS


def _tell(uow: UnitOfWork, row: Any, newest: Newest, kept: dict[str, Any], reasons: Sequence[Reason]) -> None:
    event = DealScored(
        deal_id=row.deal_id,
        stage=row.stage,
        probability=kept["score_probability"],
        source=kept["score_source"],
        because=newest.because,
        model_version=newest.number,
        reasons=[reason.document() for reason in reasons],
        scored_at=uow.now,
        version=kept["score_version"],
    )
    uow.outbox.add(event, of=_Scored(row.deal_id, kept["score_version"]))
