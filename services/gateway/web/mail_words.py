"""The e-mail assistant in the reader's words: purposes, tones, kinds of claims, and where a claim comes from."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from flask_babel import lazy_gettext as _l

from services.gateway.web.formats import day
from services.gateway.web.phrases import N_
from services.gateway.web.said import filled, fitting

PURPOSES = {
    "follow_up": _l("Follow-up"),
    "revised_timeline": _l("Revised timeline"),
    "reminder": _l("Reminder"),
    "thank_you": _l("Thank-you"),
    "cold_revival": _l("Revive a cold contact"),
}
TONES = {"friendly": _l("Friendly"), "formal": _l("Formal"), "brief": _l("Short")}
LANGUAGES = {"en": _l("English"), "de": _l("German")}
KINDS = {
    "date": _l("Date"),
    "amount": _l("Amount"),
    "person": _l("Name"),
    "contact": _l("Contact details"),
    "attachment": _l("Attachment"),
    "promise": _l("Promise"),
}
STATUSES = {
    "waiting": _l("being written"),
    "ready": _l("ready"),
    "failed": _l("not written"),
    "sent": _l("sent"),
    "undelivered": _l("failed"),
}
MISSING = {
    "contacts": _l("the client's contacts"),
    "activities": _l("the latest activities"),
    "invoices": _l("the invoices"),
}

_SOURCES = tuple(
    (re.compile(shape, re.DOTALL), phrase)
    for shape, phrase in (
        (r"what you wrote", N_("what you wrote")),
        (r"you", N_("you")),
        (r"your data", N_("your data")),
        (r"your company", N_("your company")),
        (r"client", N_("the client's name")),
        (r"deal name", N_("the deal's name")),
        (r"deal value", N_("the deal's value")),
        (r"deal description", N_("the deal's description")),
        (r"deal, expected close date", N_("the day the deal is expected to close")),
        (r"contact(?: \((?P<title>.+)\))?", N_("the contact")),
        (r"contact at (?P<client>.+)", N_("a contact at %(client)s")),
        (r"invoice (?P<invoice>\S+), amount", N_("invoice %(invoice)s, amount")),
        (r"invoice (?P<invoice>\S+), still to pay", N_("invoice %(invoice)s, still to pay")),
        (r"invoice (?P<invoice>\S+), paid so far", N_("invoice %(invoice)s, paid so far")),
        (r"invoice (?P<invoice>\S+), due date", N_("invoice %(invoice)s, due date")),
        (r"invoice (?P<invoice>\S+), sent", N_("invoice %(invoice)s, day it was sent")),
        (r"invoice (?P<invoice>\S+), paid", N_("invoice %(invoice)s, day it was paid")),
        (r"invoice (?P<invoice>\S+), description", N_("invoice %(invoice)s, description")),
        (r"invoice (?P<invoice>\S+)", N_("invoice %(invoice)s")),
        (r"open invoices, sum", N_("the sum of the open invoices")),
        (r"attachment (?P<file>.+)", N_("attachment %(file)s")),
        (r"what was written to us: \w+ “(?P<subject>.*)” of (?P<day>\d{4}-\d\d-\d\d)",
         N_("what was written to us: “%(subject)s”, %(day)s")),
        (r"\w+ “(?P<subject>.*)” of (?P<day>\d{4}-\d\d-\d\d), due", N_("“%(subject)s”, due date")),
        (r"\w+ “(?P<subject>.*)” of (?P<day>\d{4}-\d\d-\d\d)", N_("“%(subject)s”, %(day)s")),
    )
)  # fmt: skip


def source(told: str) -> str:
    """Where a claim comes from, in the reader's language."""
    fit = fitting(_SOURCES, told, {"day": lambda written: str(day(written))})
    return filled(*fit) if fit else told


def marked(text: str, checks: Iterable[dict[str, Any]]) -> list[tuple[str, dict[str, Any] | None]]:
    """The text in pieces: each with the check of the claim it is, None between them."""
    by_text = {each["text"].casefold(): each for each in checks if each["text"]}
    if not by_text:
        return [(text, None)]
    words = "|".join(re.escape(each) for each in sorted(by_text, key=len, reverse=True))
    pieces: list[tuple[str, dict[str, Any] | None]] = []
    last = 0
    for found in re.finditer(rf"(?<!\w)(?:{words})(?!\w)", text, re.IGNORECASE):
        if found.start() > last:
            pieces.append((text[last : found.start()], None))
        pieces.append((found[0], by_text.get(found[0].casefold())))
        last = found.end()
    return [*pieces, (text[last:], None)] if last < len(text) else pieces
