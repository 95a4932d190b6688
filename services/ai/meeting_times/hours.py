"""Hours as people write them, in English and German. Pure: no I/O.

An hour without "am" or "pm" is one of a working day: 7 to 12 as they stand, 1 to 6 in the afternoon.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import time

MIDNIGHT, LAST = time(0), time(23, 59)


@dataclass(frozen=True, slots=True)
class FoundHours:
    """From when until when; ends None: the moment itself. Where in the text it is said."""

    begins: time
    ends: time | None
    start: int
    end: int


_PARTS = {
    "morning": (time(8), time(12)),
    "noon": (time(12), time(14)),
    "afternoon": (time(13), time(18)),
    "evening": (time(17), time(21)),
}
_WORDS = {
    "morning": r"mornings?|vormittags?|morgens|früh|before lunch",
    "noon": r"noon|midday|lunch(?:time)?|mittags?",
    "afternoon": r"afternoons?|nachmittags?|after lunch",
    "evening": r"evenings?|abends?",
}
_HALF = r"(?P<half{n}>\s?[ap]\.?\s?m\b\.?)?"
_CLOCK = r"(?P<hour{n}>[01]?\d|2[0-4])(?:[:.h](?P<minute{n}>[0-5]\d))?" + _HALF + r"(?P<uhr{n}>\s?(?:uhr|h|o'clock))?"
_Reader = Callable[[re.Match[str]], tuple[time, time | None] | None]


def find(text: str) -> list[FoundHours]:
    """Every time of a day that is named, in the order of the text; of two readings of the same words the longer."""
    found: list[FoundHours] = []
    for pattern, reader in _READERS:
        for match in pattern.finditer(text):
            start, end = match.span()
            if any(start < each.end and each.start < end for each in found):
                continue
            hours = reader(match)
            if hours is not None:
                found.append(FoundHours(*hours, start, end))
    return sorted(found, key=lambda each: each.start)


def _between(match: re.Match[str]) -> tuple[time, time | None] | None:
    # "2 to 4 pm": what is said of the end holds for the beginning, too.
    begins = _clock(match, "1", match["half1"] or match["half2"])
    ends = _clock(match, "2", match["half2"])
    if begins is not None and ends is not None and begins > ends and not match["half1"]:
        begins = _clock(match, "1", "am")  # "10 to 2 pm"
    if begins is None or ends is None or begins >= ends:
        return None
    return begins, ends


def _after(match: re.Match[str]) -> tuple[time, time | None] | None:
    begins = _edge(match)
    return (begins, LAST) if begins is not None else None


def _before(match: re.Match[str]) -> tuple[time, time | None] | None:
    ends = _edge(match)
    return (MIDNIGHT, ends) if ends is not None and ends > MIDNIGHT else None


def _edge(match: re.Match[str]) -> time | None:
    return time(12) if match["noon"] else _clock(match, "1", match["half1"])


def _at(match: re.Match[str]) -> tuple[time, time | None] | None:
    at = _clock(match, "1", match["half1"])
    return (at, None) if at is not None else None


def _part(name: str) -> _Reader:
    return lambda _match: _PARTS[name]


def _clock(match: re.Match[str], n: str, half: str | None) -> time | None:
    if match[f"hour{n}"] is None:
        return None
    is_sure = (match[f"uhr{n}"] or "").strip().casefold().startswith(("uhr", "h"))
    return _time(int(match[f"hour{n}"]), int(match[f"minute{n}"] or 0), half, guess=not is_sure)


def _time(hour: int, minute: int, half: str | None, *, guess: bool) -> time | None:
    """guess: whether 1 to 6 are hours of the afternoon."""
    if half:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half.strip().casefold().startswith("p") else 0)
    elif guess and 1 <= hour <= 6:
        hour += 12
    return time(hour, minute) if hour < 24 else None


def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w.,:-])(?:{text})(?![\w:-])", re.IGNORECASE)


_ONE, _TWO = _CLOCK.format(n=1), _CLOCK.format(n=2)
_EDGE = rf"(?:(?P<noon>noon|midday|mittags?|lunch)|{_ONE})"
# A number alone is an hour only where a word before it, or what follows it, says so.
_HALVES, _WORD = r"(?P<half1>\s?[ap]\.?\s?m\b\.?)", r"(?P<uhr1>\s?(?:uhr|o'clock))"
_BARE = (
    rf"(?P<hour1>[01]?\d|2[0-4])[:h](?P<minute1>[0-5]\d){_HALVES}?{_WORD}?",
    rf"(?P<hour1>[01]?\d|2[0-4])(?P<minute1>){_HALVES}(?P<uhr1>)",
    rf"(?P<hour1>[01]?\d|2[0-4])(?P<minute1>)(?P<half1>){_WORD}",
)


_READERS: tuple[tuple[re.Pattern[str], _Reader], ...] = (
    (_pattern(rf"(?:between|from|zwischen|von|ab)\s+{_ONE}\s*(?:and|to|till|until|und|bis|-|–)\s*{_TWO}"), _between),
    (_pattern(rf"(?P<hour1>[01]?\d|2[0-4])(?:[:.](?P<minute1>[0-5]\d))?{_HALF.format(n=1)}(?P<uhr1>\s?uhr)?"
              rf"\s?(?:-|–|to|bis)\s?{_TWO}(?<=[\dmrRM.])"), _between),
    (_pattern(rf"(?:any\s?time\s+)?(?:after|from|nach|ab|past)\s+{_EDGE}(?:\s+(?:on|onwards?))?"), _after),
    (_pattern(rf"(?:before|until|till|by|bis|vor)\s+{_EDGE}"), _before),
    (_pattern(rf"(?:at|around|about|um|gegen|@)\s*{_ONE}"), _at),
    *((_pattern(bare), _at) for bare in _BARE),
    *((_pattern(words), _part(name)) for name, words in _WORDS.items()),
)  # fmt: skip
