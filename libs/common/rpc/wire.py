"""What both ends of a call agree on: nameko 2's message format and the headers we add."""

from __future__ import annotations

from typing import Any

EXCHANGE = "nameko-rpc"
# Where a service's configuration for nameko holds its runtime.
RUNTIME = "crm.runtime"

# nameko hands every header that begins with its prefix to the method as context data, without the prefix.
PREFIX = "nameko."
ACTOR = "actor"
CORRELATION = "correlation_id"
CAUSATION = "causation_id"
KEY = "idempotency_key"
DEADLINE = "deadline"
ADDRESS = "address"

PROBLEM = "ProblemReply"


class ProblemReply(Exception):
    """How a problem travels: its document as JSON text is the only argument."""


def reply_prefix(service: str) -> str:
    """How the names of a caller's reply queues begin; their routing keys are their names."""
    return f"{service}.reply."


def headers(values: dict[str, Any]) -> dict[str, Any]:
    """Context data as message headers; what is None stays at home."""
    return {PREFIX + name: value for name, value in values.items() if value is not None}
