"""Which deals are asked for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Uuid, and_, any_, func, not_, or_, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from libs.common import record_merges, row_access, segments
from libs.common.fields import contains, currency, date_of, flag
from libs.common.identity import Actor
from libs.common.ids import is_id
from libs.common.problems import Invalid
from services.deals import access, settings
from services.deals.models import deals
from services.deals.queries import custom
from services.deals.queries.idling import Idling, idle
from services.deals.queries.stages import asked_stages

Condition = Callable[[str, Any], ColumnElement[bool]]


def matching(session: Session, actor: Actor, filters: dict[str, Any], now: datetime) -> ColumnElement[bool]:
    """The deals the actor may see that fit every filter; Invalid names one that is unknown or malformed."""
    unknown = [name for name in filters if name not in _CONDITIONS and name not in (*_IDLING, *custom.FILTERS)]
    if unknown:
        raise Invalid(f"there is no filter {unknown[0]!r} here", field=unknown[0])
    given = [_CONDITIONS[name](name, value) for name, value in filters.items() if name in _CONDITIONS]
    return and_(access.scope(actor), *given, *_idling(session, filters, now), *custom.conditions(session, filters))


def _idling(session: Session, filters: dict[str, Any], now: datetime) -> list[ColumnElement[bool]]:
    """``stagnant``, for which ``idle_days`` says what idle is; alone these are the deals that were idle so long."""
    days = filters.get("idle_days")
    if filters.get("stagnant") is None:
        return [] if days is None else [idle(now, days)]
    stagnant = Idling.of(session, now, days).condition()
    return [stagnant if flag("stagnant", filters["stagnant"]) else not_(stagnant)]


def of_company(pattern: str) -> ColumnElement[bool]:
    """Deals of clients whose name is like the pattern.

    As an array, which is found once and then looked up in the index of clients; an IN would read every deal.
    """
    entry = row_access.entries.c
    found = select(entry.record_id).where(entry.label.ilike(pattern)).scalar_subquery()
    return deals.c.client_id == any_(func.array(found, type_=ARRAY(Uuid(as_uuid=False))))


def _stage(name: str, value: Any) -> ColumnElement[bool]:
    return deals.c.stage.in_(asked_stages(name, value))


def _owner(name: str, value: Any) -> ColumnElement[bool]:
    return deals.c.owner_id.is_(None) if value == "none" else _identifier(name, value)


def _identifier(name: str, value: Any) -> ColumnElement[bool]:
    if not is_id(value):
        raise Invalid(f"{name} is an id", field=name)
    return deals.c[name].in_([value])


def _client(name: str, value: Any) -> ColumnElement[bool]:
    if not is_id(value):
        raise Invalid(f"{name} is an id", field=name)
    return record_merges.is_of(deals.c.client_id, value)


def _created_from(name: str, value: Any) -> ColumnElement[bool]:
    """From the day's first instant where the business is."""
    day = date_of(name, value)
    if day is None:
        raise Invalid(f"{name} is a date, as in 2025-02-10", field=name)
    begins = datetime.combine(day, time.min, ZoneInfo(settings.current().business_tz))
    return deals.c.created_at >= begins.astimezone(UTC)


def _undated(name: str, value: Any) -> ColumnElement[bool]:
    return deals.c.closes_on.is_(None) if flag(name, value) else deals.c.closes_on.is_not(None)


def _search(_name: str, value: Any) -> ColumnElement[bool]:
    pattern = contains(value)
    own = or_(deals.c.deal_name.ilike(pattern), deals.c.description.ilike(pattern), custom.saying(pattern))
    return or_(own, of_company(pattern))


_IDLING = ("stagnant", "idle_days")
_CONDITIONS: dict[str, Condition] = {
    "stage": _stage,
    "owner_id": _owner,
    "client_id": _client,
    "segment_id": lambda name, value: segments.read(name, value).holds(deals.c.client_id),
    "tag": lambda _name, value: deals.c.tags.contains([str(value).lower()]),
    "currency": lambda name, value: deals.c.currency == currency(name, value),
    "source": lambda _name, value: deals.c.source.in_([value]),
    "created_from": _created_from,
    "closing_from": lambda name, value: deals.c.expected_close_date >= date_of(name, value),
    "closing_to": lambda name, value: deals.c.expected_close_date <= date_of(name, value),
    "closed_from": lambda name, value: deals.c.actual_close_date >= date_of(name, value),
    "closed_to": lambda name, value: deals.c.actual_close_date <= date_of(name, value),
    "closes_from": lambda name, value: deals.c.closes_on >= date_of(name, value),
    "closes_to": lambda name, value: deals.c.closes_on <= date_of(name, value),
    "undated": _undated,
    "q": _search,
}
