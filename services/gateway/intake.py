"""Forms from the website: kept here first, so that none is lost, then played in to the services.

A form is a sequence of commands under one key (its reference): sent again after a failure anywhere in between, it
completes what is missing and repeats nothing.
"""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Any

import orjson
from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert

from libs.common.context import Context
from libs.common.database import UnitOfWork
from libs.common.identity import system_actor
from libs.common.ids import is_id
from libs.common.jobs import GiveUp, Job, JobHandler
from libs.common.problems import Invalid, NotFound, Problem, Unavailable
from libs.common.rpc.client import RpcClient
from services.gateway.models import intake_forms
from services.gateway.wiring import GatewayRuntime

JOB = "play_in_form"
# Browsers and form builders send again when an answer is slow; the same words an hour later are a new wish.
_RESEND_WINDOW = timedelta(minutes=10)
# The request itself plays the form in; the worker takes it up when that did not come to an end.
_WORKER_AFTER = timedelta(seconds=4)
_PATIENCE = timedelta(days=30)


def fingerprint(kind: str, form: dict[str, Any]) -> str:
    """What two sends of one form have in common."""
    return hashlib.sha256(orjson.dumps([kind, form], option=orjson.OPT_SORT_KEYS)).hexdigest()


def keep(uow: UnitOfWork, kind: str, form: dict[str, Any], address: str, key: str | None = None) -> tuple[str, bool]:
    """Keep a form; ``(reference, whether it is new)``. A re-send finds the first one's reference.

    Invalid when the key was used for another form, which would otherwise be lost without a word.
    """
    mark = (key and f"key:{hashlib.sha256(key.encode()).hexdigest()}") or fingerprint(kind, form)
    aged = intake_forms.c.received_at < uow.now - _RESEND_WINDOW
    # A form that still waits is not done with: sent again after however long, it is the same wish.
    old = (intake_forms.c.fingerprint == mark, aged, intake_forms.c.status != "waiting")
    if key is None:
        uow.session.execute(update(intake_forms).where(*old).values(fingerprint=None))
    row = {
        "reference": uow.context.correlation_id,
        "kind": kind,
        "form": form,
        "fingerprint": mark,
        "status": "waiting",
        "address": address,
        "received_at": uow.now,
    }
    statement = (
        insert(intake_forms)
        .values(row)
        .on_conflict_do_nothing(index_elements=["fingerprint"], index_where=intake_forms.c.fingerprint.isnot(None))
    )
    if uow.session.execute(statement.returning(intake_forms.c.reference)).first() is not None:
        reference = uow.context.correlation_id
        uow.jobs.add(JOB, {"reference": reference}, dedupe_key=reference, due_at=uow.now + _WORKER_AFTER)
        return uow.context.correlation_id, True
    first = select(intake_forms.c.reference, intake_forms.c.form).where(intake_forms.c.fingerprint == mark)
    kept = uow.session.execute(first).one()
    if kept.form != form:
        raise Invalid("this Idempotency-Key was used for another form", field="Idempotency-Key")
    return str(kept.reference), False


def play_in(rpc: RpcClient, reference: str, kind: str, form: dict[str, Any], seconds: float) -> dict[str, Any]:
    """Give a form to the services; ``{client_id, contact_id, deal_id?}``. Each step has a key of its own."""
    context = Context(actor=system_actor("gateway"), correlation_id=reference, idempotency_key=reference)
    context = context.within(seconds)
    person = form["contact"] if kind == "brief" else form
    source = "brief_wizard" if kind == "brief" else "website"
    client = rpc.call(
        context, "clients", "submit_contact", seconds=seconds, form=person, reference=reference, source=source
    )
    done = {"client_id": client["client_id"], "contact_id": client["contact_id"]}
    if kind == "contact":
        return done
    made = rpc.call(
        context, "deals", "submit_brief", seconds=seconds, brief=form["brief"], client=client, reference=reference
    )
    return done | {"deal_id": made["deal_id"]}


def mark_done(uow: UnitOfWork, reference: str, done: dict[str, Any]) -> None:
    """The form is in; whoever comes second (request or worker) changes nothing."""
    waiting = (intake_forms.c.reference == reference, intake_forms.c.status == "waiting")
    values = {"status": "done", "problem": None, "played_in_at": uow.now} | done
    uow.session.execute(update(intake_forms).where(*waiting).values(**values))
    uow.jobs.finish(JOB, reference)


def mark_refused(uow: UnitOfWork, reference: str, problem: str) -> None:
    """The services refused the form for good; it is shown to people and not tried again."""
    waiting = (intake_forms.c.reference == reference, intake_forms.c.status == "waiting")
    # A refused form is no re-send: corrected or not, the next one is looked at anew.
    values = {"status": "refused", "problem": problem[:1000], "fingerprint": None}
    uow.session.execute(update(intake_forms).where(*waiting).values(**values))
    uow.jobs.finish(JOB, reference)


def state(session: Any, reference: str) -> dict[str, Any]:
    """What became of a form; NotFound when there is none of that reference."""
    columns = [column for column in intake_forms.columns if column.name not in ("form", "fingerprint", "address")]
    statement = select(*columns).where(intake_forms.c.reference == reference)
    row = session.execute(statement).first() if is_id(reference) else None
    if row is None:
        raise NotFound("there is no form of this reference")
    return dict(row._mapping)


def waiting(session: Any) -> int:
    """How many forms wait to be played in."""
    count = select(func.count()).select_from(intake_forms).where(intake_forms.c.status == "waiting")
    return int(session.execute(count).scalar_one())


def job_handler(runtime: GatewayRuntime) -> JobHandler:
    """How the worker plays in what the request could not."""

    def perform(job: Job) -> dict[str, Any] | None:
        with runtime.database.read() as session:
            statement = select(intake_forms).where(intake_forms.c.reference == job.payload["reference"])
            row = session.execute(statement).one()
        if row.status != "waiting":
            return None
        try:
            return play_in(runtime.rpc, row.reference, row.kind, row.form, seconds=15.0)
        except Unavailable:
            raise
        except Problem as problem:
            if problem.status >= 500:
                raise
            raise GiveUp(problem.detail) from None

    def complete(uow: UnitOfWork, job: Job, done: dict[str, Any] | None) -> None:
        if done is not None:  # None: the request came to its end after all
            mark_done(uow, job.payload["reference"], done)

    def failed(uow: UnitOfWork, job: Job, reason: str) -> None:
        mark_refused(uow, job.payload["reference"], reason)

    return JobHandler(perform, complete, failed, patience=_PATIENCE)
