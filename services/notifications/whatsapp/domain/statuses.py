"""How far a message has come, and until when somebody may be written to in free words.

Statuses come more than once and in any order, so each has a rank and none goes back. A message that was reported as
failed and then as delivered did arrive; one that was delivered cannot fail any more.
"""

from __future__ import annotations

from datetime import datetime, timedelta

RECEIVED = "received"
QUEUED, SENDING, UNKNOWN, SENT = "queued", "sending", "unknown", "sent"
FAILED, DELIVERED, READ = "failed", "delivered", "read"
STATUSES = (RECEIVED, QUEUED, SENDING, UNKNOWN, SENT, FAILED, DELIVERED, READ)

# Free text is taken for so long after the person's last message.
WINDOW = timedelta(hours=24)

_RANKS = {status: rank for rank, status in enumerate((QUEUED, SENDING, UNKNOWN, SENT, FAILED, DELIVERED, READ))}
# Those that the provider reports.
REPORTED = frozenset({SENT, DELIVERED, READ, FAILED})


def is_further(now: str, told: str) -> bool:
    """Whether a status that is told takes a message further than it is now."""
    return told in _RANKS and now in _RANKS and _RANKS[told] > _RANKS[now]


def window_ends(last_inbound_at: datetime | None, now: datetime) -> datetime | None:
    """Until when free text is taken, None when it is not taken now."""
    if last_inbound_at is None or last_inbound_at + WINDOW <= now:
        return None
    return last_inbound_at + WINDOW
