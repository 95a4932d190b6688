"""What the payment provider tells: kept first, then applied in a transaction of its own.

The provider repeats itself, tells one payment by several events and keeps no order. One payment is one row, keyed on
the provider's id of it; what is told about a payment before the payment itself waits for it.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from libs.common.clock import business_date
from libs.common.database import UnitOfWork
from libs.common.ids import is_id, new_id
from libs.common.jobs import GiveUp, Job
from services.billing import settings
from services.billing.domain import (
    STRIPE,
    Notice,
    PaymentDisputed,
    PaymentFailed,
    PaymentRefunded,
    PaymentSucceeded,
    misfit,
)
from services.billing.events import PaymentDisputed as PaymentDisputedEvent
from services.billing.handlers.loading import locked_invoice, locked_payment, take_turn
from services.billing.handlers.payments import book
from services.billing.handlers.refunds import note_refunded
from services.billing.handlers.sending import remember_reference
from services.billing.handlers.telling import tell_payment, tell_unmatched
from services.billing.models import invoice_references, invoices, payments, provider_events
from services.billing.ports import Outside

Outcome = tuple[str, str | None]
_JOB = "apply_provider_event"


def keep_provider_event(uow: UnitOfWork, event_id: str, type: str, body: str) -> dict[str, Any]:
    """Keep a verified message and order its application; the same message again changes nothing."""
    row = {"id": new_id(), "event_id": event_id, "type": type, "body": body, "outcome": "kept", "received_at": uow.now}
    statement = insert(provider_events).values(row).on_conflict_do_nothing(index_elements=["event_id"])
    kept = uow.session.execute(statement.returning(provider_events.c.id)).scalar_one_or_none()
    if kept is not None:
        uow.jobs.add(_JOB, {"provider_event_id": kept}, dedupe_key=kept)
    return {"received": True}


def notice_outside(outside: Outside, job: Job) -> Notice | None:
    """Read what was kept; what cannot be understood is given up at once."""
    row = provider_events.c
    found = select(row.body, row.received_at).where(row.id == job.payload["provider_event_id"])
    with outside.read() as session:
        kept = session.execute(found).one()
    try:
        return outside.events.notice(kept.body, kept.received_at)
    except ValueError as error:
        raise GiveUp(f"the message could not be understood: {error}") from None


def notice_applied(uow: UnitOfWork, job: Job, notice: Notice | None) -> None:
    """Bring payments and invoices in line with the notice, and note what came of it."""
    outcome, note = ("ignored", None) if notice is None else _apply(uow, notice)
    subject = notice.reference if notice is not None else None
    _settle(uow, job, outcome=outcome, note=note, subject=subject)


def notice_failed(uow: UnitOfWork, job: Job, reason: str) -> None:
    _settle(uow, job, outcome="failed", note=reason[:2000])


def _settle(uow: UnitOfWork, job: Job, **values: Any) -> None:
    kept = provider_events.c.id == job.payload["provider_event_id"]
    uow.session.execute(update(provider_events).where(kept).values(applied_at=uow.now, **values))


def _apply(uow: UnitOfWork, notice: Notice) -> Outcome:
    take_turn(uow, notice.reference)
    if isinstance(notice, PaymentSucceeded):
        return _succeeded(uow, notice)
    if notice.livemode != settings.current().expects_live_money:
        return "ignored", "it is of the other mode (test or live)"
    if isinstance(notice, PaymentFailed):
        return _failed(uow, notice)
    return _happened_to_payment(uow, notice)


def _succeeded(uow: UnitOfWork, notice: PaymentSucceeded) -> Outcome:
    """Book the payment once. One that fits no invoice is kept for finance, and told to them once."""
    invoice_id, asked_minor = _invoice_of(uow, notice)
    payment_id, is_new = _claim(uow, notice)
    invoice = locked_invoice(uow, invoice_id)
    payment = locked_payment(uow, payment_id)
    if not is_new and not payment.is_unmatched:
        if payment.invoice_id is not None:
            _remember(uow, payment.invoice_id, notice)
        return "repeated", None
    # One that was left unmatched is judged anew: a later event about it may name the invoice, or the sum asked for.
    problem = misfit(invoice, notice, asked_minor, expects_live=settings.current().expects_live_money)
    if problem is None and invoice is not None and payment.net_minor > 0:
        book(uow, invoice, payment)
        _remember(uow, invoice.id, notice)
    elif is_new:
        payment.leave_unmatched(problem or "", invoice.id if invoice else None, uow.now)
        uow.session.flush()
        tell_unmatched(uow, payment, payment.amount_minor)
    _wake_waiting(uow, notice.reference)
    return "applied", problem


def _claim(uow: UnitOfWork, notice: PaymentSucceeded) -> tuple[str, bool]:
    """The row of this payment, and whether it was made just now."""
    row = {
        "id": new_id(),
        "status": "unmatched",
        "amount_minor": max(0, notice.received_minor),
        "currency": notice.currency,
        "method": STRIPE,
        "paid_on": business_date(notice.paid_at, uow.business.zone),
        "provider_reference": notice.reference,
        "reference": notice.reference,
        "livemode": notice.livemode,
        "refunded_minor": 0,
        "excess_minor": 0,
        "receipt_mail": "none",
        "created_at": uow.now,
        "updated_at": uow.now,
        "version": 1,
    }
    statement = insert(payments).values(row).on_conflict_do_nothing(index_elements=["provider_reference"])
    made = uow.session.execute(statement.returning(payments.c.id)).scalar_one_or_none()
    if made is not None:
        return made, True
    known = select(payments.c.id).where(payments.c.provider_reference == notice.reference)
    return uow.session.execute(known).scalar_one(), False


def _invoice_of(uow: UnitOfWork, notice: PaymentSucceeded | PaymentFailed) -> tuple[str | None, int | None]:
    """The invoice that a notice is about, and what we asked for; by any reference, else by the metadata."""
    row = invoice_references.c
    known = select(row.invoice_id, row.asked_minor).where(row.reference.in_(notice.references))
    found = uow.session.execute(known.order_by(row.asked_minor.desc().nulls_last()).limit(1)).first()
    if found is not None:
        return found.invoice_id, found.asked_minor
    named = select(invoices.c.id).where(
        invoices.c.id == notice.invoice_id
        if is_id(notice.invoice_id)
        else invoices.c.invoice_number == notice.invoice_number
    )
    return uow.session.execute(named).scalar_one_or_none(), None


def _failed(uow: UnitOfWork, notice: PaymentFailed) -> Outcome:
    invoice_id, _asked = _invoice_of(uow, notice)
    invoice = locked_invoice(uow, invoice_id)
    if invoice is not None:
        invoice.payment_failed(notice.problem, uow.now)
    return "applied", notice.problem


def _happened_to_payment(uow: UnitOfWork, notice: PaymentRefunded | PaymentDisputed) -> Outcome:
    known = select(payments.c.id, payments.c.invoice_id).where(payments.c.provider_reference == notice.reference)
    found = uow.session.execute(known).first()
    if found is None:
        return "waiting", "the payment was not told of yet"
    invoice = locked_invoice(uow, found.invoice_id)
    payment = locked_payment(uow, found.id)
    if isinstance(notice, PaymentRefunded):
        note_refunded(uow, invoice, payment, notice.refunded_minor)
    elif payment.dispute(notice.status, notice.reason, notice.at, uow.now) and invoice is not None:
        uow.session.flush()
        tell_payment(uow, PaymentDisputedEvent, payment, invoice, payment.amount_minor, reason=notice.reason)
    return "applied", None


def _remember(uow: UnitOfWork, invoice_id: str, notice: PaymentSucceeded) -> None:
    for reference in notice.references:
        remember_reference(uow, invoice_id, reference)


def _wake_waiting(uow: UnitOfWork, reference: str) -> None:
    """What was told about this payment before it is applied now, in the order it came."""
    row = provider_events.c
    waiting = update(provider_events).where(row.subject == reference, row.outcome == "waiting").values(outcome="kept")
    for event_id in uow.session.execute(waiting.returning(row.id)).scalars():
        uow.jobs.add(_JOB, {"provider_event_id": event_id}, dedupe_key=event_id)
