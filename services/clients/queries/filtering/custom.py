"""Conditions on fields that the company defined: the kind of value that is given says which kind of field is meant."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    ColumnElement,
    Date,
    Numeric,
    Select,
    Text,
    Uuid,
    and_,
    column,
    func,
    or_,
    select,
)
from sqlalchemy import table as described
from sqlalchemy.orm import Session

from libs.common.custom_fields import Definition
from libs.common.fields import contains
from libs.common.money import MAX_MINOR
from libs.common.problems import Invalid
from services.clients.models import client_deals, clients, contacts
from services.clients.queries.filtering import values
from services.clients.queries.filtering.asked import ORDER, Asked, compared
from services.clients.queries.own_fields import ENTITIES, fields_of

NAME = re.compile(r"(?:(?P<of>contact|deal)\.)?custom\.(?P<key>[a-z][a-z0-9_]{0,49})")

_OPPOSITE = {"is_not": "is", "none_of": "any_of", "empty": "not_empty", "not_last_days": "last_days"}
_POSITIVE = ("is", "any_of", "contains", "starts_with", *ORDER[2:], "last_days", "not_empty")
_COLUMNS = {
    "text": Text,
    "number": Numeric,
    "date": Date,
    "flag": Boolean,
    "amount_minor": BigInteger,
    "currency": Text,
}

_GIVEN_AS = {"number": "number", "money": "money", "yes_no": "flag"}
_CALLED = {
    "text": "text",
    "choice": "a choice",
    "number": "a number",
    "money": "an amount: amount_minor and currency",
    "date": "a date, as in 2025-02-10",
    "yes_no": "yes or no: true or false",
}


def custom(asked: Asked, name: str) -> ColumnElement[bool]:
    """Clients with, or for an operator that denies without, such a value; of contacts and of deals, that of any of
    them."""
    asked.one_of_these(*_POSITIVE, *_OPPOSITE)
    said = NAME.fullmatch(name)
    assert said is not None  # only such names come here
    op = _OPPOSITE.get(asked.op, asked.op)
    row = _rows(said["of"] or "client")
    found = _holders(said["of"], row).where(row.c.key == said["key"])
    matching = found.where(_condition(row, op, asked)) if op != "not_empty" else found
    _fits(asked, name, op)
    return clients.c.id.not_in(matching) if asked.op in _OPPOSITE else clients.c.id.in_(matching)


def own_fields(session: Session) -> dict[str, Definition]:
    """The company's own fields of clients, contacts and deals, by the names that conditions call them."""
    return {called(entity, each.key): each for entity in ENTITIES for each in fields_of(session, entity)}


def called(entity: str, key: str) -> str:
    """The name that conditions call one of them."""
    return f"{'' if entity == 'client' else f'{entity}.'}custom.{key}"


def named_field(name: str) -> tuple[str, str] | None:
    """Entity and key of the company's own field that a condition names; None for any other."""
    said = NAME.fullmatch(name)
    return (said["of"] or "client", said["key"]) if said else None


def _holders(of: str | None, row: Any) -> Select[Any]:
    """Ids of the clients to whom values belong."""
    if of == "contact":
        return select(contacts.c.client_id).where(row.c.contact_id == contacts.c.id)
    if of == "deal":
        return select(client_deals.c.client_id).where(row.c.deal_id == client_deals.c.deal_id)
    return select(row.c.client_id)


def _fits(asked: Asked, name: str, op: str) -> None:
    """Whether there is such a field, and what is asked of it can be asked of its kind: nothing else is ever found."""
    field, at = asked.own().get(name), asked.at
    if field is None:
        raise Invalid(f"{at}.field: there is no custom field {name}", field=f"{at}.field")
    if op == "not_empty":
        return
    worded = field.kind in ("text", "choice")
    if (op == "last_days" and field.kind != "date") or (op in ORDER[2:] and worded):
        raise Invalid(f"{at}.op is not for {_CALLED[field.kind]}", field=f"{at}.op")
    if op in ("contains", "starts_with") and not worded:
        raise Invalid(f"{at}.op is for text", field=f"{at}.op")
    if op != "last_days" and not all(_is(field, op, each) for each in _given(op, asked)):
        raise Invalid(f"{at}.value is {_called(field)}", field=f"{at}.value")


def _is(field: Definition, op: str, value: Any) -> bool:
    """Whether a field may hold such a value, or a part of it."""
    if _kind(value) != _GIVEN_AS.get(field.kind, "text"):
        return False
    if field.kind == "choice" and op in ("is", "any_of"):
        return value in [option.lower() for option in field.options]
    return field.kind != "date" or _day(value) is not None


def _called(field: Definition) -> str:
    return f"one of {', '.join(field.options)}" if field.kind == "choice" else _CALLED[field.kind]


def _rows(entity: str) -> Any:
    columns: list[Any] = [column(name, kind) for name, kind in _COLUMNS.items()]
    columns += [column("key", Text), column(f"{entity}_id", Uuid(as_uuid=False))]
    return described(f"{entity}_custom_values", *columns)


def _condition(row: Any, op: str, asked: Asked) -> ColumnElement[bool]:
    if op == "last_days":
        days = values.days(f"{asked.at}.value", asked.value)
        today: ColumnElement[bool] = row.c.date >= func.current_date() - timedelta(days=days)
        return today
    many = _given(op, asked)
    readers = {_kind(each) for each in many}
    if len(readers) != 1:
        raise Invalid(f"{asked.at}.value: the values are of one kind", field=f"{asked.at}.value")
    return _MADE[readers.pop()](row, op, many, asked)


def _given(op: str, asked: Asked) -> list[Any]:
    at = f"{asked.at}.value"
    if op not in ("any_of", "between"):
        return [_value(at, asked.value)]
    given: list[Any] = values.many(_value)(at, asked.value)
    if op == "between" and len(given) != 2:
        raise Invalid(f"{at} is a list of two values, from and to", field=at)
    return given


def _text(row: Any, op: str, given: list[str], asked: Asked) -> ColumnElement[bool]:
    if op in ("contains", "starts_with"):
        like: ColumnElement[bool] = row.c.text.ilike(contains(given[0])[1 if op == "starts_with" else 0 :])
        return like
    days = [_day(each) for each in given]
    if op in ("is", "any_of"):
        words = func.lower(row.c.text).collate("C").in_([each.lower() for each in given])
        return or_(words, row.c.date.in_([each for each in days if each]))
    if None in days:
        raise Invalid(f"{asked.at}.value is a date, as in 2025-02-10", field=f"{asked.at}.value")
    return compared(row.c.date, op, days if op == "between" else days[0])


def _number(row: Any, op: str, given: list[Decimal], asked: Asked) -> ColumnElement[bool]:
    return _ordered(row.c.number, op, given, asked)


def _flag(row: Any, op: str, given: list[bool], asked: Asked) -> ColumnElement[bool]:
    if op not in ("is", "any_of"):
        raise Invalid(f"{asked.at}.op is is or is_not for yes and no", field=f"{asked.at}.op")
    found: ColumnElement[bool] = row.c.flag.in_(given)
    return found


def _money(row: Any, op: str, given: list[dict[str, Any]], asked: Asked) -> ColumnElement[bool]:
    currencies = {each["currency"] for each in given}
    if len(currencies) != 1:
        raise Invalid(f"{asked.at}.value: the amounts are in one currency", field=f"{asked.at}.value")
    amounts = [each["amount_minor"] for each in given]
    return and_(row.c.currency == currencies.pop(), _ordered(row.c.amount_minor, op, amounts, asked))


def _ordered(number: Any, op: str, given: list[Any], asked: Asked) -> ColumnElement[bool]:
    if op in ("contains", "starts_with"):
        raise Invalid(f"{asked.at}.op is for text", field=f"{asked.at}.op")
    found: ColumnElement[bool] = number.in_(given)
    return found if op in ("is", "any_of") else compared(number, op, given if op == "between" else given[0])


_Make = Callable[[Any, str, list[Any], Asked], ColumnElement[bool]]
_MADE: dict[str, _Make] = {"text": _text, "number": _number, "flag": _flag, "money": _money}


def _kind(value: Any) -> str:
    if isinstance(value, bool):
        return "flag"
    if isinstance(value, dict):
        return "money"
    return "text" if isinstance(value, str) else "number"


def _value(at: str, value: Any) -> Any:
    """Text (a date, too), yes or no, a number (``{"number": "12.50"}`` is exact), or ``{amount_minor, currency}``."""
    if isinstance(value, bool):
        return value
    if isinstance(value, str):
        return values.words(at, value)
    if isinstance(value, dict) and value.keys() == {"amount_minor", "currency"}:
        return _amount(at, value)
    number = value.get("number") if isinstance(value, dict) and value.keys() == {"number"} else value
    try:
        read = Decimal(str(number)) if isinstance(number, int | float | str) else None
    except InvalidOperation:
        read = None
    if read is None or not read.is_finite() or abs(read) > MAX_MINOR:
        raise Invalid(f"{at} is a text, a number, yes or no, or an amount", field=at)
    return read


def _amount(at: str, value: dict[str, Any]) -> dict[str, Any]:
    values.number(f"{at}.amount_minor", value["amount_minor"])
    if not isinstance(value["currency"], str) or len(value["currency"]) != 3:
        raise Invalid(f"{at}.currency is a currency", field=f"{at}.currency")
    return value


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
