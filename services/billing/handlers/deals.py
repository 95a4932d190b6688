"""Keeping billing in line with what other services tell: won deals have a draft, others none."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from libs.common import row_access
from libs.common.database import UnitOfWork
from libs.common.events import Envelope
from libs.common.logging import get_logger
from services.billing import events
from services.billing.domain import DRAFT, ORIGIN_DEAL, VOID, Invoice
from services.billing.handlers.drafts import begin_draft, single_line
from services.billing.handlers.telling import tell
from services.billing.models import deal_states, invoices

log = get_logger(__name__)


def on_client_access_changed(uow: UnitOfWork, event: events.ClientAccessChanged, _envelope: Envelope) -> None:
    """Keep who may see a client."""
    row_access.apply(uow.session, event)


def on_deal_won(uow: UnitOfWork, event: events.DealWon, _envelope: Envelope) -> None:
    """A won deal has one invoice, drafted with the deal's value."""
    _follow(uow, event)


def on_deal_reopened(uow: UnitOfWork, event: events.DealReopened, _envelope: Envelope) -> None:
    """A deal that is no longer won has no unsent draft."""
    _follow(uow, event)


def _follow(uow: UnitOfWork, event: events.DealState) -> None:
    """Bring the draft in line with the deal's newest state; the stage decides, not the event's name."""
    if not _is_newest(uow, event):
        return
    draft_or_sent = _invoice_of_deal(uow, event.deal_id)
    if event.stage == "won" and draft_or_sent is None:
        _draft(uow, event)
    elif event.stage != "won" and draft_or_sent is not None and draft_or_sent.status == DRAFT:
        draft_or_sent.void("the deal was reopened", uow.now)
        uow.session.flush()
        tell(uow, events.InvoiceVoided, draft_or_sent)


def _is_newest(uow: UnitOfWork, event: events.DealState) -> bool:
    """Keep the state of the highest version. The row stays locked, so that a deal's events take turns."""
    values = {
        "client_id": event.client_id,
        "company_name": event.company_name,
        "deal_name": event.deal_name,
        "value_minor": event.deal_value_minor,
        "currency": event.currency,
        "stage": event.stage,
        "owner_id": event.owner_id,
        "version": event.version,
    }
    statement = (
        insert(deal_states)
        .values(deal_id=event.deal_id, **values)
        .on_conflict_do_update(index_elements=["deal_id"], set_=values, where=deal_states.c.version < event.version)
        .returning(deal_states.c.deal_id)
    )
    return uow.session.execute(statement).first() is not None


def _invoice_of_deal(uow: UnitOfWork, deal_id: str) -> Invoice | None:
    statement = select(Invoice).where(
        invoices.c.deal_id == deal_id, invoices.c.origin == ORIGIN_DEAL, invoices.c.status != VOID
    )
    return uow.session.execute(statement.with_for_update(of=invoices)).scalar_one_or_none()


def _draft(uow: UnitOfWork, event: events.DealState) -> None:
    if not event.deal_value_minor or event.deal_value_minor < 0:
        log.info("a deal was won without a value, so nothing was drafted", deal_id=event.deal_id)
        return
    company_name = row_access.label(uow.session, event.client_id) or event.company_name
    invoice = begin_draft(uow, event.client_id, company_name, event.currency, ORIGIN_DEAL, event.deal_id)
    invoice.description = event.deal_name
    lines = single_line(invoice.description, event.deal_value_minor)
    invoice.price(lines, invoice.discount_percent, invoice.tax_percent)
    uow.session.add(invoice)
    uow.session.flush()
    tell(uow, events.InvoiceDrafted, invoice)
