"""What a webhook tells, one notice for each thing."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias

from services.notifications.whatsapp.domain.faults import Fault


@dataclass(frozen=True, slots=True)
class Person:
    """Who wrote: the number (digits, "" where WhatsApp does not tell it), the business-scoped id and its parent, and
    what the person calls itself."""

    wa_id: str = ""
    bsuid: str = ""
    parent: str = ""
    name: str = ""

    @property
    def identities(self) -> list[tuple[str, str]]:
        """``(kind, value)`` of each way in which the person is known, in one order everywhere."""
        known = (("bsuid", self.bsuid), ("number", self.wa_id), ("parent", self.parent))
        return [each for each in known if each[1]]


@dataclass(frozen=True, slots=True)
class Media:
    """A file that can be fetched. sha256: as it came, base64."""

    media_id: str
    mime_type: str
    sha256: str
    filename: str


@dataclass(frozen=True, slots=True)
class Received:
    """A message of a person's. text: as it is shown; opens: whether it opens the window for free text."""

    person: Person
    provider_id: str
    type: str
    text: str
    at: datetime
    reply_to: str = ""
    media: Media | None = None
    opens: bool = True


@dataclass(frozen=True, slots=True)
class Changed:
    """A message was edited or, with text None, taken back."""

    person: Person
    provider_id: str
    target: str
    text: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Reacted:
    """A reaction to a message; "" took it away."""

    person: Person
    provider_id: str
    target: str
    emoji: str
    at: datetime


@dataclass(frozen=True, slots=True)
class NumberChanged:
    """A person has another number from now on."""

    person: Person
    provider_id: str
    wa_id: str
    bsuid: str
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Reported:
    """What became of a message of ours. callback: what we gave along with it, our own id of it."""

    provider_id: str
    status: str
    at: datetime
    callback: str = ""
    fault: Fault | None = None


Notice: TypeAlias = Received | Changed | Reacted | NumberChanged | Reported


@dataclass(slots=True)
class Webhook:
    """Everything of one delivery; notes: what of it was left aside, and why."""

    notices: list[Notice] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
