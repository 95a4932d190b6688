"""Reading what models learn from, and what they learnt."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from libs.common.money import to_major
from services.ai.models import client_industries, deal_facts, score_models, stage_visits
from services.ai.scoring import ClosedVisit, Visit

_DAY = 86_400.0
MOST_DEALS = 20_000


def closed_visits(session: Session) -> list[ClosedVisit]:
    """Every stay in an open stage of every deal that is closed now; of the newest 20,000 of them."""
    visit, fact = stage_visits.c, deal_facts.c
    columns = [
        visit.deal_id, visit.entered_at.label("stage_since"), visit.stage, visit.deal_value_minor, visit.currency,
        visit.source, visit.owner_id, fact.began_at, fact.closed_on, fact.stage_since.label("closed_at"),
        fact.stage.label("ended"), client_industries.c.industry,
    ]  # fmt: skip
    source = stage_visits.join(deal_facts, fact.deal_id == visit.deal_id).outerjoin(
        client_industries, client_industries.c.client_id == fact.client_id
    )
    newest_closed = select(fact.deal_id).where(fact.closed_on.is_not(None)).order_by(fact.stage_since.desc())
    closed = select(*columns).select_from(source).where(fact.deal_id.in_(newest_closed.limit(MOST_DEALS)))
    # After a deal is reopened and closed again, all its stays count towards how it ended at last.
    rows = session.execute(closed.order_by(fact.stage_since, visit.deal_id, visit.entered_at))
    return [
        ClosedVisit(row.deal_id, visit_of(row), row.stage_since, row.closed_at, row.closed_on, row.ended == "won")
        for row in rows
    ]


def visit_of(row: Any) -> Visit:
    """A row with the columns of a stay, ``began_at`` and ``industry``, as the model takes it."""
    value = row.deal_value_minor
    return Visit(
        stage=row.stage,
        currency=row.currency,
        source=row.source,
        owner=row.owner_id,
        industry=row.industry,
        value=None if value is None else float(to_major(value, row.currency)),
        days=max((row.stage_since - row.began_at).total_seconds() / _DAY, 0.0),
    )


def newest(session: Session) -> Row[Any] | None:
    """The last training."""
    return session.execute(select(score_models).order_by(score_models.c.number.desc()).limit(1)).first()


def last_change(session: Session) -> datetime | None:
    """When a deal was last closed, as far as we heard."""
    closed = select(func.max(deal_facts.c.updated_at)).where(deal_facts.c.closed_on.is_not(None))
    found: datetime | None = session.execute(closed).scalar_one()
    return found
