"""Stripe's errors: `{"error": {type, code, message, param, …}}` with its status codes."""

from __future__ import annotations

from typing import Any


class StripeError(Exception):
    """An answer that is no success; whatever the request did is undone."""

    def __init__(
        self,
        status: int,
        message: str,
        *,
        type: str = "invalid_request_error",
        code: str = "",
        param: str = "",
        **more: Any,
    ) -> None:
        super().__init__(message)
        self.status = status
        error: dict[str, Any] = {"message": message, "type": type}
        if code:
            error["code"] = code
            error["doc_url"] = f"https://stripe.com/docs/error-codes/{code.replace('_', '-')}"
        if param:
            error["param"] = param
        self.body = {"error": {**error, **more}}


def missing(param: str) -> StripeError:
    """A required parameter is not there."""
    return StripeError(400, f"Missing required param: {param}.", code="parameter_missing", param=param)


def invalid(param: str, message: str, code: str = "") -> StripeError:
    """A parameter has a value that will not do."""
    return StripeError(400, message, code=code, param=param)


def not_found(kind: str, id: str, param: str = "id", status: int = 404) -> StripeError:
    """No such object; 404 for the one in the path, 400 for one named in a parameter."""
    return StripeError(status, f"No such {kind}: '{id}'", code="resource_missing", param=param)


def unexpected_state(
    message: str, intent: dict[str, Any], code: str = "payment_intent_unexpected_state"
) -> StripeError:
    """The payment intent is past the point where this could be done."""
    return StripeError(400, message, code=code, payment_intent=intent)


def injected(status: int) -> StripeError:
    """The failure a test asked for."""
    if status == 429:
        return StripeError(429, "Request rate limit exceeded.", code="rate_limit")
    return StripeError(status, "An unknown error occurred.", type="api_error")
