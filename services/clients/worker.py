"""What the clients worker subscribes to and does on a schedule."""

from __future__ import annotations

from datetime import timedelta

from libs.common.database import Database
from libs.common.erasure import parts
from libs.common.housekeeping import HOUSEKEEPING
from libs.common.jobs import JobHandler
from libs.common.subscriber import Subscription
from libs.common.worker import WorkerTable
from services.clients import events, handlers, wiring
from services.clients.audit import AUDIT
from services.clients.erasure import ERASURE
from services.clients.handlers import chats, deal_fields
from services.clients.importing.steps import working
from services.clients.importing.steps.run import JOB, Tools


def _secret() -> str:
    return wiring.runtime().settings.link_secret


def _import_tools() -> Tools:
    return wiring.import_tools()


def _database() -> Database:
    return wiring.runtime().database


TABLE = WorkerTable(
    subscriptions=[
        Subscription(events.DealCreated, handlers.on_deal_state),
        Subscription(events.DealChanged, handlers.on_deal_state),
        # Every move tells its stage here; won, lost and reopened are the same move told again.
        Subscription(events.DealStageChanged, handlers.on_deal_state),
        Subscription(events.DealRemoved, handlers.on_deal_removed),
        Subscription(events.DealFieldSet, deal_fields.on_deal_field_set),
        Subscription(events.DealStagnant, handlers.on_deal_stagnant),
        Subscription(events.DealWon, handlers.on_deal_won),
        Subscription(events.DealFullyPaid, handlers.on_deal_fully_paid),
        Subscription(events.PaymentReceived, handlers.on_payment_received),
        Subscription(events.EmailSent, handlers.on_email_sent),
        Subscription(events.WhatsAppReceived, chats.on_whatsapp_received),
        Subscription(events.WhatsAppSent, chats.on_whatsapp_sent),
        Subscription(events.WhatsAppFailed, chats.on_whatsapp_failed),
        Subscription(events.AiErased, handlers.on_person_erased),
        Subscription(events.BillingErased, handlers.on_person_erased),
        Subscription(events.DealsErased, handlers.on_person_erased),
        Subscription(events.GatewayErased, handlers.on_person_erased),
        Subscription(events.NotificationsErased, handlers.on_person_erased),
    ],
    jobs={
        # Nothing of it is outside; what takes long is done where nobody waits.
        "erase_person": JobHandler(lambda _job: None, handlers.erase_here(_secret), lease=timedelta(minutes=20)),
        # A slice takes seconds, a large file to be read a minute or two; a worker that was killed is soon replaced.
        JOB: JobHandler(
            working.work(_import_tools),
            working.went_on,
            working.gave_up,
            patience=working.PATIENCE,
            lease=timedelta(seconds=30),
        ),
        handlers.CHANGE_MANY: handlers.change_job(handlers.CHANGE_MANY, handlers.work, _database),
        handlers.UNDO_MANY: handlers.change_job(handlers.UNDO_MANY, handlers.undo, _database),
        handlers.CHECK_DUPLICATES: handlers.check_duplicates(_database),
        deal_fields.JOB: deal_fields.reading(wiring.deal_fields),
        "move_document": JobHandler(wiring.move_document, handlers.moved),
        "remove_object": JobHandler(wiring.remove_object, handlers.removed),
    },
    schedule=[
        HOUSEKEEPING,
        parts.second_look(ERASURE, _secret, handlers.record_part),
        handlers.EVERY_MINUTE,
        deal_fields.EVERY_FEW_HOURS,
        handlers.SWEEP,
        handlers.merge_certain(lambda: wiring.runtime().settings.auto_merge_duplicates),
        handlers.forget_imports(lambda: wiring.runtime().settings.import_kept_days),
        handlers.answer_leads(lambda: wiring.runtime().settings.lead_answer_minutes),
        handlers.follow_up(lambda: wiring.runtime().settings.follow_up_days),
        handlers.REMIND,
        handlers.LEARN_WORDS,
        handlers.SWEEP_WORDS,
    ],
    audit=AUDIT,
)
