"""Good rows become clients, contacts, deals and activities: a batch, a transaction, and how far it is, together."""

from __future__ import annotations

import time
from typing import Any

from libs.common.database import UnitOfWork
from libs.common.jobs import Job
from services.clients.importing.committing import Batch, fit, settle_activities, settle_clients, settle_contacts
from services.clients.importing.steps.ahead import Ahead
from services.clients.importing.steps.batching import batch_of, found_again, write
from services.clients.importing.steps.dealing import bring_deals
from services.clients.importing.steps.defining import ARCHIVING, MAKING, define, steps_of
from services.clients.importing.steps.run import Tools, go_on, mapped, take_turn, unit
from services.clients.importing.steps.segmenting import SEGMENTS, make_segments, steps_with_segments


def commit(tools: Tools, job: Job, run: Any) -> bool:
    """Commit some batches; whether there are more."""
    deadline = tools.deadline()
    with Ahead(tools) as ahead:
        while time.monotonic() < deadline:
            if not _batch(tools, job, run, ahead):
                return False
    return True


def phases(run: Any) -> list[str]:
    """What is committed one after the other: deals need their clients, what happened needs both."""
    entities = {name.partition(".")[0] for name in mapped(run)}
    rows = ["clients", "deals"] + (["activities"] if "activity" in entities else []) if "deal" in entities else ["all"]
    return steps_of(run, steps_with_segments(run, rows))


def _batch(tools: Tools, job: Job, run: Any, ahead: Ahead) -> bool:
    with unit(tools, job, run, "committing") as (uow, now):
        if now is None:
            return False
        phase = now.phase or phases(now)[0]
        if phase == SEGMENTS:
            return make_segments(uow, now, tools.country) or _next_phase(uow, now, phase)
        if phase not in (MAKING, ARCHIVING):
            rows, lines = ahead.take(now, phase)
            if not rows:
                return _next_phase(uow, now, phase)
            if phase != "deals":
                ahead.start(now, phase, rows[-1].n)
                take_turn(uow)
                batch = batch_of(uow, now, lines)
                settle(batch, phase)
                write(uow, now, batch, rows, phase)
                return True
    if phase == "deals":
        bring_deals(tools, job, run)
    else:
        define(tools, job, run, phase, _following(run, phase))
    return True


def settle(batch: Batch, phase: str) -> None:
    """What a phase does with its lines."""
    if phase == "activities":
        found_again(batch)
        settle_contacts(batch)
    else:
        fit(batch, "client")
        fit(batch, "contact")
        settle_clients(batch)
        settle_contacts(batch)
    if phase != "clients":
        settle_activities(batch)


def _next_phase(uow: UnitOfWork, now: Any, phase: str) -> bool:
    following = _following(now, phase)
    go_on(uow, now, following)
    return following is not None


def _following(run: Any, phase: str) -> str | None:
    """The phase after this one; None after the last."""
    later = phases(run)[phases(run).index(phase) + 1 :]
    return later[0] if later else None
