"""Sums of many invoices, finding one while typing, and what an invoice would ask for: each for who may see it."""

from __future__ import annotations

from typing import Any

import pytest

from libs.common.problems import Forbidden, Invalid
from tests.billing.harness import Billing
from tests.support.actors import ADMIN, FINANCE, JESSICA, JOHN, MANAGER, system

SEE_ALL = (ADMIN, FINANCE, system("gateway"))


@pytest.fixture
def stock(billing: Billing) -> Billing:
    """John's: a draft, one sent, one paid in part, one paid, one void; Jessica's: one sent in yen."""
    johns, jessicas = billing.client(JOHN, "Green_Foods 100%"), billing.client(JESSICA, "Nova Labs")
    billing.invoice(johns, amount_minor=1)
    billing.sent(johns, amount_minor=20, currency="EUR")
    for amount, paid in ((300, 100), (4_000, 4_000)):
        sent = billing.sent(johns, amount_minor=amount)
        payment = {"amount_minor": paid, "method": "bank_transfer"}
        billing.finance.record_payment(invoice_id=sent["id"], data=payment)
    billing.finance.void_invoice(invoice_id=billing.sent(johns, amount_minor=50_000)["id"], reason="mistake")
    billing.sent(jessicas, amount_minor=700, currency="JPY")
    return billing


def sums(found: dict[str, Any]) -> dict[str, tuple[int, int, int]]:
    return {
        each["currency"]: (each["amount_minor"], each["paid_minor"], each["due_minor"]) for each in found["amounts"]
    }


def test_totals_by_currency_due_is_what_is_still_asked_for(stock: Billing) -> None:
    everything = stock.finance.totals(filters={})
    assert everything["count"] == 6
    assert sums(everything) == {"EUR": (20, 0, 20), "JPY": (700, 0, 700), "USD": (54_301, 4_100, 200)}
    assert sums(stock.finance.totals(filters={"status": ["open"]})) == {
        "EUR": (20, 0, 20),
        "JPY": (700, 0, 700),
        "USD": (300, 100, 200),
    }
    assert stock.finance.totals(filters={"status": "paid", "q": "nova"}) == {"count": 0, "amounts": []}
    with pytest.raises(Invalid):
        stock.finance.totals(filters={"sort": "amount"})


@pytest.mark.parametrize("filters", [{}, {"status": "open"}, {"q": "labs"}, {"due_to": "2025-02-20"}], ids=str)
def test_totals_count_what_lists_show_to_everybody(stock: Billing, filters: dict[str, Any]) -> None:
    for person in (*SEE_ALL, JOHN, JESSICA, MANAGER):
        listed = stock.as_(person).list_invoices(filters=filters)
        totals = stock.as_(person).totals(filters=filters)
        assert totals["count"] == listed["total"], person
        assert sum(each["amount_minor"] for each in totals["amounts"]) == sum(
            each["amount_minor"] for each in listed["items"]
        )
    assert stock.as_(MANAGER).totals(filters={}) == {"count": 0, "amounts": []}


def numbers(billing: Billing, q: str, person: Any = FINANCE, **more: Any) -> list[str]:
    return [each["invoice_number"][-3:] for each in billing.as_(person).quick_find(q=q, **more)["invoices"]]


@pytest.mark.parametrize(
    ("q", "found"),
    [
        ("inv-2025-00", ["006", "005", "004", "003", "002"]),
        ("025-003", ["003"]),
        ("nova", ["006"]),
        (" LABS ", ["006"]),
        ("00%", ["005", "004", "003", "002", "001"]),
        ("0%", []),  # two letters begin a word
        ("la", ["006"]),
        ("n_f", ["005", "004", "003", "002", "001"]),
        ("nxf", []),
        ("", []),
        ("  ", []),
    ],
)
def test_letters_of_number_or_company_newest_first(stock: Billing, q: str, found: list[str]) -> None:
    assert numbers(stock, q) == found


def test_everybody_finds_what_they_may_see(stock: Billing) -> None:
    for person in SEE_ALL:
        assert len(numbers(stock, "INV", person, limit=10)) == 6
    assert numbers(stock, "INV", JESSICA) == ["006"] and len(numbers(stock, "INV", JOHN, limit=10)) == 5
    assert numbers(stock, "INV", MANAGER) == []
    (invoice,) = stock.as_(JESSICA).quick_find(q="nova")["invoices"]
    assert invoice.pop("id")
    shown = {"invoice_number": "INV-2025-006", "company_name": "Nova Labs", "status": "sent"}
    assert invoice == shown | {"amount_minor": 700, "currency": "JPY"}
    for wrong in ({"q": "a\x00"}, {"q": "a" * 201}, {"q": 5}, {"q": "a", "limit": 0}):
        with pytest.raises(Invalid):
            stock.finance.quick_find(**wrong)


def test_a_look_at_the_figures_is_the_draft_that_comes_of_it_and_writes_nothing(billing: Billing) -> None:
    lines = [
        {"description": "Work", "quantity": "7.333", "unit_price_minor": 1_234},
        {"description": "More", "quantity": "1", "unit_price_minor": 99},
    ]
    data = {"lines": lines, "discount_percent": "12.5", "tax_percent": "19", "currency": "EUR"}
    client_id = billing.client()
    for person in (ADMIN, FINANCE, JOHN, JESSICA):
        shown = billing.as_(person).preview_totals(data=data)
    assert billing.count("invoices") == billing.count("commands") == billing.count("number_sequences") == 0
    made = billing.as_(JOHN).create_invoice(data=data | {"client_id": client_id})
    for name in ("currency", "subtotal_minor", "discount_minor", "tax_minor", "amount_minor"):
        assert made[name] == shown[name]
    assert [line["amount_minor"] for line in made["lines"]] == [line["amount_minor"] for line in shown["lines"]]
    with pytest.raises(Forbidden):
        billing.as_(MANAGER).preview_totals(data=data)
    with pytest.raises(Invalid) as refused:
        billing.finance.preview_totals(data={"lines": lines, "amount_minor": 5})
    assert refused.value.field == "amount"
