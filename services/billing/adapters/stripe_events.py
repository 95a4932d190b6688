"""Stripe's webhook messages: proof that they are Stripe's, and what they tell.

Shapes differ by the API version an endpoint was made with; both old and new are read here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from libs.common.problems import BadRequest, Unavailable
from services.billing.adapters.stripe_amounts import from_stripe
from services.billing.domain import Notice, PaymentDisputed, PaymentFailed, PaymentRefunded, PaymentSucceeded
from services.billing.ports import ProviderEvent

Json = dict[str, Any]

_ID = re.compile(r"[A-Za-z0-9_\-]{1,255}")
_TYPE = re.compile(r"[a-z0-9_.]{1,200}")
_REFUSED = "this message is not proven to be Stripe's"


class StripeEvents:
    """Messages of one webhook endpoint, signed with its secret."""

    def __init__(self, secret: str) -> None:
        self._secret = secret

    def verified(self, body: bytes, signature: str) -> ProviderEvent:
        if not self._secret.strip():
            raise Unavailable("Stripe's messages cannot be checked: no webhook secret is configured")
        import stripe

        try:
            stripe.Webhook.construct_event(body, signature, self._secret)
            document = json.loads(body)
            event_id, kind = document["id"], document["type"]
            proven = _ID.fullmatch(event_id) and _TYPE.fullmatch(kind)
        except Exception:
            # Whatever is wrong with it (no header, a forged one, bytes that are no text), the answer is the same.
            raise BadRequest(_REFUSED) from None
        if not proven:
            raise BadRequest("this message has no id or no type")
        return ProviderEvent(event_id, kind, body.decode())

    def notice(self, body: str, received_at: datetime) -> Notice | None:
        document = json.loads(body)
        reader = _READERS.get(document.get("type"))
        thing = (document.get("data") or {}).get("object")
        if reader is None or not isinstance(thing, dict):
            return None
        return reader(document, thing, _instant(document.get("created"), received_at))


def _intent_succeeded(event: Json, intent: Json, at: datetime) -> Notice | None:
    charges = [charge.get("id") for charge in (intent.get("charges") or {}).get("data") or []]
    references = _references(intent.get("id"), _id_of(intent.get("latest_charge")), *charges)
    received = intent.get("amount_received", intent.get("amount"))
    return _succeeded(event, intent, at, references, intent.get("amount"), received)


def _charge_succeeded(event: Json, charge: Json, at: datetime) -> Notice | None:
    if charge.get("captured") is False:
        return None  # money that is only reserved
    references = _references(_id_of(charge.get("payment_intent")), charge.get("id"))
    received = charge.get("amount_captured", charge.get("amount"))
    return _succeeded(event, charge, at, references, charge.get("amount"), received)


def _checkout_completed(event: Json, session: Json, at: datetime) -> Notice | None:
    if session.get("payment_status") != "paid" or not session.get("payment_intent"):
        return None  # a delayed method tells later, a free or recurring one is none of ours
    references = _references(_id_of(session.get("payment_intent")), session.get("id"))
    total = session.get("amount_total")
    return _succeeded(event, session, at, references, total, total)


def _succeeded(
    event: Json, thing: Json, at: datetime, references: tuple[str, ...], asked: object, received: object
) -> PaymentSucceeded:
    received_minor, currency = from_stripe(received, thing.get("currency"))
    asked_minor, _currency = from_stripe(asked, thing.get("currency"))
    return PaymentSucceeded(
        reference=references[0],
        references=references,
        asked_minor=asked_minor,
        received_minor=received_minor,
        currency=currency,
        livemode=_livemode(event),
        paid_at=at,
        **_named(thing),
    )


def _intent_failed(event: Json, intent: Json, _at: datetime) -> Notice:
    error = intent.get("last_payment_error") or {}
    problem = _clean(error.get("message")) or "the payment did not go through"
    references = _references(intent.get("id"))
    return PaymentFailed(references[0], references, problem, _livemode(event), **_named(intent))


def _checkout_failed(event: Json, session: Json, _at: datetime) -> Notice:
    references = _references(_id_of(session.get("payment_intent")), session.get("id"))
    return PaymentFailed(
        references[0], references, "the payment did not go through", _livemode(event), **_named(session)
    )


def _charge_refunded(event: Json, charge: Json, _at: datetime) -> Notice:
    references = _references(_id_of(charge.get("payment_intent")), charge.get("id"))
    # Cumulative; the step alone would count wrong when messages come twice or out of order.
    refunded, _currency = from_stripe(charge.get("amount_refunded"), charge.get("currency"))
    return PaymentRefunded(references[0], refunded, _livemode(event))


def _disputed(event: Json, dispute: Json, at: datetime) -> Notice:
    references = _references(_id_of(dispute.get("payment_intent")), _id_of(dispute.get("charge")))
    status, reason = _clean(dispute.get("status")) or "open", _clean(dispute.get("reason")) or "general"
    return PaymentDisputed(references[0], status, reason, at, _livemode(event))


_READERS: dict[str, Callable[[Json, Json, datetime], Notice | None]] = {
    "payment_intent.succeeded": _intent_succeeded,
    "payment_intent.payment_failed": _intent_failed,
    "charge.succeeded": _charge_succeeded,
    "charge.captured": _charge_succeeded,
    "charge.refunded": _charge_refunded,
    "charge.dispute.created": _disputed,
    "charge.dispute.updated": _disputed,
    "charge.dispute.funds_withdrawn": _disputed,
    "charge.dispute.funds_reinstated": _disputed,
    "charge.dispute.closed": _disputed,
    "checkout.session.completed": _checkout_completed,
    "checkout.session.async_payment_succeeded": _checkout_completed,
    "checkout.session.async_payment_failed": _checkout_failed,
}


def _references(*found: object) -> tuple[str, ...]:
    """The ids that are there, the payment intent's first; ValueError when there is none."""
    ids = tuple(dict.fromkeys(each for each in found if isinstance(each, str) and _ID.fullmatch(each)))
    if not ids:
        raise ValueError("it names no payment")
    return ids


def _named(thing: Json) -> dict[str, str | None]:
    """What the metadata says of the invoice; a checkout may name it in its own field."""
    metadata = thing.get("metadata")
    said = metadata if isinstance(metadata, dict) else {}
    invoice_id = said.get("invoice_id") or thing.get("client_reference_id")
    return {"invoice_id": _clean(invoice_id), "invoice_number": _clean(said.get("invoice_number"))}


def _id_of(value: object) -> object:
    """An id, also where the object itself stands in its place."""
    return value.get("id") if isinstance(value, dict) else value


def _livemode(event: Json) -> bool:
    return event.get("livemode") is True


def _instant(seconds: object, otherwise: datetime) -> datetime:
    if isinstance(seconds, bool) or not isinstance(seconds, int):
        return otherwise
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, ValueError, OSError):
        return otherwise


def _clean(value: object) -> str | None:
    """Text that a database keeps: no NUL, no half surrogates, not endless."""
    if not isinstance(value, str):
        return None
    return value.encode("utf-8", "replace").decode().replace("\x00", "")[:500] or None
