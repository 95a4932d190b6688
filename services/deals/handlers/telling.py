"""Deal events, all with the whole state of the deal."""

from __future__ import annotations

from typing import Any

from sqlalchemy import case, func, insert, literal, select, update

from libs.common import custom_fields, row_access
from libs.common.clock import business_date
from libs.common.database import UnitOfWork
from libs.common.ids import new_id
from services.deals.domain import Deal, Move, stayed_days
from services.deals.events import DealChanged, DealCreated, DealLost, DealReopened, DealStageChanged, DealState, DealWon
from services.deals.models import stage_history


def tell(uow: UnitOfWork, kind: type[DealState], deal: Deal, previous_stage: str | None = None) -> None:
    """Tell an event of a deal, after its row is written."""
    uow.session.flush()
    uow.outbox.add(state_of(kind, deal, row_access.label(uow.session, deal.client_id), previous_stage), of=deal)


def state_of(kind: type[DealState], deal: Deal, company_name: str, previous_stage: str | None = None) -> DealState:
    """An event of a deal as it is at this moment."""
    return kind(
        deal_id=deal.id,
        client_id=deal.client_id,
        company_name=company_name,
        deal_name=deal.deal_name,
        deal_value_minor=deal.deal_value_minor,
        currency=deal.currency,
        stage=deal.stage,
        previous_stage=previous_stage,
        source=deal.source,
        description=deal.description,
        custom=deal.custom,
        custom_text=custom_fields.searchable(deal.custom),
        owner_id=deal.owner_id,
        tags=deal.tags,
        expected_close_date=deal.expected_close_date,
        actual_close_date=deal.actual_close_date,
        lost_reason=deal.lost_reason,
        created_at=deal.created_at,
        stage_since=deal.stage_since,
        version=deal.version,
    )


def tell_created(uow: UnitOfWork, deal: Deal) -> None:
    tell(uow, DealCreated, deal)
    _write_history(uow, deal, None)


def tell_changed(uow: UnitOfWork, deal: Deal) -> None:
    tell(uow, DealChanged, deal)


def tell_moved(uow: UnitOfWork, deal: Deal, move: Move, *, brought_in: bool = False) -> None:
    """The move, and what it means: reopened, won, lost.

    brought_in: the deal comes with its history. It was won or lost elsewhere, long ago: nobody is congratulated and
    nothing is invoiced, so that is not told as news; its state is.
    """
    tell(uow, DealStageChanged, deal, move.previous)
    if move.reopens:
        tell(uow, DealReopened, deal, move.previous)
    if deal.stage in ("won", "lost") and not brought_in:
        tell(uow, DealWon if deal.stage == "won" else DealLost, deal, move.previous)
    _write_history(uow, deal, move)


def correct_close(uow: UnitOfWork, deal: Deal) -> None:
    """The last move of a closed deal was on another day than was thought."""
    step, before = stage_history.c, stage_history.alias("before")
    entered_on = (
        select(before.c.moved_on)
        .where(
            before.c.deal_id == step.deal_id, before.c.to_stage == step.from_stage, before.c.moved_at < step.moved_at
        )
        .order_by(before.c.moved_at.desc(), before.c.id.desc())
        .limit(1)
        .correlate(stage_history)
        .scalar_subquery()
    )
    stayed = case((step.stayed_days.is_not(None), func.greatest(literal(deal.actual_close_date) - entered_on, 0)))
    last = (step.deal_id == deal.id, step.to_stage == deal.stage, step.moved_at == deal.stage_since)
    uow.session.execute(update(stage_history).where(*last).values(moved_on=deal.actual_close_date, stayed_days=stayed))


def _write_history(uow: UnitOfWork, deal: Deal, move: Move | None) -> None:
    uow.session.execute(insert(stage_history).values(**step_of(uow, deal, move)))


def step_of(uow: UnitOfWork, deal: Deal, move: Move | None) -> dict[str, Any]:
    """A deal's last move as its history keeps it."""
    zone = uow.business.zone
    moved_on = deal.actual_close_date or business_date(deal.stage_since, zone)
    entered_on = business_date(move.since if move else deal.stage_since, zone)
    return {
        "id": new_id(),
        "deal_id": deal.id,
        "from_stage": move.previous if move else None,
        "to_stage": deal.stage,
        "lost_reason": deal.lost_reason,
        "deal_value_minor": deal.deal_value_minor,
        "currency": deal.currency,
        "moved_at": deal.stage_since,
        "moved_on": moved_on,
        "stayed_days": stayed_days(move, entered_on, moved_on, deal.stage_since),
        "moved_by": uow.actor.id,
        "moved_by_name": uow.actor.name,
    }
