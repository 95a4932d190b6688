"""Analyses of briefs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from libs.common.database import UnitOfWork
from libs.common.events import Envelope
from services.ai import brief_analysis
from services.ai.asking import Patience
from services.ai.brief_analysis import Analysis, Brief
from services.ai.domain import BRIEF_ANALYSIS
from services.ai.events import BriefSubmitted, DealAnalyzed
from services.ai.handlers import generating
from services.ai.handlers.generating import Line, Row
from services.ai.settings import AiSettings
from services.ai.tasks import Answered

JOB = "analyze_brief"


def on_brief_submitted(uow: UnitOfWork, event: BriefSubmitted, envelope: Envelope) -> None:
    """Order an analysis. Each event is one wish: an earlier analysis of the same brief is kept."""
    asked = event.model_dump(include=set(Brief.__dataclass_fields__))
    generating.order(
        uow,
        BRIEF_ANALYSIS,
        JOB,
        asked,
        client_id=event.client_id,
        deal_id=event.deal_id,
        brief_id=event.brief_id,
        user_id=generating.person(str(envelope.actor["id"])),
    )


def line(settings: Callable[[], AiSettings]) -> Line[Brief, Analysis]:
    """How a brief is analysed. Nobody waits for it, so what passes is waited out."""
    return Line(
        job=JOB,
        task=lambda: brief_analysis.task(settings().base_currency),
        read=Brief.of,
        patience=lambda since: Patience.in_the_background(since, settings().gemini_patience_seconds),
        kept=_kept,
        told=_tell,
    )


def _insights(answered: Answered[Analysis]) -> dict[str, Any]:
    return answered.result.insights() | generating.how_it_was_made(answered)


def _kept(answered: Answered[Analysis]) -> dict[str, Any]:
    return {"score": answered.result.score, "output": _insights(answered)}


def _tell(uow: UnitOfWork, row: Row, answered: Answered[Analysis]) -> None:
    assert row.deal_id and row.brief_id  # an analysis is always of a deal's brief
    event = DealAnalyzed(
        generation_id=row.id,
        deal_id=row.deal_id,
        brief_id=row.brief_id,
        ai_score=answered.result.score,
        ai_insights=_insights(answered) | {"analyzed_at": uow.now.isoformat()},
        version=row.version,
    )
    uow.outbox.add(event, of=row)
