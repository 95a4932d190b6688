"""Custom fields on pages: an input for each, and what was typed as the API takes it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from libs.common.problems import Problem
from services.gateway.api import custom_fields as api
from services.gateway.web import forms, parts
from services.gateway.web.editing import Field
from services.gateway.web.formats import day, exact, money, typed_amount
from services.gateway.web.parts import Part

PREFIX = "custom-"
FROM, TO, CONTAINS = "custom_from", "custom_to", "custom_contains"
KINDS = {
    "text": _l("Text"),
    "number": _l("Number"),
    "money": _l("Amount of money"),
    "date": _l("Date"),
    "choice": _l("Choice"),
    "yes_no": _l("Yes or no"),
}
_BOUNDED = ("number", "money", "date")
_CURRENCY = re.compile(r"\b([A-Z]{3})\b")
_SIGNS = {"€": "EUR", "£": "GBP", "¥": "JPY", "₹": "INR", "$": "USD"}


@dataclass(frozen=True)
class CustomField(Field):
    """A field that the company defined. key: under which records keep it."""

    key: str = ""

    @property
    def asked(self) -> list[tuple[str, str]]:
        """The inputs that a list is narrowed with, beside one for the very value, as (name, label)."""
        if self.kind in _BOUNDED:
            lower, upper = _("%(field)s from", field=self.label), _("%(field)s until", field=self.label)
            return [(f"{FROM}-{self.key}", lower), (f"{TO}-{self.key}", upper)]
        if self.kind == "text":
            return [(f"{CONTAINS}-{self.key}", _("%(field)s contains", field=self.label))]
        return []

    @property
    def reader(self) -> forms.Reader:
        return {"number": forms.number, "money": _money, "yes_no": forms.flag}.get(self.kind, forms.text)

    def typed(self, record: Mapping[str, Any]) -> str:
        """The value as it stands in an input."""
        value = (record.get("custom") or {}).get(self.key)
        if value is None:
            return ""
        if isinstance(value, Mapping):
            return f"{typed_amount(value['amount_minor'], value['currency'])} {value['currency']}"
        if isinstance(value, bool):
            return "true" if value else "false"
        return exact(format(Decimal(str(value)), "f")) if self.kind == "number" else str(value)

    def in_words(self, record: Mapping[str, Any]) -> str:
        """The value as it is read."""
        value = (record.get("custom") or {}).get(self.key)
        if isinstance(value, Mapping):
            return money(value["amount_minor"], value["currency"])
        if isinstance(value, bool):
            return str(_("yes") if value else _("no"))
        return day(value) if self.kind == "date" and value else self.typed(record)


def fields_of(part: Part | None) -> list[CustomField]:
    """The inputs for what a service answered to ``call``; none where it did not answer."""
    return [_field(each) for each in part.get("items", []) if _takes(each)] if part else []


def of(entity: str) -> list[CustomField]:
    """The same, asked for by itself."""
    return fields_of(parts.ask({"fields": api.call(entity)})["fields"])


def known(entity: str) -> list[CustomField]:
    """The same for a record that is there, whose fields must be known; raises what its service answers else."""
    asked = api.call(entity)
    return [_field(each) for each in parts.one(asked.service, asked.method, entity=entity)["items"] if _takes(each)]


def shown(defined: Mapping[str, Any], value: Any) -> str:
    """A value of a field, given by its ``{key, label, kind, options}``, as it is read."""
    return _field(defined).in_words({"custom": {defined["key"]: value}})


def folded(body: Mapping[str, Any]) -> dict[str, Any]:
    """A body with the values of custom fields together under ``custom``."""
    own = {name.removeprefix(PREFIX): value for name, value in body.items() if name.startswith(PREFIX)}
    rest = {name: value for name, value in body.items() if not name.startswith(PREFIX)}
    return rest | ({"custom": own} if own else {})


def typed(form: forms.Form, entity: str) -> dict[str, Any]:
    """``{"custom": …}`` of a form for something new; nothing where the form has no such fields."""
    if not any(name.startswith(PREFIX) for name in form.values):
        return {}
    return folded(forms.read({field.name: field.reader for field in of(entity)}, form.values))


def filters(values: Mapping[str, str], fields: list[CustomField]) -> dict[str, Any]:
    """``{"custom": …, "custom_from": …}`` of an address in which values to filter by stand by their inputs' names;
    nothing without."""
    found = folded(forms.read({field.name: field.reader for field in fields}, values))
    readers = {name: field.reader for field in fields for name, _label in field.asked}
    for name, value in forms.read(readers, values).items():
        filter_name, _dash, key = name.partition("-")
        found.setdefault(filter_name, {})[key] = value
    return found


def is_filter(name: str) -> bool:
    """Whether a parameter of an address is one that ``filters`` reads."""
    return name.startswith((PREFIX, *(f"{each}-" for each in (FROM, TO, CONTAINS))))


def chips(fields: list[CustomField]) -> dict[str, tuple[str, Callable[[str], str]]]:
    """How such filters show."""
    names = [(field, [(field.name, str(field.label)), *field.asked]) for field in fields]
    return {name: (label, _chip(field)) for field, inputs in names for name, label in inputs}


def _chip(field: CustomField) -> Callable[[str], str]:
    named = dict(field.options()) if field.options else {}
    return lambda value: _day_or_text(value) if field.kind == "date" else str(named.get(value, value))


def _day_or_text(typed: str) -> str:
    try:
        return day(date.fromisoformat(typed))
    except ValueError:
        return typed


def saving(update: Callable[[dict[str, Any]], dict[str, Any]]) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """Save a body in which custom fields stand by their inputs' names; a fault is told at its input."""

    def save(body: dict[str, Any]) -> dict[str, Any]:
        try:
            return update(folded(body))
        except Problem as problem:
            raise at_inputs(problem) from None

    return save


def at_inputs(problem: Problem) -> Problem:
    """A problem that names custom fields as their inputs are named."""
    if problem.field:
        problem.field = _input(problem.field)
    for fault in problem.extra.get("errors") or []:
        fault["field"] = _input(fault["field"])
    return problem


def _input(name: str) -> str:
    first, _dot, rest = name.partition("custom.")
    return f"{first}{PREFIX}{rest.split('.')[0]}" if _dot else name


def _takes(defined: Mapping[str, Any]) -> bool:
    return not defined["archived"]


def _field(defined: Mapping[str, Any]) -> CustomField:
    named = {"name": PREFIX + defined["key"], "label": defined["label"], "key": defined["key"]}
    kind = defined["kind"]
    if kind == "choice":
        chosen = tuple((each, each) for each in defined["options"])
        return CustomField(**named, kind="choice", options=lambda: chosen)
    if kind == "yes_no":
        return CustomField(**named, kind="yes_no", options=lambda: (("true", _("yes")), ("false", _("no"))))
    return CustomField(**named, kind=kind, longest=500 if kind == "text" else 40)


def _money(name: str, typed: str) -> dict[str, Any]:
    """An amount with its currency in front or behind; without one in the base currency."""
    named = _CURRENCY.search(typed.upper())
    sign = next((code for sign, code in _SIGNS.items() if sign in typed), None)
    currency = named[1] if named else sign
    amount = forms.amount(name, _CURRENCY.sub("", typed.upper()) if named else typed)
    return {"amount": amount} | ({"currency": currency} if currency else {})
