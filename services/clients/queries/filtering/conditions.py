"""One condition on clients: a field, what is asked of it, and a value, as SQL.

Text is compared whatever its case. ``is_not`` and ``none_of`` hold for a client that has nothing there. A day is a day
of the business time zone. Of deals, the condition is on any deal of the client, its value in the base currency.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, Text, and_, any_, cast, func, literal, not_, or_, select
from sqlalchemy.dialects.postgresql import ARRAY

from libs.common.fields import contains
from libs.common.problems import Invalid
from services.clients.domain import STATUSES, day_begins
from services.clients.importing.targets import STAGES
from services.clients.models import client_deals, clients
from services.clients.queries.filtering import values
from services.clients.queries.filtering.asked import ORDER, Asked, compared
from services.clients.queries.filtering.custom import NAME, custom

_Made = ColumnElement[bool]


@dataclass(frozen=True, slots=True)
class Condition:
    """hidden: it looks at what a public card does not show, so no card may match by it. listed: all that it looks at
    stands in the index that holds the list in its order."""

    sql: ColumnElement[bool]
    hidden: bool
    listed: bool = False


_EMPTY = ("empty", "not_empty")
_SAME = ("is", "is_not", "any_of", "none_of")
_TEXT = (*_SAME, "contains", "starts_with", *_EMPTY)
_TIME = ("is", "gt", "gte", "lt", "lte", "between", "last_days", "not_last_days", *_EMPTY)


def condition(name: Any, asked: Asked) -> Condition:
    """What is asked of the field ``name`` as SQL; Invalid names what does not fit, at its place."""
    op, at = asked.op, asked.at
    if not isinstance(op, str):
        raise Invalid(f"{at}.op is needed", field=f"{at}.op")
    if isinstance(name, str) and NAME.fullmatch(name):
        return Condition(custom(asked, name), hidden=True)
    if not isinstance(name, str) or name not in FIELDS:
        raise Invalid(
            f"{at}.field is one of {', '.join(FIELDS)}, custom.<key>, contact.custom.<key>, deal.custom.<key>",
            field=f"{at}.field",
        )
    return Condition(FIELDS[name](asked), name not in _ON_CARD, listed=op in _LISTED.get(name, ()))


def _text(column: ColumnElement[Any]) -> Callable[[Asked], _Made]:
    lower = func.lower(column)

    def made(asked: Asked) -> _Made:
        asked.one_of_these(*_TEXT)
        if asked.op in _EMPTY:
            nothing = func.coalesce(column, "") == ""
            return nothing if asked.op == "empty" else not_(nothing)
        value = asked.read(values.words)
        if asked.op in ("contains", "starts_with"):
            return column.ilike(contains(value)[1 if asked.op == "starts_with" else 0 :])
        found = lower.in_(value) if isinstance(value, list) else lower == value
        return found if asked.op in ("is", "any_of") else found.is_not(True)

    return made


def _status(asked: Asked) -> _Made:
    asked.one_of_these(*_SAME)
    value = asked.read(values.one_of(*STATUSES))
    found = clients.c.status.in_(value) if isinstance(value, list) else clients.c.status == literal(value)
    return found if asked.op in ("is", "any_of") else not_(found)


def _owner(asked: Asked) -> _Made:
    asked.one_of_these(*_SAME, *_EMPTY)
    owner = clients.c.owner_id
    if asked.op in _EMPTY:
        return owner.is_(None) if asked.op == "empty" else owner.isnot(None)
    value = asked.read(values.person(asked.actor.id))
    given = value if isinstance(value, list) else [value]
    people = [each for each in given if each is not None]
    found = [owner.in_([cast(literal(each), owner.type) for each in people])] if people else []
    nobody = [owner.is_(None)] if len(people) < len(given) else []
    any_of_them = or_(*found, *nobody)
    return any_of_them if asked.op in ("is", "any_of") else any_of_them.is_not(True)


def _tag(asked: Asked) -> _Made:
    asked.one_of_these(*_SAME, *_EMPTY)
    if asked.op in _EMPTY:
        nothing = func.cardinality(clients.c.tags) == 0
        return nothing if asked.op == "empty" else not_(nothing)
    value = asked.read(values.words)
    wanted = literal(value if isinstance(value, list) else [value], ARRAY(Text))
    found: _Made = clients.c.tags.bool_op("&&")(wanted)
    return found if asked.op in ("is", "any_of") else not_(found)


def _instant(column: ColumnElement[Any]) -> Callable[[Asked], _Made]:
    def made(asked: Asked) -> _Made:
        asked.one_of_these(*_TIME)
        if asked.op in _EMPTY:
            return column.is_(None) if asked.op == "empty" else column.isnot(None)
        if asked.op in ("last_days", "not_last_days"):
            since = func.now() - timedelta(days=asked.read(values.days))
            return column >= since if asked.op == "last_days" else or_(column.is_(None), column < since)
        return _of_days(column, asked)

    return made


def _of_days(column: ColumnElement[Any], asked: Asked) -> _Made:
    value = asked.read(values.day)
    first, last = value if isinstance(value, list) else (value, value)
    try:
        begins, ends = day_begins(first, asked.zone), day_begins(last + timedelta(days=1), asked.zone)
    except OverflowError:
        raise Invalid(f"{asked.at}.value is a date of our time", field=f"{asked.at}.value") from None
    if asked.op in ("is", "between"):
        return and_(column >= begins, column < ends)
    return {"gt": column >= ends, "gte": column >= begins, "lt": column < begins, "lte": column < ends}[asked.op]


def _lifetime_value(asked: Asked) -> _Made:
    asked.one_of_these(*ORDER)
    return compared(clients.c.lifetime_value_minor, asked.op, asked.read(values.number))


def _deal_value(asked: Asked) -> _Made:
    asked.one_of_these(*ORDER, *_EMPTY)
    least, greatest = clients.c.least_deal_minor, clients.c.greatest_deal_minor
    if asked.op in _EMPTY:
        return greatest.is_(None) if asked.op == "empty" else greatest.isnot(None)
    value = asked.read(values.number)
    if asked.op in ("gt", "gte"):
        return compared(greatest, asked.op, value)
    if asked.op in ("lt", "lte"):
        return compared(least, asked.op, value)
    op = "is" if asked.op == "is_not" else asked.op
    found: Select[Any] = select(client_deals.c.client_id).where(compared(client_deals.c.base_minor, op, value))
    return clients.c.id.not_in(found) if asked.op == "is_not" else clients.c.id.in_(found)


def _deal_stage(asked: Asked) -> _Made:
    asked.one_of_these(*_SAME, *_EMPTY)
    stages = clients.c.deal_stages
    if asked.op in _EMPTY:
        nothing = func.cardinality(stages) == 0
        return nothing if asked.op == "empty" else not_(nothing)
    value = asked.read(values.one_of(*STAGES, fold=True))
    found: _Made = literal(value) == any_(stages)
    if isinstance(value, list):
        found = stages.bool_op("&&")(literal(value, ARRAY(Text)))
    return found if asked.op in ("is", "any_of") else not_(found)


def _open_deals(asked: Asked) -> _Made:
    asked.one_of_these(*ORDER)
    return compared(clients.c.open_deals, asked.op, asked.read(values.number))


_ON_CARD = frozenset({"company_name", "industry", "status", "owner_id"})
# What stands in the index clients_listed, and the operators that ask it alone.
_LISTED: Mapping[str, tuple[str, ...]] = {
    "deal_value": ("gt", "gte", "lt", "lte", *_EMPTY),
    "deal_stage": (*_SAME, *_EMPTY),
    "open_deals": ORDER,
}
_TEXTS = "company_name industry state country city source email phone website notes".split()
_INSTANTS = "created_at updated_at last_activity_at".split()
FIELDS: Mapping[str, Callable[[Asked], _Made]] = {
    **{name: _text(clients.c[name]) for name in _TEXTS},
    **{name: _instant(clients.c[name]) for name in _INSTANTS},
    "status": _status,
    "tag": _tag,
    "owner_id": _owner,
    "deal_value": _deal_value,
    "deal_stage": _deal_stage,
    "lifetime_value": _lifetime_value,
    "open_deals": _open_deals,
}
