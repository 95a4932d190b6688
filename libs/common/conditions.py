"""Conditions in groups, as people write them and as a service keeps them: ``{"all": […]}``, ``{"any": […]}`` or
``{"field", "op", "value"}``.

Outside, amounts are in major units; inside in minor ones, and a number with decimals is ``{"number": "12.5"}``, exact.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection
from decimal import Decimal
from typing import Any

import orjson

from libs.common.money import MoneyError, json_number, to_minor
from libs.common.problems import Invalid

# Deeper ones are left to the service, which refuses them and names the place.
_DEEPEST = 8
# What becomes of a value: given its field, itself and its place.
Change = Callable[[Any, Any, str], Any]


def parsed(text: str, name: str = "where") -> Any:
    """What JSON says, its numbers exact; Invalid, with this name, where it is none."""
    try:
        found = json.loads(text, parse_float=Decimal, parse_constant=_no_number)
    except (ValueError, ArithmeticError, RecursionError):
        raise Invalid(f"{name} is JSON", field=name) from None
    try:
        # As deep as one service can tell another, in what it wraps around it.
        orjson.dumps([[[[[[[[found]]]]]]]], default=str)
    except TypeError:
        raise Invalid(f"{name} is nested too deep", field=name) from None
    return found


def as_json(found: Any, *, in_order: bool = False) -> str:
    """JSON on one line, its numbers exact. in_order: names in the order of letters, so that the same is the same."""
    return orjson.dumps(found, default=_number, option=orjson.OPT_SORT_KEYS if in_order else None).decode()


def with_values(tree: Any, change: Change, at: str = "where", depth: int = 0) -> Any:
    """A tree in which the value of each condition is changed."""
    if not isinstance(tree, dict) or depth > _DEEPEST:
        return tree
    made = dict(tree)
    for group in ("all", "any"):
        if isinstance(tree.get(group), list):
            inside = enumerate(tree[group])
            made[group] = [with_values(each, change, f"{at}.{group}[{n}]", depth + 1) for n, each in inside]
    if "value" in tree:
        made["value"] = change(tree.get("field"), tree["value"], f"{at}.value")
    return made


def kept(tree: Any, money: Collection[str], base: str) -> Any:
    """A tree as a service keeps it; Invalid names what does not fit. money: the fields whose numbers are amounts of the
    base currency."""
    return with_values(tree, lambda field, value, at: _kept(_is(field, money), value, base, at))


def shown(tree: Any, money: Collection[str], base: str) -> Any:
    """The same back, as people write it."""
    return with_values(tree, lambda field, value, _at: _shown(_is(field, money), value, base))


def in_minor(amount: Decimal, currency: Any, at: str) -> int:
    """An amount in minor units; Invalid names its place where the currency has no such amount."""
    try:
        return to_minor(amount, currency)
    except (MoneyError, TypeError) as error:
        raise Invalid(str(error), field=at) from None


def is_number(value: Any) -> bool:
    """Whether JSON has a number there."""
    return isinstance(value, int | Decimal) and not isinstance(value, bool)


def _is(field: Any, among: Collection[str]) -> bool:
    return isinstance(field, str) and field in among


def _kept(amount: bool, value: Any, base: str, at: str) -> Any:
    if isinstance(value, list):
        return [_kept(amount, each, base, f"{at}[{index}]") for index, each in enumerate(value)]
    if amount and is_number(value):
        return in_minor(Decimal(value), base, at)
    if isinstance(value, dict) and "amount" in value and is_number(value["amount"]):
        currency = value.get("currency") or base
        return {"amount_minor": in_minor(Decimal(value["amount"]), currency, f"{at}.amount"), "currency": currency}
    return {"number": f"{value:f}"} if isinstance(value, Decimal) else value


def _shown(amount: bool, value: Any, base: str) -> Any:
    if isinstance(value, list):
        return [_shown(amount, each, base) for each in value]
    if amount and is_number(value):
        return Decimal(json_number(value, base))
    if isinstance(value, dict) and "number" in value:
        return Decimal(value["number"])
    if isinstance(value, dict) and "amount_minor" in value:
        return {"amount": Decimal(json_number(value["amount_minor"], value["currency"])), "currency": value["currency"]}
    return value


def _number(value: Any) -> Any:
    # Numbers that an answer holds as text of their digits are such fragments already.
    return orjson.Fragment(f"{value:f}")


def _no_number(_name: str) -> Any:
    raise ValueError("JSON has no such number")
