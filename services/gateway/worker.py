"""What the gateway's worker does: plays in forms that wait, tells of people, and notes what open pages show."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import text

from libs.common.database import UnitOfWork
from libs.common.erasure import parts
from libs.common.housekeeping import HOUSEKEEPING
from libs.common.schedule import ScheduledJob
from libs.common.subscriber import Subscription
from libs.common.worker import WorkerTable
from services.gateway import events, intake
from services.gateway.accounts import resets
from services.gateway.audit import AUDIT
from services.gateway.erasure import ERASURE, tell_erased
from services.gateway.live import noting
from services.gateway.wiring import runtime

_OLD = [
    text("DELETE FROM login_failures WHERE failed_at < :due - interval '1 day'"),
    text("DELETE FROM rate_limits WHERE expires_at < :due"),
    text("DELETE FROM request_log WHERE started_at < :due - interval '90 days'"),
    text("DELETE FROM sessions WHERE expires_at < :due - interval '30 days'"),
    text("DELETE FROM login_tickets WHERE expires_at < :due"),
    text("DELETE FROM password_resets WHERE expires_at < :due - interval '1 day'"),
    text("DELETE FROM invitations WHERE COALESCE(accepted_at, revoked_at, expires_at) < :due - interval '90 days'"),
    # What was typed as an address may be anybody's.
    text("DELETE FROM jobs WHERE kind = 'password_reset' AND finished_at < :due - interval '1 day'"),
    text("DELETE FROM brief_drafts WHERE updated_at < :due - interval '7 days'"),
]


def forget_old_rows(uow: UnitOfWork, due_at: datetime) -> None:
    """Delete what only mattered for a while."""
    for statement in _OLD:
        uow.session.execute(statement, {"due": due_at})


def _secret() -> str:
    return runtime().settings.link_secret


TABLE = WorkerTable(
    subscriptions=[
        Subscription(events.ErasureAsked, parts.on_asked(ERASURE, _secret, tell_erased)),
        Subscription(events.ClientAccessChanged, noting.on_access_changed),
        Subscription(events.ClientsAccessChanged, noting.on_accesses_changed),
        Subscription(events.ClientCreated, noting.on_client_created),
        Subscription(events.DealCreated, noting.on_deal),
        Subscription(events.DealChanged, noting.on_deal),
        Subscription(events.DealStageChanged, noting.on_deal),
        Subscription(events.DealWon, noting.on_deal),
        Subscription(events.DealLost, noting.on_deal),
        Subscription(events.DealReopened, noting.on_deal),
        Subscription(events.DealRemoved, noting.on_deal),
        Subscription(events.ActivityLogged, noting.on_activity),
        Subscription(events.ActivityChanged, noting.on_activity),
        Subscription(events.PeopleNotified, noting.on_people_notified),
        Subscription(events.WhatsAppReceived, noting.on_message),
        Subscription(events.WhatsAppSent, noting.on_message),
        Subscription(events.WhatsAppFailed, noting.on_message),
        Subscription(events.WhatsAppStatusChanged, noting.on_message),
    ],
    jobs={
        intake.JOB: intake.job_handler(runtime()),
        resets.JOB: resets.job_handler(runtime().settings),
    },
    schedule=[
        HOUSEKEEPING,
        noting.FORGETTING,
        ScheduledJob("forget_old_rows", "41 3 * * *", forget_old_rows),
        parts.second_look(ERASURE, _secret, tell_erased),
    ],
    audit=AUDIT,
)
