"""Numbers as people write them. 1,234 is two numbers: its column decides, or a person; it is never guessed."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal

from services.clients.importing.cells import Unclear

MARKS = (".", ",")
_FIGURES = re.compile(r"([-−+]?)(\d[\d.,]*|[.,]\d+)")
# Groups of three, or as they are written in India: 12,34,567.
_GROUPED = {sign: re.compile(rf"\d{{1,3}}(?:{re.escape(sign)}\d{{2,3}})*{re.escape(sign)}\d{{3}}") for sign in MARKS}
_SPACES = re.compile(r"[\s'’]")
# As a program writes what is very small or very large.
_SCIENTIFIC = re.compile(r"-?\d(\.\d+)?[eE][-+]?\d{1,2}")
_EITHER = "?"


@dataclass
class Evidence:
    """What the cells of a column say about the sign before decimals."""

    point: int = 0
    comma: int = 0
    either: int = 0
    samples: list[str] = field(default_factory=list)

    def look(self, cell: str, figures: str) -> None:
        """Take a cell into account by its figures; a whole number says nothing."""
        found = _mark(figures)
        if found == _EITHER:
            self.either += 1
            if len(self.samples) < 3 and cell not in self.samples:
                self.samples.append(cell)
        self.point += found == "."
        self.comma += found == ","

    @property
    def mark(self) -> str | None:
        """The sign that the column decides; None where it does not, or speaks for both."""
        if bool(self.point) is bool(self.comma):
            return None
        return "." if self.point else ","

    @property
    def asks(self) -> bool:
        """Whether a person has to say what the column leaves open."""
        return self.either > 0 and self.mark is None


def number(cell: str, mark: str | None) -> str:
    """The number of a cell, in figures with a point. mark: the sign before decimals, None while nobody decided."""
    text = _SPACES.sub("", cell)
    if _SCIENTIFIC.fullmatch(text):
        return format(Decimal(text), "f")
    match = _FIGURES.fullmatch(text)
    if match is None:
        raise Unclear(f"{cell!r} is not a number")
    sign = "-" if match[1] in ("-", "−") else ""
    return sign + plain_number(cell, match[2], mark)


def plain_number(cell: str, figures: str, mark: str | None, kind: str = "a number") -> str:
    """Figures and their signs, with a point before the decimals alone. Unclear where they say nothing, or two things.

    mark: the sign before decimals, None while nobody decided. kind: what the cell is not, then.
    """
    found = _mark(figures)
    if found == _EITHER:
        if mark is None:
            raise Unclear(f"{cell!r} is two numbers: say which sign is before decimals, a point or a comma")
        found = mark
    whole, _point, decimals = figures.partition(found or ".")
    sign = "," if found == "." else "."
    if (sign in whole and not _GROUPED[sign].fullmatch(whole)) or not re.fullmatch(r"\d*", decimals):
        raise Unclear(f"{cell!r} is not {kind}")
    return f"{whole.replace(sign, '') or '0'}.{decimals or '0'}"


def _mark(figures: str) -> str:
    """The sign before decimals; "" where there are no signs, "?" where it may be either."""
    last = max(figures.rfind("."), figures.rfind(","))
    if last < 0:
        return ""
    sign = figures[last]
    other = "," if sign == "." else "."
    if figures.count(sign) > 1:
        return other
    if other not in figures and len(figures) - last == 4 and 1 <= last <= 3 and figures[0] != "0":
        return _EITHER
    return sign
