"""What of notifications an erasure leaves: the people who work here, whoever has the same name."""

from __future__ import annotations

from libs.common.erasure.plan import ErasurePlan, Kept
from services.notifications.audit import AUDIT

ERASURE = ErasurePlan(
    "notifications",
    AUDIT,
    kept=[Kept("people", "true", "the account of somebody who works here"), Kept("company", "true", "who we are")],
    # A mail to nobody at all is none: the word says that there was an address.
    filled=frozenset({"emails.address"}),
    # A number that leads to a conversation: without it whoever writes next is somebody unknown.
    removed=frozenset({"whatsapp_identities"}),
)
