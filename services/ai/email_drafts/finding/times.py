"""What a date, a stretch of days, a length or an hour means, and when one backs another."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, timedelta


@dataclass(frozen=True, slots=True)
class Days:
    """From ``first`` to ``last``, both in it. loose: a draft may be read so, but a text that is known says another."""

    first: date
    last: date
    loose: bool = field(default=False, compare=False)

    @classmethod
    def one(cls, day: date) -> Days:
        return cls(day, day)

    @classmethod
    def month(cls, year: int, month: int) -> Days:
        first = date(year, month, 1)
        return cls(first, (first + timedelta(days=32)).replace(day=1) - timedelta(days=1))

    @classmethod
    def week(cls, day: date) -> Days:
        monday = day - timedelta(days=day.weekday())
        return cls(monday, monday + timedelta(days=6))

    @classmethod
    def part_of_month(cls, part: str, month: Days) -> Days:
        """Its beginning (to the 10th), middle (11th to 20th) or end."""
        first, last = {"early": (1, 10), "mid": (11, 20), "late": (21, month.last.day)}[part]
        return cls(month.first.replace(day=first), month.first.replace(day=last))

    def away(self, day: date) -> int:
        """How many days lie between; none where the day is within."""
        return max(0, (self.first - day).days, (day - self.last).days)


@dataclass(frozen=True, slots=True)
class Length:
    """How long: days, and hours below a day. A month is a month: four weeks are none."""

    count: float
    unit: str


@dataclass(frozen=True, slots=True)
class Hour:
    hour: int
    minute: int


When = Days | Length | Hour

# A claim names several things at once ("6 to 8 weeks"), each perhaps in several readings ("02/03/2025").
Readings = tuple[tuple[When, ...], ...]


def length(count: float, unit: str) -> Length:
    """In days where the unit is made of them; weeks are seven, years twelve months."""
    match unit:
        case "week":
            return Length(count * 7, "day")
        case "fortnight":
            return Length(count * 14, "day")
        case "year":
            return Length(count * 12, "month")
        case "quarter":
            return Length(count * 3, "month")
        case _:
            return Length(count, unit)


def backs(known: When, claimed: When) -> bool:
    """Whether what is known says what is claimed: the same, or a day within the stretch that is claimed."""
    if not isinstance(known, Days) or not isinstance(claimed, Days):
        return known == claimed
    if known.first == known.last and claimed.first != claimed.last:
        return claimed.first <= known.first <= claimed.last
    return known.first == claimed.first and known.last == claimed.last


def one(*readings: When) -> Readings:
    """One thing, in these readings."""
    return (readings,)


def meant(*readings: When) -> tuple[When, ...]:
    """Readings of which the first is what a known text says; the others are loose."""
    return readings[:1] + tuple(replace(each, loose=True) if isinstance(each, Days) else each for each in readings[1:])


def told(readings: Readings) -> tuple[When, ...]:
    """What a known text says: its readings without the loose ones."""
    return tuple(each for part in readings for each in part if not isinstance(each, Days) or not each.loose)
