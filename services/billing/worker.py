"""What the billing worker subscribes to, what it does outside, and when."""

from __future__ import annotations

from datetime import timedelta

from libs.common.erasure import parts
from libs.common.housekeeping import HOUSEKEEPING
from libs.common.jobs import JobHandler
from libs.common.schedule import ScheduledJob
from libs.common.subscriber import Subscription
from libs.common.worker import WorkerTable
from services.billing import events, handlers, wiring
from services.billing.audit import AUDIT
from services.billing.erasure import ERASURE
from services.billing.handlers import merging
from services.billing.wiring import outward


def _secret() -> str:
    return wiring.runtime().settings.link_secret


TABLE = WorkerTable(
    subscriptions=[
        Subscription(events.ClientAccessChanged, handlers.on_client_access_changed),
        Subscription(events.ClientsAccessChanged, handlers.on_clients_access_changed),
        Subscription(events.ClientMerged, merging.on_client_merged),
        Subscription(events.ClientUnmerged, merging.on_client_unmerged),
        Subscription(events.ErasureAsked, parts.on_asked(ERASURE, _secret, handlers.tell_erased)),
        Subscription(events.CompanyChanged, handlers.on_company_changed),
        Subscription(events.DealWon, handlers.on_deal_won),
        Subscription(events.DealReopened, handlers.on_deal_reopened),
        Subscription(events.DealChanged, handlers.on_deal_changed),
        Subscription(events.EmailSent, handlers.on_email_sent),
        Subscription(events.EmailFailed, handlers.on_email_failed),
    ],
    jobs={
        "issue_invoice": JobHandler(
            outward(handlers.issue_outside), handlers.issue_finished, failed=handlers.issue_failed
        ),
        "apply_provider_event": JobHandler(
            outward(handlers.notice_outside), handlers.notice_applied, failed=handlers.notice_failed
        ),
        # Somebody waits for it: what cannot be made in a minute can be asked for again.
        "render_preview": JobHandler(
            outward(handlers.preview_outside),
            handlers.preview_finished,
            failed=handlers.preview_failed,
            patience=timedelta(minutes=1),
        ),
        "remove_previews": JobHandler(outward(handlers.removal_outside), handlers.removal_finished),
        "issue_receipt": JobHandler(outward(handlers.receipt_outside), handlers.receipt_finished),
        "close_payments": JobHandler(outward(handlers.close_outside), handlers.close_finished),
        # Stripe forgets an Idempotency-Key after a day, and asked again after that it would pay back twice.
        "refund_payment": JobHandler(
            outward(handlers.refund_outside),
            handlers.refund_finished,
            failed=handlers.refund_failed,
            patience=timedelta(hours=20),
        ),
    },
    schedule=[
        ScheduledJob("announce_overdue", "5 0 * * *", handlers.announce_overdue),
        ScheduledJob("forget_previews", "23 3 * * *", handlers.forget_previews),
        HOUSEKEEPING,
        merging.SWEEP,
        parts.second_look(ERASURE, _secret, handlers.tell_erased),
    ],
    audit=AUDIT,
)
