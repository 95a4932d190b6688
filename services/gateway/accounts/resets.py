"""Password resets: a mailed link, once, for an hour. Also the way in for whoever wrong passwords have locked out.

Asking is the same for known and unknown addresses: the request orders a job and looks nothing up; the worker does.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session

from libs.common.database import UnitOfWork
from libs.common.ids import new_id
from libs.common.jobs import Job, JobHandler
from libs.common.problems import Conflict, NotFound
from services.gateway.accounts import second_factors, sessions, tokens, tries
from services.gateway.events import UserResetAsked
from services.gateway.models import login_tickets, password_resets, users
from services.gateway.settings import GatewaySettings

JOB = "password_reset"
_row = password_resets.c
_GONE = "this link is not valid any more; ask for a new one"


@dataclass(frozen=True, slots=True)
class _Aggregate:
    id: str
    version: int = 1


def ask(uow: UnitOfWork, settings: GatewaySettings, email: str) -> None:
    """Order the mail, should the address have an account. Conflict where no links can be mailed."""
    if not settings.mailed_link_key:
        raise Conflict("links cannot be mailed: the setting MAILED_LINK_KEY is missing")
    uow.jobs.add(JOB, {"email": email.strip().lower()[:254]})


def job_handler(settings: GatewaySettings) -> JobHandler:
    """How the worker answers to what was asked for."""

    def perform(_job: Job) -> None:
        return None

    def complete(uow: UnitOfWork, job: Job, _result: None) -> None:
        issue(uow, settings, job.payload["email"])

    return JobHandler(perform, complete)


def issue(uow: UnitOfWork, settings: GatewaySettings, email: str) -> None:
    """Make a link for the active account of this address and have it mailed; nothing where there is none."""
    active = (func.lower(users.c.email) == email, users.c.active)
    person = uow.session.execute(select(users).where(*active)).first()
    if person is None:
        return
    uow.session.execute(delete(password_resets).where(_row.user_id == person.id, _row.used_at.is_(None)))
    token, reset_id = tokens.fresh(), new_id()
    expires_at = uow.now + timedelta(minutes=settings.reset_minutes)
    row = {"id": reset_id, "user_id": person.id, "token_hash": tokens.digest(token), "created_at": uow.now}
    uow.session.execute(insert(password_resets).values(row | {"expires_at": expires_at}))
    sealed = tokens.sealed_for_mail(settings.mailed_link_key, token, reset_id)
    named = {"reset_id": reset_id, "user_id": person.id, "email": person.email, "name": person.name}
    event = UserResetAsked(**named, sealed_token=sealed, expires_at=expires_at, version=1)
    uow.outbox.add(event, of=_Aggregate(reset_id))


def email_of(session: Session, token: str) -> str:
    """Whose password a link resets; NotFound when it opens nothing."""
    statement = (
        select(users.c.email)
        .join(password_resets, _row.user_id == users.c.id)
        .where(_row.token_hash == tokens.digest(token), _row.used_at.is_(None), _row.expires_at > func.now())
        .where(users.c.active)
    )
    email = session.execute(statement).scalar_one_or_none()
    if email is None:
        raise NotFound(_GONE)
    return str(email)


def reset(uow: UnitOfWork, token: str, password_hash: str) -> Any:
    """Set the password, end all sessions, forgive wrong passwords and codes; the person's row.

    Using the link is one statement: of many at once the first has it.
    """
    live = (_row.token_hash == tokens.digest(token), _row.used_at.is_(None), _row.expires_at > uow.now)
    used = update(password_resets).where(*live).values(used_at=uow.now).returning(_row.user_id)
    user_id = uow.session.execute(used).scalar_one_or_none()
    changed = update(users).where(users.c.id == user_id, users.c.active)
    changed = changed.values(password_hash=password_hash, updated_at=uow.now)
    person = uow.session.execute(changed.returning(*users.columns)).first() if user_id is not None else None
    if person is None:
        raise NotFound(_GONE)
    sessions.end_all(uow, person.id)
    uow.session.execute(delete(login_tickets).where(login_tickets.c.user_id == person.id))
    tries.forgive(uow, person.email.lower(), second_factors.account(person.id))
    return person
