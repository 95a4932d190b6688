"""Google's error JSON: `{"error": {code, message, status, details}}`."""

from __future__ import annotations

from typing import Any

TYPES = "type.googleapis.com/google.rpc."

STATUS = {
    400: "INVALID_ARGUMENT",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    429: "RESOURCE_EXHAUSTED",
    499: "CANCELLED",
    500: "INTERNAL",
    503: "UNAVAILABLE",
    504: "DEADLINE_EXCEEDED",
}
MESSAGES = {
    429: "You exceeded your current quota, please check your plan and billing details.",
    500: "An internal error has occurred. Please retry or report the problem.",
    503: "The model is overloaded. Please try again later.",
    504: "Deadline expired before operation could complete.",
}


class GeminiError(Exception):
    """An answer that is no success."""

    def __init__(self, code: int, message: str = "", details: list[dict[str, Any]] | None = None) -> None:
        message = message or MESSAGES.get(code, "An error has occurred.")
        super().__init__(message)
        self.code = code
        error: dict[str, Any] = {"code": code, "message": message, "status": STATUS.get(code, "UNKNOWN")}
        if details:
            error["details"] = details
        self.body = {"error": error}


def key_missing() -> GeminiError:
    """No x-goog-api-key."""
    return GeminiError(
        403,
        "Method doesn't allow unregistered callers (callers without established identity). "
        "Please use API Key or other form of API consumer identity to call this API.",
    )


def key_invalid() -> GeminiError:
    """A key that is none; Google answers 400, not 401."""
    service = {"service": "generativelanguage.googleapis.com"}
    info = {
        "@type": f"{TYPES}ErrorInfo",
        "reason": "API_KEY_INVALID",
        "domain": "googleapis.com",
        "metadata": service,
    }
    return GeminiError(400, "API key not valid. Please pass a valid API key.", [info])


def quota(model: str, retry_seconds: float = 53, per: str = "Minute") -> GeminiError:
    """429 with QuotaFailure (`per` Minute or Day) and RetryInfo."""
    violation = {
        "quotaMetric": "generativelanguage.googleapis.com/generate_content_free_tier_requests",
        "quotaId": f"GenerateRequestsPer{per}PerProjectPerModel-FreeTier",
        "quotaDimensions": {"model": model, "location": "global"},
        "quotaValue": "15",
    }
    details: list[dict[str, Any]] = [
        {"@type": f"{TYPES}QuotaFailure", "violations": [violation]},
        {"@type": f"{TYPES}RetryInfo", "retryDelay": f"{retry_seconds:g}s"},
    ]
    return GeminiError(429, details=details)


def of_status(code: int, model: str) -> GeminiError:
    """The error of an HTTP status that a test asked for."""
    return quota(model) if code == 429 else GeminiError(code)
