"""Deals that began to stand still are told, each once for each time."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import case, exists, func, select
from sqlalchemy.dialects.postgresql import insert

from libs.common import row_access
from libs.common.database import UnitOfWork
from libs.common.schedule import ScheduledJob
from services.deals.events import DealStagnant
from services.deals.models import deal_stagnation, deals
from services.deals.queries.idling import Idling, reasons

# In one run, those that stand still for longest first; the next goes on.
_MOST = 500


def tell_stagnant(uow: UnitOfWork, _due_at: datetime) -> None:
    """Tell of each open deal that is stagnant and was not told of since it is.

    A deal that is worked on, and yet longer in its stage than is usual, is told once while it is there, and anew when
    nothing is done about it any more.
    """
    idling = Idling.of(uow.session, uow.now)
    for deal in _stagnant(uow, idling):
        noted = insert(deal_stagnation).values(deal_id=deal.id, since=deal.since, told_at=uow.now)
        first = noted.on_conflict_do_nothing().returning(deal_stagnation.c.deal_id)
        if uow.session.execute(first).first() is not None:
            uow.outbox.add(_event(idling, deal), of=deal)


EVERY_HOUR = ScheduledJob("tell of stagnant deals", "17 * * * *", tell_stagnant)


def _stagnant(uow: UnitOfWork, idling: Idling) -> list[Any]:
    row, told, known = deals.c, deal_stagnation.c, row_access.entries.c
    since = case((row.last_activity_at < idling.idle_since, row.last_activity_at), else_=row.stage_since)
    was_told = exists().where(told.deal_id == row.id, told.since >= since)
    facts = (row.id, row.client_id, row.deal_name, row.owner_id, row.version)
    times = (row.stage, row.stage_since, row.last_activity_at, since.label("since"))
    company = func.coalesce(known.label, "").label("company_name")
    statement = select(*facts, *times, company).outerjoin_from(
        deals, row_access.entries, known.record_id == row.client_id
    )
    found = statement.where(idling.condition(), ~was_told).order_by(since, row.id).limit(_MOST)
    # Its last move or work is not under way while it is told.
    return list(uow.session.execute(found.with_for_update(of=deals, skip_locked=True)))


def _event(idling: Idling, deal: Any) -> DealStagnant:
    why = reasons(idling, deal.stage, deal.stage_since, deal.last_activity_at)
    return DealStagnant(
        deal_id=deal.id,
        client_id=deal.client_id,
        company_name=deal.company_name,
        deal_name=deal.deal_name,
        owner_id=deal.owner_id,
        because=why["because"],
        idle_days=why["idle_days"],
        since=deal.since,
        version=deal.version,
    )
