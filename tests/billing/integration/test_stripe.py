"""What Stripe tells: once, in any order, and only what fits."""

from __future__ import annotations

import itertools
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from libs.common.ids import new_id
from libs.common.problems import Conflict, Forbidden, Invalid
from services.billing.events import EmailSent
from tests.billing import stripe_messages as stripe
from tests.billing.harness import Billing
from tests.support.actors import FINANCE, JESSICA, JOHN

PI = "pi_3MtwBwLkdIwHu7ix28a3tqPa"


def pay(billing: Billing, *messages: dict[str, Any]) -> None:
    for each in messages:
        billing.webhook(each)
        billing.run_jobs()


def payments(billing: Billing) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = billing.finance.list_payments(filters={})["items"]
    return found


def test_a_payment_pays_the_invoice(billing: Billing) -> None:
    invoice = billing.sent()
    pay(billing, stripe.intent_succeeded(invoice["payment_reference"], 6250000))
    paid = billing.get(invoice["id"])
    assert (paid["status"], paid["paid_date"], paid["payment_method"]) == ("paid", "2025-02-10", "stripe")
    assert (paid["payment_reference"], paid["paid_minor"]) == (invoice["payment_reference"], 6250000)
    (received,) = billing.told("payment.received")
    assert (received["amount_minor"], received["method"], received["paid_on"]) == (6250000, "stripe", "2025-02-10")
    assert (received["owner_id"], received["invoice_number"]) == (JOHN.id, "INV-2025-001")
    (event,) = billing.told("invoice.paid")
    assert (event["status"], event["payment_amount_minor"]) == ("paid", 6250000)
    (receipt,) = billing.told("payment.receipt_ready")
    assert receipt["receipt_filename"] == "Receipt-INV-2025-001.pdf"
    assert receipt["receipt_key"] in billing.documents.kept and receipt["bill_to"]["email"] == "sarah@techcorp.com"
    billing.deliver(EmailSent(kind="receipt", refs={"invoice_id": invoice["id"]}))
    assert payments(billing)[0]["receipt_mail"] == "sent"


def test_the_paid_date_is_the_payments_own_day_in_new_york(billing: Billing) -> None:
    invoice = billing.sent()
    # 03:30 on the 11th in London is still the 10th in New York.
    pay(billing, stripe.intent_succeeded(invoice["payment_reference"], 6250000, created=1739244600))
    assert billing.get(invoice["id"])["paid_date"] == "2025-02-10"


def test_one_message_twenty_times_at_once(billing: Billing) -> None:
    invoice = billing.sent()
    message = stripe.intent_succeeded(invoice["payment_reference"], 6250000)
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(lambda _: billing.webhook(message), range(20))) == [{"received": True}] * 20
    billing.run_jobs(threads=4)
    assert billing.count("provider_events") == billing.count("payments") == 1
    assert len(billing.told("payment.received")) == len(billing.told("payment.receipt_ready")) == 1
    assert billing.count("jobs", "kind = 'apply_provider_event'") == 1


def test_one_payment_told_by_three_kinds_of_message_at_once(billing: Billing) -> None:
    for _ in range(3):
        invoice = billing.sent()
        reference = invoice["payment_reference"]
        messages = [
            stripe.intent_succeeded(reference, 6250000),
            stripe.charge_succeeded(reference, 6250000),
            stripe.checkout_completed("cs_test_1", reference, 6250000),
            stripe.intent_failed(reference),
        ] * 3
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(billing.webhook, messages))
        billing.run_jobs(threads=6)
        assert billing.get(invoice["id"])["status"] == "paid"
    assert billing.count("payments") == len(billing.told("invoice.paid")) == 3


@pytest.mark.parametrize("order", list(itertools.permutations(range(4))))
def test_failure_success_dispute_and_refund_in_any_order(billing: Billing, order: tuple[int, ...]) -> None:
    invoice = billing.sent()
    reference = invoice["payment_reference"]
    told = [
        stripe.intent_failed(reference),
        stripe.intent_succeeded(reference, 6250000),
        stripe.dispute(reference),
        stripe.charge_refunded(reference, 6250000, 1250000),
    ]
    pay(billing, *(told[number] for number in order))
    found = billing.get(invoice["id"])
    assert (found["status"], found["paid_minor"], found["refunded_minor"]) == ("partially_paid", 5000000, 1250000)
    assert found["paid_date"] is None
    (payment,) = found["payments"]
    assert (payment["status"], payment["dispute_status"]) == ("partially_refunded", "needs_response")
    for kind in ("payment.received", "payment.refunded", "payment.disputed", "payment.receipt_ready"):
        assert len(billing.told(kind)) == 1, kind
    assert billing.count("provider_events", "outcome IN ('kept', 'waiting', 'failed')") == 0


def test_a_failure_is_shown_and_a_later_success_clears_it(billing: Billing) -> None:
    invoice = billing.sent()
    pay(billing, stripe.intent_failed(invoice["payment_reference"]))
    failed = billing.get(invoice["id"])
    assert (failed["status"], failed["payment_problem"]) == ("sent", "Your card was declined.")
    pay(billing, stripe.intent_succeeded(invoice["payment_reference"], 6250000))
    assert billing.get(invoice["id"])["payment_problem"] is None
    pay(billing, stripe.intent_failed(invoice["payment_reference"]))
    assert billing.get(invoice["id"])["status"] == "paid"


def test_metadata_finds_the_invoice_of_a_checkout(billing: Billing) -> None:
    invoice = billing.sent()
    metadata = {"invoice_id": invoice["id"], "invoice_number": invoice["invoice_number"]}
    pay(billing, stripe.checkout_completed("cs_test_1", PI, 6250000, metadata=metadata))
    assert billing.get(invoice["id"])["payment_reference"] == PI
    by_number = billing.sent()
    pay(billing, stripe.intent_succeeded("pi_2", 6250000, metadata={"invoice_number": by_number["invoice_number"]}))
    assert billing.get(by_number["id"])["status"] == "paid"


def test_delayed_methods_wait_for_the_money(billing: Billing) -> None:
    invoice = billing.sent()
    reference = invoice["payment_reference"]
    unpaid = stripe.checkout_completed("cs_test_1", reference, 6250000, payment_status="unpaid")
    reserved = stripe.charge_succeeded(reference, 6250000, captured=False, amount_captured=0)
    pay(billing, unpaid, reserved, stripe.message("customer.created", {"id": "cus_1"}))
    assert billing.get(invoice["id"])["status"] == "sent" and payments(billing) == []
    assert billing.count("provider_events", "outcome = 'ignored'") == 3
    later = stripe.checkout_completed("cs_test_1", reference, 6250000) | {
        "type": "checkout.session.async_payment_succeeded"
    }
    pay(billing, later)
    assert billing.get(invoice["id"])["status"] == "paid"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"currency": "eur"}, "it is in EUR"),
        ({"livemode": True}, "live payment"),
        ({"amount": 6250001, "amount_received": 6250001}, "asks for $62,500"),
        ({"amount": 100, "amount_received": 100}, "asks for $62,500"),
        ({"amount": 0, "amount_received": 0}, "no money"),
    ],
)
def test_what_does_not_fit_is_kept_for_finance(billing: Billing, change: dict[str, Any], reason: str) -> None:
    invoice = billing.sent()
    message = {"amount": 6250000} | change
    pay(billing, stripe.intent_succeeded(invoice["payment_reference"], message.pop("amount"), **message))
    after = billing.get(invoice["id"])
    assert (after["status"], after["paid_minor"]) == ("sent", 0)
    (payment,) = billing.finance.list_payments(filters={"status": "unmatched"})["items"]
    assert reason in payment["reason"] and payment["suggested_invoice_id"] == invoice["id"]
    (event,) = billing.told("payment.unmatched")
    assert (event["payment_id"], event["provider_reference"]) == (payment["id"], invoice["payment_reference"])
    assert billing.told("payment.received") == billing.told("payment.receipt_ready") == []
    assert billing.as_(JOHN).list_payments(filters={})["total"] == 0, "money of no invoice is nobody's in sales"


def test_money_for_nothing_we_know_is_assigned_by_finance(billing: Billing) -> None:
    invoice, euros = billing.sent(), billing.sent(currency="EUR")
    pay(billing, stripe.intent_succeeded(PI, 6250000), stripe.charge_refunded(PI, 6250000, 250000))
    (payment,) = payments(billing)
    assert (payment["status"], payment["reason"], payment["refunded_minor"]) == (
        "unmatched",
        "no invoice has its reference",
        250000,
    )
    with pytest.raises(Forbidden):
        billing.as_(JOHN).assign_payment(payment_id=payment["id"], invoice_id=invoice["id"])
    with pytest.raises(Invalid):
        billing.finance.assign_payment(payment_id=payment["id"], invoice_id=euros["id"])
    assigned = billing.finance.assign_payment(payment_id=payment["id"], invoice_id=invoice["id"])
    assert (assigned["status"], assigned["invoice_number"]) == ("partially_refunded", invoice["invoice_number"])
    after = billing.get(invoice["id"])
    assert (after["status"], after["paid_minor"]) == ("partially_paid", 6000000)
    with pytest.raises(Conflict):
        billing.finance.assign_payment(payment_id=payment["id"], invoice_id=invoice["id"])


def test_a_later_message_may_name_what_the_first_did_not(billing: Billing) -> None:
    invoice = billing.sent()
    pay(billing, stripe.charge_succeeded(PI, 6250000))
    assert payments(billing)[0]["status"] == "unmatched"
    pay(billing, stripe.checkout_completed("cs_test_1", PI, 6250000, client_reference_id=invoice["id"]))
    assert billing.get(invoice["id"])["status"] == "paid"
    assert [each["status"] for each in payments(billing)] == ["received"]


def test_less_than_asked_is_a_partial_payment(billing: Billing) -> None:
    invoice = billing.sent()
    pay(billing, stripe.intent_succeeded(invoice["payment_reference"], 6250000, amount_received=250000))
    after = billing.get(invoice["id"])
    assert (after["status"], after["paid_minor"]) == ("partially_paid", 250000)
    assert billing.told("invoice.paid") == [] and len(billing.told("payment.received")) == 1


def test_more_than_owed_pays_and_shows_the_excess_to_finance(billing: Billing) -> None:
    invoice = billing.sent()
    billing.finance.record_payment(invoice_id=invoice["id"], data={"amount_minor": 1000000, "method": "cash"})
    pay(billing, stripe.intent_succeeded(invoice["payment_reference"], 6250000))
    after = billing.get(invoice["id"])
    assert (after["status"], after["paid_minor"]) == ("paid", 6250000)
    (too_much,) = billing.finance.list_payments(filters={"status": "unmatched"})["items"]
    assert (too_much["excess_minor"], too_much["status"]) == (1000000, "received")
    assert [event["amount_minor"] for event in billing.told("payment.unmatched")] == [1000000]
    pay(billing, stripe.charge_refunded(invoice["payment_reference"], 6250000, 1000000))
    assert billing.get(invoice["id"])["status"] == "paid"
    assert billing.finance.list_payments(filters={"status": "unmatched"})["total"] == 0


def test_a_second_payment_of_a_paid_invoice_is_for_finance(billing: Billing) -> None:
    invoice = billing.sent()
    metadata = {"invoice_id": invoice["id"]}
    pay(billing, stripe.intent_succeeded(PI, 6250000, metadata=metadata))
    pay(billing, stripe.intent_succeeded("pi_again", 6250000, metadata=metadata))
    assert [each["reason"] for each in payments(billing)] == ["INV-2025-001 is paid already", None]


def test_a_payment_of_a_void_invoice_is_for_finance(billing: Billing) -> None:
    invoice = billing.sent()
    billing.finance.void_invoice(invoice_id=invoice["id"], reason="wrong client")
    pay(billing, stripe.intent_succeeded(invoice["payment_reference"], 6250000))
    assert payments(billing)[0]["reason"] == "INV-2025-001 is void"


def test_refunds_are_cumulative_and_unpay(billing: Billing) -> None:
    invoice = billing.sent()
    reference = invoice["payment_reference"]
    pay(billing, stripe.intent_succeeded(reference, 6250000))
    half, all_of_it = (stripe.charge_refunded(reference, 6250000, sum_) for sum_ in (3125000, 6250000))
    pay(billing, all_of_it, half, all_of_it)
    after = billing.get(invoice["id"])
    assert (after["status"], after["paid_minor"], after["paid_date"]) == ("sent", 0, None)
    assert [event["amount_minor"] for event in billing.told("payment.refunded")] == [6250000]
    assert [event["status"] for event in billing.told("invoice.refunded")] == ["sent"]


def test_disputes_are_recorded_and_end(billing: Billing) -> None:
    invoice = billing.sent()
    reference = invoice["payment_reference"]
    pay(billing, stripe.intent_succeeded(reference, 6250000))
    won = stripe.dispute(reference, "closed", "won", created=stripe.PAID_AT + 90)
    pay(billing, stripe.dispute(reference, created=stripe.PAID_AT + 50), won)
    pay(billing, stripe.dispute(reference, "updated", "under_review", created=stripe.PAID_AT + 60))
    assert payments(billing)[0]["dispute_status"] == "won"
    assert [event["reason"] for event in billing.told("payment.disputed")] == ["fraudulent"]


@pytest.mark.parametrize(
    ("currency", "minor", "stripes"),
    [
        ("JPY", 62500, 62500),
        ("BHD", 62500500, 62500500),
        ("ISK", 62500, 6250000),
        ("UGX", 5, 500),
        ("MGA", 6250000, 62500),
    ],
)
def test_other_currencies_come_back_as_they_were_asked(
    billing: Billing, currency: str, minor: int, stripes: int
) -> None:
    invoice = billing.sent(currency=currency, amount_minor=minor)
    pay(billing, stripe.intent_succeeded(invoice["payment_reference"], stripes, currency.lower()))
    after = billing.get(invoice["id"])
    assert (after["status"], after["paid_minor"]) == ("paid", minor)


@pytest.mark.parametrize(
    "thing",
    [
        {"id": PI, "amount": 10**40, "amount_received": 10**40, "currency": "usd"},
        {"id": PI, "amount": -5, "amount_received": -5, "currency": "usd"},
        {"id": PI, "amount": "100", "amount_received": None, "currency": "usd"},
        {"id": PI, "amount": 100, "amount_received": 100, "currency": "moons"},
        {"id": None, "amount": 100, "amount_received": 100, "currency": "usd"},
    ],
)
def test_what_cannot_be_understood_is_kept_and_given_up(billing: Billing, thing: dict[str, Any]) -> None:
    pay(billing, stripe.message("payment_intent.succeeded", thing))
    assert [row.outcome for row in billing.sql("SELECT outcome FROM provider_events")] == ["failed"]
    assert payments(billing) == []


def test_texts_from_outside_cannot_break_a_row(billing: Billing) -> None:
    invoice = billing.sent()
    pay(billing, stripe.intent_failed(invoice["payment_reference"], "declined\x00 \ud800 " + "x" * 5000))
    assert billing.get(invoice["id"])["payment_problem"].startswith("declined ? x")


def test_manual_payments(billing: Billing) -> None:
    invoice = billing.sent()
    data = {"amount_minor": 2250000, "method": "bank_transfer", "paid_on": "2025-02-09", "reference": "WIRE 77"}
    with pytest.raises(Forbidden):
        billing.as_(JOHN).record_payment(invoice_id=invoice["id"], data=data)
    key = new_id()
    first = billing.as_(FINANCE, key).record_payment(invoice_id=invoice["id"], data=data)
    assert billing.as_(FINANCE, key).record_payment(invoice_id=invoice["id"], data=data) == first
    assert (first["status"], first["paid_minor"], first["paid_date"]) == ("partially_paid", 2250000, None)
    rest = {"amount_minor": 4000000, "method": "cash"}
    paid = billing.finance.record_payment(invoice_id=invoice["id"], data=rest)
    assert (paid["status"], paid["paid_date"], paid["payment_method"]) == ("paid", "2025-02-10", "cash")
    billing.run_jobs()
    assert len(billing.told("payment.receipt_ready")) == 2 and len(billing.documents.kept) == 3
    assert billing.as_(JOHN).list_payments(filters={"invoice_id": invoice["id"]})["total"] == 2
    assert billing.as_(JESSICA).list_payments(filters={})["total"] == 0
    with pytest.raises(Conflict):
        billing.finance.record_payment(invoice_id=invoice["id"], data=rest)
    for wrong in ({"paid_on": "2025-02-11"}, {"amount_minor": 0}, {"method": ""}, {"colour": 1}):
        with pytest.raises(Invalid):
            billing.finance.record_payment(invoice_id=invoice["id"], data=rest | wrong)
    with pytest.raises(Conflict):
        billing.finance.record_payment(invoice_id=billing.invoice()["id"], data=rest)


def test_giving_back_what_came_by_hand(billing: Billing) -> None:
    invoice = billing.sent()
    billing.finance.record_payment(invoice_id=invoice["id"], data={"amount_minor": 6250000, "method": "cash"})
    with pytest.raises(Conflict, match="give the money back"):
        billing.finance.void_invoice(invoice_id=invoice["id"], reason="no")
    with pytest.raises(Invalid):
        billing.finance.refund_payment(invoice_id=invoice["id"], amount_minor=6250001)
    part = billing.finance.refund_payment(invoice_id=invoice["id"], amount_minor=250000)
    assert (part["status"], part["paid_minor"], part["refunds"][0]["status"]) == ("partially_paid", 6000000, "done")
    rest = billing.finance.refund_payment(invoice_id=invoice["id"])
    assert (rest["status"], rest["paid_minor"], rest["refunded_minor"]) == ("sent", 0, 6250000)
    assert [event["amount_minor"] for event in billing.told("payment.refunded")] == [250000, 6250000]
    with pytest.raises(Conflict, match="nothing left"):
        billing.finance.refund_payment(invoice_id=invoice["id"])
    assert billing.finance.void_invoice(invoice_id=invoice["id"], reason="credited")["status"] == "void"


def test_giving_back_through_stripe(billing: Billing) -> None:
    invoice = billing.sent()
    reference = invoice["payment_reference"]
    pay(billing, stripe.intent_succeeded(reference, 6250000))
    asked = billing.finance.refund_payment(invoice_id=invoice["id"], amount_minor=1250000)
    assert (asked["status"], asked["refunds"][0]["status"]) == ("paid", "requested")
    with pytest.raises(Invalid):
        billing.finance.refund_payment(invoice_id=invoice["id"], amount_minor=5000001)
    billing.run_jobs()
    assert list(billing.payments.refunded.values()) == [(reference, 1250000)]
    after = billing.get(invoice["id"])
    assert (after["status"], after["paid_minor"], after["refunds"][0]["status"]) == ("partially_paid", 5000000, "done")
    pay(billing, stripe.charge_refunded(reference, 6250000, 1250000))
    assert billing.get(invoice["id"])["paid_minor"] == 5000000
    assert len(billing.told("payment.refunded")) == len(billing.told("invoice.refunded")) == 1
