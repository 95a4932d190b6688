"""Graph API errors: `{"error": {message, type, code, error_subcode?, error_data?, fbtrace_id}}`."""

from __future__ import annotations

import secrets
from typing import Any

# Code → (HTTP status, title).
KNOWN = {
    100: (400, "Invalid parameter"),
    190: (401, "Authentication Error"),
    130429: (429, "Rate limit hit"),
    130472: (400, "User's number is part of an experiment"),
    131000: (500, "Something went wrong"),
    131008: (400, "Required parameter is missing"),
    131009: (400, "Parameter value is not valid"),
    131026: (400, "Message undeliverable"),
    131047: (400, "Re-engagement message"),
    131049: (400, "This message was not delivered to maintain healthy ecosystem engagement."),
    131051: (400, "Unsupported message type"),
    131053: (400, "Media upload error"),
    131056: (400, "(Business Account, Consumer Account) pair rate limit hit"),
    132001: (404, "Template name does not exist in the translation"),
}


class GraphError(Exception):
    """A refusal; `as_status` is how the same error looks inside a failed status."""

    def __init__(self, code: int, details: str = "", *, type: str = "OAuthException", subcode: int = 0) -> None:
        self.code, self.details = code, details
        self.status, self.title = KNOWN.get(code, (400, "Error"))
        super().__init__(f"(#{code}) {self.title}")
        error: dict[str, Any] = {"message": str(self), "type": type, "code": code}
        if subcode:
            error["error_subcode"] = subcode
        if details:
            error["error_data"] = {"messaging_product": "whatsapp", "details": details}
        self.body = {"error": {**error, "fbtrace_id": "A" + secrets.token_urlsafe(16)}}

    def as_status(self) -> dict[str, Any]:
        """The entry of `errors[]` in a webhook."""
        return {
            "code": self.code,
            "title": self.title,
            "message": self.title,
            "error_data": {"details": self.details or self.title},
            "href": "https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes/",
        }


def outside_window() -> GraphError:
    """Free text more than 24 hours after the person's last message."""
    return GraphError(
        131047,
        "Message failed to send because more than 24 hours have passed since the customer last replied to this number.",
    )
