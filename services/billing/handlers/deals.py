"""Keeping billing in line with what other services tell: won deals have a draft, others none."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert

from libs.common import record_merges, row_access
from libs.common.database import UnitOfWork
from libs.common.events import Envelope
from libs.common.logging import get_logger
from services.billing import events
from services.billing.domain import DRAFT, ORIGIN_DEAL, VOID, Invoice
from services.billing.handlers.drafts import begin_draft
from services.billing.handlers.pricing import single_line
from services.billing.handlers.telling import tell
from services.billing.models import deal_states, invoices

log = get_logger(__name__)


def on_client_access_changed(uow: UnitOfWork, event: events.ClientAccessChanged, _envelope: Envelope) -> None:
    """Keep who may see a client."""
    row_access.apply(uow.session, event)


def on_clients_access_changed(uow: UnitOfWork, event: events.ClientsAccessChanged, _envelope: Envelope) -> None:
    """Keep who may see each of many clients."""
    row_access.apply(uow.session, *event.accesses)


def on_deal_won(uow: UnitOfWork, event: events.DealWon, _envelope: Envelope) -> None:
    """A won deal has one invoice, drafted with the deal's value."""
    _keep_state(uow, event)
    wins = func.greatest(deal_states.c.won_version, event.version)
    uow.session.execute(update(deal_states).where(deal_states.c.deal_id == event.deal_id).values(won_version=wins))
    _follow(uow, event.deal_id)


def on_deal_reopened(uow: UnitOfWork, event: events.DealReopened, _envelope: Envelope) -> None:
    """A deal that is no longer won has no unsent draft."""
    _keep_state(uow, event)
    _follow(uow, event.deal_id)


def on_deal_changed(uow: UnitOfWork, event: events.DealChanged, _envelope: Envelope) -> None:
    """The draft of a won deal asks for what the deal is worth now, unless a person has changed it."""
    _keep_state(uow, event)
    _follow(uow, event.deal_id)


def _keep_state(uow: UnitOfWork, event: events.DealState) -> None:
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
    statement = insert(deal_states).values(deal_id=event.deal_id, **values)
    newer = deal_states.c.version < event.version
    uow.session.execute(statement.on_conflict_do_update(index_elements=["deal_id"], set_=values, where=newer))


def _follow(uow: UnitOfWork, deal_id: str) -> None:
    """Bring the draft in line with the deal's newest state, whichever event came; said again, it changes nothing."""
    deal = uow.session.execute(select(deal_states).where(deal_states.c.deal_id == deal_id).with_for_update()).one()
    invoice = _invoice_of_deal(uow, deal_id)
    if deal.stage != "won":
        if invoice is not None and invoice.status == DRAFT:
            _void(uow, invoice, "the deal was reopened")
    elif invoice is None:
        _draft_once(uow, deal)
    elif invoice.follows_deal:
        _adjust(uow, deal, invoice)


def _draft_once(uow: UnitOfWork, deal: Any) -> None:
    """A win has one draft: what a person has voided does not come back until the deal is won again."""
    if not deal.value_minor:
        log.info("a deal was won without a value, so nothing was drafted yet", deal_id=deal.deal_id)
        return
    # Until the win itself is heard of, there is none: a deal that was brought in as won was invoiced elsewhere.
    if deal.drafted_version >= deal.won_version:
        return
    company_name = row_access.label(uow.session, deal.client_id) or deal.company_name
    client_id = record_merges.current(uow.session, deal.client_id)
    invoice = begin_draft(uow, client_id, company_name, deal.currency, ORIGIN_DEAL, deal.deal_id)
    _ask_for(invoice, deal)
    uow.session.add(invoice)
    uow.session.flush()
    record_merges.note(uow, deal.client_id, "invoices", invoice.id)
    _note_draft(uow, deal.deal_id, deal.version)
    tell(uow, events.InvoiceDrafted, invoice)


def _adjust(uow: UnitOfWork, deal: Any, invoice: Invoice) -> None:
    """An untouched draft is what would be drafted now; without a value that is none, until there is one again."""
    if not deal.value_minor:
        _note_draft(uow, deal.deal_id, 0)
        _void(uow, invoice, "the deal has no value any more")
        return
    asked = (invoice.amount_minor, invoice.currency, invoice.description)
    if asked == (deal.value_minor, deal.currency, deal.deal_name):
        return
    _ask_for(invoice, deal)
    invoice.touch(uow.now)
    uow.session.flush()
    tell(uow, events.InvoiceDrafted, invoice)


def _ask_for(invoice: Invoice, deal: Any) -> None:
    invoice.currency, invoice.description = deal.currency, deal.deal_name
    invoice.price(single_line(deal.deal_name, deal.value_minor), invoice.discount_percent, invoice.tax_percent)


def _void(uow: UnitOfWork, invoice: Invoice, reason: str) -> None:
    invoice.void(reason, uow.now)
    uow.session.flush()
    tell(uow, events.InvoiceVoided, invoice)


def _note_draft(uow: UnitOfWork, deal_id: str, version: int) -> None:
    """Note of which state of the deal the draft was made, 0 for none."""
    noted = update(deal_states).where(deal_states.c.deal_id == deal_id).values(drafted_version=version)
    uow.session.execute(noted)


def _invoice_of_deal(uow: UnitOfWork, deal_id: str) -> Invoice | None:
    statement = select(Invoice).where(
        invoices.c.deal_id == deal_id, invoices.c.origin == ORIGIN_DEAL, invoices.c.status != VOID
    )
    return uow.session.execute(statement.with_for_update(of=invoices)).scalar_one_or_none()
