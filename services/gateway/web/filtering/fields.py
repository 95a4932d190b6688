"""What clients can be filtered by, what can be asked of each, and how a condition is read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from libs.common import conditions
from libs.common.money import MoneyError, to_minor
from services.gateway.api import requests as r
from services.gateway.web import shell, words
from services.gateway.web.formats import day, exact, money
from services.gateway.web.parts import Part

_NAMES: dict[str, tuple[Any, str]] = {
    "company_name": (_l("Company"), "text"),
    "status": (_l("Status"), "status"),
    "industry": (_l("Industry"), "text"),
    "owner_id": (_l("Owner"), "person"),
    "tag": (_l("Tag"), "tag"),
    "deal_value": (_l("Value of a deal"), "money"),
    "deal_stage": (_l("Stage of a deal"), "stage"),
    "open_deals": (_l("Open deals"), "number"),
    "lifetime_value": (_l("Lifetime value"), "money"),
    "last_activity_at": (_l("Last activity"), "time"),
    "created_at": (_l("Created"), "time"),
    "updated_at": (_l("Changed"), "time"),
    "city": (_l("City"), "text"),
    "state": (_l("State"), "text"),
    "country": (_l("Country"), "text"),
    "source": (_l("Source"), "text"),
    "email": (_l("E-mail"), "text"),
    "phone": (_l("Phone"), "text"),
    "website": (_l("Website"), "text"),
    "notes": (_l("Notes"), "text"),
}
OPERATORS: dict[str, Any] = {
    "is": _l("is"),
    "is_not": _l("is not"),
    "any_of": _l("is any of"),
    "none_of": _l("is none of"),
    "contains": _l("contains"),
    "starts_with": _l("begins with"),
    "gt": _l("more than"),
    "gte": _l("at least"),
    "lt": _l("less than"),
    "lte": _l("at most"),
    "between": _l("between"),
    "empty": _l("is empty"),
    "not_empty": _l("is filled in"),
    "last_days": _l("in the last days"),
    "not_last_days": _l("not in the last days"),
}
_TIMES = {"gt": _l("after"), "gte": _l("from"), "lt": _l("before"), "lte": _l("until"), "is": _l("on")}
_BY_KIND: dict[str, str] = {
    "text": "is is_not any_of none_of contains starts_with empty not_empty",
    "choice": "is is_not any_of none_of empty not_empty",
    "tag": "is is_not any_of none_of empty not_empty",
    "status": "is is_not any_of none_of",
    "stage": "is is_not any_of none_of empty not_empty",
    "person": "is is_not any_of none_of empty not_empty",
    "money": "gt gte lt lte between is is_not empty not_empty",
    "number": "gt gte lt lte between is is_not empty not_empty",
    "time": "is gt gte lt lte between last_days not_last_days empty not_empty",
    "date": "is is_not gt gte lt lte between last_days not_last_days empty not_empty",
    "yes_no": "is is_not empty not_empty",
}
# Every client has these: nought at the least.
_NEVER_EMPTY = frozenset({"lifetime_value", "open_deals"})
WITHOUT_VALUE = frozenset({"empty", "not_empty"})
DAYS = frozenset({"last_days", "not_last_days"})
LISTS = frozenset({"any_of", "none_of"})
_STATUSES = ("prospect", "active", "inactive", "churned")


@dataclass(frozen=True)
class Field:
    """One thing to filter by. options: what its value is chosen from, where it is. currency: that of an amount that
    names none."""

    name: str
    label: str
    kind: str
    options: tuple[tuple[str, str], ...] = ()
    currency: str = ""

    @property
    def own(self) -> bool:
        """Whether the company made it."""
        return "custom." in self.name

    @property
    def operators(self) -> list[tuple[str, str]]:
        """What can be asked of it, by name and in words."""
        found = [
            each for each in _BY_KIND[self.kind].split() if each not in WITHOUT_VALUE or self.name not in _NEVER_EMPTY
        ]
        return [(each, self.asks(each)) for each in found]

    def asks(self, op: str) -> str:
        """An operator in words."""
        of_time = _TIMES if self.kind in ("time", "date") else {}
        return str(of_time.get(op) or OPERATORS.get(op, op))

    def says(self, op: str, value: Any) -> str:
        """``more than $50,000``"""
        if op in WITHOUT_VALUE:
            return self.asks(op)
        if op in DAYS:
            said = _("in the last %(days)s days") if op == "last_days" else _("not in the last %(days)s days")
            return str(said % {"days": value})
        values = value if isinstance(value, list) else [value]
        joined = (f" {_('and')} " if op == "between" else ", ").join(self._word(each) for each in values)
        return f"{self.asks(op)} {joined}"

    def meant(self, value: Any) -> Any:
        """A value as the form would write it: an amount with its currency, a choice in the letters it is offered in."""
        if isinstance(value, list):
            return [self.meant(each) for each in value]
        if isinstance(value, Mapping) and "amount" in value:
            return {**value, "currency": value.get("currency") or self.currency}
        if self.kind == "person" and value is None:
            return "none"
        if self.kind in ("choice", "stage") and isinstance(value, str) and value not in dict(self.options):
            return next((each for each, _label in self.options if each.lower() == value.lower()), value)
        return value

    def typed(self, value: Any) -> str:
        """One value as it stands in an input."""
        value = self.meant(value)
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, Mapping):
            return f"{self.typed(value.get('amount'))} {value.get('currency', '')}"
        return exact(f"{Decimal(value):f}") if conditions.is_number(value) else str(value)

    def _word(self, value: Any) -> str:
        if self.options:
            typed = self.typed(value)
            return dict(self.options).get(typed, typed)
        if isinstance(value, Mapping):
            return self._amount(value.get("amount"), value.get("currency") or self.currency)
        if self.kind == "money":
            return self._amount(value, self.currency)
        if self.kind in ("time", "date"):
            try:
                return day(value)
            except ValueError:
                return str(value)
        return self.typed(value)

    def _amount(self, value: Any, currency: Any) -> str:
        try:
            return str(money(to_minor(value, currency), currency))
        except MoneyError:
            # Not one that could be kept; whoever wrote it sees it as it is.
            return f"{self.typed(value)} {currency}".strip()


class Fields(dict[str, Field]):
    """All of them, by name, in the order in which they are offered."""

    def named(self, name: str) -> Field:
        """The field of this name; one that is no longer known is shown by its name."""
        return self.get(name) or Field(name, name.rpartition(".")[2], "text")


def fields(own: Part | None = None, of_contacts: Part | None = None, of_deals: Part | None = None) -> Fields:
    """own, of_contacts, of_deals: what services answered for the company's own fields."""
    people = [(each["id"], each["name"]) for each in shell.owners()]
    options: dict[str, Sequence[tuple[str, str]]] = {
        "status": [(each, str(words.word(each))) for each in _STATUSES],
        "stage": [(each, str(label)) for each, label in words.STAGES.items()],
        "person": [("me", _("me")), ("none", _("Nobody yet")), *people],
    }
    base = r.gateway().settings.base_currency
    made = [Field(name, str(label), kind, tuple(options.get(kind, ())), base) for name, (label, kind) in _NAMES.items()]
    made += [_own(each, "custom.", each["label"], base) for each in _offered(own)]
    made += [
        _own(each, "contact.custom.", _("Contact: %(field)s", field=each["label"]), base)
        for each in _offered(of_contacts)
    ]
    made += [_own(each, "deal.custom.", _("Deal: %(field)s", field=each["label"]), base) for each in _offered(of_deals)]
    return Fields({each.name: each for each in made})


def _offered(part: Part | None) -> list[dict[str, Any]]:
    return [each for each in part.get("items", []) if not each["archived"]] if part else []


def _own(defined: dict[str, Any], prefix: str, label: str, base: str) -> Field:
    options = tuple((each, each) for each in defined["options"])
    if defined["kind"] == "yes_no":
        options = (("true", _("yes")), ("false", _("no")))
    return Field(prefix + defined["key"], label, defined["kind"], options, base)
