"""What each error code of the Cloud API means, what a person should do, and whether it is tried again.

Titles go away with time, so only the code decides (Meta's rule); the details are shown as they came.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any


@dataclass(frozen=True, slots=True)
class Fault:
    """One refusal. retry_seconds: when it is tried again, None for never; stops: nothing can be sent to anybody until
    somebody helps; flags: the person cannot be reached on WhatsApp."""

    code: int
    reason: str
    advice: str
    retry_seconds: float | None = None
    stops: bool = False
    flags: bool = False

    def final(self) -> Fault:
        """The same of a message that had been taken: it is not tried again, since nobody knows what of it arrived."""
        return replace(self, advice=AGAIN, retry_seconds=None) if self.retry_seconds is not None else self

    def document(self) -> dict[str, Any]:
        """``{code, reason, advice}``, as people see it."""
        return {"code": self.code, "reason": self.reason, "advice": self.advice}


AGAIN = "Send it again if it is still needed."
WINDOW_CLOSED = 131047
# Our own, which WhatsApp cannot have.
TOO_OLD, GIVEN_UP, NOT_KNOWN = -3, -2, -4

_KNOWN = {
    each.code: each
    for each in (
        Fault(130429, "too many messages are sent at once", "Nothing: it is sent again by itself.", retry_seconds=5),
        Fault(131056, "too many messages to this person in a short time", "Nothing: it is sent again by itself.", 6),
        Fault(4, "too many requests to WhatsApp", "Nothing: it is sent again by itself.", retry_seconds=60),
        Fault(80007, "too many requests to WhatsApp", "Nothing: it is sent again by itself.", retry_seconds=60),
        Fault(131000, "WhatsApp had a fault of its own", "Nothing: it is sent again by itself.", retry_seconds=30),
        Fault(131016, "WhatsApp is overloaded", "Nothing: it is sent again by itself.", retry_seconds=30),
        Fault(131047, "more than 24 hours have passed since their last message", "Send a template instead."),
        Fault(
            131026,
            "the message cannot be delivered to this number",
            "Check the number; the person may not use WhatsApp or an old version of it. Call or send a mail.",
            flags=True,
        ),
        Fault(131049, "WhatsApp held it back to protect the person from too much marketing", "Wait a day or call."),
        Fault(130472, "the person is in an experiment of WhatsApp's and gets no such messages", "Call or send a mail."),
        Fault(131051, "WhatsApp does not take messages of this kind", "Write it as plain text."),
        Fault(131053, "the file could not be taken", "Send it in another format, or by mail."),
        Fault(132001, "the template is not there in this language", "Sync the templates and choose another one."),
        Fault(132000, "the template has another number of parameters", "Sync the templates and try again."),
        Fault(
            190, "the access token is not valid any more", "An admin has to set a new WHATSAPP_TOKEN.", None, stops=True
        ),
        Fault(10, "the access token may not do this", "An admin has to check the token's rights.", None, stops=True),
        Fault(0, "WhatsApp does not know who we are", "An admin has to check WHATSAPP_TOKEN.", None, stops=True),
        Fault(
            GIVEN_UP, "the number they wrote from is not theirs any more", "Ask for their new number and write there."
        ),
        Fault(
            NOT_KNOWN,
            "WhatsApp did not say whether it took the message",
            "Look at the phone or ask whether it arrived, and send it again if it did not.",
        ),
        Fault(TOO_OLD, "it could not be handed over in three days", AGAIN),
    )
}


def fault_of(code: Any, details: Any = None) -> Fault:
    """What a code means; of one that is unknown, what WhatsApp says of it."""
    number = code if isinstance(code, int) and not isinstance(code, bool) else -1
    said = details.strip()[:500] if isinstance(details, str) else ""
    known = _KNOWN.get(number)
    if known is None:
        reason = f"WhatsApp refused it with code {number}" + (f": {said}" if said else "")
        return Fault(number, reason, "Look the code up in WhatsApp's list of errors, or reach the person otherwise.")
    return replace(known, reason=f"{known.reason} ({said})") if said else known
