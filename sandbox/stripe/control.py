"""`/_sandbox/…`: what tests and scripts use to look inside, to pay, and to misbehave."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import Blueprint, Response, jsonify, request

from sandbox.deliveries import BEHAVIOUR as WEBHOOKS
from sandbox.deliveries import Deliveries
from sandbox.stripe.call import Call
from sandbox.stripe.cards import VISA, Card
from sandbox.stripe.errors import StripeError
from sandbox.stripe.payments import Payment, pay
from sandbox.stripe.store import Objects

BEHAVIOUR: dict[str, Any] = {
    "fail_next": 0,
    "fail_status": 500,
    # before: nothing happens. after: it happens, the answer is lost. saved: the key remembers the failure.
    "fail_mode": "before",
    "delay_ms": 0,
    "webhooks": WEBHOOKS,
}


class BadRequest(Exception):
    """A control request that makes no sense."""


def routes(objects: Objects, outgoing: Deliveries) -> Blueprint:
    """The control endpoints besides `/_sandbox/behaviour`."""
    control = Blueprint("stripe_control", __name__)

    @control.get("/_sandbox/objects")
    def everything() -> Response:
        return jsonify(objects.by_type())

    @control.post("/_sandbox/payment_intents/<id>/pay")
    def pay_intent(id: str) -> Response:
        payment = _payment(_json())
        with objects.storage.transaction():
            call = Call(objects, request.host_url.rstrip("/"))
            intent = pay(call, call.get("payment_intent", id), payment)
        return jsonify(payment_intent=intent, events=call.events)

    @control.post("/_sandbox/events")
    def event() -> Response:
        body = _json()
        if not isinstance(body.get("type"), str) or not isinstance(body.get("object"), dict):
            raise BadRequest('wanted: {"type": "charge.dispute.created", "object": {…}, "previous_attributes"?: {…}}')
        with objects.storage.transaction():
            made = objects.event(body["type"], body["object"], previous=body.get("previous_attributes"))
        return jsonify(made)

    @control.get("/_sandbox/webhooks")
    def webhooks() -> Response:
        return jsonify(outgoing.overview())

    @control.post("/_sandbox/webhooks/flush")
    def flush() -> Response:
        attempts = outgoing.flush()
        return jsonify(
            delivered=sum(attempt.delivered for attempt in attempts),
            attempts=[asdict(attempt) for attempt in attempts],
        )

    @control.errorhandler(BadRequest)
    def bad_request(problem: BadRequest) -> tuple[Response, int]:
        return jsonify(error=str(problem)), 400

    @control.errorhandler(StripeError)
    def refused(problem: StripeError) -> tuple[Response, int]:
        return jsonify(problem.body), problem.status

    return control


def _json() -> dict[str, Any]:
    body = request.get_json(force=True, silent=True)
    if not isinstance(body, dict):
        raise BadRequest("the body must be a JSON object")
    return body


def _payment(body: dict[str, Any]) -> Payment:
    outcome, amount, created = (
        body.get("outcome", "succeeded"),
        body.get("amount_received"),
        body.get("created", 0),
    )
    if outcome not in ("succeeded", "failed"):
        raise BadRequest("outcome: succeeded or failed")
    if amount is not None and (not isinstance(amount, int) or isinstance(amount, bool) or amount < 1):
        raise BadRequest("amount_received: a positive integer in minor units")
    if not isinstance(created, int) or created < 0:
        raise BadRequest("created: unix seconds")
    failed = Card("visa", "0002", str(body.get("decline_code", "generic_decline")))
    method = str(body.get("payment_method", "card"))
    return Payment(card=VISA if outcome == "succeeded" else failed, method=method, amount=amount, created=created)
