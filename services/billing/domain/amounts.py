"""What an invoice's lines add up to: exact Decimals, rounded once per line, once for discount and once for tax."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from libs.common.money import MAX_MINOR, round_minor
from services.billing.domain.errors import NotValid

MAX_QUANTITY = Decimal(1_000_000)
_HUNDRED = Decimal(100)


def quantity(value: object, field: str = "quantity") -> Decimal:
    """A quantity above 0 with at most three decimals, from text or a whole number."""
    number = _decimal(value, field)
    if not 0 < number <= MAX_QUANTITY:
        raise NotValid(f"a quantity is more than 0 and at most {MAX_QUANTITY:,}", field)
    return _with_decimals(number, 3, field)


def percent(value: object, field: str) -> Decimal:
    """A percentage from 0 to 100 with at most four decimals, from text or a whole number."""
    number = _decimal(value, field)
    if not 0 <= number <= _HUNDRED:
        raise NotValid("a percentage is from 0 to 100", field)
    return _with_decimals(number, 4, field)


@dataclass(eq=False)
class InvoiceLine:
    """One line: ``amount_minor`` is quantity times price, half a minor unit rounded up."""

    id: str
    position: int
    description: str
    quantity: Decimal
    unit_price_minor: int
    amount_minor: int

    @classmethod
    def of(cls, line_id: str, position: int, description: str, count: Decimal, unit_price_minor: int) -> InvoiceLine:
        """Price a line; NotValid when it would be too large to keep."""
        amount = round_minor(count * unit_price_minor)
        if amount > MAX_MINOR:
            raise NotValid("this line is too large", f"lines.{position}.quantity")
        return cls(line_id, position, description, count, unit_price_minor, amount)


@dataclass(frozen=True, slots=True)
class Totals:
    """In minor units: ``amount = subtotal - discount + tax``."""

    subtotal_minor: int
    discount_minor: int
    tax_minor: int

    @property
    def amount_minor(self) -> int:
        return self.subtotal_minor - self.discount_minor + self.tax_minor


def totals(line_amounts: Iterable[int], discount_percent: Decimal, tax_percent: Decimal) -> Totals:
    """The discount is of all lines, the tax of what is left after it."""
    subtotal = sum(line_amounts)
    discount = round_minor(subtotal * discount_percent / _HUNDRED)
    tax = round_minor((subtotal - discount) * tax_percent / _HUNDRED)
    result = Totals(subtotal, discount, tax)
    if max(subtotal, result.amount_minor) > MAX_MINOR:
        raise NotValid("this invoice is too large", "lines")
    return result


def _decimal(value: object, field: str) -> Decimal:
    # A float hides a rounding and a bool a typing error.
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal) or len(str(value)) > 40:
        raise NotValid(f"{field} is a number, written as text", field)
    try:
        number = Decimal(value)
    except InvalidOperation:
        raise NotValid(f"{field} is a number, written as text", field) from None
    if not number.is_finite():
        raise NotValid(f"{field} is a finite number", field)
    return number


def _with_decimals(number: Decimal, places: int, field: str) -> Decimal:
    exact = number.quantize(Decimal(1).scaleb(-places))
    if exact != number:
        raise NotValid(f"{field} has at most {places} decimals", field)
    return exact
