"""Messages as Stripe sends them, cut down to what matters."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime
from typing import Any

_numbers = itertools.count(1)
PAID_AT = int(datetime(2025, 2, 10, 20, 30, tzinfo=UTC).timestamp())


def message(kind: str, thing: dict[str, Any], *, livemode: bool = False, created: int = PAID_AT) -> dict[str, Any]:
    return {
        "id": f"evt_{next(_numbers):024d}",
        "object": "event",
        "api_version": "2025-03-31.basil",
        "created": created,
        "livemode": livemode,
        "type": kind,
        "data": {"object": thing},
        "request": {"id": None, "idempotency_key": None},
        "pending_webhooks": 1,
    }


def intent_succeeded(reference: str, amount: int, currency: str = "usd", **more: Any) -> dict[str, Any]:
    options = {name: more.pop(name) for name in ("livemode", "created") if name in more}
    intent = {
        "id": reference,
        "object": "payment_intent",
        "amount": amount,
        "amount_received": amount,
        "currency": currency,
        "latest_charge": charge_of(reference),
        "metadata": {},
        "status": "succeeded",
    }
    return message("payment_intent.succeeded", intent | more, **options)


def intent_failed(reference: str, problem: str = "Your card was declined.") -> dict[str, Any]:
    error = {"code": "card_declined", "decline_code": "generic_decline", "message": problem}
    intent = {"id": reference, "object": "payment_intent", "status": "requires_payment_method", "metadata": {}}
    return message("payment_intent.payment_failed", intent | {"last_payment_error": error})


def charge_succeeded(reference: str, amount: int, currency: str = "usd", **more: Any) -> dict[str, Any]:
    return message("charge.succeeded", _charge(reference, amount, currency) | more)


def charge_refunded(reference: str, amount: int, refunded: int, currency: str = "usd") -> dict[str, Any]:
    charge = _charge(reference, amount, currency)
    return message("charge.refunded", charge | {"amount_refunded": refunded, "refunded": refunded == amount})


def checkout_completed(session: str, reference: str, amount: int, currency: str = "usd", **more: Any) -> dict[str, Any]:
    thing = {
        "id": session,
        "object": "checkout.session",
        "amount_total": amount,
        "currency": currency,
        "payment_intent": reference,
        "payment_status": "paid",
        "metadata": {},
    }
    return message("checkout.session.completed", thing | more)


def dispute(
    reference: str, kind: str = "created", status: str = "needs_response", created: int = PAID_AT
) -> dict[str, Any]:
    thing = {
        "id": "dp_1",
        "object": "dispute",
        "charge": charge_of(reference),
        "payment_intent": reference,
        "reason": "fraudulent",
        "status": status,
    }
    return message(f"charge.dispute.{kind}", thing, created=created)


def charge_of(reference: str) -> str:
    return reference.replace("pi_", "ch_")


def _charge(reference: str, amount: int, currency: str) -> dict[str, Any]:
    return {
        "id": charge_of(reference),
        "object": "charge",
        "amount": amount,
        "amount_captured": amount,
        "amount_refunded": 0,
        "captured": True,
        "currency": currency,
        "metadata": {},
        "paid": True,
        "payment_intent": reference,
        "refunded": False,
        "status": "succeeded",
    }
