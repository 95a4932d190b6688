"""Dates as people write them. 01/02/2025 is two dates: its column decides, or a person; it is never guessed."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from services.clients.importing.cells import Unclear

ORDERS = ("dmy", "mdy", "ymd")
_FIGURES = re.compile(r"^(\d{1,2})([./-])(\d{1,2})\2(\d{4}|\d{2})(?:[ T,]+(.+))?$")
_ISO = re.compile(r"^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[ T]+(.+))?$")
# 3. März 2025, 03-Apr-25; Feb 3, 2025, Apr-03-2025.
_WORDS = re.compile(
    r"^(?:(\d{1,2})(?:st|nd|rd|th)?[. /-]*([a-zäé]{3,9})\.?[ ,/-]*(\d{4}|\d{2})"
    r"|([a-z]{3,9})\.?[ -](\d{1,2})(?:st|nd|rd|th)?(?:, ?|[ -]+)(\d{4}))(?:[ T,]+(.+))?$"
)
_CLOCK = re.compile(r"^(\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,6}))?)?\s*([ap]\.?m\.?)?\s*(Z|[+-]\d{2}:?\d{2})?$", re.I)
_MONTHS = {
    name: number
    for number, names in enumerate(
        "jan january januar|feb february februar|mar march mrz märz maerz|apr april|may mai|jun june juni|"
        "jul july juli|aug august|sep sept september|oct october okt oktober|nov november|"
        "dec december dez dezember".split("|"),
        start=1,
    )
    for name in names.split()
}
_EARLIEST, _LATEST = 1900, 2200
# Two figures of a year: up to this many are of this century.
_CENTURY = 69


@dataclass
class Evidence:
    """What the cells of a column say about the order of day and month."""

    dmy: int = 0
    mdy: int = 0
    either: int = 0
    samples: list[str] = field(default_factory=list)

    def look(self, cell: str) -> None:
        """Take a cell into account; one that is no date of figures says nothing."""
        match = _FIGURES.match(cell.strip())
        # Dots are between day and month alone: they tell nothing of what other signs are between.
        if match is None or match[2] == ".":
            return
        first, second, year = int(match[1]), int(match[3]), _year(match[4])
        if _may_begin_with_year(match):
            self._ask(cell)
        elif first > 12:
            self.dmy += _is_day(year, second, first)
        elif second > 12:
            self.mdy += _is_day(year, first, second)
        elif first != second:
            self._ask(cell)

    def _ask(self, cell: str) -> None:
        self.either += 1
        if len(self.samples) < 3 and cell not in self.samples:
            self.samples.append(cell)

    @property
    def order(self) -> str | None:
        """The order that the column decides; None where it does not, or speaks for both."""
        if bool(self.dmy) is bool(self.mdy):
            return None
        return "dmy" if self.dmy else "mdy"

    @property
    def asks(self) -> bool:
        """Whether a person has to say what the column leaves open."""
        return self.either > 0 and self.order is None


def day(cell: str, order: str | None) -> date:
    """The day a cell names. order: dmy or mdy, None while nobody decided."""
    found, _rest = _day(cell.strip(), order)
    return found


def instant(cell: str, order: str | None, zone: str) -> datetime:
    """The moment a cell names, as UTC; a time without its zone is where the business is, a day alone is its noon."""
    try:
        found = datetime.fromisoformat(cell.strip())
    except ValueError:
        found_day, rest = _day(cell.strip(), order)
        found = _at(cell, found_day, rest)
    else:
        if len(cell.strip()) <= 10:
            found = datetime.combine(found.date(), time(12))
        if not _EARLIEST <= found.year <= _LATEST:
            raise Unclear(f"{cell!r} is too far away")
    aware = found if found.tzinfo else found.replace(tzinfo=ZoneInfo(zone))
    return aware.astimezone(UTC)


def _day(text: str, order: str | None) -> tuple[date, str]:
    if match := _ISO.match(text):
        return _made(text, int(match[1]), int(match[2]), int(match[3])), match[4] or ""
    if match := _FIGURES.match(text):
        return _of_figures(text, match, order), match[5] or ""
    if match := _WORDS.match(text.lower()):
        month = _MONTHS.get(match[2] or match[4])
        if month is not None:
            return _made(text, _year(match[3] or match[6]), month, int(match[1] or match[5])), match[7] or ""
    raise Unclear(f"{text!r} is not a date")


def _of_figures(text: str, match: re.Match[str], order: str | None) -> date:
    first, second, year = int(match[1]), int(match[3]), _year(match[4])
    if order == "ymd" and match[2] == "-" and len(match[4]) == 2:
        return _made(text, _year(match[1]), second, int(match[4]))
    if _may_begin_with_year(match) and order != "dmy":
        raise Unclear(f"{text!r} is two dates: say which comes first, the day or the month")
    if match[2] == "." or first > 12 or (order == "dmy" and second <= 12) or first == second:
        return _made(text, year, second, first)
    if order not in ("dmy", "mdy") and second <= 12:
        raise Unclear(f"{text!r} is two dates: say which comes first, the day or the month")
    return _made(text, year, first, second)


def _may_begin_with_year(match: re.Match[str]) -> bool:
    """Whether figures may be a short ISO 8601 as well as a day before its month: 25-01-02."""
    first, sign, second, last = match[1], match[2], match[3], match[4]
    if sign != "-" or (len(first), len(second), len(last)) != (2, 2, 2):
        return False
    return int(first) > 12 >= int(second) and 1 <= int(last) <= 31


def _is_day(year: int, month: int, number: int) -> bool:
    try:
        date(year, month, number)
    except ValueError:
        return False
    return True


def _made(text: str, year: int, month: int, number: int) -> date:
    try:
        found = date(year, month, number)
    except ValueError:
        raise Unclear(f"there is no day {text!r}") from None
    if not _EARLIEST <= year <= _LATEST:
        raise Unclear(f"{text!r} is too far away")
    return found


def _year(figures: str) -> int:
    return int(figures) if len(figures) == 4 else int(figures) + (2000 if int(figures) < _CENTURY else 1900)


def _at(cell: str, found: date, rest: str) -> datetime:
    if not rest.strip():
        return datetime.combine(found, time(12))
    match = _CLOCK.match(rest.strip())
    if match is None:
        raise Unclear(f"{cell!r} has no time of day that can be read")
    hour = int(match[1])
    if match[5]:
        hour = hour % 12 + (12 if match[5].lower().startswith("p") else 0)
    try:
        clock = time(hour, int(match[2]), int(match[3] or 0), int((match[4] or "0").ljust(6, "0")))
    except ValueError:
        raise Unclear(f"{cell!r} has no time of day that can be read") from None
    whole = datetime.combine(found, clock)
    return datetime.fromisoformat(f"{whole.isoformat()}{_offset(match[6])}")


def _offset(text: str | None) -> str:
    if not text:
        return ""
    return "+00:00" if text.upper() == "Z" else text if ":" in text else f"{text[:3]}:{text[3:]}"
