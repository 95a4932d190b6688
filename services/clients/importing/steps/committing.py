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
from services.clients.importing.steps.run import Tools, mapped, note, take_turn, unit


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
    if "deal" not in entities:
        return ["all"]
    return ["clients", "deals"] + (["activities"] if "activity" in entities else [])


def _batch(tools: Tools, job: Job, run: Any, ahead: Ahead) -> bool:
    with unit(tools, job, run, "committing") as (uow, now):
        if now is None:
            return False
        phase = now.phase or phases(now)[0]
        rows, lines = ahead.take(now, phase)
        if not rows:
            return _next_phase(uow, now, phase)
        if phase != "deals":
            ahead.start(now, phase, rows[-1].n)
            take_turn(uow)
            batch = batch_of(uow, now, lines)
            _settle(batch, phase)
            write(uow, now, batch, rows, phase)
            return True
    bring_deals(tools, job, run)
    return True


def _settle(batch: Batch, phase: str) -> None:
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
    following = phases(now)[phases(now).index(phase) + 1 :]
    if following:
        note(uow, now, phase=following[0], position=0)
        return True
    note(uow, now, state="done", phase="", position=0, finished_at=uow.now)
    return False
