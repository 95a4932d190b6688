"""Amounts as Stripe counts them, which for some currencies is not how ISO 4217 does.

Source: Stripe's documentation of supported currencies (zero-decimal, three-decimal and special-case currencies).
"""

from __future__ import annotations

from decimal import ROUND_CEILING, Decimal

from libs.common.money import MAX_MINOR, display, to_major, to_minor
from services.billing.ports import Refused

_ZERO_DECIMAL = frozenset("BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF".split())
_THREE_DECIMAL = frozenset("BHD JOD KWD OMR TND".split())
# ISK and UGX have no decimals in life and two, always 00, at Stripe: the general case gives just that.


def to_stripe(amount_minor: int, currency: str) -> int:
    """Our minor units as Stripe's; Refused when Stripe cannot charge exactly that."""
    amount = to_major(amount_minor, currency).scaleb(_decimals(currency))
    if amount != amount.to_integral_value():
        raise Refused(f"Stripe charges {currency} in whole units only, not {display(amount_minor, currency)}")
    if currency in _THREE_DECIMAL and amount % 10:
        raise Refused(f"Stripe charges {currency} with two decimals at most, not {display(amount_minor, currency)}")
    return int(amount)


def from_stripe(amount: object, currency: object) -> tuple[int, str]:
    """Stripe's amount and currency as ours; ValueError when they are none.

    What our minor units cannot hold (it should not happen) is rounded up, so that it never looks like less.
    """
    if isinstance(amount, bool) or not isinstance(amount, int) or not 0 <= amount <= MAX_MINOR:
        raise ValueError("the amount is not a whole number of a payable size")
    code = str(currency).upper()
    major = Decimal(amount).scaleb(-_decimals(code))
    step = to_major(1, code)
    return to_minor((major / step).to_integral_value(ROUND_CEILING) * step, code), code


def _decimals(currency: str) -> int:
    if currency in _ZERO_DECIMAL:
        return 0
    return 3 if currency in _THREE_DECIMAL else 2
