"""/v1/payment_intents"""

from __future__ import annotations

import time

from sandbox.stripe.call import Answer, Call
from sandbox.stripe.cards import PAYMENT_METHODS, Card
from sandbox.stripe.currencies import check_amount, currency
from sandbox.stripe.errors import invalid, missing, not_found, unexpected_state
from sandbox.stripe.listing import listed
from sandbox.stripe.params import Params
from sandbox.stripe.payments import Payment, check_payable, pay
from sandbox.stripe.store import Json, new_id, random_text

CONFIRMING = (
    "payment_method",
    "payment_method_options",
    "off_session",
    "return_url",
    "error_on_requires_action",
)
DESCRIBING = (
    "amount",
    "currency",
    "customer",
    "description",
    "metadata",
    "payment_method_types",
    "receipt_email",
    "setup_future_usage",
    "shipping",
    "statement_descriptor",
    "statement_descriptor_suffix",
    "transfer_group",
)
CREATING = ("automatic_payment_methods", "capture_method", "confirm", "confirmation_method", "use_stripe_sdk")
REASONS = ("duplicate", "fraudulent", "requested_by_customer", "abandoned")


def create(call: Call, params: Params) -> Json | Answer:
    """POST /v1/payment_intents"""
    params.only(*DESCRIBING, *CONFIRMING, *CREATING)
    amount, code = params.positive("amount"), currency(params)
    if amount is None:
        raise missing("amount")
    if code is None:
        raise missing("currency")
    check_amount(amount, code)
    if params.choice("capture_method", "automatic", "automatic_async", "manual") == "manual":
        raise invalid("capture_method", "The sandbox captures automatically; manual capture is not built.")
    intent = blank(amount, code)
    _describe(call, intent, params)
    intent["automatic_payment_methods"] = _automatic(params)
    call.objects.add(intent)
    call.event("payment_intent.created", intent)
    if params.flag("confirm"):
        return _pay(call, intent, params)
    if params.text("payment_method"):
        _card(params)
        intent.update(status="requires_confirmation", payment_method=params.text("payment_method"))
        call.objects.save(intent)
    return intent


def retrieve(call: Call, params: Params, id: str) -> Json:
    """GET /v1/payment_intents/{id}"""
    params.only("client_secret")
    return call.get("payment_intent", id)


def update(call: Call, params: Params, id: str) -> Json:
    """POST /v1/payment_intents/{id}; once it is paid or canceled only description and metadata may change."""
    params.only(*DESCRIBING, "payment_method", "payment_method_options")
    intent = call.get("payment_intent", id)
    fixed = [name for name in params.raw if name not in ("description", "metadata", "receipt_email", "expand")]
    if fixed:
        check_payable(intent)
    intent["currency"] = currency(params) or intent["currency"]
    intent["amount"] = params.positive("amount") or intent["amount"]
    check_amount(intent["amount"], intent["currency"])
    _describe(call, intent, params)
    if params.text("payment_method"):
        _card(params)
        intent.update(status="requires_confirmation", payment_method=params.text("payment_method"))
    return call.objects.save(intent)


def confirm(call: Call, params: Params, id: str) -> Json | Answer:
    """POST /v1/payment_intents/{id}/confirm"""
    params.only(*CONFIRMING, "receipt_email", "setup_future_usage", "shipping", "use_stripe_sdk")
    intent = call.get("payment_intent", id)
    check_payable(intent)
    intent["receipt_email"] = params.text("receipt_email") or intent["receipt_email"]
    return _pay(call, intent, params)


def cancel(call: Call, params: Params, id: str) -> Json:
    """POST /v1/payment_intents/{id}/cancel"""
    params.only("cancellation_reason")
    intent = call.get("payment_intent", id)
    reason = params.choice("cancellation_reason", *REASONS)
    if intent["status"] in ("succeeded", "canceled"):
        raise unexpected_state(
            f"You cannot cancel this PaymentIntent because it has a status of {intent['status']}.", intent
        )
    intent.update(status="canceled", canceled_at=int(time.time()), cancellation_reason=reason)
    call.objects.save(intent)
    call.event("payment_intent.canceled", intent)
    return intent


def index(call: Call, params: Params) -> Json:
    """GET /v1/payment_intents"""
    return listed(call, "payment_intent", params, "/v1/payment_intents", "customer")


def _pay(call: Call, intent: Json, params: Params) -> Json | Answer:
    card = _card(params, intent)
    intent = pay(call, intent, Payment(card=card, email=intent["receipt_email"]))
    if card.decline_code:
        return Answer(402, {"error": {**intent["last_payment_error"], "payment_intent": intent}})
    return intent


def _card(params: Params, intent: Json | None = None) -> Card:
    id = params.text("payment_method") or (intent["payment_method"] if intent else None)
    if id is None:
        raise unexpected_state(
            "You cannot confirm this PaymentIntent because it's missing a payment method.", intent or {}
        )
    if id not in PAYMENT_METHODS:
        raise not_found("PaymentMethod", id, "payment_method", status=400)
    return PAYMENT_METHODS[id]


def _automatic(params: Params) -> Json | None:
    wanted = params.inner("automatic_payment_methods")
    wanted.only("enabled", "allow_redirects")
    if "payment_method_types" in params:
        return None
    return {"enabled": True, "allow_redirects": wanted.text("allow_redirects") or "always"}


def _describe(call: Call, intent: Json, params: Params) -> None:
    for name in ("description", "receipt_email", "setup_future_usage", "transfer_group"):
        if name in params:
            intent[name] = params.text(name)
    for name in ("statement_descriptor", "statement_descriptor_suffix"):
        if name in params:
            intent[name] = params.text(name, longest=22)
    if "shipping" in params:
        intent["shipping"] = params.inner("shipping").raw
    if "payment_method_types" in params:
        intent["payment_method_types"] = params.texts("payment_method_types")
    customer = call.named("customer", params, "customer")
    intent["customer"] = customer["id"] if customer else intent["customer"]
    intent["metadata"] = params.metadata(intent["metadata"])


def blank(amount: int, code: str) -> Json:
    """A payment intent that nobody has paid; `amount` in minor units."""
    id = new_id("payment_intent")
    return {
        "id": id,
        "object": "payment_intent",
        "amount": amount,
        "amount_capturable": 0,
        "amount_details": {"tip": {}},
        "amount_received": 0,
        "application": None,
        "application_fee_amount": None,
        "automatic_payment_methods": None,
        "canceled_at": None,
        "cancellation_reason": None,
        "capture_method": "automatic_async",
        "client_secret": f"{id}_secret_{random_text(25)}",
        "confirmation_method": "automatic",
        "created": int(time.time()),
        "currency": code,
        "customer": None,
        "customer_account": None,
        "description": None,
        "last_payment_error": None,
        "latest_charge": None,
        "livemode": False,
        "metadata": {},
        "next_action": None,
        "on_behalf_of": None,
        "payment_method": None,
        "payment_method_configuration_details": None,
        "payment_method_options": {"card": {"request_three_d_secure": "automatic"}},
        "payment_method_types": ["card"],
        "processing": None,
        "receipt_email": None,
        "review": None,
        "setup_future_usage": None,
        "shipping": None,
        "source": None,
        "statement_descriptor": None,
        "statement_descriptor_suffix": None,
        "status": "requires_payment_method",
        "transfer_data": None,
        "transfer_group": None,
    }
