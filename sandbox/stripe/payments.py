"""Money that comes in or does not: the charge, the intent's new state and the events about both.

The API's confirm, the pay pages and the scripted customers all end here.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from sandbox.stripe.call import Call
from sandbox.stripe.cards import VISA, Card
from sandbox.stripe.errors import unexpected_state
from sandbox.stripe.store import Json, new_id, random_text

PAYABLE = ("requires_payment_method", "requires_confirmation", "requires_action")


@dataclass(frozen=True)
class Payment:
    """How somebody pays: `method` is Stripe's type, `created` the moment in unix seconds (0: now),
    `amount` in minor units (None: what the intent asks for)."""

    card: Card = VISA
    method: str = "card"
    amount: int | None = None
    created: int = 0
    email: str | None = None
    name: str | None = None


def check_payable(intent: Json) -> None:
    """Raise Stripe's 400 for an intent that is paid or canceled."""
    if intent["status"] not in PAYABLE:
        raise unexpected_state(
            f"This PaymentIntent's status is {intent['status']}; it cannot be paid any more.", intent
        )


def pay(call: Call, intent: Json, payment: Payment) -> Json:
    """Try a payment; the card decides whether it succeeds. Answers the intent's new state."""
    check_payable(intent)
    if payment.card.decline_code:
        return _decline(call, intent, payment)
    return _settle(call, intent, payment)


def _settle(call: Call, intent: Json, payment: Payment) -> Json:
    created = payment.created or int(time.time())
    amount = intent["amount"] if payment.amount is None else payment.amount
    method = _payment_method(call, intent, payment, created)
    charge = _charge(intent, payment, method, created)
    charge.update(
        amount=amount,
        amount_captured=amount,
        balance_transaction=f"txn_3{random_text(23)}",
        captured=True,
        paid=True,
        status="succeeded",
        outcome=_outcome("authorized", "approved_by_network", "Payment complete."),
        receipt_url=f"{call.root}/_sandbox/receipts/{charge['id']}",
    )
    intent.update(
        status="succeeded",
        amount_received=amount,
        latest_charge=charge["id"],
        payment_method=method["id"],
        last_payment_error=None,
        next_action=None,
    )
    call.objects.add(charge)
    call.objects.save(intent)
    call.event("charge.succeeded", charge, created=created)
    call.event("payment_intent.succeeded", intent, created=created)
    return intent


def _decline(call: Call, intent: Json, payment: Payment) -> Json:
    created, card = payment.created or int(time.time()), payment.card
    method = _payment_method(call, intent, payment, created)
    charge = _charge(intent, payment, method, created)
    charge.update(
        failure_code=card.error_code,
        failure_message=card.message,
        status="failed",
        outcome=_outcome("issuer_declined", "declined_by_network", card.message) | {"reason": card.decline_code},
    )
    error = {
        "type": "card_error",
        "code": card.error_code,
        "decline_code": card.decline_code,
        "message": card.message,
        "charge": charge["id"],
        "doc_url": f"https://stripe.com/docs/error-codes/{card.error_code.replace('_', '-')}",
        "payment_method": method,
    }
    intent.update(
        status="requires_payment_method",
        latest_charge=charge["id"],
        payment_method=None,
        last_payment_error=error,
    )
    call.objects.add(charge)
    call.objects.save(intent)
    call.event("charge.failed", charge, created=created)
    call.event("payment_intent.payment_failed", intent, created=created)
    return intent


def _payment_method(call: Call, intent: Json, payment: Payment, created: int) -> Json:
    billing = _billing(payment)
    method: Json = {
        "id": new_id("payment_method"),
        "object": "payment_method",
        "allow_redisplay": "unspecified",
        "billing_details": billing,
        "created": created,
        "customer": intent["customer"],
        "livemode": False,
        "metadata": {},
        "type": payment.method,
        payment.method: _details(payment),
    }
    return call.objects.add(method)


def _details(payment: Payment) -> Json:
    if payment.method != "card":
        return {}
    return {
        "brand": payment.card.brand,
        "country": "US",
        "exp_month": 12,
        "exp_year": time.gmtime().tm_year + 3,
        "fingerprint": payment.card.last4 * 4,
        "funding": "credit",
        "last4": payment.card.last4,
        "network": payment.card.brand,
    }


def _billing(payment: Payment) -> Json:
    empty = dict.fromkeys(("city", "country", "line1", "line2", "postal_code", "state"))
    return {"address": empty, "email": payment.email, "name": payment.name, "phone": None, "tax_id": None}


def _outcome(status: str, network: str, message: str) -> dict[str, Any]:
    return {
        "network_status": network,
        "reason": None,
        "risk_level": "normal",
        "risk_score": 12,
        "seller_message": message,
        "type": status,
    }


def _charge(intent: Json, payment: Payment, method: Json, created: int) -> Json:
    return {
        "id": new_id("charge"),
        "object": "charge",
        "amount": intent["amount"],
        "amount_captured": 0,
        "amount_refunded": 0,
        "application": None,
        "application_fee": None,
        "application_fee_amount": None,
        "balance_transaction": None,
        "billing_details": method["billing_details"],
        "calculated_statement_descriptor": intent["statement_descriptor"],
        "captured": False,
        "created": created,
        "currency": intent["currency"],
        "customer": intent["customer"],
        "description": intent["description"],
        "disputed": False,
        "failure_balance_transaction": None,
        "failure_code": None,
        "failure_message": None,
        "fraud_details": {},
        "livemode": False,
        "metadata": dict(intent["metadata"]),
        "on_behalf_of": None,
        "outcome": None,
        "paid": False,
        "payment_intent": intent["id"],
        "payment_method": method["id"],
        "payment_method_details": {payment.method: _details(payment), "type": payment.method},
        "receipt_email": intent["receipt_email"],
        "receipt_number": None,
        "receipt_url": None,
        "refunded": False,
        "review": None,
        "shipping": intent["shipping"],
        "source_transfer": None,
        "statement_descriptor": intent["statement_descriptor"],
        "statement_descriptor_suffix": intent["statement_descriptor_suffix"],
        "status": "pending",
        "transfer_data": None,
        "transfer_group": None,
    }
