"""Amounts, states, and whether money fits; no database, no clock."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.common.money import MAX_MINOR, display
from services.billing.domain import (
    BillTo,
    Invoice,
    InvoiceLine,
    NotPossible,
    NotValid,
    Payment,
    PaymentSucceeded,
    Seller,
    misfit,
    percent,
    quantity,
    totals,
)
from services.billing.domain.payment import share_refund

NOW = datetime(2025, 2, 10, 17, 0, tzinfo=UTC)
TODAY = date(2025, 2, 10)
SELLER = Seller(
    name="AMO AI", address="1 Main Street", email="hello@amo-ai.example", payment_instructions="", website=""
)
SARAH = BillTo(
    company_name="TechCorp Solutions", contact_name="Sarah Johnson", email="s@t.com", contact_id="c", address=[]
)
NONE = Decimal(0)

quantities = st.decimals("0.001", "1000000", places=3)
percents = st.decimals(0, 100, places=4)
prices = st.integers(0, 10**8)


def a_line(amount: int = 6250000) -> InvoiceLine:
    return InvoiceLine.of("line", 0, "Phase 1", Decimal(1), amount)


def draft(amount: int = 6250000, currency: str = "USD") -> Invoice:
    made = Invoice(
        id="i",
        invoice_number="INV-2025-001",
        client_id="c",
        company_name="TechCorp",
        currency=currency,
        origin="manual",
        pay_token="t",
        dated_on=TODAY,
        due_date=TODAY,
        created_by="u",
        created_at=NOW,
        updated_at=NOW,
    )
    made.price([a_line(amount)], NONE, NONE)
    return made


def sent(amount: int = 6250000, currency: str = "USD") -> Invoice:
    made = draft(amount, currency)
    made.send(SARAH, "u", TODAY, 14, NOW, seller=SELLER)
    return made


def payment(amount: int, on: date = TODAY, number: str = "p") -> Payment:
    made = Payment(number, amount, "USD", "stripe", on, NOW, NOW, reference=f"pi_{number}")
    made.apply_to("i", 0, NOW)
    return made


def half_up(value: Fraction) -> int:
    """Rounding by another road than the code's."""
    return int((value * 2 + 1) // 2)


@given(st.lists(st.tuples(quantities, prices), min_size=1, max_size=12), percents, percents)
def test_amounts_are_rounded_half_up_once_each(
    lines: list[tuple[Decimal, int]], discount: Decimal, tax: Decimal
) -> None:
    amounts = [InvoiceLine.of("l", 0, "d", count, price).amount_minor for count, price in lines]
    assert amounts == [half_up(Fraction(count) * price) for count, price in lines]
    sums = totals(amounts, discount, tax)
    assert sums.subtotal_minor == sum(amounts)
    assert sums.discount_minor == half_up(Fraction(sum(amounts)) * Fraction(discount) / 100)
    left = sums.subtotal_minor - sums.discount_minor
    assert sums.tax_minor == half_up(Fraction(left) * Fraction(tax) / 100)
    assert sums.amount_minor == left + sums.tax_minor >= 0


@pytest.mark.parametrize(
    ("currency", "price", "count", "tax", "shown"),
    [
        ("USD", 335, "1.5", "0", "$5.03"),
        ("JPY", 333, "1.5", "10", "¥550"),
        ("BHD", 62500500, "1", "5", "BHD 65,625.525"),
        ("BHD", 1, "0.5", "0", "BHD 0.001"),
    ],
)
def test_amounts_in_currencies_with_no_two_and_three_decimals(
    currency: str, price: int, count: str, tax: str, shown: str
) -> None:
    line = InvoiceLine.of("l", 0, "d", quantity(count), price)
    assert display(totals([line.amount_minor], NONE, percent(tax, "tax_percent")).amount_minor, currency) == shown


@given(st.decimals(allow_nan=True, allow_infinity=True) | st.text(max_size=50) | st.floats() | st.booleans())
def test_a_quantity_is_exact_or_refused(value: object) -> None:
    try:
        found = quantity(value)
    except NotValid:
        return
    assert found == Decimal(str(value).strip().replace("_", "")) and 0 < found <= 1_000_000
    assert found == found.quantize(Decimal("0.001"), ROUND_HALF_UP)


def test_what_is_too_large_is_refused() -> None:
    with pytest.raises(NotValid):
        InvoiceLine.of("l", 0, "d", Decimal(2), MAX_MINOR)
    with pytest.raises(NotValid):
        totals([MAX_MINOR, 1], NONE, NONE)
    with pytest.raises(NotValid):
        totals([MAX_MINOR], NONE, Decimal(1))


def test_a_sent_invoice_is_locked() -> None:
    invoice = sent()
    assert (invoice.status, invoice.issued_on, invoice.due_date) == ("sent", TODAY, TODAY + timedelta(days=14))
    with pytest.raises(NotPossible):
        invoice.price([a_line(1)], NONE, NONE)
    with pytest.raises(NotPossible):
        invoice.send(SARAH, "u", TODAY, 14, NOW, seller=SELLER)


def test_a_chosen_due_date_stays() -> None:
    invoice = draft()
    invoice.choose_due_date(date(2025, 2, 15), 14)
    invoice.send(SARAH, "u", TODAY + timedelta(days=3), 14, NOW, seller=SELLER)
    assert invoice.due_date == date(2025, 2, 15)
    other = draft()
    other.choose_due_date(date(2025, 2, 15), 14)
    other.choose_due_date(None, 14)
    assert (other.due_date, other.due_date_set) == (TODAY + timedelta(days=14), False)


def test_payments_decide_the_state() -> None:
    invoice = sent()
    part = payment(2250000, TODAY - timedelta(days=1), "a")
    assert not invoice.settle([part], NOW)
    assert (invoice.status, invoice.paid_minor) == ("partially_paid", 2250000)
    rest = payment(4000000, TODAY, "b")
    assert invoice.settle([part, rest], NOW)
    assert (invoice.status, invoice.paid_date, invoice.payment_reference) == ("paid", TODAY, "pi_b")
    assert not invoice.settle([part, rest], NOW), "it became paid before"
    rest.refund_to(4000000, NOW)
    assert not invoice.settle([part, rest], NOW) and invoice.status == "partially_paid"
    part.refund_to(2250000, NOW)
    invoice.settle([part, rest], NOW)
    assert (invoice.status, invoice.paid_minor, invoice.refunded_minor) == ("sent", 0, 6250000)
    invoice.void("credited", NOW)
    invoice.settle([part, rest], NOW)
    assert invoice.status == "void"


@given(st.lists(st.tuples(st.integers(1, 10**7), st.integers(0, 10**7)), max_size=6))
def test_paid_is_what_is_left_of_the_payments_and_never_more_than_the_amount(sums: list[tuple[int, int]]) -> None:
    invoice = sent()
    payments = [payment(amount, number=str(number)) for number, (amount, _) in enumerate(sums)]
    for each, (_, refunded) in zip(payments, sums, strict=True):
        each.refund_to(refunded, NOW)
    invoice.settle(payments, NOW)
    net = sum(each.amount_minor - each.refunded_minor for each in payments)
    assert invoice.paid_minor == min(6250000, net) and invoice.due_minor == max(0, 6250000 - net)
    assert (invoice.status == "paid") == (net >= 6250000) == (invoice.paid_date is not None)


def test_money_back_is_cumulative_and_never_shrinks() -> None:
    one = payment(1000)
    assert one.refund_to(400, NOW) and one.status == "partially_refunded"
    assert not one.refund_to(300, NOW) and one.refunded_minor == 400
    assert one.refund_to(5000, NOW) and (one.refunded_minor, one.status) == (1000, "refunded")


def test_the_newest_payment_gives_back_first() -> None:
    old, new = payment(1000, TODAY - timedelta(days=2), "a"), payment(500, TODAY, "b")
    assert share_refund([old, new], {}, 700) == [(new, 500), (old, 200)]
    assert share_refund([old, new], {"b": 400}, None) == [(new, 100), (old, 1000)]
    with pytest.raises(NotValid):
        share_refund([old, new], {"a": 1}, 1500)
    with pytest.raises(NotPossible):
        share_refund([], {}, None)


def test_a_dispute_that_is_over_stays_over() -> None:
    one = payment(1000)
    assert one.dispute("lost", "fraudulent", NOW, NOW)
    assert not one.dispute("needs_response", "fraudulent", NOW + timedelta(1), NOW)
    assert not one.dispute("won", "fraudulent", NOW - timedelta(1), NOW)
    assert one.dispute_status == "lost"


def came(**changes: object) -> PaymentSucceeded:
    facts: dict[str, object] = {
        "reference": "pi_1",
        "references": ("pi_1",),
        "asked_minor": 6250000,
        "received_minor": 6250000,
        "currency": "USD",
        "livemode": False,
        "paid_at": NOW,
    }
    return PaymentSucceeded(**(facts | changes))  # type: ignore[arg-type]


def test_money_that_fits() -> None:
    assert misfit(sent(), came(), 6250000, expects_live=False) is None
    assert misfit(sent(), came(), None, expects_live=False) is None
    assert misfit(sent(), came(received_minor=5), 6250000, expects_live=False) is None, "a partial payment"
    rest = sent()
    rest.settle([payment(1250000)], NOW)
    assert misfit(rest, came(asked_minor=5000000, received_minor=5000000), None, expects_live=False) is None


@pytest.mark.parametrize(
    ("changes", "asked", "live", "said"),
    [
        ({"livemode": True}, None, False, "live payment"),
        ({}, None, True, "test payment"),
        ({"currency": "EUR"}, None, False, "in EUR"),
        ({"received_minor": 0}, None, False, "no money"),
        ({"asked_minor": 100, "received_minor": 100}, None, False, r"\$1, and INV-2025-001 asks for \$62,500"),
        ({"asked_minor": 100, "received_minor": 100}, 6250000, False, r"asks for \$62,500"),
        ({}, 5000000, False, r"asks for \$50,000"),
    ],
)
def test_money_that_does_not_fit(changes: dict[str, object], asked: int | None, live: bool, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        raise ValueError(misfit(sent(), came(**changes), asked, expects_live=live))


def test_money_for_an_invoice_that_asks_for_none() -> None:
    void, paid = sent(), sent()
    void.void("wrong", NOW)
    paid.settle([payment(6250000)], NOW)
    assert misfit(None, came(), None, expects_live=False) == "no invoice has its reference"
    assert misfit(draft(), came(), None, expects_live=False) == "INV-2025-001 is not sent yet"
    assert misfit(void, came(), None, expects_live=False) == "INV-2025-001 is void"
    assert misfit(paid, came(), None, expects_live=False) == "INV-2025-001 is paid already"
