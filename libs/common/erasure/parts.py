"""A service's part in an erasure: done once when it is told, and once more when nothing can be on its way any more."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from libs.common.audit.forgetting import forget
from libs.common.database import UnitOfWork
from libs.common.erasure import searching
from libs.common.erasure.person import Person
from libs.common.erasure.plan import ErasurePlan
from libs.common.events import Envelope, Event
from libs.common.housekeeping import KEEP_DAYS
from libs.common.schedule import ScheduledJob
from libs.common.tables import erasure_parts

# An event that fails is tried again for 36 minutes before it is a dead letter, and a job's hands hold what they hold
# for minutes: an hour later whatever was on its way has come to rest.
AGAIN_AFTER = timedelta(hours=1)


class ErasureAsked(Event):
    """A person is to be erased; ``sealed`` says who, for services alone (``Person.opened``)."""

    event_type: ClassVar[str] = "contact.erasure_asked"

    erasure_id: str
    contact_id: str
    client_id: str
    sealed: str
    version: int


class PartDone(Event):
    """What a service erased, and what it keeps: ``changed`` [{what, rows}], ``kept`` [{what, id, why}].

    audit_keys: how many keys of its audit log went. again_at: when copies that were on their way are looked for.
    final: this was that second look, and the service has forgotten who it was.
    """

    erasure_id: str
    contact_id: str
    changed: list[dict[str, Any]]
    kept: list[dict[str, str]]
    audit_keys: int
    swept_at: datetime
    again_at: datetime
    rows_go_after_days: int
    final: bool
    version: int


@dataclass(frozen=True, slots=True)
class Part:
    """A service's part, as the aggregate of the event that tells of it."""

    id: str
    version: int
    data: dict[str, Any]
    found: list[searching.Found]


def erase(uow: UnitOfWork, plan: ErasurePlan, secret: str, erasure_id: str, sealed: str) -> Part:
    """Take a person out of this service's database, but for what the plan keeps.

    ``data`` is what a PartDone says. Told again, it looks again and finds what came meanwhile.
    """
    person = Person.opened(secret, erasure_id, sealed)
    values = {"contact_id": person.contact_id, "sealed": sealed, "swept_at": uow.now}
    row = values | {"erasure_id": erasure_id, "again_at": uow.now + AGAIN_AFTER, "version": 1}
    statement = insert(erasure_parts).values(row)
    told_again = {"version": erasure_parts.c.version + 1, "swept_at": uow.now}
    statement = statement.on_conflict_do_update(index_elements=["erasure_id"], set_=told_again)
    version = uow.session.execute(statement.returning(erasure_parts.c.version)).scalar_one()
    return _swept(uow, plan, person, erasure_id, version, final=False)


def erase_again(uow: UnitOfWork, plan: ErasurePlan, secret: str, due_at: datetime) -> list[Part]:
    """Look once more for those whose hour is over, and forget who they were."""
    row = erasure_parts.c
    due = select(erasure_parts).where(row.settled_at.is_(None), row.again_at <= due_at).with_for_update()
    parts = []
    for each in uow.session.execute(due).all():
        person = Person.opened(secret, each.erasure_id, each.sealed)
        parts.append(_swept(uow, plan, person, each.erasure_id, each.version + 1, final=True))
        done = {"settled_at": uow.now, "sealed": None, "version": each.version + 1}
        uow.session.execute(update(erasure_parts).where(row.erasure_id == each.erasure_id).values(done))
    return parts


def _swept(uow: UnitOfWork, plan: ErasurePlan, person: Person, erasure_id: str, version: int, *, final: bool) -> Part:
    found = searching.take_out(uow.session, plan, person)
    changed = [each for each in found if each.kept is None]
    watched = plan.audit.watched
    keys = forget(
        uow.session,
        uow.context,
        plan.audit,
        gone=plan.subjects(person),
        changed={watched[each.table].subject_of(each.row) for each in changed if each.table in watched},
        loose=person.loose,
        names=person.is_named_in,
    )
    data = {
        "erasure_id": erasure_id,
        "contact_id": person.contact_id,
        "changed": [{"what": what, "rows": rows} for what, rows in Counter(each.table for each in changed).items()],
        "kept": [{"what": each.table, "id": each.row_id, "why": each.kept} for each in found if each.kept is not None],
        "audit_keys": keys,
        "swept_at": uow.now,
        "again_at": uow.now + AGAIN_AFTER,
        "rows_go_after_days": KEEP_DAYS,
        "final": final,
        "version": version,
    }
    return Part(erasure_id, version, data, found)


Tell = Callable[[UnitOfWork, Part], None]


def on_asked(
    plan: ErasurePlan, secret: Callable[[], str], tell: Tell
) -> Callable[[UnitOfWork, ErasureAsked, Envelope], None]:
    """How a service that is told of an erasure does its part; ``tell`` says what came of it."""

    def on_erasure_asked(uow: UnitOfWork, event: ErasureAsked, _envelope: Envelope) -> None:
        if event.sealed:  # taken away once everybody had answered
            tell(uow, erase(uow, plan, secret(), event.erasure_id, event.sealed))

    return on_erasure_asked


def second_look(plan: ErasurePlan, secret: Callable[[], str], tell: Tell) -> ScheduledJob:
    """How a service looks again for what was on its way."""

    def look(uow: UnitOfWork, due_at: datetime) -> None:
        for part in erase_again(uow, plan, secret(), due_at):
            tell(uow, part)

    return ScheduledJob("erase_again", "*/10 * * * *", look)
