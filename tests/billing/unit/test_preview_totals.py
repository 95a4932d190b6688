"""What an invoice would ask for while it is typed: the figures of the draft it becomes, and the same refusals."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from libs.common.problems import Invalid
from services.billing.domain import NotValid
from services.billing.handlers import preview_totals

LINES = [
    {"description": "Work", "quantity": "2.5", "unit_price_minor": 1001},
    {"quantity": "1", "unit_price_minor": 333},
]


def test_lines_discount_and_tax() -> None:
    found = preview_totals({"lines": LINES, "discount_percent": "10", "tax_percent": "8.875", "currency": "EUR"})
    assert [line["amount_minor"] for line in found["lines"]] == [2503, 333]  # 2502.5 is rounded up
    assert (found["currency"], found["subtotal_minor"], found["discount_minor"]) == ("EUR", 2836, 284)
    tax = round(Decimal(2552) * Decimal("0.08875"))
    assert (found["tax_minor"], found["amount_minor"]) == (tax, 2552 + tax)


def test_an_amount_is_one_line() -> None:
    found = preview_totals({"amount_minor": 500})
    assert found == {
        "currency": "USD",
        "lines": [{"amount_minor": 500}],
        "subtotal_minor": 500,
        "discount_minor": 0,
        "tax_minor": 0,
        "amount_minor": 500,
    }


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({}, "amount"),
        ({"lines": []}, "lines"),
        ({"lines": LINES, "amount_minor": 1}, "amount"),
        ({"amount_minor": 500, "tax_percent": "1"}, "amount"),
        ({"amount_minor": 0}, "amount"),
        ({"lines": [{"quantity": "0", "unit_price_minor": 1}]}, "lines.0.quantity"),
        ({"lines": [{"quantity": "1"}]}, "lines.0.unit_price"),
        ({"lines": [{"unit_price_minor": 10**15, "quantity": "2"}]}, "lines.0.quantity"),
        ({"lines": LINES, "tax_percent": "101"}, "tax_percent"),
        ({"lines": LINES, "client_id": "x"}, "client_id"),
    ],
)
def test_what_a_draft_refuses_is_refused(data: dict[str, Any], field: str) -> None:
    with pytest.raises((Invalid, NotValid)) as refused:
        preview_totals(data)
    assert refused.value.field == field
