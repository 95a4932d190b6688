"""/v1/checkout/sessions in payment mode. The intent is made when somebody first tries to pay."""

from __future__ import annotations

import time

from sandbox.stripe.call import Call
from sandbox.stripe.currencies import check_amount, currency
from sandbox.stripe.errors import StripeError, invalid, missing
from sandbox.stripe.listing import listed, page
from sandbox.stripe.params import Params
from sandbox.stripe.payment_intents import blank
from sandbox.stripe.payments import Payment, pay
from sandbox.stripe.store import Json, new_id, random_text

KNOWN = (
    "billing_address_collection",
    "cancel_url",
    "client_reference_id",
    "currency",
    "customer",
    "customer_creation",
    "customer_email",
    "expires_at",
    "line_items",
    "locale",
    "metadata",
    "mode",
    "payment_intent_data",
    "payment_method_types",
    "submit_type",
    "success_url",
    "ui_mode",
)
INTENT_DATA = ("description", "metadata", "receipt_email", "statement_descriptor", "setup_future_usage")
HOUR = 3600


def create(call: Call, params: Params) -> Json:
    """POST /v1/checkout/sessions"""
    params.only(*KNOWN)
    if (params.text("mode") or "payment") != "payment":
        raise invalid("mode", "The sandbox has checkout in payment mode only.")
    if params.text("ui_mode") not in (None, "hosted", "hosted_page"):
        raise invalid("ui_mode", "The sandbox has hosted checkout pages only.")
    items = [_item(entry, number) for number, entry in enumerate(params.inners("line_items"))]
    if not items:
        raise missing("line_items")
    if len({item["currency"] for item in items}) > 1:
        raise invalid("line_items", "All line items must have the same currency.")
    session = _session(call, params, items)
    check_amount(session["amount_total"], session["currency"], "line_items")
    return shown(call.objects.add(session), with_items="line_items" in params.texts("expand"))


def retrieve(call: Call, params: Params, id: str) -> Json:
    """GET /v1/checkout/sessions/{id}"""
    params.only()
    return shown(retrieve_current(call, id), with_items="line_items" in params.texts("expand"))


def line_items(call: Call, params: Params, id: str) -> Json:
    """GET /v1/checkout/sessions/{id}/line_items"""
    params.only("limit", "starting_after", "ending_before")
    items: list[Json] = retrieve_current(call, id)["line_items"]["data"]
    return page(items, params, f"/v1/checkout/sessions/{id}/line_items", "item")


def expire(call: Call, params: Params, id: str) -> Json:
    """POST /v1/checkout/sessions/{id}/expire"""
    params.only()
    session = retrieve_current(call, id)
    if session["status"] != "open":
        raise StripeError(
            400,
            f'Only Checkout Sessions with a status in ["open"] can be expired; this one is {session["status"]}.',
        )
    session.update(status="expired", url=None)
    call.objects.save(session)
    call.event("checkout.session.expired", shown(session))
    return shown(session)


def index(call: Call, params: Params) -> Json:
    """GET /v1/checkout/sessions"""
    found = listed(call, "checkout.session", params, "/v1/checkout/sessions", "payment_intent", "customer", "status")
    return {**found, "data": [shown(session) for session in found["data"]]}


def complete(call: Call, id: str, payment: Payment) -> Json:
    """Somebody submits the checkout page. Answers the session; it is still open when the card was declined."""
    session = retrieve_current(call, id)
    if session["status"] != "open":
        raise StripeError(400, f"This Checkout Session is {session['status']}.")
    intent = pay(call, _intent(call, session, payment), payment)
    session["payment_intent"] = intent["id"]
    if intent["status"] != "succeeded":
        return call.objects.save(session)
    details = {"address": None, "email": payment.email or session["customer_email"], "name": payment.name}
    session.update(
        status="complete",
        payment_status="paid",
        url=None,
        customer_details={**details, "phone": None, "tax_exempt": "none", "tax_ids": []},
    )
    call.objects.save(session)
    call.event("checkout.session.completed", shown(session), created=payment.created)
    return session


def shown(session: Json, with_items: bool = False) -> Json:
    """A session as the API answers it: its line items only when they were asked for."""
    hidden = ("payment_intent_data",) if with_items else ("payment_intent_data", "line_items")
    return {name: session[name] for name in session if name not in hidden}


def retrieve_current(call: Call, id: str) -> Json:
    """A session, expired when its time has come."""
    session = call.get("checkout.session", id)
    if session["status"] == "open" and session["expires_at"] <= time.time():
        session.update(status="expired", url=None)
        call.objects.save(session)
        call.event("checkout.session.expired", shown(session))
    return session


def _intent(call: Call, session: Json, payment: Payment) -> Json:
    if session["payment_intent"]:
        return call.get("payment_intent", session["payment_intent"])
    data = session["payment_intent_data"]
    intent = blank(session["amount_total"], session["currency"])
    intent.update(
        customer=session["customer"],
        description=data.get("description"),
        metadata=data.get("metadata") or {},
        receipt_email=data.get("receipt_email") or payment.email,
        statement_descriptor=data.get("statement_descriptor"),
    )
    call.objects.add(intent)
    call.event("payment_intent.created", intent)
    return intent


def _item(params: Params, number: int) -> Json:
    params.only("price_data", "quantity", "adjustable_quantity")
    price = params.inner("price_data")
    price.only("currency", "product_data", "unit_amount", "tax_behavior")
    amount, code = price.whole("unit_amount"), currency(price)
    if amount is None or amount < 0:
        raise missing(f"line_items[{number}][price_data][unit_amount]")
    if code is None:
        raise missing(f"line_items[{number}][price_data][currency]")
    name = price.inner("product_data").text("name", required=True)
    quantity = params.positive("quantity") or 1
    return {
        "id": f"li_1{random_text(23)}",
        "object": "item",
        "amount_discount": 0,
        "amount_subtotal": amount * quantity,
        "amount_tax": 0,
        "amount_total": amount * quantity,
        "currency": code,
        "description": name,
        "price": {"object": "price", "currency": code, "unit_amount": amount, "type": "one_time"},
        "quantity": quantity,
    }


def _session(call: Call, params: Params, items: list[Json]) -> Json:
    id, now = new_id("checkout.session"), int(time.time())
    total = sum(item["amount_total"] for item in items)
    if total < 1:
        raise invalid("line_items", "The Checkout Session's total amount must be at least 1.")
    data = params.inner("payment_intent_data")
    data.only(*INTENT_DATA)
    customer = call.named("customer", params, "customer")
    return {
        "id": id,
        "object": "checkout.session",
        "amount_subtotal": total,
        "amount_total": total,
        "automatic_tax": {"enabled": False, "status": None},
        "cancel_url": params.text("cancel_url"),
        "client_reference_id": params.text("client_reference_id", longest=200),
        "created": now,
        "currency": items[0]["currency"],
        "custom_fields": [],
        "customer": customer["id"] if customer else None,
        "customer_creation": "if_required",
        "customer_details": None,
        "customer_email": params.text("customer_email"),
        "expires_at": _expiry(params, now),
        "invoice": None,
        "line_items": {
            "object": "list",
            "data": items,
            "has_more": False,
            "url": f"/v1/checkout/sessions/{id}/line_items",
        },
        "livemode": False,
        "locale": params.text("locale"),
        "metadata": params.metadata(),
        "mode": "payment",
        "payment_intent": None,
        "payment_intent_data": {**data.raw, "metadata": data.metadata()},
        "payment_method_types": params.texts("payment_method_types") or ["card"],
        "payment_status": "unpaid",
        "shipping_options": [],
        "status": "open",
        "success_url": params.text("success_url"),
        "total_details": {"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0},
        "ui_mode": "hosted_page",
        "url": f"{call.root}/c/pay/{id}",
    }


def _expiry(params: Params, now: int) -> int:
    at = params.whole("expires_at")
    if at is not None and not now + HOUR // 2 - 60 <= at <= now + 24 * HOUR + 60:
        raise invalid("expires_at", "The `expires_at` timestamp must be between 30 minutes and 24 hours from now.")
    return at or now + 24 * HOUR
