"""The golden samples of billing's events, as its own code tells them. Consumers are tested with the same files.

``UPDATE_SAMPLES=1`` writes them anew; a diff then shows what changes for every consumer.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from libs.common import outbox, row_access
from libs.common.context import Context
from libs.common.database import Business, UnitOfWork
from libs.common.events import Envelope, Event
from services.billing import events
from services.billing.domain import BillTo, Invoice, InvoiceLine, Payment, Seller
from services.billing.handlers.telling import tell, tell_payment, tell_unmatched
from tests.support.actors import JOHN, system

SAMPLES = Path(__file__).parents[2] / "contracts" / "samples"
NOW = datetime(2025, 2, 10, 20, 30, tzinfo=UTC)
ISSUED = date(2025, 1, 31)
PI = "pi_3MtwBwLkdIwHu7ix28a3tqPa"


def fixed(number: int) -> str:
    """An id that is the same each time."""
    return f"01920000-0000-7000-8000-{number:012x}"


SELLER = Seller(
    name="AMO AI", address="1 Main Street", email="hello@amo-ai.example", payment_instructions="", website=""
)
SARAH = BillTo(
    company_name="TechCorp Solutions",
    contact_name="Sarah Johnson",
    email="sarah@techcorp.com",
    contact_id=fixed(0xC2),
    address=["San Francisco, CA", "United States"],
)


class _Recorder:
    """A session that keeps what is put into the outbox."""

    def __init__(self) -> None:
        self.envelopes: list[dict[str, Any]] = []

    def execute(self, statement: Any) -> None:
        self.envelopes.append(statement.compile().params["envelope"])


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, dict[str, Any]]]:
    """Every event of a paid, refunded, disputed and of a voided invoice, by type."""
    monkeypatch.setattr(outbox, "new_id", lambda: fixed(0xE1))
    monkeypatch.setattr(row_access, "owner", lambda *_: JOHN.id)
    recorder = _Recorder()
    context = Context(system("billing"), correlation_id=fixed(0xF1), causation_id=fixed(0xF2))
    uow = UnitOfWork(recorder, context, Business("America/New_York", "USD"), NOW)  # type: ignore[arg-type]
    _live(uow)
    # The relay adds who publishes it.
    yield {envelope["type"]: envelope | {"publisher": "billing"} for envelope in recorder.envelopes}


def _live(uow: UnitOfWork) -> None:
    invoice, payment = _invoice(), _payment()
    tell(uow, events.InvoiceDrafted, invoice)
    invoice.send(SARAH, JOHN.id, ISSUED, 14, NOW, seller=SELLER)
    invoice.issue("invoices/2025/INV-2025-001.pdf", PI, None, NOW)
    issued = {
        "pdf_key": invoice.pdf_key,
        "pdf_filename": "INV-2025-001.pdf",
        "pay_url": f"https://crm.example/pay/{invoice.pay_token}",
        "bill_to": SARAH,
        "sent_by": JOHN.id,
    }
    tell(uow, events.InvoiceSent, invoice, **issued)
    tell(uow, events.InvoiceOverdue, invoice)
    payment.apply_to(invoice.id, 0, NOW)
    invoice.settle([payment], NOW)
    paid = {"payment_id": payment.id, "payment_amount_minor": payment.amount_minor, "bill_to": SARAH}
    tell_payment(
        uow, events.PaymentReceived, payment, invoice, payment.amount_minor, method="stripe", paid_on=payment.paid_on
    )
    tell(uow, events.InvoicePaid, invoice, **paid)
    uow.outbox.add(_receipt(invoice, payment), of=payment)
    tell_payment(uow, events.PaymentDisputed, payment, invoice, payment.amount_minor, reason="fraudulent")
    payment.refund_to(1250000, NOW)
    invoice.settle([payment], NOW)
    tell_payment(uow, events.PaymentRefunded, payment, invoice, payment.refunded_minor)
    tell(uow, events.InvoiceRefunded, invoice)
    stray = _payment()
    stray.leave_unmatched("no invoice has its reference", None, NOW)
    tell_unmatched(uow, stray, stray.amount_minor)
    voided = _invoice()
    voided.void("typed wrong", NOW)
    tell(uow, events.InvoiceVoided, voided)


def _invoice() -> Invoice:
    made = Invoice(
        id=fixed(0xA1),
        invoice_number="INV-2025-001",
        client_id=fixed(0xC1),
        company_name="TechCorp Solutions",
        currency="USD",
        origin="deal_won",
        pay_token="Zk3vX1uYtqkP0yNn5c9x2A",
        dated_on=ISSUED,
        due_date=date(2025, 2, 15),
        due_date_set=True,
        created_by=JOHN.id,
        created_at=NOW,
        updated_at=NOW,
        deal_id=fixed(0xD1),
        description="E-commerce AI Chatbot Development - Phase 1",
    )
    made.price([InvoiceLine.of("l", 0, made.description, Decimal(1), 6250000)], Decimal(0), Decimal(0))
    return made


def _payment() -> Payment:
    return Payment(
        fixed(0xB1), 6250000, "USD", "stripe", date(2025, 2, 10), NOW, NOW, provider_reference=PI, reference=PI
    )


def _receipt(invoice: Invoice, payment: Payment) -> events.PaymentReceiptReady:
    return events.PaymentReceiptReady(
        payment_id=payment.id,
        invoice_id=invoice.id,
        invoice_number=invoice.invoice_number,
        client_id=invoice.client_id,
        company_name=invoice.company_name,
        amount_minor=payment.amount_minor,
        currency=payment.currency,
        receipt_key="receipts/2025/INV-2025-001-0000000000b1.pdf",
        receipt_filename="Receipt-INV-2025-001.pdf",
        bill_to=events.BillTo.model_validate(SARAH),
        version=payment.version,
    )


def published() -> dict[str, type[Event]]:
    """Every event class that billing tells: those that are no copies of what others tell."""
    found: dict[str, type[Event]] = {}
    waiting: list[type[Event]] = [
        events.InvoiceState,
        events.PaymentOfInvoice,
        events.PaymentUnmatched,
        events.PaymentReceiptReady,
    ]
    while waiting:
        kind = waiting.pop()
        waiting += kind.__subclasses__()
        if "event_type" in vars(kind):
            found[kind.event_type] = kind
    return found


def test_every_published_event_has_a_sample(told: dict[str, dict[str, Any]]) -> None:
    assert set(told) == set(published())


@pytest.mark.parametrize("event_type", sorted(published()))
def test_the_sample_is_what_is_told(told: dict[str, dict[str, Any]], event_type: str) -> None:
    path = SAMPLES / f"{event_type}.json"
    text = json.dumps(told[event_type], indent=2, ensure_ascii=False, sort_keys=True) + "\n"
    if os.environ.get("UPDATE_SAMPLES"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    assert path.read_text() == text
    assert Envelope.parse(text).read(published()[event_type])
