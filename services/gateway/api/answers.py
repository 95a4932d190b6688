"""Answers: JSON with exact amounts, and problems as RFC 9457 documents."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import orjson
from flask import Response

from libs.common.money import json_number
from libs.common.problems import Problem

_OPTIONS = orjson.OPT_NON_STR_KEYS | orjson.OPT_UTC_Z


def answer(document: Any, status: int = 200) -> Response:
    """A JSON answer; every ``x_minor`` in it becomes ``x`` in major units of the ``currency`` beside it."""
    body = orjson.dumps(major_units(document), option=_OPTIONS)
    return Response(body, status, content_type="application/json")


def problem_answer(problem: Problem) -> Response:
    """A problem document; 503 and 429 say when to come back."""
    response = Response(orjson.dumps(problem.document()), problem.status, content_type="application/problem+json")
    if problem.status in (429, 503):
        response.headers["Retry-After"] = str(problem.extra.get("retry_after", 5))
    if problem.status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def major_units(document: Any, currency: str | None = None) -> Any:
    """Amounts as people write them: a number in major units, from the integer, without any rounding."""
    if isinstance(document, list):
        return [major_units(each, currency) for each in document]
    if not isinstance(document, dict):
        return document
    currency = document.get("currency") or currency
    return {_name(name): _value(name, value, currency) for name, value in document.items()}


def _name(name: str) -> str:
    return name.removesuffix("_minor")


# Exact decimals that travel as text between services, and are numbers where people see them.
_DECIMALS = frozenset({"quantity", "discount_percent", "tax_percent"})


def _value(name: str, value: Any, currency: str | None) -> Any:
    if name in _DECIMALS and isinstance(value, str):
        return orjson.Fragment(f"{Decimal(value):f}")
    if name == "custom" and isinstance(value, dict):
        # The keys are a company's own, whatever they end in.
        return {key: major_units(each) for key, each in value.items()}
    if not name.endswith("_minor"):
        return major_units(value, currency) if isinstance(value, dict | list) else value
    return None if value is None or currency is None else orjson.Fragment(json_number(value, currency))
