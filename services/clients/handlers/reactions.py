"""What clients does when others tell something."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from libs.common import record_merges
from libs.common.database import UnitOfWork
from libs.common.events import Envelope
from libs.common.identity import Actor
from libs.common.money import display
from services.clients.domain import CLOSED, REMOVED, Client, shortened
from services.clients.events import (
    DealFullyPaid,
    DealRemoved,
    DealStageChanged,
    DealStagnant,
    DealState,
    DealWon,
    EmailSent,
    PaymentReceived,
)
from services.clients.handlers.automatic_tasks import task_for
from services.clients.handlers.clients import claim_keys
from services.clients.handlers.lifetime import base_value, hold_rates
from services.clients.handlers.loading import locked_client
from services.clients.handlers.telling import log, tell_access
from services.clients.handlers.ticking import STAGNANT, is_open, tick_off
from services.clients.models import activities, client_deals, clients

_MAIL_SUBJECTS = {
    "invoice": "Invoice {invoice_number} sent",
    "receipt": "Receipt for invoice {invoice_number} sent",
    "brief_confirmation": "Brief confirmation sent",
    "meeting_confirmed": "Meeting confirmation sent",
    "meeting_cancelled": "Meeting called off by mail",
}

_LETTER = "letter"
_SUBJECT_LENGTH = 300
# Of a deal in the subject of a task, so that the rest of it is read as well.
_NAME_LENGTH = 200


def on_deal_state(uow: UnitOfWork, event: DealState, _envelope: Envelope) -> None:
    """Keep the newest state of a deal and bring the client's lifetime value in line with it."""
    if event.currency != uow.business.currency:
        hold_rates(uow, event.currency)
    client = locked_client(uow, event.client_id)  # two deals of one client at once take turns here
    own = {} if event.custom is None else {"custom": event.custom}
    values = own | {
        "client_id": client.id if client else event.client_id,
        "deal_name": event.deal_name,
        "description": event.description,
        "custom_text": event.custom_text,
        "stage": event.stage,
        "value_minor": event.deal_value_minor,
        "currency": event.currency,
        "closed_on": event.actual_close_date,
        "base_minor": base_value(uow, event.deal_value_minor, event.currency, event.actual_close_date),
        "version": event.version,
    }
    statement = insert(client_deals).values(deal_id=event.deal_id, **values)
    statement = statement.on_conflict_do_update(
        index_elements=["deal_id"], set_=values, where=client_deals.c.version < event.version
    )
    is_news = uow.session.execute(statement.returning(client_deals.c.deal_id)).first() is not None
    if is_news and client is None and event.stage != REMOVED:
        _bring_back(uow, event)
    if is_news and isinstance(event, DealStageChanged | DealRemoved):
        tick_off(uow, STAGNANT, activities.c.deal_id == event.deal_id)
    if client is not None and client.id != event.client_id:
        record_merges.note(uow, event.client_id, "client_deals", event.deal_id)


def _bring_back(uow: UnitOfWork, event: DealState) -> None:
    """A client with deals is not deleted; one that was, before its deal was known here, comes back."""
    deleted = select(Client).where(
        clients.c.id == record_merges.current(uow.session, event.client_id), clients.c.deleted_at.is_not(None)
    )
    statement = deleted.with_for_update().execution_options(populate_existing=True)
    client = uow.session.execute(statement).scalar_one_or_none()
    if client is None:
        return
    if not client.change({"deleted_at": None}, uow.now):
        client.access_changed(True)
    claim_keys(uow, client)
    tell_access(uow, client)
    description = f"It was deleted while this deal was made: {event.deal_name}"
    _log(uow, client, event.client_id, "system", "Brought back", description, deal_id=event.deal_id)


def on_deal_removed(uow: UnitOfWork, event: DealRemoved, envelope: Envelope) -> None:
    """A deal that is gone keeps its place, worth nothing and in no stage, so that what was told before changes it no
    more."""
    nothing: dict[str, Any] = {
        "deal_name": "",
        "description": None,
        "custom": {},
        "custom_text": None,
        "deal_value_minor": None,
    }
    on_deal_state(uow, event.model_copy(update={"stage": REMOVED, **nothing}), envelope)


def on_deal_stagnant(uow: UnitOfWork, event: DealStagnant, _envelope: Envelope) -> None:
    """Nothing happens with a deal: the client's owner is to pick it up again, unless it is closed by now or they are
    asked to already."""
    client = locked_client(uow, event.client_id)
    kept = select(client_deals.c.stage).where(client_deals.c.deal_id == event.deal_id)
    if client is None or uow.session.execute(kept).scalar() in CLOSED:
        return
    if is_open(uow, STAGNANT, activities.c.deal_id == event.deal_id):
        return
    idle = "idle" in event.because
    why = f"nothing happened for {event.idle_days} days" if idle else "it is long in its stage"
    name = shortened(event.deal_name, _NAME_LENGTH)
    cause = f"{STAGNANT}:{event.deal_id}:{event.since.isoformat()}"
    task = task_for(uow, cause, client, f"Pick up {name} again: {why}", "", uow.now, event.deal_id)
    if task is not None:
        record_merges.note(uow, event.client_id, "activities", task.id)


def on_deal_won(uow: UnitOfWork, event: DealWon, _envelope: Envelope) -> None:
    """A prospect that buys is an active client; the timeline says what was won."""
    client = locked_client(uow, event.client_id)
    if client is None:
        return
    if client.won(uow.now):
        tell_access(uow, client)
    value = f" for {display(event.deal_value_minor, event.currency)}" if event.deal_value_minor is not None else ""
    _log(uow, client, event.client_id, "system", f"Deal won: {event.deal_name}", f"Won{value}", deal_id=event.deal_id)


def on_deal_fully_paid(uow: UnitOfWork, event: DealFullyPaid, _envelope: Envelope) -> None:
    client = locked_client(uow, event.client_id)
    if client is None:
        return
    total = display(event.total_minor, event.currency)
    description = f"{event.deal_name}: {total} received"
    _log(uow, client, event.client_id, "system", "All payments received", description, deal_id=event.deal_id)


def on_payment_received(uow: UnitOfWork, event: PaymentReceived, _envelope: Envelope) -> None:
    client = locked_client(uow, event.client_id)
    if client is None:
        return
    amount = display(event.amount_minor, event.currency)
    description = f"{amount} for invoice {event.invoice_number} ({event.method})"
    _log(uow, client, event.client_id, "system", "Payment received", description, deal_id=event.deal_id)


def on_email_sent(uow: UnitOfWork, event: EmailSent, _envelope: Envelope) -> None:
    """Mail that left to a client is part of its history; what a person had sent is theirs, in full."""
    if event.kind == _LETTER:
        _log_letter(uow, event)
        return
    if event.kind not in _MAIL_SUBJECTS or event.client_id is None:
        return
    client = locked_client(uow, event.client_id)
    if client is None:
        return
    subject = _MAIL_SUBJECTS[event.kind].format(**{"invoice_number": "", **event.refs})
    description = f"Sent to {', '.join(event.to)}"
    if event.refs.get("amount_minor") is not None:
        description += f" for {display(event.refs['amount_minor'], event.refs['currency'])}"
    details = {"email_id": event.email_id, "email_subject": event.subject}
    deal_id = event.refs.get("deal_id")
    _log(uow, client, event.client_id, "system", subject, description, details=details, deal_id=deal_id)


def _log_letter(uow: UnitOfWork, event: EmailSent) -> None:
    client = locked_client(uow, event.client_id) if event.client_id else None
    if client is None or event.client_id is None:
        return
    details = {"email_id": event.email_id, "to": event.to, "draft_id": event.refs.get("draft_id")}
    about = {"deal_id": event.refs.get("deal_id"), "contact_id": event.refs.get("contact_id")}
    by = Actor(event.refs["sent_by"], "sales", event.refs["sent_by_name"])
    subject = f"Sent: {event.subject}"[:_SUBJECT_LENGTH]
    _log(uow, client, event.client_id, "email", subject, event.text.strip(), by=by, details=details, **about)


def _log(uow: UnitOfWork, client: Client, named: str, kind: str, subject: str, text: str, **more: Any) -> None:
    """Log what happened with a client; where another one is named that was merged into it, it goes with that one."""
    record_merges.note(uow, named, "activities", log(uow, client.id, kind, subject, text, **more).id)
