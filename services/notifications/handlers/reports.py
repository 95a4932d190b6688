"""Reports as files: ordered by whoever wants one, made by a worker with their eyes, kept for a month."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from libs.common import fields
from libs.common.clock import business_date
from libs.common.database import UnitOfWork
from libs.common.ids import new_id
from libs.common.jobs import GiveUp, Job, RetryLater
from libs.common.problems import Problem, TooManyRequests
from libs.reporting import forecast_facts
from services.notifications import queries
from services.notifications.domain import Note
from services.notifications.handlers.posting import notify_of
from services.notifications.handlers.report_mails import mail_report
from services.notifications.models import reports
from services.notifications.ports import Reporting
from services.notifications.reports import FORMATS, PDF_TYPE, Asked, Maker, headline, printed, read, resolved, sheet

REPORT_JOB, REMOVE_JOB = "make_report", "remove_reports"
KEPT = timedelta(days=30)
_WAITING_AT_ONCE = 20
# How long a file waits for a provider's own words before it takes the built-in ones.
_WORDS_SECONDS, _WORDS_TRIES = 3.0, 2
_FORECAST = "pipeline-forecast"
_REMOVED_AT_ONCE = 500


def order_report(uow: UnitOfWork, kind: str, params: Any, format: str = "pdf") -> dict[str, Any]:
    """Have a report made into a file for oneself; ``{id, status, …}`` as ``get_report`` answers."""
    given = read(kind, params, business_date(uow.now, uow.business.zone))
    ending = fields.one_of(*FORMATS)("format", format)
    row = reports.c
    waiting = (row.user_id == uow.actor.id, row.status == "waiting", row.schedule_id.is_(None))
    if uow.session.execute(select(func.count()).select_from(reports).where(*waiting)).scalar_one() >= _WAITING_AT_ONCE:
        raise TooManyRequests("so many of your files are being made already; wait for one of them")
    made = order(uow, uow.actor.id, kind, given, ending)
    assert made is not None
    return queries.get_report(uow.session, uow.actor, made)


def order(uow: UnitOfWork, user_id: str, kind: str, params: dict[str, Any], ending: str, **about: Any) -> str | None:
    """A file for somebody; None where a schedule has ordered the same for that person and day. ``about``: which."""
    row: dict[str, Any] = {"id": new_id(), "user_id": user_id, "kind": kind, "params": params, "format": ending}
    row |= {"status": "waiting"} | {"created_at": uow.now, "updated_at": uow.now, "version": 1} | about
    first = insert(reports).values(row).on_conflict_do_nothing().returning(reports.c.id)
    report_id = uow.session.execute(first).scalar_one_or_none()
    if report_id is not None:
        uow.jobs.add(REPORT_JOB, {"report_id": report_id}, dedupe_key=report_id)
    return report_id


def report_outside(outside: Reporting, job: Job) -> dict[str, Any] | None:
    """Collect, print and store it; None where it is made already or nobody is to get it any more."""
    with outside.read() as session:
        found = queries.report_to_make(session, job.payload["report_id"])
        if found is None:
            return None
        company, names = queries.company(session), queries.names(session)
        client = queries.client_name(session, found.params.get("client_id"))
    # What is the same for all of one file: its day is the one it was ordered on.
    asked = resolved(found.kind, found.params, business_date(found.created_at, outside.business_zone))
    person = {"id": found.user_id, "role": found.role}
    try:
        answers = _answers(outside, asked, person, found.format, last=job.attempt >= _WORDS_TRIES)
    except Problem as problem:
        if problem.status < 500:
            raise GiveUp(problem.detail or problem.title) from problem
        raise
    maker = Maker(names.get(found.user_id, ""), company.name, asked.today, names, client)
    content, content_type = _made(outside, asked, answers, maker, found.format)
    filename = f"{asked.filename}.{found.format}"
    key = f"reports/{found.created_at:%Y}/{found.id}/{filename}"
    outside.files.put(key, content, content_type)
    told = headline(asked, answers, maker)
    return {"filename": filename, "key": key, "content_type": content_type, "size": len(content), "told": told}


def report_finished(uow: UnitOfWork, job: Job, made: dict[str, Any] | None) -> None:
    """It is there; one of a schedule is mailed, once."""
    row = reports.c
    found = uow.session.execute(select(reports).where(row.id == job.payload["report_id"]).with_for_update()).first()
    if found is None or found.status != "waiting":
        return
    if made is None:
        report_failed(uow, job, "this person does not work here any more")
        return
    told = made.pop("told")
    changed = made | {"status": "ready", "updated_at": uow.now, "version": row.version + 1}
    if found.schedule_id is not None:
        changed["email_id"] = mail_report(uow, found, made, told)
    uow.session.execute(update(reports).where(row.id == found.id).values(changed))


def report_failed(uow: UnitOfWork, job: Job, reason: str) -> None:
    """Say why there is none; who would have been mailed it is told in the app."""
    row = reports.c
    failed = {"status": "failed", "problem": reason[:500], "updated_at": uow.now, "version": row.version + 1}
    mine = (row.id == job.payload["report_id"], row.status == "waiting")
    found = uow.session.execute(update(reports).where(*mine).values(failed).returning(reports)).first()
    if found is not None and found.schedule_id is not None:
        note = Note("report", "A scheduled report could not be made", reason[:300], "Schedules", "/reports/schedules")
        notify_of(uow, found.id, [found.user_id], note)


def forget_reports(uow: UnitOfWork, due_at: datetime) -> None:
    """Files older than a month go; some at a time, until none is left."""
    row = reports.c
    old = select(row.id).where(row.created_at < due_at - KEPT).limit(_REMOVED_AT_ONCE)
    gone = uow.session.execute(delete(reports).where(row.id.in_(old)).returning(row.key)).scalars()
    keys = [key for key in gone if key]
    if keys:
        uow.jobs.add(REMOVE_JOB, {"keys": keys})


def removal_outside(outside: Reporting, job: Job) -> None:
    """Take the files away; one that is gone is no fault."""
    for key in job.payload["keys"]:
        outside.files.delete(key)


def removal_finished(_uow: UnitOfWork, _job: Job, _result: None) -> None:
    """Nothing is left of them."""


def _made(outside: Reporting, asked: Asked, answers: Mapping[str, Any], maker: Maker, ending: str) -> tuple[bytes, str]:
    if ending != "pdf":
        return sheet(asked, answers, maker, ending)
    return outside.printer.pdf(printed(asked, answers, maker, outside.painter)), PDF_TYPE


def _answers(outside: Reporting, asked: Asked, person: Mapping[str, Any], ending: str, *, last: bool) -> dict[str, Any]:
    """What the report says and, of a printed forecast, what stands beside it; None for what did not come.

    A report is nothing without its own answer, whose Problem is raised; all else it does without.
    """
    answers: dict[str, Any] = {"report": outside.answers.report(asked.kind, asked.arguments, person)}
    if asked.kind != _FORECAST or ending != "pdf":
        return answers
    # Of a day that is past only the figures are known.
    if asked.as_of in (None, asked.today):
        beside = outside.answers.beside_forecast(asked.arguments, asked.today, person)
        answers |= {name: None if isinstance(each, Problem) else each for name, each in beside.items()}
    insight = outside.answers.insight(person, _FORECAST, forecast_facts(answers["report"], answers.get("risks")))
    if isinstance(insight, Problem):
        return answers | {"insight": None}
    if insight["status"] == "pending" and not last:
        raise RetryLater("the words of the report are being written", _WORDS_SECONDS)
    return answers | {"insight": insight}
