"""Deal events, all with the whole state of the deal."""

from __future__ import annotations

from sqlalchemy import insert

from libs.common import row_access
from libs.common.database import UnitOfWork
from libs.common.ids import new_id
from services.deals.domain import Deal, Move
from services.deals.events import DealChanged, DealCreated, DealLost, DealReopened, DealStageChanged, DealState, DealWon
from services.deals.models import stage_history


def tell(uow: UnitOfWork, kind: type[DealState], deal: Deal, previous_stage: str | None = None) -> None:
    """Tell an event of a deal, after its row is written."""
    uow.session.flush()
    event = kind(
        deal_id=deal.id,
        client_id=deal.client_id,
        company_name=row_access.label(uow.session, deal.client_id),
        deal_name=deal.deal_name,
        deal_value_minor=deal.deal_value_minor,
        currency=deal.currency,
        stage=deal.stage,
        previous_stage=previous_stage,
        source=deal.source,
        description=deal.description,
        owner_id=deal.owner_id,
        tags=deal.tags,
        expected_close_date=deal.expected_close_date,
        actual_close_date=deal.actual_close_date,
        lost_reason=deal.lost_reason,
        created_at=deal.created_at,
        stage_since=deal.stage_since,
        version=deal.version,
    )
    uow.outbox.add(event, of=deal)


def tell_created(uow: UnitOfWork, deal: Deal) -> None:
    tell(uow, DealCreated, deal)
    _write_history(uow, deal, None)


def tell_changed(uow: UnitOfWork, deal: Deal) -> None:
    tell(uow, DealChanged, deal)


def tell_moved(uow: UnitOfWork, deal: Deal, move: Move) -> None:
    """The move, and what it means: reopened, won, lost."""
    tell(uow, DealStageChanged, deal, move.previous)
    if move.reopens:
        tell(uow, DealReopened, deal, move.previous)
    if deal.stage in ("won", "lost"):
        tell(uow, DealWon if deal.stage == "won" else DealLost, deal, move.previous)
    _write_history(uow, deal, move.previous)


def _write_history(uow: UnitOfWork, deal: Deal, previous: str | None) -> None:
    uow.session.execute(
        insert(stage_history).values(
            id=new_id(),
            deal_id=deal.id,
            from_stage=previous,
            to_stage=deal.stage,
            lost_reason=deal.lost_reason,
            deal_value_minor=deal.deal_value_minor,
            currency=deal.currency,
            moved_at=uow.now,
            moved_by=uow.actor.id,
            moved_by_name=uow.actor.name,
        )
    )
