"""Amounts of money as people write them in notes, in English and German. Pure: no I/O."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from libs.common.money import MAX_MINOR, MoneyError, exponent, round_minor

_SIGNS = {"$": "USD", "€": "EUR", "£": "GBP", "dollar": "USD", "dollars": "USD", "euro": "EUR", "euros": "EUR"}
_CURRENCY = r"[$€£]|\b(?:USD|EUR|GBP|CHF|JPY|CAD|AUD|dollars?|euros?)\b"
_TIMES = {"k": 1_000, "thousand": 1_000, "tsd": 1_000, "tausend": 1_000, "million": 1_000_000, "mio": 1_000_000}
_AMOUNT = re.compile(
    rf"(?P<before>{_CURRENCY})?\s?(?<![\w.,])(?P<number>\d{{1,3}}(?:[.,'\u202f\u00a0 ]\d{{3}})+(?:[.,]\d{{1,2}})?"
    rf"|\d+(?:[.,]\d{{1,2}})?)(?![\d%])\s?(?P<times>(?:k|thousand|tsd|tausend|million|mio)\b\.?)?"
    rf"\s?(?P<after>{_CURRENCY})?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class FoundAmount:
    """An amount in minor units, and where in the text it stands. currency: None where none is named."""

    minor: int
    currency: str | None
    start: int
    end: int


def find(text: str, currency: str) -> list[FoundAmount]:
    """Every amount with a currency beside it, and such as ``75k``, which is taken for the currency given."""
    found = []
    for match in _AMOUNT.finditer(text):
        sign = match["before"] or match["after"]
        if sign is None and match["times"] is None:
            continue
        named = _SIGNS.get(sign.casefold(), sign.upper()) if sign else None
        minor = _minor(match["number"], match["times"], named or currency)
        if minor is not None:
            found.append(FoundAmount(minor, named, match.start(), match.end()))
    return found


def _minor(number: str, times: str | None, currency: str) -> int | None:
    whole, point, cents = _parts(number)
    try:
        value = Decimal(f"{whole}{point}{cents}") * _TIMES.get((times or "").casefold().rstrip("."), 1)
        minor = round_minor(value.scaleb(exponent(currency)))
    except (InvalidOperation, MoneyError):
        return None
    return minor if 0 < minor <= MAX_MINOR else None


def _parts(number: str) -> tuple[str, str, str]:
    """Whole part, point and decimals; a group of three digits at the end belongs to the whole part."""
    head = re.fullmatch(r"(?P<whole>.*?)(?:[.,](?P<cents>\d{1,2}))?", number)
    assert head is not None  # every text fits
    whole = re.sub(r"\D", "", head["whole"])
    return (whole, ".", head["cents"]) if head["cents"] else (whole, "", "")
