"""The official client against the Stripe stand-in, and its webhooks against the official signature check."""

from __future__ import annotations

import threading
from typing import Any

import pytest
import requests
import stripe

from tests.sandbox.conftest import STRIPE_KEY, Receiver, Sandbox, eventually
from tests.sandbox.paying import events, new_intent, pay


def test_a_payment_from_creation_to_webhook(sandbox: Sandbox, client: stripe.StripeClient, receiver: Receiver) -> None:
    customer = client.v1.customers.create({"name": "Ada", "email": "ada@example.com", "metadata": {"client": "1"}})
    intent = new_intent(client, customer=customer.id, metadata={"invoice": "INV-2025-001"}, description="Invoice")
    assert (intent.status, intent.amount_received, intent.livemode) == ("requires_payment_method", 0, False)
    assert intent.client_secret and intent.client_secret.startswith(intent.id)

    made = pay(sandbox, intent.id)
    assert [event["type"] for event in made] == ["charge.succeeded", "payment_intent.succeeded"]
    (event,) = eventually(lambda: events(receiver, "payment_intent.succeeded"), "the webhook arrives")
    assert event.api_version == stripe.api_version and event.livemode is False
    paid = event.data.object
    assert (paid["id"], paid["amount_received"], paid["metadata"]["invoice"]) == (intent.id, 6250000, "INV-2025-001")

    again = client.v1.payment_intents.retrieve(intent.id, {"expand": ["latest_charge"]})
    assert isinstance(again.latest_charge, stripe.Charge)
    assert (again.status, again.latest_charge.paid, again.latest_charge.amount) == ("succeeded", True, 6250000)
    assert client.v1.events.retrieve(event.id).type == "payment_intent.succeeded"


def test_an_idempotency_key_replays_and_refuses_other_parameters(client: stripe.StripeClient) -> None:
    body: Any = {"amount": 500, "currency": "jpy", "metadata": {"a": "1"}}
    first = client.v1.payment_intents.create(body, {"idempotency_key": "key-1"})
    second = client.v1.payment_intents.create(body, {"idempotency_key": "key-1"})
    assert first.id == second.id and first.amount == 500
    assert second.last_response is not None and second.last_response.headers["Idempotent-Replayed"] == "true"
    assert second.last_response.headers["Request-Id"] != first.last_response.headers["Request-Id"]  # type: ignore[union-attr]
    body["amount"] = 501
    with pytest.raises(stripe.IdempotencyError) as caught:
        client.v1.payment_intents.create(body, {"idempotency_key": "key-1"})
    assert caught.value.http_status == 400


def test_one_of_two_concurrent_requests_with_a_key_is_told_to_wait(
    sandbox: Sandbox, client: stripe.StripeClient
) -> None:
    sandbox.behave(sandbox.stripe, delay_ms=400)
    statuses: list[int] = []

    def create() -> None:
        headers = {"Authorization": f"Bearer {STRIPE_KEY}", "Idempotency-Key": "key-concurrent"}
        form = {"amount": "700", "currency": "usd"}
        answer = requests.post(f"{sandbox.stripe}/v1/payment_intents", data=form, headers=headers, timeout=5)
        statuses.append(answer.status_code)

    threads = [threading.Thread(target=create) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [200, 409]


def test_a_declined_card_is_kept_under_its_key_and_can_be_followed_by_success(
    sandbox: Sandbox, client: stripe.StripeClient, receiver: Receiver
) -> None:
    intent = new_intent(client)
    for _ in range(2):
        with pytest.raises(stripe.CardError) as caught:
            client.v1.payment_intents.confirm(
                intent.id, {"payment_method": "pm_card_chargeDeclined"}, {"idempotency_key": "decline"}
            )
    assert (caught.value.code, caught.value.http_status) == ("card_declined", 402)
    assert len(client.v1.charges.list({"payment_intent": intent.id}).data) == 1  # the second time was a replay
    failed = eventually(lambda: events(receiver, "payment_intent.payment_failed"), "the failure is told")[0]
    assert failed.data.object["last_payment_error"]["decline_code"] == "generic_decline"
    confirmed = client.v1.payment_intents.confirm(intent.id, {"payment_method": "pm_card_visa"})
    assert (confirmed.status, confirmed.last_payment_error) == ("succeeded", None)


def test_bad_requests_are_refused_as_stripe_does(sandbox: Sandbox, client: stripe.StripeClient) -> None:
    for body, param in (
        ({"currency": "usd"}, "amount"),
        ({"amount": 0, "currency": "usd"}, "amount"),
        ({"amount": "10.5", "currency": "usd"}, "amount"),
        ({"amount": 10**8, "currency": "usd"}, "amount"),
        ({"amount": 100, "currency": "xxx"}, "currency"),
        ({"amount": 100, "currency": "usd", "surprise": "1"}, "surprise"),
        ({"amount": 100, "currency": "usd", "customer": "cus_none"}, "customer"),
    ):
        with pytest.raises(stripe.InvalidRequestError) as caught:
            client.v1.payment_intents.create(body)  # type: ignore[arg-type]
        assert (caught.value.http_status, caught.value.param) == (400, param)
    with pytest.raises(stripe.InvalidRequestError) as missing:
        client.v1.payment_intents.retrieve("pi_none")
    assert (missing.value.http_status, missing.value.code) == (404, "resource_missing")
    with pytest.raises(stripe.AuthenticationError):
        stripe.StripeClient("sk_test_wrong", base_addresses={"api": sandbox.stripe}).v1.customers.list()
    assert requests.get(f"{sandbox.stripe}/v1/customers", timeout=5).status_code == 401
    assert requests.get(f"{sandbox.stripe}/v1/customers", auth=(STRIPE_KEY, ""), timeout=5).status_code == 200


def test_partial_refunds_add_up(sandbox: Sandbox, client: stripe.StripeClient, receiver: Receiver) -> None:
    intent = new_intent(client, 10000)
    pay(sandbox, intent.id)
    client.v1.refunds.create({"payment_intent": intent.id, "amount": 3000})
    first = eventually(lambda: events(receiver, "charge.refunded"), "the first refund is told")[0]
    assert (first.data.object["amount_refunded"], first.data.object["refunded"]) == (3000, False)
    assert first.data.previous_attributes and first.data.previous_attributes["amount_refunded"] == 0
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.refunds.create({"payment_intent": intent.id, "amount": 7001})
    rest = client.v1.refunds.create({"payment_intent": intent.id, "reason": "requested_by_customer"})
    assert rest.amount == 7000
    eventually(lambda: len(events(receiver, "charge.refunded")) == 2, "the second refund is told")
    charge = client.v1.charges.list({"payment_intent": intent.id}).data[0]
    assert (charge.amount_refunded, charge.refunded) == (10000, True)


def test_checkout_is_paid_on_its_page(sandbox: Sandbox, client: stripe.StripeClient, receiver: Receiver) -> None:
    price: Any = {"currency": "usd", "unit_amount": 2500, "product_data": {"name": "Audit <b>"}}
    session = client.v1.checkout.sessions.create(
        {
            "mode": "payment",
            "line_items": [{"price_data": price, "quantity": 2}],
            "success_url": "http://127.0.0.1:9/thanks?s={CHECKOUT_SESSION_ID}",
            "metadata": {"invoice": "7"},
            "payment_intent_data": {"metadata": {"invoice": "7"}},
        }
    )
    assert (session.status, session.payment_status, session.amount_total) == ("open", "unpaid", 5000)
    assert session.payment_intent is None and session.url
    page = requests.get(session.url, timeout=5)
    assert "50.00 USD" in page.text and "Audit &lt;b&gt;" in page.text and "<script" not in page.text
    declined = requests.post(session.url, data={"number": "4000 0000 0000 0002"}, timeout=5)
    assert declined.status_code == 402 and "Your card was declined." in declined.text
    paid = requests.post(session.url, data={"number": "4242 4242 4242 4242"}, allow_redirects=False, timeout=5)
    assert paid.headers["Location"] == f"http://127.0.0.1:9/thanks?s={session.id}"
    (event,) = eventually(lambda: events(receiver, "checkout.session.completed"), "the checkout is told")
    assert (event.data.object["payment_status"], event.data.object["metadata"]["invoice"]) == ("paid", "7")
    after = client.v1.checkout.sessions.retrieve(session.id, {"expand": ["payment_intent"]})
    assert isinstance(after.payment_intent, stripe.PaymentIntent) and after.payment_intent.metadata["invoice"] == "7"
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.checkout.sessions.expire(session.id)


def test_an_intent_has_a_page_to_pay_it(sandbox: Sandbox, client: stripe.StripeClient) -> None:
    intent = new_intent(client, 500, description="Invoice #1", currency="jpy")
    url = f"{sandbox.stripe}/_sandbox/pay/{intent.id}"
    assert "500 JPY" in requests.get(url, timeout=5).text
    assert "Paid." in requests.post(url, data={"number": "4242424242424242"}, timeout=5).text
    assert intent.id in requests.get(f"{sandbox.stripe}/", timeout=5).text
    assert requests.get(f"{sandbox.stripe}/_sandbox/pay/pi_none", timeout=5).status_code == 404


def test_scripted_payments_take_amount_time_and_failure(sandbox: Sandbox, client: stripe.StripeClient) -> None:
    part = new_intent(client, 9000)
    made = pay(sandbox, part.id, outcome="succeeded", amount_received=8999, created=1700000000)
    assert (made[1]["data"]["object"]["amount_received"], made[1]["created"]) == (8999, 1700000000)
    other = new_intent(client, 9000)
    assert [event["type"] for event in pay(sandbox, other.id, outcome="failed")][-1] == "payment_intent.payment_failed"
    again = requests.post(f"{sandbox.stripe}/_sandbox/payment_intents/{part.id}/pay", json={}, timeout=5)
    assert again.status_code == 400
    objects = requests.get(f"{sandbox.stripe}/_sandbox/objects", timeout=5).json()
    assert {"payment_intent", "charge", "customer", "checkout.session", "refund", "event"} <= objects.keys()
    assert part.id in [intent["id"] for intent in objects["payment_intent"]]


def test_lists_are_paged(client: stripe.StripeClient) -> None:
    customer = client.v1.customers.create({"name": "Paged"})
    made = [new_intent(client, 100 + n, customer=customer.id).id for n in range(5)]
    page = client.v1.payment_intents.list({"customer": customer.id, "limit": 2})
    assert [intent.id for intent in page.data] == made[:2:-1] and page.has_more
    assert [intent.id for intent in page.auto_paging_iter()] == made[::-1]


def test_the_balance_is_what_was_paid_less_what_went_back(sandbox: Sandbox, client: stripe.StripeClient) -> None:
    def pending() -> int:
        balance = client.v1.balance.retrieve()
        assert balance.livemode is False
        return next(fund.amount for fund in balance.pending if fund.currency == "usd")

    before = pending()
    intent = new_intent(client)
    pay(sandbox, intent.id)
    assert pending() == before + intent.amount
    client.v1.refunds.create({"payment_intent": intent.id, "amount": 500})
    assert pending() == before + intent.amount - 500
