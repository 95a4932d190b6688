"""Clients, their contacts and what happened with them. Pure: no I/O."""

from __future__ import annotations

import functools
import math
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from libs.common.money import exchanged

STATUSES = ("prospect", "active", "inactive", "churned")
# The stage of a deal that is gone, in our copy of it.
REMOVED = "removed"
# The stages of deals with which nothing is to be done.
CLOSED = ("won", "lost", REMOVED)
ACTIVITY_TYPES = ("system", "call", "email", "meeting", "note", "task", "whatsapp")
# What a person may log by hand; "system" is the system's own word.
LOGGED_BY_PEOPLE = tuple(kind for kind in ACTIVITY_TYPES if kind != "system")
# What answers somebody who wrote to us; a note or a task of our own does not.
ANSWERS = ("call", "email", "meeting", "whatsapp")
# What is work on a deal, as the deals service counts it.
BUSY = (*ANSWERS, "note")
# How an activity begins that says what somebody there wrote to us.
RECEIVED = "WhatsApp message received"
# What can be done to many clients at once, and the field each touches.
BULK_FIELDS = {
    "add_tag": "tags",
    "remove_tag": "tags",
    "set_status": "status",
    "assign": "owner_id",
    "delete": "deleted_at",
}
# How sure each sign alone makes that two clients are one, in percent; a similar name as sure as it is similar.
SIGNS = {"same e-mail address": 95, "same name": 90, "same phone": 80, "same e-mail domain": 70}

# Company forms that say nothing about who a company is, in the spelling that ``normal_name`` leaves.
_LEGAL_FORMS = frozenset(
    "ab ag as asa bv co company corp corporation cv doo eirl eood gmbh inc incorporated kft kg kk limited llc llp lp "
    "ltd ltda mbh nv ohg oy oyj pbc plc pllc pte pty pvt sa sarl sas sasu se sl slu snc sp zoo spa spol srl sro ug "
    "ulc".split()
)
# Forms of several words, "Sp. z o.o.", "S.A. de C.V." and "A/S" among them.
_LEGAL_PHRASES = (("sp", "z", "oo"), ("sa", "de", "cv"), ("s", "a", "de", "c", "v"), ("a", "s"), ("s", "r", "o"))
_DOTTED = re.compile(r"\b(?:\w\.){2,}")

# Mail hosts that anybody can have an address at: they say nothing about a company.
FREE_MAIL_HOSTS = frozenset(
    "aol.com fastmail.com gmail.com gmx.at gmx.ch gmx.com gmx.de gmx.net googlemail.com hey.com hotmail.co.uk "
    "hotmail.com hotmail.de hotmail.fr hotmail.it icloud.com live.com mac.com mail.com mail.ru me.com msn.com "
    "outlook.com outlook.de pm.me proton.me protonmail.com qq.com t-online.de tutanota.com web.de yahoo.co.uk "
    "yahoo.com yahoo.de yahoo.fr yandex.com yandex.ru ymail.com zoho.com 163.com 126.com".split()
)


class ClientError(Exception):
    """A rule of this service that a command would break; ``field`` names the input at fault."""

    def __init__(self, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


@functools.lru_cache(8192)
def normal_name(name: str) -> str:
    """A company name as it is matched: case, accents, punctuation and legal form do not count.

    ``TechCorp Solutions, Inc.`` and ``techcorp solutions`` are the same; a name of nothing but legal forms stays
    as it is.
    """
    text = unicodedata.normalize("NFKD", name).casefold().replace("ß", "ss")
    text = "".join(char for char in text if not unicodedata.combining(char)).replace("&", " and ")
    text = _DOTTED.sub(lambda match: match.group().replace(".", ""), text)
    words = re.sub(r"['’`]", "", text)
    kept = re.sub(r"[\W_]+", " ", words).split()
    whole = list(kept)
    while length := _legal_ending(kept, shortened=len(kept) < len(whole)):
        del kept[-length:]
    return " ".join(kept or whole)


def _legal_ending(words: list[str], *, shortened: bool) -> int:
    """How many words at the end are a legal form, or the "and" that joined two of them."""
    for phrase in _LEGAL_PHRASES:
        if tuple(words[-len(phrase) :]) == phrase:
            return len(phrase)
    return int(bool(words) and (words[-1] in _LEGAL_FORMS or (words[-1] == "and" and shortened)))


def mail_host(address: str | None) -> str | None:
    """The full host of an e-mail address, None for a host anybody can have an address at."""
    if not address or "@" not in address:
        return None
    host = address.rsplit("@", 1)[1].strip().lower().rstrip(".")
    return None if host in FREE_MAIL_HOSTS or not host else host


def phone_key(phone: str | None) -> str | None:
    """What two spellings of a phone number have in common: its last nine digits; None for what is too short to tell."""
    digits = re.sub(r"[^0-9]", "", phone or "")
    return digits[-9:] if len(digits) >= 7 else None


def shortened(text: str, limit: int) -> str:
    """At most so many characters of a text, with a sign where something is left out."""
    return text if len(text) <= limit else f"{text[: limit - 1].rstrip()}…"


def likeness(signs: Iterable[int]) -> int:
    """How sure several signs together make, 0 to 100: each leaves less of the doubt that the others left."""
    doubt = math.prod(1 - sign / 100 for sign in signs)
    return round(100 * (1 - doubt))


def in_base(value_minor: int, currency: str, rate: Decimal, base: str) -> int:
    """An amount in the base currency; rate is what one unit of ``currency`` is worth in it."""
    return exchanged(value_minor, currency, rate, base)


def bulk_value(action: str, value: Any, current: Any) -> Any:
    """What a field becomes by a bulk action."""
    if action == "add_tag":
        return current if value in current else [*current, value]
    if action == "remove_tag":
        return [each for each in current if each != value]
    return value


def day_begins(day: date, zone: str) -> datetime:
    """The first instant of a day in a time zone (IANA name)."""
    return datetime.combine(day, time(), ZoneInfo(zone))


def intake_key(company_name: str | None, *addresses: str | None) -> str | None:
    """What a form is matched by: the whole company name, else the company's mail host, else the person's address.

    Never a phone number and never a likeness: two companies must not become one by accident.
    """
    if company_name and (name := normal_name(company_name)):
        return f"name:{name}"
    for address in addresses:
        if host := mail_host(address):
            return f"host:{host}"
    for address in addresses:
        if address:
            return f"mail:{address.strip().lower()}"
    return None


@dataclass(eq=False)
class ClientState:
    """A company we work with or might. ``lifetime_value_minor`` is the sum of its won deals in ``currency``."""

    id: str
    company_name: str
    match_name: str
    status: str
    source: str
    currency: str
    created_at: datetime
    updated_at: datetime
    owner_id: str | None = None
    email: str | None = None
    phone: str | None = None
    website: str | None = None
    industry: str | None = None
    address: str | None = None
    city: str | None = None
    state: str | None = None
    country: str | None = None
    notes: str | None = None
    tags: list[str] = field(default_factory=list)
    lifetime_value_minor: int = 0
    last_activity_at: datetime | None = None
    waiting_since: datetime | None = None
    custom: dict[str, Any] = field(default_factory=dict)
    deleted_at: datetime | None = None
    access_version: int = 1
    version: int = 1

    @property
    def is_open(self) -> bool:
        """A prospect that nobody owns is everybody's in sales to read."""
        return self.status == "prospect" and self.owner_id is None and self.deleted_at is None

    def change(self, changes: dict[str, Any], now: datetime) -> bool:
        """Take over new values; True when who may see the client changes with them."""
        was = (self.owner_id, self.is_open, self.company_name)
        for name, value in changes.items():
            setattr(self, name, value)
        self.match_name = normal_name(self.company_name)
        self.touch(now)
        return self.access_changed(was != (self.owner_id, self.is_open, self.company_name))

    def assign(self, owner_id: str | None, now: datetime) -> bool:
        """Give the client to a sales rep, or to nobody; False when it is so already."""
        if owner_id == self.owner_id:
            return False
        self.owner_id = owner_id
        self.touch(now)
        return self.access_changed(True)

    def won(self, now: datetime) -> bool:
        """A prospect that buys is an active client; True when that changed anything."""
        if self.status != "prospect":
            return False
        return self.change({"status": "active"}, now)

    def access_changed(self, changed: bool) -> bool:
        if changed:
            self.access_version += 1
        return changed

    def touch(self, now: datetime) -> None:
        self.updated_at = now
        self.version += 1


class Client(ClientState):
    """A client whose changes the session writes; thousands of new ones are quicker made as bare states."""


@dataclass(eq=False)
class ContactState:
    """A person at a client. One of a client's contacts is the primary one, to whom invoices go."""

    id: str
    client_id: str
    first_name: str
    last_name: str
    created_at: datetime
    updated_at: datetime
    email: str | None = None
    phone: str | None = None
    job_title: str | None = None
    is_primary: bool = False
    custom: dict[str, Any] = field(default_factory=dict)
    version: int = 1

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()

    def change(self, changes: dict[str, Any], now: datetime) -> None:
        for name, value in changes.items():
            setattr(self, name, value)
        self.updated_at = now
        self.version += 1

    def learn(self, known: dict[str, Any], now: datetime) -> None:
        """Fill in what was not known; what a person entered before is kept."""
        missing = {name: value for name, value in known.items() if value and not getattr(self, name)}
        if missing:
            self.change(missing, now)


class Contact(ContactState):
    """A contact whose changes the session writes."""


@dataclass(eq=False)
class Activity:
    """Something that happened with a client."""

    id: str
    client_id: str
    type: str
    subject: str
    occurred_at: datetime
    created_at: datetime
    updated_at: datetime
    description: str = ""
    details: dict[str, Any] = field(default_factory=dict)
    contact_id: str | None = None
    deal_id: str | None = None
    due_at: datetime | None = None
    assignee_id: str | None = None
    done_at: datetime | None = None
    actor_id: str = ""
    actor_name: str = ""
    version: int = 1

    def change(self, changes: dict[str, Any], now: datetime) -> None:
        """Take over new values; ``done`` sets the time at which a task was done, and keeps the first."""
        for name, value in changes.items():
            if name in ("assignee_id", "done") and self.type != "task":
                raise ClientError("only a task is somebody's to do", field=name)
            if name == "done":
                self.done_at = (self.done_at or now) if value else None
            else:
                setattr(self, name, value)
        self.updated_at = now
        self.version += 1
