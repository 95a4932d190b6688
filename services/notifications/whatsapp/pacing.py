"""When the next message may leave: so many a second from our number, one in a few seconds to a person, none at all
while our token is refused. The database decides, so that all workers together keep to it."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from libs.common.database import UnitOfWork
from services.notifications.whatsapp import telling
from services.notifications.whatsapp.domain import Fault
from services.notifications.whatsapp.models import numbers
from services.notifications.whatsapp.ports import Line

# A worker waits for its turn that long at most; beyond it does something else meanwhile.
LONGEST_WAIT = timedelta(seconds=1)


def turn(uow: UnitOfWork, line: Line) -> datetime | None:
    """Take the next turn of our number: when it is, None where that is too far ahead to wait for."""
    row = numbers.c
    _know(uow, line)
    before = uow.session.execute(select(row.next_at).where(_ours(line)).with_for_update()).scalar_one()
    moment = max(before or uow.now, uow.now)
    if moment - uow.now > LONGEST_WAIT:
        return None
    following = moment + timedelta(seconds=1 / line.per_second)
    uow.session.execute(update(numbers).where(_ours(line)).values(next_at=following))
    return moment


def rest(handed_at: datetime | None, line: Line, now: datetime) -> float:
    """Seconds until the next message may go to a person whom the last one was handed over for then."""
    if handed_at is None:
        return 0.0
    return max(0.0, (handed_at + timedelta(seconds=line.pair_seconds) - now).total_seconds())


def is_blocked(uow: UnitOfWork, line: Line) -> bool:
    """Whether our token was refused. Another token is another chance."""
    row = numbers.c
    statement = select(row.blocked_at).where(_ours(line), row.blocked_hash == line.token_hash)
    return uow.session.execute(statement).scalar_one_or_none() is not None


def block(uow: UnitOfWork, line: Line, fault: Fault, cause_id: str) -> None:
    """Our token is refused, or our account: nothing more is tried, and the admins hear it once."""
    _know(uow, line)
    row = numbers.c
    values = {"blocked_at": uow.now, "blocked_reason": fault.reason, "blocked_hash": line.token_hash}
    fresh = (_ours(line), or_(row.blocked_at.is_(None), row.blocked_hash != line.token_hash))
    done = update(numbers).where(*fresh).values(**values).returning(row.phone_number_id)
    if uow.session.execute(done).first() is not None:
        telling.stopped(uow, cause_id, fault.reason, fault.advice)


def block_for(uow: UnitOfWork, line: Line, fault: Fault, message_id: str, handed_at: datetime | None) -> None:
    """The same for a message that WhatsApp had taken, unless our number was found to be well since then."""
    well_at = uow.session.execute(select(numbers.c.well_at).where(_ours(line))).scalar_one_or_none()
    if handed_at is not None and (well_at is None or well_at < handed_at):
        block(uow, line, fault, message_id)


def unblock(uow: UnitOfWork, line: Line) -> None:
    """Our token is taken, and what was wrong is set right."""
    _know(uow, line)
    values = {"blocked_at": None, "blocked_reason": None, "blocked_hash": None, "well_at": uow.now}
    uow.session.execute(update(numbers).where(_ours(line)).values(**values))


def _know(uow: UnitOfWork, line: Line) -> None:
    uow.session.execute(insert(numbers).values(phone_number_id=line.phone_number_id).on_conflict_do_nothing())


def _ours(line: Line) -> ColumnElement[bool]:
    return numbers.c.phone_number_id == line.phone_number_id
