"""Keeping who we are in line with what the gateway tells."""

from __future__ import annotations

from libs.common import company
from libs.common.database import UnitOfWork
from libs.common.events import Envelope
from services.billing import events


def on_company_changed(uow: UnitOfWork, event: events.CompanyChanged, _envelope: Envelope) -> None:
    """Keep the newest state: invoices that are sent from now on show it, those that were sent stay as they are."""
    company.apply(uow.session, event)
