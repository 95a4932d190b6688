"""The Stripe stand-in misbehaving on demand, and holding out under many clients."""

from __future__ import annotations

import json
import threading
from typing import Any

import pytest
import requests
import stripe

from tests.sandbox.conftest import STRIPE_KEY, Receiver, Sandbox, eventually
from tests.sandbox.paying import new_intent, pay, verified


def test_webhooks_are_retried_and_signed_anew(
    sandbox: Sandbox, client: stripe.StripeClient, receiver: Receiver
) -> None:
    receiver.answers[:] = [500, 302]
    new_intent(client)
    eventually(lambda: len(receiver.on("/stripe")) == 3, "two refused, one taken")
    bodies = {request.body for request in receiver.on("/stripe")}
    assert len(bodies) == 1 and all(verified(request) for request in receiver.on("/stripe"))
    state = eventually(
        lambda: [
            d for d in requests.get(f"{sandbox.stripe}/_sandbox/webhooks", timeout=5).json()[-1:] if d["attempts"] == 3
        ],
        "the delivery is settled",
    )
    assert (state[0]["state"], state[0]["last_status"]) == ("delivered", 200)


def test_webhooks_can_be_held_reordered_duplicated_and_dropped(
    sandbox: Sandbox, client: stripe.StripeClient, receiver: Receiver
) -> None:
    sandbox.behave(sandbox.stripe, webhooks={"paused": True, "reorder": True})
    intent = new_intent(client)
    pay(sandbox, intent.id)
    flushed = requests.post(f"{sandbox.stripe}/_sandbox/webhooks/flush", timeout=5).json()
    assert flushed["delivered"] == 3
    types = [verified(request).type for request in receiver.on("/stripe")]
    assert types == ["payment_intent.succeeded", "charge.succeeded", "payment_intent.created"]

    receiver.requests.clear()
    sandbox.behave(sandbox.stripe, webhooks={"paused": False, "reorder": False, "duplicate": 2, "drop": 1})
    new_intent(client)
    last = new_intent(client)
    eventually(lambda: len(receiver.on("/stripe")) == 3, "one event three times, the other never")
    assert {verified(request).data.object["id"] for request in receiver.on("/stripe")} == {last.id}


def test_reordered_webhooks_leave_newest_first_without_a_flush(
    sandbox: Sandbox, client: stripe.StripeClient, receiver: Receiver
) -> None:
    sandbox.behave(sandbox.stripe, webhooks={"reorder": True})
    pay(sandbox, new_intent(client).id)
    eventually(lambda: len(receiver.on("/stripe")) == 3, "all three arrive")
    types = [verified(request).type for request in receiver.on("/stripe")]
    assert types == ["payment_intent.succeeded", "charge.succeeded", "payment_intent.created"]


def test_injected_failures_happen_before_after_or_stay(sandbox: Sandbox, client: stripe.StripeClient) -> None:
    def create(key: str) -> stripe.PaymentIntent:
        return client.v1.payment_intents.create({"amount": 800, "currency": "usd"}, {"idempotency_key": key})

    def made() -> int:
        return len(requests.get(f"{sandbox.stripe}/_sandbox/objects", timeout=5).json()["payment_intent"])

    before = made()
    sandbox.behave(sandbox.stripe, fail_next=1, fail_status=503)
    with pytest.raises(stripe.APIError):
        create("fault-before")
    assert made() == before and create("fault-before").id

    sandbox.behave(sandbox.stripe, fail_next=1, fail_mode="after")
    with pytest.raises(stripe.APIError):
        create("fault-after")
    assert made() == before + 2
    assert create("fault-after").id and made() == before + 2  # the lost answer is replayed, nothing is made twice

    sandbox.behave(sandbox.stripe, fail_next=1, fail_mode="saved", fail_status=500)
    for _ in range(2):
        with pytest.raises(stripe.APIError):
            create("fault-saved")


def test_twenty_clients_at_once(sandbox: Sandbox) -> None:
    ids: list[str] = []

    def work() -> None:
        with requests.Session() as session:  # one connection, kept alive
            for _ in range(10):
                form = {"amount": "900", "currency": "usd"}
                headers = {"Authorization": f"Bearer {STRIPE_KEY}"}
                answer = session.post(f"{sandbox.stripe}/v1/payment_intents", data=form, headers=headers, timeout=10)
                assert answer.headers.get("Connection") != "close"
                ids.append(answer.json()["id"])

    threads = [threading.Thread(target=work) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(ids)) == 200


def test_a_chunked_body_and_the_next_request_share_a_connection(sandbox: Sandbox) -> None:
    with requests.Session() as session:
        session.headers["Authorization"] = f"Bearer {STRIPE_KEY}"
        chunks = iter([b"amount=100&", b"currency=usd"])
        assert session.post(f"{sandbox.stripe}/v1/payment_intents", data=chunks, timeout=5).json()["amount"] == 100
        assert session.get(f"{sandbox.stripe}/v1/payment_intents", timeout=5).status_code == 200


def test_any_event_can_be_made_up(sandbox: Sandbox, receiver: Receiver) -> None:
    dispute = {"id": "du_1", "object": "dispute", "charge": "ch_1", "amount": 100, "status": "needs_response"}
    body = {"type": "charge.dispute.created", "object": dispute}
    assert requests.post(f"{sandbox.stripe}/_sandbox/events", json=body, timeout=5).status_code == 200
    (request,) = eventually(lambda: receiver.on("/stripe"), "the dispute is told")
    assert json.loads(request.body)["data"]["object"] == dispute and verified(request)


def test_unknown_behaviour_is_refused(sandbox: Sandbox) -> None:
    patches: tuple[Any, ...] = (
        {"fail_nxt": 1},
        {"fail_next": "1"},
        {"webhooks": {"paused": 1}},
        {"fail_next": True},
        [],
    )
    for patch in patches:
        assert requests.post(f"{sandbox.stripe}/_sandbox/behaviour", json=patch, timeout=5).status_code == 400
