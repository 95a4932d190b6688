"""Clients that turned out to be one: what hangs here on the one that went moves to the one that stayed, and back."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from libs.common import record_merges
from libs.common.database import UnitOfWork
from libs.common.events import Envelope
from libs.common.record_merges import Moved
from services.deals.domain import Deal
from services.deals.events import ClientMerged, ClientUnmerged
from services.deals.handlers.telling import tell_changed
from services.deals.models import deals


def _tell(uow: UnitOfWork, ids: Sequence[str]) -> None:
    """Copies of a deal elsewhere follow its version."""
    moved = select(Deal).where(deals.c.id.in_(ids)).order_by(deals.c.id)
    for deal in uow.session.execute(moved).scalars():
        tell_changed(uow, deal)


MOVED = (
    Moved("deals", counts=True, then=_tell),
    Moved("briefs"),
    # What deals were in the past is seen by whoever sees them now.
    Moved("deal_states", key="deal_id"),
)
SWEEP = record_merges.sweep(MOVED)


def on_client_merged(uow: UnitOfWork, event: ClientMerged, _envelope: Envelope) -> None:
    """Its deals and briefs are the other's now; every deal is told with its new client."""
    record_merges.merge(uow, event, MOVED)


def on_client_unmerged(uow: UnitOfWork, event: ClientUnmerged, _envelope: Envelope) -> None:
    """They are two again: exactly what was moved goes back."""
    record_merges.unmerge(uow, event, MOVED)
