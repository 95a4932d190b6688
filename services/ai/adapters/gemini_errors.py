"""What Gemini's errors mean. Their details are never passed on: a refused key may stand in them."""

from __future__ import annotations

import re
from typing import Any

from services.ai.domain import ProviderProblem

_SECONDS = re.compile(r"(\d+(?:\.\d+)?)s")


def problem_of(error: Any) -> ProviderProblem:
    """429 and 5xx may be asked again, after as long as the server says; a day's quota when its day is over."""
    code = int(error.code or 0)
    if code == 429 and _of_the_day(error.details):
        return ProviderProblem("Gemini's quota for today is used up", day_is_over=True)
    if code == 429:
        return ProviderProblem("Gemini has too much to do (429)", again=True, retry_after=_retry_after(error.details))
    if code >= 500:
        after = _retry_after(error.details)
        return ProviderProblem(f"Gemini is in trouble ({code})", again=True, retry_after=after, outage=True)
    return ProviderProblem(f"Gemini refused the request ({code} {error.status})")


def fault(error: Any, model: str) -> str:
    """Why a check failed; the error's own words may quote the key."""
    code = int(error.code or 0)
    if code == 404:
        return f"Gemini has no model of the name {model}"
    if code in (400, 401, 403):
        return f"Gemini does not accept this system's key ({code})"
    return f"Gemini answered with an error ({code} {error.status})"


def _details(body: Any, kind: str) -> list[dict[str, Any]]:
    """The entries of ``error.details`` of one type; whatever came instead of them counts as none."""
    error = body.get("error", body) if isinstance(body, dict) else {}
    entries = error.get("details") if isinstance(error, dict) else None
    found = [each for each in entries if isinstance(each, dict)] if isinstance(entries, list) else []
    return [each for each in found if str(each.get("@type", "")).endswith(kind)]


def _of_the_day(body: Any) -> bool:
    violations = [
        each
        for failure in _details(body, "QuotaFailure")
        for each in failure.get("violations") or []
        if isinstance(each, dict)
    ]
    return any("PerDay" in str(each.get("quotaId", "")) for each in violations)


def _retry_after(body: Any) -> float | None:
    """Seconds of RetryInfo; None where the answer has none that can be read."""
    told = [_SECONDS.fullmatch(str(each.get("retryDelay", ""))) for each in _details(body, "RetryInfo")]
    return max((float(each[1]) for each in told if each), default=None)
