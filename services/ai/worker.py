"""What the ai worker subscribes to, the outside work it performs, and its schedule."""

from __future__ import annotations

from libs.common.erasure import parts
from libs.common.housekeeping import HOUSEKEEPING
from libs.common.subscriber import Subscription
from libs.common.worker import WorkerTable
from services.ai import events, handlers, wiring
from services.ai.audit import AUDIT
from services.ai.erasure import ERASURE


def _secret() -> str:
    return wiring.runtime().settings.link_secret


TABLE = WorkerTable(
    subscriptions=[
        Subscription(events.ClientAccessChanged, handlers.on_client_access_changed),
        Subscription(events.ErasureAsked, parts.on_asked(ERASURE, _secret, handlers.tell_erased)),
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
    schedule=[HOUSEKEEPING, parts.second_look(ERASURE, _secret, handlers.tell_erased)],
    audit=AUDIT,
)
