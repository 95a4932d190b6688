"""What the ai worker subscribes to, the outside work it performs, and its schedule."""

from __future__ import annotations

from typing import Any

from libs.common.database import Database
from libs.common.erasure import parts
from libs.common.housekeeping import HOUSEKEEPING
from libs.common.subscriber import Subscription
from libs.common.worker import WorkerTable
from services.ai import events, handlers, wiring
from services.ai.audit import AUDIT
from services.ai.erasure import ERASURE
from services.ai.handlers import (
    analyzing,
    backfilling,
    drafting,
    generating,
    learning,
    merging,
    noting,
    reporting,
    scoring,
    timing,
    training,
)
from services.ai.settings import AiSettings


def _secret() -> str:
    return wiring.runtime().settings.link_secret


def _settings() -> AiSettings:
    return wiring.runtime().settings


def _database() -> Database:
    return wiring.runtime().database


LINES: tuple[generating.Line[Any, Any], ...] = (
    analyzing.line(_settings),
    drafting.line(),
    noting.line(_settings),
    reporting.line(_settings),
    timing.line(_settings),
)

TABLE = WorkerTable(
    subscriptions=[
        Subscription(events.ClientAccessChanged, handlers.on_client_access_changed),
        Subscription(events.ClientsAccessChanged, handlers.on_clients_access_changed),
        Subscription(events.ClientMerged, merging.on_client_merged),
        Subscription(events.ClientUnmerged, merging.on_client_unmerged),
        Subscription(events.ErasureAsked, parts.on_asked(ERASURE, _secret, handlers.tell_erased)),
        Subscription(events.BriefSubmitted, handlers.on_brief_submitted),
        Subscription(events.CompanyChanged, handlers.on_company_changed),
        Subscription(events.EmailSent, handlers.on_email_sent),
        Subscription(events.EmailFailed, handlers.on_email_failed),
        Subscription(events.ClientCreated, learning.on_client_created),
        Subscription(events.ClientsImported, learning.on_clients_imported),
        Subscription(events.DealCreated, learning.on_deal),
        Subscription(events.DealChanged, learning.on_deal),
        Subscription(events.DealStageChanged, learning.on_deal),
        Subscription(events.DealRemoved, learning.on_deal_removed),
    ],
    jobs={line.job: generating.job(line, _database, wiring.desk) for line in LINES}
    | {
        training.JOB: training.training(_database),
        scoring.RESCORE: scoring.rescoring(),
        backfilling.JOB: backfilling.reading(wiring.history),
    },
    schedule=[
        HOUSEKEEPING,
        merging.SWEEP,
        parts.second_look(ERASURE, _secret, handlers.tell_erased),
        backfilling.UNTIL_READ,
        training.EVERY_NIGHT,
        reporting.FORGET,
        timing.FORGET,
    ],
    audit=AUDIT,
)
