"""What the clients worker subscribes to and does on a schedule."""

from __future__ import annotations

from libs.common.housekeeping import HOUSEKEEPING
from libs.common.subscriber import Subscription
from libs.common.worker import WorkerTable
from services.clients import events, handlers
from services.clients.audit import AUDIT

TABLE = WorkerTable(
    subscriptions=[
        Subscription(events.DealCreated, handlers.on_deal_state),
        Subscription(events.DealChanged, handlers.on_deal_state),
        # Every move tells its stage here; won, lost and reopened are the same move told again.
        Subscription(events.DealStageChanged, handlers.on_deal_state),
        Subscription(events.DealWon, handlers.on_deal_won),
        Subscription(events.DealFullyPaid, handlers.on_deal_fully_paid),
        Subscription(events.PaymentReceived, handlers.on_payment_received),
        Subscription(events.EmailSent, handlers.on_email_sent),
    ],
    schedule=[HOUSEKEEPING],
    audit=AUDIT,
)
