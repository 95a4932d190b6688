"""What a cell says: phones, choices, flags and lists as people write them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from libs.common.uploads import plain

_SIMPLE_MAIL = re.compile(r"[a-z0-9._+-]{1,64}@[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63}){0,4}\.[a-z]{2,24}")
_YES = frozenset("yes y true 1 x ja wahr on done completed closed si oui".split())
_TAG = re.compile(r'(?<![^,;|\n])\s*"((?:[^"]|"")+)"\s*(?=[,;|\n]|$)|([^,;|\n]+)')
_NO = frozenset("no n false 0 nein falsch off open not started pending deferred planned waiting".split()) | {
    "not started", "in progress", "waiting on someone else", "waiting for input", "to do", ""
}  # fmt: skip
# What other systems call our words.
MEANINGS: Mapping[str, Mapping[str, str]] = {
    "stage": {
        "prospecting": "lead", "new": "lead", "lead in": "lead", "incoming": "lead", "open": "lead",
        "lead generated": "lead", "prospect": "lead", "appointmentscheduled": "lead", "appointment scheduled": "lead",
        "engaging": "qualified", "qualification": "qualified", "needs analysis": "qualified",
        "contact made": "qualified", "qualified to buy": "qualified", "qualifiedtobuy": "qualified",
        "discovery": "qualified", "needs defined": "qualified", "value proposition": "qualified",
        "id decision makers": "qualified", "identify decision makers": "qualified",
        "proposal price quote": "proposal", "proposal made": "proposal", "presentation scheduled": "proposal",
        "presentationscheduled": "proposal", "demo scheduled": "proposal", "perception analysis": "proposal",
        "quote": "proposal", "proposal sent": "proposal",
        "negotiation review": "negotiation", "negotiations started": "negotiation", "contract sent": "negotiation",
        "contractsent": "negotiation", "decision maker bought in": "negotiation",
        "decisionmakerboughtin": "negotiation", "commit": "negotiation",
        "closed won": "won", "closedwon": "won", "won deal": "won", "gewonnen": "won",
        "closed lost": "lost", "closedlost": "lost", "lost deal": "lost", "verloren": "lost",
        "closed lost to competition": "lost", "abandoned": "lost",
    },
    "deal_status": {
        "closed won": "won", "gewonnen": "won", "closed lost": "lost", "verloren": "lost", "offen": "open",
        "in progress": "open",
    },
    "status": {
        "lead": "prospect", "subscriber": "prospect", "opportunity": "prospect", "marketing qualified lead": "prospect",
        "sales qualified lead": "prospect", "marketingqualifiedlead": "prospect", "salesqualifiedlead": "prospect",
        "new": "prospect", "open": "prospect", "interessent": "prospect", "potential": "prospect",
        "customer": "active", "client": "active", "evangelist": "active", "kunde": "active", "aktiv": "active",
        "customer direct": "active", "customer channel": "active",
        "dormant": "inactive", "on hold": "inactive", "inaktiv": "inactive", "paused": "inactive",
        "lost": "churned", "former customer": "churned", "cancelled": "churned", "canceled": "churned",
    },
    "type": {
        "phone call": "call", "anruf": "call", "logged call": "call", "calls": "call", "mail": "email",
        "e mail": "email",
        "emails": "email", "appointment": "meeting", "event": "meeting", "demo": "meeting", "lunch": "meeting",
        "termin": "meeting", "comment": "note", "notes": "note", "notiz": "note", "to do": "task", "todo": "task",
        "deadline": "task", "aufgabe": "task", "tasks": "task", "whats app": "whatsapp",
    },
}  # fmt: skip


class Unclear(ValueError):
    """A cell that does not say what its column needs; the text says what would."""


def choice(field: str, cell: str, choices: Sequence[str], answers: Mapping[str, str]) -> str:
    """One of ours; what else stands there may be a word of another system, or have been answered for."""
    word = plain(cell)
    found = answers.get(word) or (word if word in choices else MEANINGS.get(field, {}).get(word))
    if found not in choices:
        raise Unclear(f"{cell!r} is none of {', '.join(choices)}")
    return str(found)


def flag(cell: str) -> bool:
    """Yes or no, in the words of several systems."""
    word = plain(cell)
    if word in _YES or word in _NO:
        return word in _YES
    raise Unclear(f"{cell!r} is neither yes nor no")


def tags(cell: str) -> list[str]:
    """Tags that stand in one cell, separated by commas, semicolons or bars; one with such a sign in it is in quotes."""
    parts = (quoted.replace('""', '"') if quoted else plain for quoted, plain in _TAG.findall(cell))
    names = [part.strip().lower() for part in parts]
    found = list(dict.fromkeys(name for name in names if name))
    if len(found) > 50 or any(len(name) > 60 for name in found):
        raise Unclear("at most 50 tags, each of at most 60 characters")
    return found


def email(cell: str) -> str:
    """An address by its syntax; most are plain, and plain ones are seen to be so at once."""
    text = cell.strip().removeprefix("mailto:")
    if _SIMPLE_MAIL.fullmatch(text) and len(text) <= 254:
        return text
    from email_validator import EmailNotValidError, validate_email

    try:
        return validate_email(text, check_deliverability=False).normalized
    except EmailNotValidError:
        raise Unclear(f"{cell!r} is not an e-mail address") from None


@lru_cache(maxsize=16384)
def phone_doubt(cell: str, country: str) -> str | None:
    """Why a number may not be one anybody has; None where nothing is wrong with it. It is kept as it stands.

    To look is most of reading a row, and the people of a company have one switchboard.
    """
    import phonenumbers

    try:
        number = phonenumbers.parse(cell, country)
    except phonenumbers.NumberParseException:
        return "this does not look like a phone number; it is kept as it stands"
    if phonenumbers.is_valid_number(number):
        return None
    return "no phone has this number; it is kept as it stands"


def names(cell: str) -> tuple[str, str]:
    """First and last name of a whole one: ``Jane van Dyke``, ``Dyke, Jane``."""
    text = " ".join(cell.split())
    if "," in text:
        last, _comma, first = text.partition(",")
        return (first.strip(), last.strip()) if first.strip() else (last.strip(), "")
    first, _space, last = text.partition(" ")
    return first, last


def unmasked(cell: str) -> str:
    """A cell without the apostrophe that keeps a spreadsheet from computing it."""
    return cell[1:] if len(cell) > 1 and cell[0] == "'" and cell[1] in "=+-@\t\r\n＝＋－＠'" else cell
