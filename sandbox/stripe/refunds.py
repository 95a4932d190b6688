"""/v1/refunds: whole or in parts. The charge carries the sum so far and every step is a `charge.refunded`."""

from __future__ import annotations

import time

from sandbox.stripe.call import Call
from sandbox.stripe.errors import StripeError, invalid
from sandbox.stripe.listing import listed
from sandbox.stripe.params import Params
from sandbox.stripe.store import Json, new_id, random_text

REASONS = ("duplicate", "fraudulent", "requested_by_customer")


def create(call: Call, params: Params) -> Json:
    """POST /v1/refunds; without an amount all that is left goes back."""
    params.only("amount", "charge", "currency", "metadata", "payment_intent", "reason")
    charge = _charge(call, params)
    left = charge["amount"] - charge["amount_refunded"]
    amount = params.positive("amount")
    if left == 0:
        raise StripeError(400, f"Charge {charge['id']} has already been refunded.", code="charge_already_refunded")
    if amount is not None and amount > left:
        raise invalid("amount", f"Refund amount ({amount}) is greater than unrefunded amount on charge ({left})")
    refund = _refund(charge, amount or left, params)
    before = {name: charge[name] for name in ("amount_refunded", "refunded")}
    charge["amount_refunded"] += refund["amount"]
    charge["refunded"] = charge["amount_refunded"] == charge["amount"]
    call.objects.save(charge)
    call.objects.add(refund)
    call.event("refund.created", refund)
    call.event(
        "charge.refunded",
        charge,
        previous={name: before[name] for name in before if before[name] != charge[name]},
    )
    return refund


def retrieve(call: Call, params: Params, id: str) -> Json:
    """GET /v1/refunds/{id}"""
    params.only()
    return call.get("refund", id)


def index(call: Call, params: Params) -> Json:
    """GET /v1/refunds"""
    return listed(call, "refund", params, "/v1/refunds", "charge", "payment_intent")


def _charge(call: Call, params: Params) -> Json:
    intent = call.named("payment_intent", params, "payment_intent")
    charge = call.named("charge", params, "charge")
    if intent is not None:
        charge = call.objects.get("charge", intent["latest_charge"] or "")
        if intent["status"] != "succeeded":
            raise invalid(
                "payment_intent",
                f"The PaymentIntent {intent['id']} does not have a successful charge to refund.",
            )
    if charge is None:
        raise invalid(
            "payment_intent",
            "One of the following params should be provided for this request: payment_intent or charge.",
        )
    if not charge["paid"]:
        raise invalid("charge", f"Charge {charge['id']} was not paid.")
    return charge


def _refund(charge: Json, amount: int, params: Params) -> Json:
    return {
        "id": new_id("refund"),
        "object": "refund",
        "amount": amount,
        "balance_transaction": f"txn_3{random_text(23)}",
        "charge": charge["id"],
        "created": int(time.time()),
        "currency": charge["currency"],
        "destination_details": {"card": {"type": "refund"}, "type": "card"},
        "metadata": params.metadata(),
        "payment_intent": charge["payment_intent"],
        "reason": params.choice("reason", *REASONS),
        "receipt_number": None,
        "source_transfer_reversal": None,
        "status": "succeeded",
        "transfer_reversal": None,
    }
