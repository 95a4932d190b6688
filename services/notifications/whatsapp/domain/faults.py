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
_BY_ITSELF = "Nothing: it is sent again by itself."
_CHECK_RIGHTS = "An admin has to check the token's rights."
_IN_MANAGER = "An admin has to see in the WhatsApp Manager why, and appeal there."
_REGISTER = "An admin has to register our number in the WhatsApp Manager."
_CHOOSE = "Sync the templates and choose another one."
_SYNC = "Sync the templates and try again."
_MAIL, _PLAIN = "Call or send a mail.", "Check the number and the text, and tell an admin if it happens again."
WINDOW_CLOSED, GONE = 131047, 33
# Our own, which WhatsApp cannot have.
TOO_OLD, GIVEN_UP, NOT_KNOWN = -3, -2, -4
# A code of its own for each permission that is missing.
_PERMISSIONS = range(200, 300)

_PASSING = (
    Fault(130429, "too many messages are sent at once", _BY_ITSELF, retry_seconds=5),
    Fault(131056, "too many messages to this person in a short time", _BY_ITSELF, retry_seconds=6),
    Fault(4, "too many requests to WhatsApp", _BY_ITSELF, retry_seconds=60),
    Fault(80007, "too many requests to WhatsApp", _BY_ITSELF, retry_seconds=60),
    Fault(2, "WhatsApp is overloaded", _BY_ITSELF, retry_seconds=30),
    Fault(131000, "WhatsApp had a fault of its own", _BY_ITSELF, retry_seconds=30),
    Fault(131016, "WhatsApp is overloaded", _BY_ITSELF, retry_seconds=30),
    Fault(131057, "WhatsApp is working on our account", _BY_ITSELF, retry_seconds=300),
)
# What concerns everybody: to go on would fail one message after another.
_STOPPING = (
    Fault(190, "the access token is not valid any more", "An admin has to set a new WHATSAPP_TOKEN.", stops=True),
    Fault(0, "WhatsApp does not know who we are", "An admin has to check WHATSAPP_TOKEN.", stops=True),
    Fault(3, "the access token may not do this", _CHECK_RIGHTS, stops=True),
    Fault(10, "the access token may not do this", _CHECK_RIGHTS, stops=True),
    Fault(131005, "the access token may not do this", _CHECK_RIGHTS, stops=True),
    Fault(
        GONE,
        "WhatsApp does not know our number or may not show it to us",
        "An admin has to check WHATSAPP_PHONE_NUMBER_ID, WHATSAPP_BUSINESS_ACCOUNT_ID and the token's rights.",
        stops=True,
    ),
    Fault(368, "our account is blocked for a time for breaking WhatsApp's rules", _IN_MANAGER, stops=True),
    Fault(131031, "our account is locked", _IN_MANAGER, stops=True),
    Fault(131037, "our display name has not been approved", _IN_MANAGER, stops=True),
    Fault(
        131042,
        "there is a problem with how we pay WhatsApp",
        "An admin has to set the payment right in the WhatsApp Manager.",
        stops=True,
    ),
    Fault(
        131048,
        "WhatsApp restricts our number, because people blocked it or called it spam",
        "An admin has to look at the number's quality in the WhatsApp Manager.",
        stops=True,
    ),
    Fault(131045, "our number is not registered with WhatsApp", _REGISTER, stops=True),
    Fault(133010, "our number is not registered with WhatsApp", _REGISTER, stops=True),
)
_FINAL = (
    Fault(WINDOW_CLOSED, "more than 24 hours have passed since their last message", "Send a template instead."),
    Fault(
        131026,
        "the message cannot be delivered to this number",
        "Check the number; the person may not use WhatsApp or an old version of it. Call or send a mail.",
        flags=True,
    ),
    Fault(131021, "this is our own number", "Check the contact's number."),
    Fault(130497, "our account may not write to people in this country", _MAIL),
    Fault(131049, "WhatsApp held it back to protect the person from too much marketing", "Wait a day or call."),
    Fault(130472, "the person is in an experiment of WhatsApp's and gets no such messages", _MAIL),
    Fault(131051, "WhatsApp does not take messages of this kind", "Write it as plain text."),
    Fault(131052, "WhatsApp could not fetch the file", "Ask for it again, or by mail."),
    Fault(131053, "the file could not be taken", "Send it in another format, or by mail."),
    Fault(1, "WhatsApp had a fault, or does not understand the message", AGAIN),
    Fault(100, "WhatsApp does not take something in the message", _PLAIN),
    Fault(131008, "something is missing in the message", _PLAIN),
    Fault(131009, "WhatsApp does not take something in the message", _PLAIN),
    Fault(132000, "the template has another number of parameters", _SYNC),
    Fault(132001, "the template is not there in this language", _CHOOSE),
    Fault(132005, "the template is too long when it is filled in", "Fill in less."),
    Fault(132007, "the template breaks WhatsApp's rules", _CHOOSE),
    Fault(132012, "the template takes parameters of another kind", _SYNC),
    Fault(132015, "the template is paused, because people did not like it", _CHOOSE),
    Fault(132016, "the template is switched off, because people did not like it", _CHOOSE),
    Fault(132068, "the form in the template is blocked", _CHOOSE),
    Fault(132069, "the form in the template was sent too often", "Wait an hour, or choose another template."),
    Fault(
        NOT_KNOWN,
        "WhatsApp did not say whether it took the message",
        "Look at the phone or ask whether it arrived, and send it again if it did not.",
    ),
    Fault(GIVEN_UP, "the number they wrote from is not theirs any more", "Ask for their new number and write there."),
    Fault(TOO_OLD, "it could not be handed over in three days", AGAIN),
)
_KNOWN = {each.code: each for each in (*_PASSING, *_STOPPING, *_FINAL)}


def fault_of(code: Any, details: Any = None, subcode: Any = None) -> Fault:
    """What a code means; of one that is unknown, what WhatsApp says of it."""
    number = code if isinstance(code, int) and not isinstance(code, bool) else -1
    if (number, subcode) == (100, GONE):
        number = GONE
    said = details.strip()[:500] if isinstance(details, str) else ""
    known = _KNOWN.get(number) or (replace(_KNOWN[10], code=number) if number in _PERMISSIONS else None)
    if known is None:
        reason = f"WhatsApp refused it with code {number}" + (f": {said}" if said else "")
        return Fault(number, reason, "Look the code up in WhatsApp's list of errors, or reach the person otherwise.")
    return replace(known, reason=f"{known.reason} ({said})") if said else known
