"""What clients does when others tell something."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert

from libs.common.database import UnitOfWork
from libs.common.events import Envelope
from libs.common.money import display, exponent, round_minor
from services.clients.domain import Client
from services.clients.events import DealFullyPaid, DealState, DealWon, EmailSent, PaymentReceived
from services.clients.handlers.loading import locked_client
from services.clients.handlers.telling import log, tell_access
from services.clients.models import client_deals, clients, exchange_rates

_MAIL_SUBJECTS = {
    "invoice": "Invoice {invoice_number} sent",
    "receipt": "Receipt for invoice {invoice_number} sent",
    "brief_confirmation": "Brief confirmation sent",
}


def on_deal_state(uow: UnitOfWork, event: DealState, _envelope: Envelope) -> None:
    """Keep the newest state of a deal and bring the client's lifetime value in line with it."""
    client = locked_client(uow, event.client_id)  # two deals of one client at once take turns here
    values = {
        "client_id": event.client_id,
        "deal_name": event.deal_name,
        "stage": event.stage,
        "value_minor": event.deal_value_minor,
        "currency": event.currency,
        "closed_on": event.actual_close_date,
        "base_minor": _in_base(uow, event),
        "version": event.version,
    }
    statement = insert(client_deals).values(deal_id=event.deal_id, **values)
    statement = statement.on_conflict_do_update(
        index_elements=["deal_id"], set_=values, where=client_deals.c.version < event.version
    )
    uow.session.execute(statement)
    if client is not None:
        _recompute(uow, client)


def on_deal_won(uow: UnitOfWork, event: DealWon, _envelope: Envelope) -> None:
    """A prospect that buys is an active client; the timeline says what was won."""
    client = locked_client(uow, event.client_id)
    if client is None:
        return
    if client.won(uow.now):
        tell_access(uow, client)
    value = f" for {display(event.deal_value_minor, event.currency)}" if event.deal_value_minor is not None else ""
    log(uow, client.id, "system", f"Deal won: {event.deal_name}", f"Won{value}", deal_id=event.deal_id)


def on_deal_fully_paid(uow: UnitOfWork, event: DealFullyPaid, _envelope: Envelope) -> None:
    if locked_client(uow, event.client_id) is None:
        return
    total = display(event.total_minor, event.currency)
    description = f"{event.deal_name}: {total} received"
    log(uow, event.client_id, "system", "All payments received", description, deal_id=event.deal_id)


def on_payment_received(uow: UnitOfWork, event: PaymentReceived, _envelope: Envelope) -> None:
    if locked_client(uow, event.client_id) is None:
        return
    amount = display(event.amount_minor, event.currency)
    description = f"{amount} for invoice {event.invoice_number} ({event.method})"
    log(uow, event.client_id, "system", "Payment received", description, deal_id=event.deal_id)


def on_email_sent(uow: UnitOfWork, event: EmailSent, _envelope: Envelope) -> None:
    """Mail that left to a client is part of its history."""
    if event.kind not in _MAIL_SUBJECTS or event.client_id is None or locked_client(uow, event.client_id) is None:
        return
    subject = _MAIL_SUBJECTS[event.kind].format(**{"invoice_number": "", **event.refs})
    description = f"Sent to {', '.join(event.to)}"
    if event.refs.get("amount_minor") is not None:
        description += f" for {display(event.refs['amount_minor'], event.refs['currency'])}"
    details = {"email_id": event.email_id, "email_subject": event.subject}
    deal_id = event.refs.get("deal_id")
    log(uow, event.client_id, "system", subject, description, details=details, deal_id=deal_id)


def _recompute(uow: UnitOfWork, client: Client) -> None:
    """The sum of the won deals; those without a rate are listed in the client's detail and not added."""
    deal = client_deals.c
    total = select(func.coalesce(func.sum(deal.base_minor), 0)).where(deal.client_id == client.id, deal.stage == "won")
    value = int(uow.session.execute(total).scalar_one())
    # A derived figure, so the client's version stays: nobody's edit is refused for it.
    uow.session.execute(update(clients).where(clients.c.id == client.id).values(lifetime_value_minor=value))
    uow.session.refresh(client)


def _in_base(uow: UnitOfWork, event: DealState) -> int | None:
    """The deal's value in the base currency at the rate of its closing day (or the last one before it)."""
    base = uow.business.currency
    if event.deal_value_minor is None:
        return None
    if event.currency == base:
        return event.deal_value_minor
    rate = _rate(uow, event.currency, event.actual_close_date or uow.today)
    if rate is None:
        return None
    return round_minor((event.deal_value_minor * rate).scaleb(exponent(base) - exponent(event.currency)))


def _rate(uow: UnitOfWork, currency: str, day: date) -> Decimal | None:
    rate = exchange_rates.c
    dated = select(rate.rate).where(rate.currency == currency, rate.day <= day).order_by(rate.day.desc()).limit(1)
    return uow.session.execute(dated).scalar_one_or_none()
