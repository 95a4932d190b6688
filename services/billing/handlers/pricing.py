"""What an invoice asks for, from what was typed; the same for a draft that is kept and for a look at it."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from libs.common.ids import new_id
from libs.common.problems import Invalid
from services.billing import fields, settings
from services.billing.domain import InvoiceLine, totals

Document = dict[str, Any]

_NOTHING = Decimal("0.0000")


def preview_totals(data: Document) -> Document:
    """What an invoice with these lines, or this amount, would ask for; refuses what a draft would, writes nothing."""
    given = fields.read(fields.PREVIEW, data)
    require_amounts(given)
    discount, tax = given.get("discount_percent", _NOTHING), given.get("tax_percent", _NOTHING)
    lines = priced_lines((), "", given, discount, tax)
    sums = totals((line.amount_minor for line in lines), discount, tax)
    return {
        "currency": given.get("currency") or settings.current().base_currency,
        "lines": [{"amount_minor": line.amount_minor} for line in lines],
        "subtotal_minor": sums.subtotal_minor,
        "discount_minor": sums.discount_minor,
        "tax_minor": sums.tax_minor,
        "amount_minor": sums.amount_minor,
    }


def require_amounts(given: Document) -> None:
    """Refuse an invoice that asks for nothing at all."""
    if "lines" not in given and "amount_minor" not in given:
        raise Invalid("an invoice needs an amount or lines", field="amount")


def priced_lines(
    present: Sequence[InvoiceLine], description: str, given: Document, discount: Decimal, tax: Decimal
) -> list[InvoiceLine]:
    """The lines as they shall be, those present where none are given; with an amount too, both must say the same."""
    lines = _given_lines(given["lines"]) if "lines" in given else list(present)
    amount = given.get("amount_minor")
    computed = totals((line.amount_minor for line in lines), discount, tax).amount_minor
    if amount is None or amount == computed:
        return lines
    if "lines" in given:
        raise Invalid("the lines, with discount and tax, do not add up to this amount", field="amount")
    if len(lines) > 1:
        raise Invalid("this invoice has several lines; change those", field="amount")
    if discount or tax:
        raise Invalid("the amount is the whole invoice's; with a discount or tax, give lines instead", field="amount")
    return single_line(description, amount)


def single_line(description: str, amount_minor: int) -> list[InvoiceLine]:
    """The line of an invoice that was given as one amount."""
    return [InvoiceLine.of(new_id(), 0, description or "Services", Decimal("1.000"), amount_minor)]


def _given_lines(given: list[Document]) -> list[InvoiceLine]:
    return [
        InvoiceLine.of(new_id(), position, line["description"], line["quantity"], line["unit_price_minor"])
        for position, line in enumerate(given)
    ]
