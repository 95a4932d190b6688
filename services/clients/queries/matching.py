"""The clients that something is done to: those that fit, and that a person reads in full."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from libs.common.identity import Actor
from services.clients.models import clients
from services.clients.queries.filtering import wanted


def matching_ids(session: Session, actor: Actor, filters: dict[str, Any], zone: str) -> Select[tuple[str]]:
    """Ids of the clients that fit the filters; never of one that shows as a card only."""
    return select(clients.c.id).where(wanted(session, actor, filters, zone).full)
