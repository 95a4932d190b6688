"""Time zones as people name them beside an hour: ``3pm EST``, ``9am London time``, ``14 Uhr UTC+2``.

Letters, offsets and places; a place that is not in the tables is looked for among the cities of the IANA names.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from libs.common.clock import zone_names


@dataclass(frozen=True, slots=True)
class Clocks:
    """By which clocks a message may speak (IANA names). theirs: of who wrote it; ours: of who reads it."""

    theirs: str
    ours: str


@dataclass(frozen=True, slots=True)
class FoundZone:
    """A zone, and where in the text it is named."""

    zone: str
    start: int
    end: int


_LETTERS = {
    "America/New_York": "EST EDT ET", "America/Chicago": "CST CDT CT", "America/Denver": "MST MDT MT",
    "America/Los_Angeles": "PST PDT PT", "America/Anchorage": "AKST AKDT", "Pacific/Honolulu": "HST",
    "Europe/Berlin": "CET CEST MEZ MESZ", "Europe/London": "BST", "Europe/Lisbon": "WET WEST",
    "Europe/Helsinki": "EET EEST OEZ OESZ", "Europe/Moscow": "MSK", "Asia/Kolkata": "IST", "Asia/Singapore": "SGT",
    "Asia/Hong_Kong": "HKT", "Asia/Tokyo": "JST", "Asia/Seoul": "KST", "Australia/Sydney": "AEST AEDT AET",
    "Australia/Perth": "AWST", "Pacific/Auckland": "NZST NZDT", "UTC": "UTC GMT",
}  # fmt: skip
_OF_LETTERS = {letters: zone for zone, all_letters in _LETTERS.items() for letters in all_letters.split()}
# Also written small, right after "pm" or "Uhr"; of the others some are words of a language.
_ALSO_SMALL = "EST EDT ET CST CDT CT MST MDT PST PDT PT GMT UTC CET CEST MEZ MESZ BST".split()
# Cities that are more often something else.
_NO_CITIES = {"easter", "center", "midway", "reunion", "wake"}
_PLACES = {
    "America/New_York": "eastern|us east coast|east coast|nyc|boston|washington|miami|atlanta|philadelphia",
    "America/Chicago": "central|dallas|houston|austin", "America/Denver": "mountain",
    "America/Los_Angeles": "pacific|west coast|california|san francisco|sf|la|seattle|san diego|portland",
    "Europe/Berlin": "german|germany|deutsche|deutscher|berliner|munich|münchen|münchner|hamburg|frankfurt|köln|cologne"
                     "|stuttgart|düsseldorf|central european|mitteleuropäischer",
    "Europe/London": "uk|british|londoner|manchester|edinburgh", "Europe/Paris": "french|pariser",
    "Europe/Vienna": "wien|wiener|austrian", "Europe/Zurich": "zürich|züricher|zürcher|swiss|geneva|genf",
    "Europe/Rome": "rom|milan|mailand", "Europe/Madrid": "barcelona|spanish", "Europe/Lisbon": "lissabon|porto",
    "Europe/Warsaw": "warschau", "Europe/Prague": "prag", "Europe/Kyiv": "kiev|kiew", "Europe/Moscow": "moskau",
    "Asia/Kolkata": "india|indian|mumbai|delhi|new delhi|bangalore", "Asia/Shanghai": "china|beijing|peking",
    "Asia/Tokyo": "tokio|japan|japanese", "Asia/Singapore": "singapur", "Asia/Dubai": "abu dhabi",
    "Asia/Jerusalem": "tel aviv|israeli", "America/Sao_Paulo": "brazil|são paulo",
}  # fmt: skip
_OF_PLACES = {place: zone for zone, places in _PLACES.items() for place in places.split("|")}
# Hours that no zone of a whole hour keeps.
_ODD_OFFSETS = {
    (1, 3, 30): "Asia/Tehran", (1, 4, 30): "Asia/Kabul", (1, 5, 30): "Asia/Kolkata", (1, 5, 45): "Asia/Kathmandu",
    (1, 6, 30): "Asia/Yangon", (1, 9, 30): "Australia/Darwin", (1, 8, 45): "Australia/Eucla",
}  # fmt: skip

_HOUR = r"(?:\d|[ap]\.?\s?m\b\.?|\b[Uu]hr|\d\s?h|o'clock|\bnoon|\bmidday|\bmittags?)"
_OFFSET = re.compile(
    r"\b(?:UTC|GMT)\s?(?P<sign>[+\-−–])\s?(?P<hours>1[0-4]|0?\d)(?::?(?P<minutes>[0-5]\d))?(?![\w:])", re.IGNORECASE
)
_IANA = re.compile(r"\b(?:Africa|America|Asia|Atlantic|Australia|Europe|Indian|Pacific)/[A-Z][\w+/-]*\w")
_LETTERED = re.compile(
    rf"(?:{_HOUR}\s*[(,]?\s*(?P<name>{'|'.join(sorted(_OF_LETTERS, key=len, reverse=True))})"
    rf"|(?:\d\s?[ap]\.?m\.?|[Uu]hr)\s*\(?(?P<small>{'|'.join(_ALSO_SMALL).casefold()}))(?![\w+])"
)
_STANDING = re.compile(r"(?<![\w/])(?P<name>UTC|GMT|CES?T|MES?Z|E[SD]T|P[SD]T|C[SD]T|M[SD]T|BST|JST|AE[SD]T)(?![\w+-])")
_WORD = r"[A-Za-zÀ-ž]+\.?"
_TIMED = re.compile(
    rf"(?<!\w)(?P<name>(?:{_WORD}\s+){{0,2}}?{_WORD})\s+(?:(?:standard|daylight|summer)\s+)?(?:time|zeit|timezone)\b",
    re.IGNORECASE,
)
_BESIDE = re.compile(rf"{_HOUR}\s*[(,]?\s*(?:in\s+)?(?P<name>[A-ZÄÖÜ]{_WORD}(?:\s[A-ZÄÖÜ]{_WORD})?)")
_WHOSE = re.compile(
    r"(?<!\w)(?:(?P<theirs>(?:my|our|unserer|meiner)\s+(?:local\s+)?(?:time|zeit))"
    r"|(?P<ours>(?:your|deiner|eurer|ihrer)\s+(?:local\s+)?(?:time|zeit)(?:zone)?))(?!\w)",
    re.IGNORECASE,
)


def find(text: str, clocks: Clocks) -> list[FoundZone]:
    """Every zone that is named, in the order of the text; of two readings of the same words the longer."""
    found: list[FoundZone] = []
    for zone, start, end in (*_whose(text, clocks), *_offsets(text), *_names(text)):
        if not any(start < each.end and each.start < end for each in found):
            found.append(FoundZone(zone, start, end))
    return sorted(found, key=lambda each: each.start)


def belonging(place: int, named: Sequence[FoundZone]) -> str | None:
    """The zone of an hour at a place of the text: the next that is named after it, else the last before it."""
    after = [each.zone for each in named if each.end > place]
    return after[0] if after else named[-1].zone if named else None


def known(name: str | None) -> str | None:
    """The IANA zone of a name of any kind, as a model may give it; None for what is no zone."""
    plain = (name or "").strip()
    if plain in _OF_LETTERS:
        return _OF_LETTERS[plain]
    if plain in zone_names():
        return plain
    offset = _OFFSET.fullmatch(plain)
    return _of_offset(offset) if offset else _place(plain.casefold().removesuffix(" time"))


def is_offset(zone: str) -> bool:
    """Whether a zone is only so many hours from UTC, which says nothing of where somebody lives."""
    return zone.startswith("Etc/")


def _whose(text: str, clocks: Clocks) -> list[tuple[str, int, int]]:
    return [
        (clocks.theirs if match["theirs"] else clocks.ours, match.start(), match.end())
        for match in _WHOSE.finditer(text)
    ]


def _offsets(text: str) -> list[tuple[str, int, int]]:
    found = [(_of_offset(match), match.start(), match.end()) for match in _OFFSET.finditer(text)]
    return [(zone, start, end) for zone, start, end in found if zone is not None]


def _of_offset(match: re.Match[str]) -> str | None:
    sign, hours, minutes = (-1 if match["sign"] in "-−–" else 1), int(match["hours"]), int(match["minutes"] or 0)
    if minutes:
        return _ODD_OFFSETS.get((sign, hours, minutes))
    # The signs of these names are turned round.
    zone = f"Etc/GMT{'-' if sign > 0 else '+'}{hours}" if hours else "UTC"
    return zone if zone in zone_names() else None


def _names(text: str) -> list[tuple[str, int, int]]:
    found: list[tuple[str, int, int]] = []
    for pattern, reader in ((_IANA, _iana), (_TIMED, _timed), (_LETTERED, _letters), (_STANDING, _letters),
                            (_BESIDE, _beside)):  # fmt: skip
        for match in pattern.finditer(text):
            zone = reader(match)
            if zone is not None:
                found.append((zone, match.start(match.lastgroup or 0), match.end()))
    return found


def _iana(match: re.Match[str]) -> str | None:
    return match.group() if match.group() in zone_names() else None


def _letters(match: re.Match[str]) -> str | None:
    return _OF_LETTERS[(match["name"] or match.groupdict()["small"]).upper()]


def _timed(match: re.Match[str]) -> str | None:
    """``London time``: the last one or two words before ``time`` that are a place."""
    words = match["name"].casefold().split()
    return next((zone for size in (3, 2, 1) if (zone := _place(" ".join(words[-size:])))), None)


def _beside(match: re.Match[str]) -> str | None:
    """``9am London``: a place right after the hour, as it is written."""
    words = match["name"].rstrip(".").casefold().split()
    return next((zone for size in (2, 1) if (zone := _place(" ".join(words[:size])))), None)


def _place(name: str) -> str | None:
    return _OF_PLACES.get(name) or _cities().get(name)


@cache
def _cities() -> dict[str, str]:
    """The IANA zones by the name of their city or country, as in ``new york``."""
    areas = ("Africa", "America", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")
    named = sorted(each for each in zone_names() if each.split("/")[0] in areas)
    cities = {each.rpartition("/")[2].replace("_", " ").casefold(): each for each in named}
    return {name: zone for name, zone in cities.items() if name not in _NO_CITIES}
