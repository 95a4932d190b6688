"""What deals does when others tell something."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import any_, literal, select, update
from sqlalchemy.dialects.postgresql import ARRAY, insert

from libs.common import record_merges, row_access
from libs.common.database import UnitOfWork
from libs.common.events import Envelope
from services.deals.domain import OPEN_STAGES, Deal, InvoiceState, fully_paid
from services.deals.events import (
    ClientAccessChanged,
    ClientsAccessChanged,
    DealAnalyzed,
    DealPaid,
    DealScored,
    InvoiceChanged,
)
from services.deals.handlers.loading import locked_deal
from services.deals.handlers.telling import tell_changed
from services.deals.models import deal_invoices, deals


def on_client_access_changed(uow: UnitOfWork, event: ClientAccessChanged, _envelope: Envelope) -> None:
    """Keep who may see the client; its open deals go over to a new owner, unless they have one of their own.

    Where clients were merged or parted, each deal stays its owner's.
    """
    _keep_access(uow, [event])


def on_clients_access_changed(uow: UnitOfWork, event: ClientsAccessChanged, _envelope: Envelope) -> None:
    """The same for each of many clients."""
    _keep_access(uow, event.accesses)


def _keep_access(uow: UnitOfWork, told: Sequence[ClientAccessChanged]) -> None:
    ids = [each.record_id for each in told]
    # Held, since events of one client that come in two kinds may be applied at the same time.
    former = row_access.held_owners(uow.session, ids)
    row_access.apply(uow.session, *told)
    handed = {each.record_id for each in told if each.handover}
    owners = {
        client_id: owner
        for client_id, owner in row_access.held_owners(uow.session, ids).items()
        if client_id in handed and owner is not None and owner != former.get(client_id)
    }
    if not owners:
        return
    theirs = deals.c.client_id == any_(literal(list(owners), ARRAY(deals.c.client_id.type)))
    found = select(Deal).where(theirs, deals.c.stage.in_(OPEN_STAGES)).order_by(deals.c.id).with_for_update()
    for deal in uow.session.execute(found).scalars():
        if deal.owner_id is None or deal.owner_id == former.get(deal.client_id):
            deal.change({"owner_id": owners[deal.client_id]}, uow.now)
            tell_changed(uow, deal)


def on_invoice(uow: UnitOfWork, event: InvoiceChanged, _envelope: Envelope) -> None:
    """Keep the newest state of a deal's invoice, and bring the tag ``fully_paid`` in line with all of them."""
    if event.deal_id is None:
        return
    deal = locked_deal(uow, event.deal_id)  # two invoices of one deal at once take turns here
    if deal is not None and not _is_about(uow, deal, event):
        return  # an invoice of somebody else's says nothing about this deal
    values = event.model_dump(include={"deal_id", "invoice_number", "amount_minor", "currency", "status", "version"})
    statement = insert(deal_invoices).values(invoice_id=event.invoice_id, **values)
    statement = statement.on_conflict_do_update(
        index_elements=["invoice_id"], set_=values, where=deal_invoices.c.version < event.version
    )
    uow.session.execute(statement)
    if deal is not None:
        _settle(uow, deal)


def _is_about(uow: UnitOfWork, deal: Deal, event: InvoiceChanged) -> bool:
    """Whether the invoice is to the deal's client, by whatever id that was known when it was told, or known already."""
    if deal.client_id in (event.client_id, record_merges.current(uow.session, event.client_id)):
        return True
    row = deal_invoices.c
    kept = select(row.invoice_id).where(row.invoice_id == event.invoice_id, row.deal_id == deal.id)
    return uow.session.execute(kept).first() is not None


def on_deal_analyzed(uow: UnitOfWork, event: DealAnalyzed, _envelope: Envelope) -> None:
    """Keep the newest analysis."""
    deal = locked_deal(uow, event.deal_id)
    if deal is not None:
        deal.learn(event.generation_id, event.ai_score, event.ai_insights)


def on_deal_scored(uow: UnitOfWork, event: DealScored, _envelope: Envelope) -> None:
    """Keep the newest score. It is no edit, so the deal's version stays."""
    kept = event.model_dump(mode="json", exclude={"deal_id", "probability", "version"})
    newer = (deals.c.id == event.deal_id, deals.c.score_version < event.version)
    values = {"score_probability": event.probability, "score": kept, "score_version": event.version}
    uow.session.execute(update(deals).where(*newer).values(**values))


def _settle(uow: UnitOfWork, deal: Deal) -> None:
    row = deal_invoices.c
    columns = (row.status, row.amount_minor, row.currency)
    rows = uow.session.execute(select(*columns).where(row.deal_id == deal.id)).all()
    paid = fully_paid([InvoiceState(each.status, each.amount_minor) for each in rows])
    if not deal.mark_paid(paid, uow.now):
        return
    tell_changed(uow, deal)
    if paid:
        # An invoice in another currency has its own activity; amounts of two currencies do not add up.
        ours = [each.amount_minor for each in rows if each.status == "paid" and each.currency == deal.currency]
        _tell_paid(uow, deal, sum(ours))


def _tell_paid(uow: UnitOfWork, deal: Deal, total: int) -> None:
    event = DealPaid(
        deal_id=deal.id,
        client_id=deal.client_id,
        company_name=row_access.label(uow.session, deal.client_id),
        deal_name=deal.deal_name,
        total_minor=total,
        currency=deal.currency,
        owner_id=deal.owner_id,
        version=deal.version,
    )
    uow.outbox.add(event, of=deal)
