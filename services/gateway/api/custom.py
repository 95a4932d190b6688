"""Values of custom fields, as services take them."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from services.gateway.api import requests as r
from services.gateway.api import schemas as s
from services.gateway.api.values import CustomMoney


def with_custom(given: dict[str, Any], custom: Mapping[str, Any] | None, name: str = "custom") -> dict[str, Any]:
    """A body with its values of custom fields exact, and amounts in minor units; Invalid names ``custom.<key>``.

    name: under which they stand there.
    """
    if name not in given:
        return given
    return given | {name: {key: _of_service(f"{name}.{key}", value) for key, value in (custom or {}).items()}}


def _of_service(at: str, value: Any) -> Any:
    if isinstance(value, CustomMoney):
        currency = value.currency or r.gateway().settings.base_currency
        return s.minor({"amount": value.amount, "currency": currency}, currency, "amount", at=f"{at}.")
    # As text, so that nothing rounds it on its way.
    return str(value) if isinstance(value, Decimal) else value
