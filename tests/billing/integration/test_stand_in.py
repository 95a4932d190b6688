"""Billing with the real Stripe adapter against the stand-in, whose messages are as Stripe's own."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import requests

from services.billing.adapters.stripe import StripePayments
from tests.billing.harness import Billing
from tests.sandbox.conftest import STRIPE_KEY, Sandbox
from tests.support.actors import system


@pytest.fixture
def stand_in(billing: Billing, stripe_stand_in: Sandbox) -> Sandbox:
    billing.outside = replace(billing.outside, payments=StripePayments(STRIPE_KEY, stripe_stand_in.stripe))
    return stripe_stand_in


def pay(stand_in: Sandbox, reference: str, **how: Any) -> list[dict[str, Any]]:
    url = f"{stand_in.stripe}/_sandbox/payment_intents/{reference}/pay"
    answer = requests.post(url, json={"outcome": "succeeded"} | how, timeout=5)
    assert answer.status_code == 200, answer.text
    events: list[dict[str, Any]] = answer.json()["events"]
    return events


def deliver(billing: Billing, events: list[dict[str, Any]]) -> None:
    for event in events:
        billing.webhook(event)
        billing.run_jobs()


def objects(stand_in: Sandbox, kind: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = requests.get(f"{stand_in.stripe}/_sandbox/objects", timeout=5).json()[kind]
    return found


@pytest.mark.parametrize("currency", ["USD", "JPY", "BHD", "ISK"])
def test_from_sending_to_paid_to_given_back(billing: Billing, stand_in: Sandbox, currency: str) -> None:
    invoice = billing.sent(amount_minor=62500, currency=currency)
    assert invoice["payment_problem"] is None
    events = pay(stand_in, invoice["payment_reference"])
    deliver(billing, events[::-1])
    paid = billing.get(invoice["id"])
    assert (paid["status"], paid["paid_minor"], len(paid["payments"])) == ("paid", 62500, 1)
    billing.finance.refund_payment(invoice_id=invoice["id"])
    billing.run_jobs()
    deliver(billing, [event for event in objects(stand_in, "event") if event["type"] == "charge.refunded"])
    back = billing.get(invoice["id"])
    assert (back["status"], back["refunded_minor"], back["refunds"][0]["status"]) == ("sent", 62500, "done")


@pytest.mark.parametrize("turn", [1, -1])
def test_less_than_asked(billing: Billing, stand_in: Sandbox, turn: int) -> None:
    invoice = billing.sent(amount_minor=62500)
    deliver(billing, pay(stand_in, invoice["payment_reference"], amount_received=50000)[::turn])
    after = billing.get(invoice["id"])
    assert (after["status"], after["paid_minor"], len(after["payments"])) == ("partially_paid", 50000, 1)


@pytest.mark.parametrize("turn", [1, -1])
def test_more_than_asked(billing: Billing, stand_in: Sandbox, turn: int) -> None:
    invoice = billing.sent(amount_minor=62500)
    deliver(billing, pay(stand_in, invoice["payment_reference"], amount_received=70000)[::turn])
    after = billing.get(invoice["id"])
    assert (after["status"], after["paid_minor"], after["payments"][0]["excess_minor"]) == ("paid", 62500, 7500)


def test_paying_on_the_page_that_start_payment_names(billing: Billing, stand_in: Sandbox) -> None:
    invoice = billing.sent(amount_minor=62500)
    page = billing.as_(system("gateway")).start_payment(token=invoice["pay_token"])["url"]
    before = {event["id"] for event in objects(stand_in, "event")}
    answer = requests.post(page, data={"number": "4242 4242 4242 4242"}, timeout=5, allow_redirects=False)
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith(f"https://crm.example/pay/{invoice['pay_token']}")
    deliver(billing, [event for event in objects(stand_in, "event") if event["id"] not in before])
    paid = billing.get(invoice["id"])
    assert (paid["status"], len(paid["payments"])) == ("paid", 1)
    (intent,) = [each for each in objects(stand_in, "payment_intent") if each["id"] == invoice["payment_reference"]]
    assert intent["status"] == "canceled", "what was opened at first cannot be paid any more"
