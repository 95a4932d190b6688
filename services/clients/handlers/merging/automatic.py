"""Merging without being asked, where a setting says so: only two of one name with addresses at one company's host."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import select

from libs.common.database import UnitOfWork
from libs.common.schedule import ScheduledJob
from services.clients.domain import Client, mail_host
from services.clients.handlers.merging.together import load, merge_clients
from services.clients.models import duplicate_pairs

_MOST = 50


def merge_certain(is_on: Callable[[], bool]) -> ScheduledJob:
    """Merge the pairs that are certain, the younger client into the older, while the setting is on."""

    def merge(uow: UnitOfWork, _due_at: datetime) -> None:
        if is_on():
            merge_pairs(uow)

    return ScheduledJob("merge duplicates", "*/5 * * * *", merge)


def merge_pairs(uow: UnitOfWork) -> int:
    """How many clients were merged into another."""
    pair, merged = duplicate_pairs.c, 0
    sure = pair.reasons.contains(["same name"]) & pair.reasons.overlap(["same e-mail domain", "same e-mail address"])
    statement = select(pair.first_id, pair.second_id).where(sure, pair.dismissed_at.is_(None))
    for row in uow.session.execute(statement.order_by(pair.first_id, pair.second_id).limit(_MOST)).all():
        both = sorted(load(uow, [row.first_id, row.second_id]), key=lambda each: (each.created_at, each.id))
        if len(both) == 2 and is_certain(*both):
            merge_clients(uow, both[0].id, both[1].id)
            merged += 1
    return merged


def is_certain(one: Client, other: Client) -> bool:
    """Whether two clients are one beyond doubt: the same normalised name, addresses at the same host that is not
    anybody's, and no two people who look after them."""
    host = mail_host(one.email)
    return (
        one.deleted_at is None
        and other.deleted_at is None
        and one.match_name == other.match_name
        and host is not None
        and host == mail_host(other.email)
        and (one.owner_id == other.owner_id or None in (one.owner_id, other.owner_id))
    )
