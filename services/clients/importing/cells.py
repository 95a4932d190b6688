"""What a cell says: amounts, phones, choices, flags and lists as people write them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import lru_cache

from libs.common.money import EXPONENTS, MoneyError, to_minor
from libs.common.uploads import plain

SYMBOLS = {"$": "USD", "€": "EUR", "£": "GBP", "¥": "JPY", "₹": "INR", "₩": "KRW", "₪": "ILS", "₫": "VND", "US$": "USD"}
_AMOUNT = re.compile(
    r"^(?P<open>\()?(?P<sign>[-−+])?\s*(?P<figures>\d[\d.,'’\s]*|[.,]\d+)\s*(?P<after>-)?(?P<close>\))?$"
)
_CODE = re.compile(r"^\s*([A-Z]{3})\b|\b([A-Z]{3})\s*$")
_SPACES = re.compile(r"[\s'’]")
_SIMPLE_MAIL = re.compile(r"[a-z0-9._+-]{1,64}@[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63}){0,4}\.[a-z]{2,24}")
_YES = frozenset("yes y true 1 x ja wahr on done completed closed si oui".split())
_TAG = re.compile(r'(?<![^,;|\n])\s*"((?:[^"]|"")+)"\s*(?=[,;|\n]|$)|([^,;|\n]+)')
_NO = frozenset("no n false 0 nein falsch off open not started pending".split()) | {"not started", ""}
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


def money(cell: str, currency: str) -> tuple[int, str]:
    """An amount in minor units and its currency: ``1.234,56 €``, ``$1,234.56``, ``(500)``, ``1'234.50 CHF``.

    currency: that of an amount that names none.
    """
    bare, named = _without_currency(cell)
    currency = named or currency
    match = _AMOUNT.match(bare.strip())
    if match is None or bool(match["open"]) is not bool(match["close"]):
        raise Unclear(f"{cell!r} is not an amount")
    negative = bool(match["open"]) or match["sign"] in ("-", "−") or bool(match["after"])
    try:
        minor = to_minor(decimal(match["figures"], EXPONENTS[currency]), currency)
    except MoneyError as error:
        raise Unclear(str(error)) from None
    return (-minor if negative else minor), currency


def decimal(figures: str, digits: int = 2) -> Decimal:
    """Figures as people group them; of two signs the last is the point, a lone one before three figures groups.

    digits: the decimals of the currency, so that three behind a lone sign are decimals where it has three.
    """
    bare = _SPACES.sub("", figures)
    last = max(bare.rfind("."), bare.rfind(","))
    if last < 0:
        return Decimal(bare)
    sign, other = bare[last], "," if bare[last] == "." else "."
    behind = len(bare) - last - 1
    groups = bare.count(sign) > 1 or (
        other not in bare and behind == 3 and digits != 3 and bare[0] != "0" and last <= 3
    )
    if groups and re.fullmatch(rf"\d{{1,3}}(\{sign}\d{{3}})+", bare):
        return Decimal(bare.replace(sign, ""))
    whole = bare[:last].replace(other, "")
    if sign in whole or (other in bare and not re.fullmatch(rf"\d{{1,3}}(\{other}\d{{2,3}})+", bare[:last])):
        raise Unclear(f"{figures!r} is not an amount")
    return Decimal(f"{whole or '0'}.{bare[last + 1 :] or '0'}")


def _without_currency(cell: str) -> tuple[str, str | None]:
    named = None
    for symbol, code in SYMBOLS.items():
        if symbol in cell:
            cell, named = cell.replace(symbol, " "), code
    match = _CODE.search(cell)
    if match is not None:
        code = match[1] or match[2]
        if code not in EXPONENTS:
            raise Unclear(f"{code} is no currency")
        cell, named = _CODE.sub(" ", cell, count=1), code
    return cell.replace("\xa0", " ").replace("\u202f", " "), named


def currency(cell: str) -> str:
    """An ISO 4217 code, or the sign of one."""
    found = SYMBOLS.get(cell.strip(), cell.strip().upper())
    if found not in EXPONENTS:
        raise Unclear(f"{cell!r} is not a currency code, as in USD")
    return found


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
