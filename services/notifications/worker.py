"""What the notifications worker subscribes to, what it does outside, and when."""

from __future__ import annotations

from datetime import timedelta

from libs.common.erasure import parts
from libs.common.housekeeping import HOUSEKEEPING
from libs.common.jobs import JobHandler
from libs.common.schedule import ScheduledJob
from libs.common.subscriber import Subscription
from libs.common.worker import WorkerTable
from services.notifications import events, handlers, wiring
from services.notifications.audit import AUDIT
from services.notifications.erasure import ERASURE
from services.notifications.handlers import merging
from services.notifications.whatsapp import checking, handing, media, receiving, templates
from services.notifications.wiring import outward, reportward, whatsappward


def _secret() -> str:
    return wiring.runtime().settings.link_secret


def _warm_up() -> None:
    handlers.warm_up(wiring.painter())


TABLE = WorkerTable(
    subscriptions=[
        Subscription(events.ClientAccessChanged, handlers.on_client_access_changed),
        Subscription(events.ClientsAccessChanged, handlers.on_clients_access_changed),
        Subscription(events.ClientMerged, merging.on_client_merged),
        Subscription(events.ClientUnmerged, merging.on_client_unmerged),
        Subscription(events.ErasureAsked, parts.on_asked(ERASURE, _secret, handlers.tell_erased)),
        Subscription(events.CompanyChanged, handlers.on_company_changed),
        Subscription(events.ClientInquired, handlers.on_client_inquired),
        Subscription(events.ClientAssigned, handlers.on_client_given),
        Subscription(events.ClientsAssigned, handlers.on_clients_given),
        Subscription(events.ActivityLogged, handlers.on_activity_logged),
        Subscription(events.DealCreated, handlers.on_deal_created),
        Subscription(events.DealStageChanged, handlers.on_deal_moved),
        Subscription(events.BriefSubmitted, handlers.on_brief_submitted),
        Subscription(events.DealWon, handlers.on_deal_won),
        Subscription(events.EmailOrdered, handlers.on_email_ordered),
        Subscription(events.MeetingBooked, handlers.on_meeting_booked),
        Subscription(events.MeetingCancelled, handlers.on_meeting_cancelled),
        Subscription(events.TaskAssigned, handlers.on_task_assigned),
        Subscription(events.TaskDue, handlers.on_task_due),
        Subscription(events.InvoiceSent, handlers.on_invoice_sent),
        Subscription(events.PaymentReceived, handlers.on_payment_received),
        Subscription(events.PaymentReceiptReady, handlers.on_receipt_ready),
        Subscription(events.PaymentUnmatched, handlers.on_payment_unmatched),
        Subscription(events.PaymentRefunded, handlers.on_payment_refunded),
        Subscription(events.PaymentDisputed, handlers.on_payment_disputed),
        Subscription(events.UserJoined, handlers.on_user_joined),
        Subscription(events.UserChanged, handlers.on_user),
        Subscription(events.UserRoleChanged, handlers.on_user),
        Subscription(events.UserDeactivated, handlers.on_user),
        Subscription(events.UserInvited, handlers.on_user_invited),
        Subscription(events.UserResetAsked, handlers.on_reset_asked),
    ],
    jobs={
        # The hand-over is guarded by the mail's own row, so a dead worker's mails need not wait out a long lease.
        handlers.JOB: JobHandler(
            outward(handlers.send_outside),
            handlers.send_finished,
            failed=handlers.send_failed,
            retried=handlers.send_retried,
            patience=timedelta(days=3),
            lease=timedelta(seconds=45),
        ),
        # Somebody waits for it: what cannot be drawn in a minute can be asked for again.
        handlers.DRAW_JOB: JobHandler(
            reportward(handlers.draw_outside),
            handlers.draw_finished,
            failed=handlers.draw_failed,
            patience=timedelta(minutes=1),
        ),
        # A summary of the morning that comes in the evening is none.
        handlers.DIGEST_JOB: JobHandler(
            reportward(handlers.digest_outside),
            handlers.digest_finished,
            failed=handlers.digest_failed,
            patience=timedelta(hours=6),
        ),
        handlers.REPORT_JOB: JobHandler(
            reportward(handlers.report_outside),
            handlers.report_finished,
            failed=handlers.report_failed,
            patience=timedelta(hours=1),
        ),
        handlers.REMOVE_JOB: JobHandler(reportward(handlers.removal_outside), handlers.removal_finished),
        receiving.APPLY_JOB: JobHandler(
            whatsappward(receiving.apply_outside),
            receiving.apply_finished,
            failed=receiving.apply_failed,
            patience=timedelta(days=7),
            lease=timedelta(seconds=45),
        ),
        # Each message has three days; the job outlives those that are written meanwhile.
        handing.JOB: JobHandler(
            whatsappward(handing.send_outside),
            handing.send_finished,
            failed=handing.send_failed,
            patience=timedelta(days=30),
        ),
        media.JOB: JobHandler(
            whatsappward(media.fetch_outside),
            media.fetch_finished,
            failed=media.fetch_failed,
            # Beyond the time for which WhatsApp keeps a file: the job itself says so then.
            patience=media.KEPT + timedelta(days=1),
            lease=timedelta(minutes=5),
        ),
        media.FILE_JOB: JobHandler(
            whatsappward(media.file_outside), media.fetch_finished, failed=media.file_failed, patience=timedelta(days=3)
        ),
        templates.JOB: JobHandler(
            whatsappward(templates.sync_outside), templates.sync_finished, patience=timedelta(hours=3)
        ),
    },
    schedule=[
        ScheduledJob("order_digests", "* * * * *", handlers.order_digests),
        ScheduledJob("order_scheduled", "* * * * *", handlers.order_scheduled),
        ScheduledJob("forget_renderings", "41 * * * *", handlers.forget_renderings),
        ScheduledJob("forget_reports", "29 3 * * *", handlers.forget_reports),
        HOUSEKEEPING,
        merging.SWEEP,
        *checking.schedule(wiring.line),
        parts.second_look(ERASURE, _secret, handlers.tell_erased),
    ],
    audit=AUDIT,
    warm_up=_warm_up,
)
