"""How often a secret may be guessed: failures are counted in the database, over processes and restarts.

A try is noted before the secret is looked at, and the note is taken back when it was right: guesses at once cannot
slip past the limit together.
"""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete, func, insert, select

from libs.common.database import Database, UnitOfWork
from libs.common.ids import new_id
from libs.common.problems import TooManyRequests
from services.gateway.accounts.client import Client, own_unit
from services.gateway.models import login_failures
from services.gateway.settings import GatewaySettings

# How many times the limit of one place all places together may fail.
ALL_PLACES = 10


def note(database: Database, settings: GatewaySettings, whose: str, client: Client, places: int = ALL_PLACES) -> None:
    """Count a try before the secret is looked at; TooManyRequests past the limit of one place, or the wider one of all
    places together. A stranger elsewhere therefore does not lock the right person out with a few wrong passwords.

    whose: an e-mail address in lower case, or another name that nobody can mistake for one.
    """
    with own_unit(database) as uow:
        _note(uow, settings, whose, client, places)


def forget(uow: UnitOfWork, whose: str, client: Client) -> None:
    """The secret was right: the tries of this place are no failures."""
    theirs = (login_failures.c.email == whose, login_failures.c.address == client.address)
    uow.session.execute(delete(login_failures).where(*theirs))


def forgive(uow: UnitOfWork, *whose: str) -> None:
    """Somebody proved who they are in another way: no try of anywhere counts any more."""
    uow.session.execute(delete(login_failures).where(login_failures.c.email.in_(whose)))


def _note(uow: UnitOfWork, settings: GatewaySettings, whose: str, client: Client, places: int) -> None:
    uow.session.execute(select(func.pg_advisory_xact_lock(func.hashtext(whose))))
    row, window = login_failures.c, uow.now - timedelta(minutes=settings.login_failure_minutes)
    here = func.count().filter(row.address == client.address)
    recent = select(here, func.count()).where(row.email == whose, row.failed_at > window)
    from_here, from_anywhere = uow.session.execute(recent).one()
    if from_here >= settings.login_failures or from_anywhere >= settings.login_failures * places:
        wait = settings.login_failure_minutes
        detail = f"too many wrong passwords for this address; try again in {wait} minutes"
        raise TooManyRequests(detail, retry_after=wait * 60)
    noted = {"id": new_id(), "email": whose, "address": client.address, "failed_at": uow.now}
    uow.session.execute(insert(login_failures).values(noted))
