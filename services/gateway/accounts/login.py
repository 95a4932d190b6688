"""Log-in: the password, then the second factor where a person has one.

Nothing of it says whether an address is known: the answers are the same, and so is the time they take.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import delete, func, insert, select

from libs.common.database import Database, UnitOfWork
from libs.common.problems import Unauthorized
from services.gateway.accounts import passwords, second_factors, sessions, tokens, tries, watching
from services.gateway.accounts.client import Client, own_unit
from services.gateway.models import login_tickets, users
from services.gateway.settings import GatewaySettings

TICKET_MINUTES = 5
_WRONG = "e-mail address or password is wrong"
_TICKET_GONE = "this log-in took too long; sign in again"


class SecondFactorNeeded(Unauthorized):
    """The password was right. ``extra["ticket"]`` opens a session together with a code, for five minutes."""

    code = "second_factor_needed"

    def __init__(self, ticket: str) -> None:
        detail = "send a code of your authenticator app, or one of your recovery codes, with this ticket"
        super().__init__(detail, ticket=ticket, expires_in=TICKET_MINUTES * 60)
        self.ticket = ticket


@watching.log_ins
def log_in(
    database: Database, settings: GatewaySettings, email: str, password: str, client: Client, kind: str = "token"
) -> dict[str, Any]:
    """Check the password and open a session, as ``sessions.open_session`` answers it.

    Unauthorized says nothing of whether the address is known; SecondFactorNeeded where the password is not all.
    """
    address = email.strip().lower()
    tries.note(database, settings, address, client)
    with database.read() as session:
        person = session.execute(select(users).where(func.lower(users.c.email) == address)).first()
    # Outside any transaction: argon2 takes its time.
    right = passwords.matches(person.password_hash if person else None, password)
    if not right or person is None or not person.active:
        raise Unauthorized(_WRONG)
    with own_unit(database) as uow:
        tries.forget(uow, address, client)
        opened, ticket = open_or_ask(uow, settings, person, client, kind)
    return _opened(opened, ticket)


@watching.log_ins
def second_step(
    database: Database, settings: GatewaySettings, ticket: str, code: str, client: Client
) -> dict[str, Any]:
    """Open the session that a ticket waits for. Guesses are limited for the person, whatever the ticket."""
    digest = tokens.digest(ticket)
    with database.read() as session:
        waiting = select(login_tickets.c.user_id).where(
            login_tickets.c.token_hash == digest, login_tickets.c.expires_at > func.now()
        )
        user_id = session.execute(waiting).scalar_one_or_none()
    if user_id is None:
        raise Unauthorized(_TICKET_GONE)
    # Who guesses here knows the password already: no place gets more tries than all of them together.
    tries.note(database, settings, second_factors.account(user_id), client, places=1)
    with own_unit(database) as uow:
        opened = _taken(uow, settings, digest, user_id, code, client)
    if opened is None:
        raise Unauthorized("this code is wrong, was used already, or is too old")
    return opened


def open_or_ask(
    uow: UnitOfWork, settings: GatewaySettings, person: Any, client: Client, kind: str
) -> tuple[dict[str, Any] | None, str]:
    """Open a session, or make a ticket where a second factor is asked for: one of the two."""
    if not second_factors.is_on(uow.session, person.id):
        return sessions.open_session(uow, settings, person, client, kind), ""
    ticket = tokens.fresh()
    uow.session.execute(delete(login_tickets).where(login_tickets.c.expires_at < uow.now))
    row = {"token_hash": tokens.digest(ticket), "user_id": person.id, "kind": kind, "created_at": uow.now}
    uow.session.execute(insert(login_tickets).values(row | {"expires_at": uow.now + timedelta(minutes=TICKET_MINUTES)}))
    return None, ticket


def _opened(opened: dict[str, Any] | None, ticket: str) -> dict[str, Any]:
    if opened is None:
        raise SecondFactorNeeded(ticket)
    return opened


def _taken(
    uow: UnitOfWork, settings: GatewaySettings, digest: str, user_id: str, code: str, client: Client
) -> dict[str, Any] | None:
    """The session, where the code is right; the ticket is gone then, and who took it first has it."""
    person = uow.session.execute(select(users).where(users.c.id == user_id, users.c.active)).first()
    if person is None or not second_factors.use(uow, settings, user_id, code):
        return None
    taken = delete(login_tickets).where(login_tickets.c.token_hash == digest).returning(login_tickets.c.kind)
    kind = uow.session.execute(taken).scalar_one_or_none()
    if kind is None:
        raise Unauthorized(_TICKET_GONE)
    tries.forgive(uow, second_factors.account(user_id))
    return sessions.open_session(uow, settings, person, client, kind)
