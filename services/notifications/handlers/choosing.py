"""What a person chooses about the mails it gets, also from within a mail."""

from __future__ import annotations

from typing import Any

from sqlalchemy.dialects.postgresql import insert

from libs.common import fields
from libs.common.database import UnitOfWork
from libs.common.problems import Invalid
from services.notifications import queries
from services.notifications.domain import STAFF_MAILS
from services.notifications.models import preferences, summary_times
from services.notifications.subscriptions import Subscriptions

_SUMMARY: dict[str, fields.Reader] = {
    "enabled": fields.flag,
    "hour": fields.whole(0, 23),
    "minute": fields.whole(0, 59),
    "time_zone": fields.time_zone,
}


def set_preferences(uow: UnitOfWork, email: dict[str, Any]) -> dict[str, Any]:
    """Switch kinds of mail on or off for oneself: ``{"new_lead": false}``. Kinds not named stay as they are."""
    given = fields.read(dict.fromkeys(STAFF_MAILS, fields.flag), email)
    if not given:
        raise Invalid("name at least one kind of mail")
    _switch(uow, uow.actor.id, given)
    return queries.get_preferences(uow.session, uow.actor)


def set_summary_settings(uow: UnitOfWork, settings: dict[str, Any]) -> dict[str, Any]:
    """Whether and when one gets the daily summary: ``{enabled, hour, minute, time_zone}``, those not named stay."""
    given = fields.read(_SUMMARY, settings)
    if not given:
        raise Invalid("name at least one of enabled, hour, minute and time_zone", field="enabled")
    now = queries.get_summary_settings(uow.session, uow.actor)
    # What stays as it is was not chosen now: a summary that is still to come of today comes.
    given = {name: value for name, value in given.items() if value != now[name]}
    if "enabled" in given:
        _switch(uow, uow.actor.id, {"daily_summary": given.pop("enabled")})
    if given:
        row = {name: now[name] for name in ("hour", "minute", "time_zone")} | given
        statement = insert(summary_times).values(user_id=uow.actor.id, updated_at=uow.now, **row)
        taken = given | {"updated_at": uow.now}
        uow.session.execute(statement.on_conflict_do_update(index_elements=["user_id"], set_=taken))
    return queries.get_summary_settings(uow.session, uow.actor)


def unsubscribe(uow: UnitOfWork, subscriptions: Subscriptions, token: str) -> dict[str, Any]:
    """End the kind of mail that the token names; again, it is ended already."""
    found = queries.subscription(uow.session, subscriptions, token)
    user_id, kind = subscriptions.opened(token)
    if found["on"]:
        _switch(uow, user_id, {kind: False})
    return found | {"on": False}


def _switch(uow: UnitOfWork, user_id: str, given: dict[str, bool]) -> None:
    rows = [{"user_id": user_id, "kind": kind, "email": on, "updated_at": uow.now} for kind, on in given.items()]
    statement = insert(preferences).values(rows)
    taken = {"email": statement.excluded.email, "updated_at": statement.excluded.updated_at}
    uow.session.execute(statement.on_conflict_do_update(index_elements=["user_id", "kind"], set_=taken))
