"""A Stripe account in the sandbox: making intents, paying them, reading its webhooks."""

from __future__ import annotations

from typing import Any

import requests
import stripe

from tests.sandbox.conftest import STRIPE_SECRET, Received, Receiver, Sandbox


def new_intent(client: stripe.StripeClient, amount: int = 6250000, **more: Any) -> stripe.PaymentIntent:
    body: Any = {"amount": amount, "currency": "usd", **more}
    return client.v1.payment_intents.create(body)


def pay(sandbox: Sandbox, intent_id: str, **how: Any) -> list[dict[str, Any]]:
    url = f"{sandbox.stripe}/_sandbox/payment_intents/{intent_id}/pay"
    answer = requests.post(url, json=how or {"outcome": "succeeded"}, timeout=5)
    assert answer.status_code == 200, answer.text
    events: list[dict[str, Any]] = answer.json()["events"]
    return events


def verified(request: Received) -> stripe.Event:
    event: stripe.Event = stripe.Webhook.construct_event(
        request.body, request.headers["Stripe-Signature"], STRIPE_SECRET
    )
    return event


def events(receiver: Receiver, type: str) -> list[stripe.Event]:
    found = [verified(request) for request in receiver.on("/stripe")]
    return [event for event in found if event.type == type]
