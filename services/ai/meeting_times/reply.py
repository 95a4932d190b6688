"""What is asked and what is answered. Pure: no I/O."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time
from typing import Any

MOST_CHARACTERS = 4096
MOST_WINDOWS = 20


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody wrote, and the day it was for them. zone: their time zone (IANA name)."""

    text: str
    said_on: date
    zone: str

    @classmethod
    def of(cls, values: dict[str, Any]) -> Asked:
        """From the kept input of a generation."""
        return cls(values["text"], date.fromisoformat(values["said_on"]), values["zone"])

    def document(self) -> dict[str, Any]:
        """As it is kept."""
        return {"text": self.text, "said_on": self.said_on.isoformat(), "zone": self.zone}


@dataclass(frozen=True, slots=True)
class Window:
    """A time that suits, by their clock. ends: None where they named the moment it is to begin.

    words: those of the text it rests on.
    """

    day: date
    begins: time
    ends: time | None
    words: str

    def document(self) -> dict[str, Any]:
        """As RPC answers it."""
        ends = self.ends.isoformat("minutes") if self.ends else None
        return {
            "day": self.day.isoformat(),
            "begins": self.begins.isoformat("minutes"),
            "ends": ends,
            "words": self.words,
        }


@dataclass(frozen=True, slots=True)
class Times:
    """The times that suit, in the order they come; none where nothing was said of time. zone: where the text names one
    itself, as in ``3 pm PT``."""

    windows: tuple[Window, ...]
    zone: str | None = None

    def document(self) -> dict[str, Any]:
        """As RPC answers it."""
        return {"windows": [each.document() for each in self.windows], "zone": self.zone}
