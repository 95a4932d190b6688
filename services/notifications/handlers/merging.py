"""Clients that turned out to be one: what hangs here on the one that went moves to the one that stayed, and back."""

from __future__ import annotations

from libs.common import record_merges
from libs.common.database import UnitOfWork
from libs.common.events import Envelope
from libs.common.record_merges import Moved
from services.notifications.events import ClientMerged, ClientUnmerged

MOVED = (Moved("emails"), Moved("guides", key="user_id"), Moved("whatsapp_conversations"))
SWEEP = record_merges.sweep(MOVED)


def on_client_merged(uow: UnitOfWork, event: ClientMerged, _envelope: Envelope) -> None:
    """Mails to it, and what is written on WhatsApp, are the other's now."""
    record_merges.merge(uow, event, MOVED)


def on_client_unmerged(uow: UnitOfWork, event: ClientUnmerged, _envelope: Envelope) -> None:
    """They are two again: exactly what was moved goes back."""
    record_merges.unmerge(uow, event, MOVED)
