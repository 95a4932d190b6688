"""The words of notifications, and how names, dates and messages are put into them."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

# Mails to people who work here, each of which a person can switch off, and what the switch is called.
STAFF_MAILS = {
    "new_lead": "New leads and inquiries",
    "client_assigned": "Clients assigned to me",
    "brief_summary": "New project briefs",
    "deal_won": "Deals I won",
    "payment_received": "Payments received",
    "payment_confirmed": "Payments of my clients",
    "payment_unmatched": "Payments that fit no invoice",
    "whatsapp_received": "WhatsApp messages",
    "daily_summary": "Daily summary",
    "report": "Scheduled reports",
    "meeting_host": "Meetings with my clients",
    "task_due": "Tasks that are due",
}
# Mails that come by themselves, at a set time: each can be ended from the mail, without a log-in.
PERIODIC_MAILS = ("daily_summary", "report")
# Who gets a kind of mail unless told otherwise; where a kind is not named, everybody.
_BY_DEFAULT = {"daily_summary": frozenset({"admin", "sales"})}
CLIENT_MAILS = ("brief_confirmation", "invoice", "letter", "meeting_cancelled", "meeting_confirmed", "receipt")
# To whoever joins or cannot get in: nothing to be switched off. Each holds a link that opens something once.
ACCOUNT_MAILS = ("invitation", "password_reset")
MAIL_KINDS = (*STAFF_MAILS, *CLIENT_MAILS, *ACCOUNT_MAILS, "test")

MESSAGE_LENGTH = 140

# "I'm interested in AI automation" names a topic; "Hi, could you call me?" does not.
_LEAD_IN = re.compile(r"^(?:(?:i am|i['’]m|we are|we['’]re)\s+)?interested in\s+", re.IGNORECASE)
_SENTENCE = re.compile(
    r"^(?:i|i['’]\w+|we|we['’]\w+|hi|hello|hey|dear|good|my|our|can|could|would|please|do|does|is|are|what|how|when"
    r"|who|why|where|there|it|this|thanks|thank)\b",
    re.IGNORECASE,
)


def by_default(kind: str, role: str) -> bool:
    """Whether somebody of a role gets a kind of mail who has not said."""
    return kind not in _BY_DEFAULT or role in _BY_DEFAULT[kind]


@dataclass(frozen=True, slots=True)
class Note:
    """What a person is told in the app. ``action_path`` is a path of the web app."""

    kind: str
    title: str
    message: str
    action_label: str | None = None
    action_path: str | None = None


def one_line(text: str | None) -> str:
    """The text on one line, without control and direction characters: fit for a subject or a name in a header."""
    kept = "".join(char if unicodedata.category(char)[0] != "C" else " " for char in text or "")
    return " ".join(kept.split())


def shortened(text: str, limit: int = MESSAGE_LENGTH) -> str:
    """At most ``limit`` characters, cut between words where there are any."""
    if len(text) <= limit:
        return text
    cut = text[: limit - 1]
    words = cut.rpartition(" ")[0]
    return (words if len(words) > limit // 2 else cut).rstrip(" ,.;:") + "…"


def inquiry_line(name: str, job_title: str | None, message: str | None) -> str:
    """``Sarah Johnson (CTO) is interested in AI automation``; without a topic, that an inquiry came in."""
    who = f"{one_line(name)} ({one_line(job_title)})" if one_line(job_title) else one_line(name)
    topic = _topic(message)
    return f"{who} is interested in {shortened(topic)}" if topic else f"{who} sent an inquiry"


def _topic(message: str | None) -> str:
    """The message when it is one line that names a thing, else ""."""
    text = (message or "").strip()
    if "\n" in text or "\r" in text:
        return ""
    text = _LEAD_IN.sub("", one_line(text)).rstrip(".! ")
    return "" if _SENTENCE.match(text) or text.endswith("?") else text


def day(value: date) -> str:
    """``February 15, 2025``, whatever the locale of the machine."""
    return f"{_MONTHS[value.month - 1]} {value.day}, {value.year}"


def time_of(instant: datetime, zone: str) -> str:
    """``Thursday, January 16, 1:00 PM PST``, by the clock of a zone; ``UTC+04`` where its time has no letters.

    The letters tell two hours of one name apart when the clocks change.
    """
    local = instant.astimezone(ZoneInfo(zone))
    name = local.tzname() or ""
    clock = f"{local:%I:%M %p}".removeprefix("0")
    month = _MONTHS[local.month - 1]
    return f"{_DAYS[local.weekday()]}, {month} {local.day}, {clock} {name if name.isalpha() else f'UTC{name}'}"


def method_name(method: str) -> str:
    """How money came, for people: ``Stripe``, ``bank transfer``."""
    return "Stripe" if method == "stripe" else method.replace("_", " ")


_DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
_MONTHS = (
    "January February March April May June July August September October November December".split()
)  # fmt: skip
