"""What is asked and what is answered. Pure: no I/O."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time
from typing import Any

from services.ai.meeting_times.zones import Clocks, is_offset

MOST_CHARACTERS = 4096
MOST_WINDOWS = 20


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody wrote, and the day it was for them. zone: their time zone (IANA name); ours: that of who reads it,
    else theirs."""

    text: str
    said_on: date
    zone: str
    ours: str | None = None

    @classmethod
    def of(cls, values: dict[str, Any]) -> Asked:
        """From the kept input of a generation."""
        return cls(values["text"], date.fromisoformat(values["said_on"]), values["zone"], values.get("ours"))

    def document(self) -> dict[str, Any]:
        """As it is kept."""
        return {"text": self.text, "said_on": self.said_on.isoformat(), "zone": self.zone, "ours": self.ours}

    def clocks(self) -> Clocks:
        """The clocks that "my time" and "your time" speak of."""
        return Clocks(self.zone, self.ours or self.zone)


@dataclass(frozen=True, slots=True)
class Window:
    """A time that suits. ends: None where they named the moment it is to begin.

    words: those of the text it rests on. zone: by whose clock, where the text names one (``3 pm PT``); else theirs.
    """

    day: date
    begins: time
    ends: time | None
    words: str
    zone: str | None = None

    def document(self) -> dict[str, Any]:
        """As RPC answers it."""
        ends = self.ends.isoformat("minutes") if self.ends else None
        return {
            "day": self.day.isoformat(),
            "begins": self.begins.isoformat("minutes"),
            "ends": ends,
            "words": self.words,
            "zone": self.zone,
        }


@dataclass(frozen=True, slots=True)
class Times:
    """The times that suit, in the order they come; none where nothing was said of time. zone: the one place whose clock
    all of them name, where there is one."""

    windows: tuple[Window, ...]
    zone: str | None = None

    @classmethod
    def of(cls, windows: Sequence[Window]) -> Times:
        """With the zone that the windows share."""
        named = {each.zone for each in windows}
        (zone,) = named if len(named) == 1 else (None,)
        return cls(tuple(windows), zone if zone and not is_offset(zone) else None)

    def document(self) -> dict[str, Any]:
        """As RPC answers it."""
        return {"windows": [each.document() for each in self.windows], "zone": self.zone}
