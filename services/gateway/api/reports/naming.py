"""A service's answer as the API writes it: days and amounts under the API's names, amounts in major units."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from libs.common.money import json_number
from libs.reporting import api_name

_RENAMED = {"from_day": "from", "to_day": "to"}
# Amounts of a row of receivables stand under the names of their buckets.
BUCKETS = frozenset({"not_due", "1-30", "31-60", "61-90", "over_90"})


def named(document: Any, currency: str | None = None) -> Any:
    """The document under the API's names: ``won_minor`` is ``won_value``, since ``won`` counts deals.

    currency: that of amounts whose document names none.
    """
    if isinstance(document, list):
        return [named(each, currency) for each in document]
    if not isinstance(document, dict):
        return document
    currency = document.get("currency") or currency
    found: dict[str, Any] = {}
    for name, value in document.items():
        field = str(name)
        if field.endswith("_minor"):
            found[_amount_name(field, document)] = _amount(value, currency)
        elif field in BUCKETS:
            found[field] = _amount(value, currency)
        elif field == "minor":
            found["amount"] = _amount(value, currency)
        else:
            found[_RENAMED.get(field, field)] = named(value, currency)
    return found


def _amount_name(field: str, beside: Mapping[str, Any]) -> str:
    """A bridge has a day ``start`` and what the deals were worth on it."""
    name = api_name(field)
    return f"{name}_value" if name in beside else name


def _amount(value: int | None, currency: str | None) -> Any:
    return None if value is None or currency is None else orjson.Fragment(json_number(value, currency))
