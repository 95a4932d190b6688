"""Lending a client to somebody to read."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert, update

from libs.common import fields
from libs.common.database import UnitOfWork
from libs.common.ids import new_id
from libs.common.problems import Invalid
from services.clients import queries
from services.clients.domain import day_begins
from services.clients.handlers.loading import client_to_change
from services.clients.handlers.telling import log, tell_access
from services.clients.models import access_grants


def grant_access(uow: UnitOfWork, client_id: str, user_id: str, ends_on: str | None) -> list[dict[str, Any]]:
    """Let somebody read a client through the last day named (business time zone), or for good."""
    client = client_to_change(uow, client_id)
    reader = _reader(user_id)
    _revoke(uow, client_id, reader)
    row = {"id": new_id(), "client_id": client_id, "user_id": reader, "granted_by": uow.actor.id}
    uow.session.execute(insert(access_grants).values(**row, ends_at=_end(uow, ends_on), created_at=uow.now))
    _changed(uow, client, "Client shared to read")
    return queries.grants(uow.session, uow.actor, client_id)


def revoke_access(uow: UnitOfWork, client_id: str, user_id: str) -> list[dict[str, Any]]:
    client = client_to_change(uow, client_id)
    if _revoke(uow, client_id, _reader(user_id)):
        _changed(uow, client, "Client no longer shared")
    return queries.grants(uow.session, uow.actor, client_id)


def _reader(user_id: str) -> str:
    reader = fields.identifier("user_id", user_id)
    if reader is None:
        raise Invalid("user_id is needed", field="user_id")
    return reader


def _changed(uow: UnitOfWork, client: Any, subject: str) -> None:
    client.access_changed(True)
    client.touch(uow.now)
    log(uow, client.id, "system", subject)
    tell_access(uow, client)


def _revoke(uow: UnitOfWork, client_id: str, user_id: str) -> bool:
    grant = access_grants.c
    live = (grant.client_id == client_id, grant.user_id == user_id, grant.revoked_at.is_(None))
    statement = update(access_grants).where(*live).values(revoked_at=uow.now).returning(grant.id)
    return uow.session.execute(statement).first() is not None


def _end(uow: UnitOfWork, ends_on: str | None) -> datetime | None:
    """The first instant at which the grant no longer holds."""
    if (day := fields.date_of("ends_on", ends_on)) is None:
        return None
    if day < uow.today:
        raise Invalid("ends_on is in the past", field="ends_on")
    return day_begins(day + timedelta(days=1), uow.business.zone)
