"""The daily summary: who gets one now, what it says, and its mail.

The row of a person and day decides that there is one, whatever the number of workers and however often they are
restarted. It orders a job that collects the figures outside any transaction; the transaction that ends the job writes
the mail and its id into the row, so that one that dies in between leaves either all of it or nothing.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from libs.common.database import UnitOfWork
from libs.common.identity import Actor
from libs.common.ids import new_id
from libs.common.jobs import Job, RetryLater
from libs.common.problems import Problem, TooManyRequests
from services.notifications import queries, rendering
from services.notifications.domain import Note, due_days, greeting, moment
from services.notifications.handlers.posting import notify_of, post
from services.notifications.models import digests
from services.notifications.ports import Reporting
from services.notifications.summary import Reading, insight_figures, own_first, view

DIGEST_JOB, MAIL = "make_digest", "daily_summary"
_ASKED_AN_HOUR = 5
# How long a summary waits for a provider's own words before it takes the built-in ones, in steps.
_WORDS_SECONDS, _WORDS_TRIES = 5.0, 3


def order_digests(uow: UnitOfWork, due_at: datetime) -> None:
    """A summary for everybody whose time has come, each person and day of theirs once."""
    for person in queries.summary_readers(uow.session, uow.business.zone):
        for day in due_days(due_at, person.hour, person.minute, person.zone):
            # Who was not here at the time of that day, or chose it later, gets the next one.
            if _chose_before(person, day):
                _order(uow, person.user_id, day)


def send_daily_summary(uow: UnitOfWork) -> dict[str, Any]:
    """One more for oneself, now; TooManyRequests after a few within an hour."""
    user_id = uow.actor.id
    # Those who ask at the same moment take turns, so that none of them counts too few.
    uow.session.execute(text("SELECT pg_advisory_xact_lock(hashtext('digest'), hashtext(:id))"), {"id": user_id})
    row = digests.c
    lately = (row.user_id == user_id, row.day.is_(None), row.created_at > uow.now - timedelta(hours=1))
    asked = uow.session.execute(select(func.count()).select_from(digests).where(*lately)).scalar_one()
    if asked >= _ASKED_AN_HOUR:
        raise TooManyRequests(f"you have had {asked} summaries sent within an hour; try again later")
    digest_id = _order(uow, user_id, None)
    return {
        "id": digest_id,
        "status": "ordered",
        "message": "It is on its way to you. The summary of the day comes at its own time all the same.",
    }


def digest_outside(outside: Reporting, job: Job) -> dict[str, Any] | None:
    """Collect what the summary says; None where nobody is to get it any more."""
    with outside.read() as session:
        reader = queries.digest_reader(session, job.payload["digest_id"], outside.business_zone)
    if reader is None:
        return None
    local = outside.now().astimezone(ZoneInfo(reader.zone))
    morning = _reading(reader.day or local.date(), local, reader.role, reader.zone)
    person = {"id": reader.user_id, "role": reader.role}
    return view(collected(outside, person, morning, last=job.attempt >= _WORDS_TRIES), morning)


def digest_finished(uow: UnitOfWork, job: Job, shown: dict[str, Any] | None) -> None:
    """Write the mail, once a digest."""
    row = digests.c
    digest = uow.session.execute(
        select(digests).where(row.id == job.payload["digest_id"]).with_for_update()
    ).one_or_none()
    if shown is None or digest is None or digest.email_id is not None:
        return
    # Who asks for it gets it, whatever is switched off.
    refs = {"asked": True} if digest.day is None else {}
    email = post(uow, MAIL, shown, user_id=digest.user_id, refs=refs)
    changed = {"email_id": email.id, "updated_at": uow.now, "version": row.version + 1}
    uow.session.execute(update(digests).where(row.id == digest.id).values(changed))


def digest_failed(uow: UnitOfWork, job: Job, reason: str) -> None:
    """Say in the app that there is none, and why."""
    digest = uow.session.execute(select(digests).where(digests.c.id == job.payload["digest_id"])).one_or_none()
    if digest is not None:
        note = Note("daily_summary", "Your daily summary could not be made", reason[:300], "Preferences", "/account")
        notify_of(uow, digest.id, [digest.user_id], note)


def preview(outside: Reporting, actor: Actor) -> dict[str, Any]:
    """What the caller's summary would show now."""
    with outside.read() as session:
        zone = queries.get_summary_settings(session, actor)["zone"]
    local = outside.now().astimezone(ZoneInfo(zone))
    morning = _reading(local.date(), local, actor.role, zone)
    return view(collected(outside, {"id": actor.id, "role": actor.role}, morning, last=True), morning)


def as_mailed(session: Session, actor: Actor, shown: dict[str, Any], charts: list[dict[str, Any]]) -> dict[str, Any]:
    """A preview with its mail: ``subject, text, html``. charts: those that are drawn, which the html holds itself."""
    company, person = queries.company(session), queries.person(session, actor.id)
    pictures = [
        {"src": _data(each["svg"])} | {name: each[name] for name in ("alt", "title", "path")} for each in charts
    ]
    subject = rendering.subject(MAIL, shown, company.name)
    first_name = (person["name"] if person else actor.name).split(" ")[0]
    made = rendering.bodies(MAIL, subject, shown | {"pictures": pictures, "unsubscribe": None}, first_name, company)
    return shown | {"subject": subject, "text": made.text, "html": made.html}


def collected(outside: Reporting, person: Mapping[str, Any], morning: Reading, *, last: bool) -> dict[str, Any]:
    """What the services answer of the person's day. The summary is nothing without deals: their Problem is raised.

    last: take the words that are there; otherwise RetryLater while a provider still writes its own.
    """
    answered = outside.answers.morning(person, morning.day, morning.zone)
    deals = answered["deals"]
    if isinstance(deals, Problem):
        raise deals
    answers = {
        name: None if isinstance(each, Problem) else own_first(each, outside.base_currency)
        for name, each in answered.items()
    }
    figures = insight_figures(answers)
    insight = outside.answers.insight(person, "daily-summary", figures)
    if isinstance(insight, Problem):
        insight = None
    elif insight["status"] == "pending" and not last:
        raise RetryLater("the words of the summary are being written", _WORDS_SECONDS)
    return answers | {"insight": insight}


def _data(svg: str) -> str:
    return f"data:image/svg+xml;base64,{b64encode(svg.encode()).decode()}"


def _reading(day: date, local: datetime, role: str, zone: str) -> Reading:
    return Reading(day, greeting(local.hour), role in ("admin", "sales"), zone)


def _chose_before(person: Any, day: date) -> bool:
    at = moment(day, person.hour, person.minute, person.zone)
    return at is not None and person.since <= at


def _order(uow: UnitOfWork, user_id: str, day: date | None) -> str | None:
    """Order a summary; None where the person has one of that day."""
    row = {"id": new_id(), "user_id": user_id, "day": day, "created_at": uow.now, "updated_at": uow.now, "version": 1}
    first = insert(digests).values(row).on_conflict_do_nothing().returning(digests.c.id)
    digest_id = uow.session.execute(first).scalar_one_or_none()
    if digest_id is not None:
        uow.jobs.add(DIGEST_JOB, {"digest_id": digest_id}, dedupe_key=digest_id)
    return digest_id
