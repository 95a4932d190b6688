"""Money as people write it: ``1.234,56 €``, ``(500)``, ``US$ 500``, ``1'000.–``. $1,234 may be two amounts: its column
decides, or a person; it is never guessed."""

from __future__ import annotations

import re
from decimal import Decimal

from libs.common.money import EXPONENTS, MoneyError, to_minor
from services.clients.importing import numbers
from services.clients.importing.cells import Unclear

SYMBOLS = {
    "$": "USD", "€": "EUR", "£": "GBP", "¥": "JPY", "₹": "INR", "₩": "KRW", "₪": "ILS", "₫": "VND", "US$": "USD",
    "CA$": "CAD", "C$": "CAD", "AU$": "AUD", "A$": "AUD", "NZ$": "NZD", "HK$": "HKD", "R$": "BRL", "zł": "PLN",
}  # fmt: skip
_SIGNS = "|".join(re.escape(sign) for sign in sorted(SYMBOLS, key=len, reverse=True))
_CURRENCY = re.compile(rf"{_SIGNS}|(?<![A-Za-z])[A-Z]{{3}}(?![A-Za-z])")
_AMOUNT = re.compile(
    r"(?P<open>\()?(?P<sign>[-−+])?\s*(?P<figures>\d[\d.,'’\s]*|[.,]\d+)\s*(?P<after>-)?(?P<close>\))?"
)
# A price without cents: the dashes stand for two noughts.
_DASHES = re.compile(r"(?<=\d)([.,])(?:-{1,2}|[–—])(?=\s|\)|$)")
_SPACES = re.compile(r"[\s'’]")


def money(cell: str, currency: str, mark: str | None = None) -> tuple[int, str]:
    """An amount in minor units and its currency.

    currency: that of an amount that names none. mark: the sign before decimals, None while nobody decided.
    """
    bare, named = _without_currency(cell)
    currency = named or currency
    match = _AMOUNT.fullmatch(bare)
    if match is None or bool(match["open"]) is not bool(match["close"]):
        raise Unclear(f"{cell!r} is not an amount")
    negative = bool(match["open"]) or match["sign"] in ("-", "−") or bool(match["after"])
    figures = _SPACES.sub("", match["figures"])
    if mark is None and not EXPONENTS.get(currency, 2) and re.fullmatch(r"\d{1,3}[.,]\d{3}", figures):
        # There are no decimals to tell apart.
        figures = re.sub(r"\D", "", figures)
    try:
        minor = to_minor(Decimal(numbers.plain_number(cell, figures, mark, "an amount")), currency)
    except MoneyError as error:
        raise Unclear(str(error)) from None
    return (-minor if negative else minor), currency


def figures_of(cell: str) -> str | None:
    """The figures of a number or an amount, without its currency and its spaces; None for what is neither."""
    match = _AMOUNT.fullmatch(_CURRENCY.sub(" ", _DASHES.sub(r"\g<1>00", cell)).strip())
    return _SPACES.sub("", match["figures"]) if match else None


def _without_currency(cell: str) -> tuple[str, str | None]:
    """An amount without its currency, and that. A code says more than a sign: ``$5 CAD``."""
    found = _CURRENCY.findall(cell)
    codes = {each for each in found if each not in SYMBOLS}
    if unknown := codes - EXPONENTS.keys():
        raise Unclear(f"{min(unknown)} is no currency")
    meant = codes or {SYMBOLS[each] for each in found}
    if len(meant) > 1:
        raise Unclear(f"{cell!r} is not an amount")
    return _CURRENCY.sub(" ", _DASHES.sub(r"\g<1>00", cell)).strip(), min(meant, default=None)


def currency(cell: str) -> str:
    """An ISO 4217 code, or the sign of one."""
    found = SYMBOLS.get(cell.strip(), cell.strip().upper())
    if found not in EXPONENTS:
        raise Unclear(f"{cell!r} is not a currency code, as in USD")
    return found
