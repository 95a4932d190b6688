"""Events become hints for open pages: each a row, whose number says its place in the order all see."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert, text

from libs.common import row_access
from libs.common.database import UnitOfWork
from libs.common.events import Envelope
from libs.common.schedule import ScheduledJob
from services.gateway.events import (
    ActivityHappened,
    ClientAccessChanged,
    ClientCreated,
    ClientsAccessChanged,
    DealHappened,
    MessageHappened,
    PeopleNotified,
)
from services.gateway.live.topics import TOPICS
from services.gateway.models import live_changes

CHANNEL = "live_changes"
# How long a page may have been without its stream and still be told of everything.
KEPT = timedelta(hours=2)

# Held to the commit: who reads up to a number has read everything below it, too.
_IN_ORDER = text("SELECT pg_advisory_xact_lock(hashtext('live-changes'))")
_WAKE = text(f"SELECT pg_notify('{CHANNEL}', '')")
# The newest of the old ones stays: below its number something may be missing.
_FORGET = text("""
    DELETE FROM live_changes WHERE id < (SELECT max(id) FROM live_changes WHERE created_at < :before)
""")


def note(uow: UnitOfWork, *rows: dict[str, Any]) -> None:
    """Write hints down, in the order given, and wake those who hand them on when this is committed."""
    if not rows:
        return
    empty: dict[str, Any] = dict.fromkeys(("client_id", "deal_id", "conversation_id", "subject_id"))
    empty |= {"won": False, "user_ids": [], "created_at": uow.now}
    uow.session.execute(_IN_ORDER)
    # One by one: the numbers of several rows of one statement are given in no order that is promised.
    for row in rows:
        uow.session.execute(insert(live_changes).values(empty | row))
    uow.session.execute(_WAKE)


def _of(envelope: Envelope, **row: Any) -> Iterable[dict[str, Any]]:
    return [{"topic": topic} | row for topic in TOPICS[envelope.type]]


def on_deal(uow: UnitOfWork, event: DealHappened, envelope: Envelope) -> None:
    """A deal is new, another, somewhere else or gone; who sees won deals alone sees it leave them, too."""
    left = envelope.type == "deal.reopened" and event.previous_stage == "won"
    row = {"client_id": event.client_id, "deal_id": event.deal_id, "won": event.stage == "won" or left}
    note(uow, *_of(envelope, **row))


def on_activity(uow: UnitOfWork, event: ActivityHappened, envelope: Envelope) -> None:
    """Something stands in a client's timeline; what a file brings in comes by the thousand, and nobody waits for it."""
    if event.brought:
        return
    row = {"client_id": event.client_id, "deal_id": event.deal_id, "subject_id": event.activity_id, "won": event.won}
    hints = [*_of(envelope, **row)]
    if event.type == "task":
        hints.append({"topic": "task"} | row)
    note(uow, *hints)


def on_client_created(uow: UnitOfWork, event: ClientCreated, envelope: Envelope) -> None:
    """A client is new."""
    note(uow, *_of(envelope, client_id=event.client_id))


def on_access_changed(uow: UnitOfWork, event: ClientAccessChanged, envelope: Envelope) -> None:
    """Who may see a client: kept, to decide who is told of what; those who see it now find it in their lists."""
    row_access.apply(uow.session, event)
    note(uow, *_of(envelope, client_id=event.record_id))


def on_accesses_changed(uow: UnitOfWork, event: ClientsAccessChanged, envelope: Envelope) -> None:
    """The same of many clients, of which those who see them are told once."""
    row_access.apply(uow.session, *event.accesses)
    people = {each.owner_id for each in event.accesses} | {
        reader.user_id for each in event.accesses for reader in each.readers
    }
    note(uow, *_of(envelope, user_ids=sorted(people - {None})))


def on_people_notified(uow: UnitOfWork, event: PeopleNotified, envelope: Envelope) -> None:
    """People were told something in the app."""
    note(uow, *_of(envelope, user_ids=event.user_ids))


def on_message(uow: UnitOfWork, event: MessageHappened, envelope: Envelope) -> None:
    """A message came, left or got further."""
    about = {"conversation_id": event.conversation_id, "subject_id": event.message_id}
    note(uow, *_of(envelope, client_id=event.client_id, **about))


def forget(uow: UnitOfWork, due_at: datetime) -> None:
    """Delete what is older than is kept."""
    uow.session.execute(_FORGET, {"before": due_at - KEPT})


FORGETTING = ScheduledJob("forget live changes", "*/10 * * * *", forget)
