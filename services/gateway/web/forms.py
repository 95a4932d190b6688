"""Forms: what was typed becomes what the API takes, and comes back with a word at each field that does not fit."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from flask import g, request
from flask_babel import gettext as _

from libs.common.ids import new_id
from libs.common.problems import Invalid, Problem
from services.gateway.accounts import cookies
from services.gateway.web.language import current, timezone
from services.gateway.web.said import refusal

Reader = Callable[[str, str], Any]
KEY_FIELD = "form_key"
_OWN = (KEY_FIELD, cookies.TOKEN_FIELD)
# Before or behind an amount, never within.
_CURRENCY = re.compile(r"^(-?)\s*(?:[$€£¥₹]|[A-Z]{3})\s*|\s*(?:[$€£¥₹]|[A-Z]{3})$")
_GROUPS = {"en": (",", "."), "de": (".", ",")}


@dataclass
class Form:
    """values: as typed. errors: a word for each field that does not fit. problem: what is wrong with the whole."""

    values: dict[str, Any] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    problem: str = ""
    key: str = field(default_factory=new_id)

    def refused(self, problem: Problem) -> Form:
        """The same form with what is wrong about it."""
        faults = problem.extra.get("errors") or []
        # One word of a list, as a tag is, stands in the list's field.
        told = {re.sub(r"\.\d+$", "", fault["field"]): refusal(fault["message"], beside_field=True) for fault in faults}
        self.errors |= {name: text for name, text in told.items() if name not in self.errors}
        if problem.field:
            self.errors[problem.field] = refusal(problem.detail, beside_field=True)
        if not self.errors:
            self.problem = refusal(problem.detail)
        return self


def sent() -> Form:
    """What was posted. The same form sent twice is one wish: its key says so to the services."""
    values = {name: request.form[name] for name in request.form if name not in _OWN}
    key = request.form.get(KEY_FIELD, "")
    if re.fullmatch(r"[0-9a-f-]{36}", key):
        typed = repr([(name, request.form.getlist(name)) for name in sorted(request.form) if name not in _OWN])
        g.form_key = f"{key}-{hashlib.sha256(typed.encode(errors='replace')).hexdigest()[:16]}"
    return Form(values, key=key or new_id())


def read(readers: Mapping[str, Reader], values: Mapping[str, Any], *, blanks: bool = False) -> dict[str, Any]:
    """The values that were typed, as the API takes them; Invalid names all that do not fit.

    blanks: an emptied field is told as None, else left out.
    """
    found: dict[str, Any] = {}
    faults: list[Invalid] = []
    for name, reader in readers.items():
        if name not in values:
            continue
        typed = str(values[name]).strip()
        if typed:
            try:
                found[name] = reader(name, typed)
            except Invalid as fault:
                faults.append(fault)
        elif blanks:
            found[name] = None
    if faults:
        raise _together(faults)
    return found


def _together(faults: list[Invalid]) -> Invalid:
    if len(faults) == 1:
        return faults[0]
    errors = [{"field": each.field, "message": each.detail} for each in faults]
    return Invalid(faults[0].detail, field=faults[0].field, errors=errors)


def text(_name: str, typed: str) -> str:
    """As it stands."""
    return typed


def amount(name: str, typed: str) -> Decimal:
    """An amount in the reader's way of writing: 62,500.50 in English, 62.500,50 in German."""
    found = _decimal(_CURRENCY.sub(r"\1", typed.strip()))
    if found is None:
        raise Invalid(_("Write an amount in figures, as in %(example)s.", example=_("62,500.00")), field=name)
    return found


def number(name: str, typed: str) -> Decimal:
    """A number that is no amount, written in the same ways."""
    found = _decimal(typed.strip())
    if found is None:
        raise Invalid(_("Write a number in figures, as in %(example)s.", example=_("12.5")), field=name)
    return found


def _decimal(bare: str) -> Decimal | None:
    group, point = _GROUPS.get(current(), _GROUPS["en"])
    grouped = re.fullmatch(rf"-?\d{{1,3}}([\{group}\s']\d{{3}})+(\{point}\d*)?", bare)
    plain = re.sub(rf"[\{group}\s']", "", bare) if grouped else bare
    try:
        return Decimal(plain.replace(point, ".")) if re.fullmatch(rf"-?\d*(\{point}\d*)?", plain) else None
    except InvalidOperation:
        return None


def whole(name: str, typed: str) -> int:
    """A whole number."""
    if not re.fullmatch(r"-?[0-9]{1,9}", typed):
        raise Invalid(_("Write a whole number."), field=name)
    return int(typed)


def flag(_name: str, typed: str) -> bool:
    """A ticked box."""
    return typed.lower() in ("1", "true", "on", "yes")


def moment(name: str, typed: str) -> str:
    """A local time, in the business time zone."""
    try:
        found = datetime.fromisoformat(typed)
    except ValueError:
        raise Invalid(_("Write a date and a time."), field=name) from None
    aware = found if found.tzinfo else found.replace(tzinfo=ZoneInfo(timezone()))
    return aware.isoformat()


def words(_name: str, typed: str) -> list[str]:
    """Words separated by commas, as tags are."""
    return list(dict.fromkeys(part.strip() for part in typed.split(",") if part.strip()))
