"""What the ai worker subscribes to, the outside work it performs, and its schedule."""

from __future__ import annotations

from libs.common.housekeeping import HOUSEKEEPING
from libs.common.subscriber import Subscription
from libs.common.worker import WorkerTable
from services.ai import events, handlers, wiring
from services.ai.audit import AUDIT

TABLE = WorkerTable(
    subscriptions=[
        Subscription(events.ClientAccessChanged, handlers.on_client_access_changed),
        Subscription(events.BriefSubmitted, handlers.on_brief_submitted),
    ],
    jobs={
        handlers.JOB: handlers.analysis_job(
            database=lambda: wiring.runtime().database,
            provider=wiring.provider,
            stand_in=wiring.built_in,
            attempts=lambda: wiring.runtime().settings.gemini_attempts,
        )
    },
    schedule=[HOUSEKEEPING],
    audit=AUDIT,
)
