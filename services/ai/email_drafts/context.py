"""What is known when a mail is drafted: records of the services, read as the person it is drafted for. Pure.

A context is kept as the input of its generation, so that a draft can be checked anew against what was known.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

PURPOSES = ("follow_up", "revised_timeline", "reminder", "thank_you", "cold_revival")
TONES = ("friendly", "formal", "brief")
LANGUAGES = ("en", "de")


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody by name; ``title`` is the job title, "" where none is known."""

    name: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class Deal:
    """``value_minor`` in minor units of ``currency``, None where it is open. ``ours``: one of us wrote its texts."""

    id: str
    name: str
    stage: str
    value_minor: int | None
    currency: str
    description: str = ""
    expected_close_date: str | None = None
    ours: bool = True


@dataclass(frozen=True, slots=True)
class Activity:
    """Something that happened, on a business day. ``ours``: one of us wrote it; else it may be a stranger's words."""

    day: str
    type: str
    subject: str
    text: str
    by: str
    ours: bool
    due: str | None = None

    @property
    def is_our_mail(self) -> bool:
        """A mail that "Send & Log" wrote down; clients gives it this subject."""
        return self.type == "email" and self.subject.startswith("Sent: ")


@dataclass(frozen=True, slots=True)
class Invoice:
    """Amounts in minor units of ``currency``; ``owed_minor`` is what is left to pay."""

    number: str
    status: str
    amount_minor: int
    owed_minor: int
    currency: str
    due_date: str | None = None
    sent_on: str | None = None
    paid_on: str | None = None
    description: str = ""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that leaves with the mail: what it is called, and which record it is, in plain words."""

    filename: str
    source: str


@dataclass(frozen=True, slots=True)
class MailContext:
    """All that a draft may speak of.

    words: what the person who asks wrote. today: the business day. missing: the services that did not answer, whose
    part is not here.
    """

    words: str
    purpose: str
    tone: str
    language: str
    today: str
    sender: Person
    company: str
    client: str
    contact: Person | None
    deal: Deal
    people: tuple[Person, ...] = ()
    activities: tuple[Activity, ...] = ()
    invoices: tuple[Invoice, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    addresses: tuple[str, ...] = field(default=())
    missing: tuple[str, ...] = ()

    @property
    def day(self) -> date:
        return date.fromisoformat(self.today)

    def document(self) -> dict[str, Any]:
        """As JSON keeps it."""
        return asdict(self)

    @classmethod
    def of(cls, kept: dict[str, Any]) -> MailContext:
        """From the kept input of a generation."""
        lists: dict[str, Any] = {
            "people": tuple(Person(**each) for each in kept["people"]),
            "activities": tuple(Activity(**each) for each in kept["activities"]),
            "invoices": tuple(Invoice(**each) for each in kept["invoices"]),
            "attachments": tuple(Attachment(**each) for each in kept["attachments"]),
            "addresses": tuple(kept["addresses"]),
            "missing": tuple(kept["missing"]),
        }
        plain: dict[str, Any] = {
            name: kept[name] for name in "words purpose tone language today company client".split()
        }
        contact = Person(**kept["contact"]) if kept["contact"] else None
        return cls(sender=Person(**kept["sender"]), contact=contact, deal=Deal(**kept["deal"]), **plain, **lists)
