"""Who gets a daily summary, and when."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import and_, func, literal, or_, select
from sqlalchemy.orm import Session

from libs.common.identity import Actor
from libs.common.problems import NotFound
from services.notifications import settings
from services.notifications.domain import STAFF_MAILS, by_default
from services.notifications.models import digests, people, preferences, summary_times
from services.notifications.subscriptions import Subscriptions

_KIND = "daily_summary"
_HOUR, _MINUTE = 8, 0
_SELLING = [role for role in ("admin", "sales", "finance", "manager") if by_default(_KIND, role)]

_TIMES = people.outerjoin(summary_times, summary_times.c.user_id == people.c.user_id)
_CHOSEN = _TIMES.outerjoin(preferences, and_(preferences.c.user_id == people.c.user_id, preferences.c.kind == _KIND))
_ON = or_(preferences.c.email, and_(preferences.c.email.is_(None), people.c.role.in_(_SELLING)))


def _columns(zone: str) -> list[Any]:
    times = summary_times.c
    return [
        people.c.user_id,
        people.c.role,
        func.greatest(people.c.known_since, times.updated_at, preferences.c.updated_at).label("since"),
        func.coalesce(times.hour, _HOUR).label("hour"),
        func.coalesce(times.minute, _MINUTE).label("minute"),
        func.coalesce(times.time_zone, literal(zone)).label("zone"),
    ]


def summary_readers(session: Session, zone: str) -> Sequence[Any]:
    """Everybody who works here and gets it: ``user_id, role, since, hour, minute, zone`` of each.

    since: from when on they get it at this time; what was due before was not theirs.
    """
    return session.execute(select(*_columns(zone)).select_from(_CHOSEN).where(people.c.active, _ON)).all()


def digest_reader(session: Session, digest_id: str, zone: str) -> Any | None:
    """Whom a digest that has no mail yet is for, and its day; None where that person is not to get it any more."""
    source = _CHOSEN.join(digests, digests.c.user_id == people.c.user_id)
    wanted = or_(digests.c.day.is_(None), _ON)
    statement = select(*_columns(zone), digests.c.day).select_from(source)
    return session.execute(
        statement.where(digests.c.id == digest_id, digests.c.email_id.is_(None), people.c.active, wanted)
    ).one_or_none()


def get_summary_settings(session: Session, actor: Actor) -> dict[str, Any]:
    """``{enabled, hour, minute, time_zone, zone}``: when the actor gets it; ``zone`` is the one that counts."""
    business = settings.current().business_tz
    columns = [*_columns(business), summary_times.c.time_zone, func.coalesce(_ON, False).label("enabled")]
    row = session.execute(select(*columns).select_from(_CHOSEN).where(people.c.user_id == actor.id)).one_or_none()
    if row is None:
        # Somebody new, of whom the event has not come yet.
        found = {"hour": _HOUR, "minute": _MINUTE, "time_zone": None, "zone": business}
        return {"enabled": by_default(_KIND, actor.role)} | found
    return {name: getattr(row, name) for name in ("enabled", "hour", "minute", "time_zone", "zone")}


def subscription(session: Session, subscriptions: Subscriptions, token: str) -> dict[str, Any]:
    """``{kind, label, on}`` of what a link in a mail ends; NotFound where it is none of ours."""
    user_id, kind = subscriptions.opened(token)
    chosen = preferences.c
    role = session.execute(select(people.c.role).where(people.c.user_id == user_id)).scalar_one_or_none()
    if role is None:
        raise NotFound("this link is of somebody who is not known here")
    switched = session.execute(
        select(chosen.email).where(chosen.user_id == user_id, chosen.kind == kind)
    ).scalar_one_or_none()
    return {"kind": kind, "label": STAFF_MAILS[kind], "on": by_default(kind, role) if switched is None else switched}
