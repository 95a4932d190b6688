"""What goes into the audit log beside changes of rows: log-ins that fail, and requests that are refused."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, TypeVar

from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from libs.common.audit import notes
from libs.common.context import Context
from libs.common.database import Database
from libs.common.logging import get_logger
from libs.common.problems import TooManyRequests, Unauthorized
from services.gateway.accounts import tokens
from services.gateway.accounts.client import Client
from services.gateway.audit_log import VISITOR, pseudonym
from services.gateway.models import login_tickets, users

log = get_logger(__name__)

LogIn = TypeVar("LogIn", bound=Callable[..., Any])

FAILED, LOCKED, REFUSED = "log_in_failed", "log_in_locked", "refused"
_LONGEST_NAME = 254


def log_ins(log_in: LogIn) -> LogIn:
    """Note each call that fails. The function takes ``database, settings``, then by whom (an e-mail address, or the
    ticket of a log-in that waits for its code), the secret, and the ``Client``. One that succeeds opens a session,
    which is an entry of its own."""

    @functools.wraps(log_in)
    def watched(
        database: Database, settings: Any, whose: str, secret: str, client: Client, *more: Any, **named: Any
    ) -> Any:
        try:
            return log_in(database, settings, whose, secret, client, *more, **named)
        except TooManyRequests as locked:
            _note(database, LOCKED, whose, client, locked.detail)
            raise
        except Unauthorized as refusal:
            # What only asks for the second factor is no failure.
            if "ticket" not in refusal.extra:
                _note(database, FAILED, whose, client, refusal.detail)
            raise

    return watched  # type: ignore[return-value]  # it takes and gives what the function does


def refused(database: Database, context: Context, said: dict[str, Any], record_id: str) -> None:
    """Note that somebody was not let do something. A log that cannot be written lets nobody in either."""
    visitor = context.actor == VISITOR
    subject = pseudonym("address", context.address or "") if visitor else context.actor.id
    personal = {"address": context.address} if visitor else {}
    try:
        with database.unit_of_work(_unplaced(context) if visitor else context) as uow:
            notes.note(
                uow.session, uow.context, REFUSED, record="requests", record_id=record_id, subject=subject, said=said,
                personal=personal,
            )  # fmt: skip
    except SQLAlchemyError as error:
        log.warning("a refusal could not be noted", error=type(error).__name__)


def _note(database: Database, action: str, whose: str, client: Client, why: str) -> None:
    with database.unit_of_work(Context(actor=VISITOR)) as uow:
        user_id = _person(uow.session, whose)
        personal = {"address": client.address, "user_agent": client.user_agent[:300]}
        if "@" in whose:
            personal["email"] = whose.strip().lower()[:_LONGEST_NAME]
        notes.note(
            uow.session, uow.context, action, record="log_ins", record_id=user_id or "",
            subject=user_id or pseudonym("email" if "@" in whose else "ticket", whose), said={"reason": why},
            personal=personal,
        )  # fmt: skip


def _person(session: Session, whose: str) -> str | None:
    """The account it was tried for, by its e-mail address or its ticket; None where there is none."""
    by_address = select(users.c.id).where(func.lower(users.c.email) == whose.strip().lower())
    by_ticket = select(login_tickets.c.user_id).where(login_tickets.c.token_hash == tokens.digest(whose))
    found: str | None = session.execute(by_address.union_all(by_ticket).limit(1)).scalar_one_or_none()
    return found


def _unplaced(context: Context) -> Context:
    """A visitor's address is nobody's but that visitor's: it stands with the values, under a key of its own."""
    return Context(actor=context.actor, correlation_id=context.correlation_id)
