"""Money in integer minor units; the exponents are those of ISO 4217."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal, Inexact, InvalidOperation, localcontext

_ZERO = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"
_THREE = "BHD IQD JOD KWD LYD OMR TND"
_FOUR = "CLF UYW"
_TWO = (
    "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF "
    "CNY COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF "
    "IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR "
    "MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD "
    "SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VES WST XCD YER ZAR "
    "ZMW ZWG"
)
EXPONENTS: dict[str, int] = {
    code: digits for digits, codes in ((0, _ZERO), (2, _TWO), (3, _THREE), (4, _FOUR)) for code in codes.split()
}

# What a bigint column holds, with room for sums of a million such rows.
MAX_MINOR = 10**15
# Shifting the point must not round: the default context would drop the thirtieth digit without a word.
_EXACT = Context(prec=60, traps=[Inexact, InvalidOperation])


class MoneyError(ValueError):
    """An amount or a currency that cannot be kept exactly."""


def exponent(currency: str) -> int:
    """Decimals of a currency; MoneyError when ISO 4217 does not know it."""
    try:
        return EXPONENTS[currency]
    except (KeyError, TypeError):
        raise MoneyError(f"{currency!r} is not an ISO 4217 currency code") from None


def to_minor(amount: object, currency: str) -> int:
    """Major units to minor units: 62500 USD is 6250000.

    Takes int or Decimal. Refuses bool, float and text, since each hides a rounding or a typing error,
    and more decimals than the currency has.
    """
    digits = exponent(currency)
    if isinstance(amount, bool) or not isinstance(amount, int | Decimal):
        raise MoneyError("an amount is a plain number")
    value = Decimal(amount)
    if not value.is_finite():
        raise MoneyError("an amount is a finite number")
    if abs(value) >= Decimal(MAX_MINOR):
        raise MoneyError("this amount is too large")
    try:
        minor = _EXACT.scaleb(value, digits)
    except Inexact:
        raise MoneyError(f"{currency} has {digits} decimals") from None
    if minor != minor.to_integral_value():
        raise MoneyError(f"{currency} has {digits} decimals")
    if abs(minor) > MAX_MINOR:
        raise MoneyError("this amount is too large")
    return int(minor)


def to_major(minor: int, currency: str) -> Decimal:
    """Minor units to a Decimal in major units, with all decimals of the currency."""
    return Decimal(minor).scaleb(-exponent(currency))


def json_number(minor: int, currency: str) -> str:
    """The JSON number of an amount in major units: ``62500``, ``62500.5``; never an exponent, never a float."""
    text = f"{to_major(minor, currency):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def round_minor(value: Decimal) -> int:
    """Half a minor unit is rounded away from zero, as invoices do."""
    return int(value.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def exchanged(minor: int, currency: str, rate: Decimal, into: str) -> int:
    """An amount in another currency; rate is what one unit of ``currency`` is worth in it."""
    with localcontext(prec=60):  # the default context would drop the last digits of a long product
        return round_minor((minor * rate).scaleb(exponent(into) - exponent(currency)))


def display(minor: int, currency: str) -> str:
    """For people: ``$62,500``, ``$62,500.50``, ``¥62,500``, ``BHD 62,500.500``.

    Whole amounts drop their decimals, as the product's own texts do ("Payment received: $62,500").
    """
    digits = exponent(currency)
    sign = "-" if minor < 0 else ""
    whole, rest = divmod(abs(minor), 10**digits)
    text = f"{whole:,}" + (f".{rest:0{digits}d}" if rest else "")
    symbol = _SYMBOLS.get(currency)
    return f"{sign}{symbol}{text}" if symbol else f"{sign}{currency} {text}"


_SYMBOLS = {"USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥", "INR": "₹", "KRW": "₩", "ILS": "₪", "VND": "₫"}


@dataclass(frozen=True, slots=True, order=False)
class Money:
    """An amount in minor units of one currency; arithmetic across currencies is refused."""

    minor: int
    currency: str

    def __post_init__(self) -> None:
        exponent(self.currency)

    @classmethod
    def of(cls, amount: object, currency: str) -> Money:
        """From major units (int or Decimal)."""
        return cls(to_minor(amount, currency), currency)

    def __add__(self, other: Money) -> Money:
        return Money(self.minor + self._same(other), self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.minor - self._same(other), self.currency)

    def __str__(self) -> str:
        return display(self.minor, self.currency)

    def midpoint(self, other: Money) -> Money:
        """Halfway between the two, half a minor unit rounded up."""
        return Money(round_minor(Decimal(self.minor + self._same(other)) / 2), self.currency)

    def _same(self, other: Money) -> int:
        if other.currency != self.currency:
            raise MoneyError(f"{self.currency} and {other.currency} do not add up")
        return other.minor
