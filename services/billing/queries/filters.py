"""Which invoices are asked for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, literal, or_

from libs.common import record_merges, segments
from libs.common.clock import business_date
from libs.common.fields import contains
from libs.common.identity import Actor
from libs.common.problems import Invalid
from services.billing import access, fields, settings
from services.billing.domain import OPEN, STATUSES
from services.billing.models import invoices

Condition = Callable[[str, Any], ColumnElement[bool]]


def matching(actor: Actor, filters: dict[str, Any], today: date) -> ColumnElement[bool]:
    """The invoices the actor may see that fit every filter; Invalid names one that is unknown or malformed."""
    unknown = [name for name in filters if name not in FILTERS]
    if unknown:
        raise Invalid(f"there is no filter {unknown[0]!r} here", field=unknown[0])
    given = [(name, value) for name, value in filters.items() if value is not None]
    return and_(access.scope(actor), *(_condition(name, value, today) for name, value in given))


def business_today() -> date:
    """The day it is where the business is."""
    return business_date(datetime.now(UTC), settings.current().business_tz)


def _condition(name: str, value: Any, today: date) -> ColumnElement[bool]:
    if name == "overdue":
        overdue = and_(invoices.c.status.in_(OPEN), invoices.c.due_date < today)
        return overdue if fields.flag(name, value) else ~overdue
    return _CONDITIONS[name](name, value)


def _status(name: str, value: Any) -> ColumnElement[bool]:
    wanted = value if isinstance(value, list) else [value]
    read = [fields.one_of(*STATUSES, "open")(name, each) for each in wanted]
    named = set(read) | (set(OPEN) if "open" in read else set())
    return invoices.c.status.in_([status for status in STATUSES if status in named])


def _identifier(name: str, value: Any) -> ColumnElement[bool]:
    return invoices.c[name] == literal(fields.identifier(name, value), invoices.c[name].type)


def _client(name: str, value: Any) -> ColumnElement[bool]:
    return record_merges.is_of(invoices.c.client_id, fields.identifier(name, value))


def _search(name: str, value: Any) -> ColumnElement[bool]:
    pattern = contains(fields.text()(name, value))
    return or_(
        invoices.c.invoice_number.ilike(pattern),
        invoices.c.company_name.ilike(pattern),
        invoices.c.description.ilike(pattern),
    )


_CONDITIONS: dict[str, Condition] = {
    "status": _status,
    "client_id": _client,
    "segment_id": lambda name, value: segments.read(name, value).holds(invoices.c.client_id),
    "deal_id": _identifier,
    "from": lambda name, value: invoices.c.dated_on >= fields.day(name, value),
    "to": lambda name, value: invoices.c.dated_on <= fields.day(name, value),
    "due_from": lambda name, value: invoices.c.due_date >= fields.day(name, value),
    "due_to": lambda name, value: invoices.c.due_date <= fields.day(name, value),
    "paid_from": lambda name, value: invoices.c.paid_date >= fields.day(name, value),
    "paid_to": lambda name, value: invoices.c.paid_date <= fields.day(name, value),
    "currency": lambda name, value: invoices.c.currency == fields.currency(name, value),
    "q": _search,
}
FILTERS = frozenset(_CONDITIONS) | {"overdue"}
