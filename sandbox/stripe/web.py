"""Pages for people: what was created, and where a customer pays with a test card."""

from __future__ import annotations

import re
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request

from sandbox.stripe import checkout
from sandbox.stripe.call import Call
from sandbox.stripe.cards import NUMBERS
from sandbox.stripe.errors import StripeError
from sandbox.stripe.payments import PAYABLE, Payment, pay
from sandbox.stripe.store import Json, Objects

Page = str | Response | tuple[str, int]
SHOWN = 50


def routes(objects: Objects) -> Blueprint:
    """`/`, the checkout page, the page of a payment intent and receipts."""
    web = Blueprint("stripe_web", __name__)

    @web.get("/")
    def overview() -> str:
        return render_template(
            "payments.html",
            intents=objects.newest("payment_intent", SHOWN),
            sessions=[shown for shown in objects.newest("checkout.session", SHOWN) if shown["status"] == "open"],
            refunds=objects.newest("refund", SHOWN),
            events=objects.newest("event", SHOWN),
            payable=PAYABLE,
        )

    @web.route("/_sandbox/pay/<id>", methods=["GET", "POST"])
    def intent_page(id: str) -> Page:
        with objects.storage.transaction():
            call = _call(objects)
            intent = call.get("payment_intent", id)
            if request.method == "GET" or intent["status"] not in PAYABLE:
                return _pay_page(intent)
            return _pay_page(*_try(lambda payment: pay(call, intent, payment), intent))

    @web.route("/c/pay/<id>", methods=["GET", "POST"])
    def session_page(id: str) -> Page:
        with objects.storage.transaction():
            call = _call(objects)
            session = checkout.retrieve_current(call, id)
            if request.method == "GET" or session["status"] != "open":
                return _session_page(session)
            session, problem, status = _try(lambda payment: _complete(call, id, payment), session)
        back = _success_url(session)
        if session["status"] == "complete" and back:
            return _see_other(back)
        return _session_page(session, problem, status)

    @web.get("/_sandbox/receipts/<id>")
    def receipt(id: str) -> str:
        charge = _call(objects).get("charge", id)
        return render_template("receipt.html", charge=charge)

    @web.errorhandler(StripeError)
    def refused(problem: StripeError) -> tuple[str, int]:
        return render_template("pay.html", thing=None, problem=str(problem)), problem.status

    return web


def _call(objects: Objects) -> Call:
    return Call(objects, request.host_url.rstrip("/"))


def _complete(call: Call, id: str, payment: Payment) -> Json:
    session = checkout.complete(call, id, payment)
    intent = call.get("payment_intent", session["payment_intent"])
    return {**session, "last_payment_error": intent["last_payment_error"]}


def _try(attempt: Any, thing: Json) -> tuple[Json, str, int]:
    """Pay with what the form says: the new state, what went wrong, the page's status."""
    number = re.sub(r"\D", "", request.form.get("number", ""))
    if number not in NUMBERS:
        return thing, "Only Stripe's test cards are taken here.", 400
    email, name = request.form.get("email", "").strip() or None, request.form.get("name", "").strip() or None
    after: Json = attempt(Payment(card=NUMBERS[number], email=email, name=name))
    problem = (after.get("last_payment_error") or {}).get("message", "")
    return after, problem, 402 if problem else 200


def _pay_page(intent: Json, problem: str = "", status: int = 200) -> tuple[str, int]:
    page = render_template(
        "pay.html",
        thing=intent,
        amount=intent["amount"],
        title=intent["description"] or "Payment",
        items=[],
        open=intent["status"] in PAYABLE,
        paid=intent["status"] == "succeeded",
        email=intent["receipt_email"] or "",
        back="",
        problem=problem,
    )
    return page, status


def _session_page(session: Json, problem: str = "", status: int = 200) -> tuple[str, int]:
    page = render_template(
        "pay.html",
        thing=session,
        amount=session["amount_total"],
        title=session["payment_intent_data"].get("description") or "Checkout",
        items=session["line_items"]["data"],
        open=session["status"] == "open",
        paid=session["status"] == "complete",
        email=session["customer_email"] or "",
        back=_web_address(session["cancel_url"]),
        problem=problem,
    )
    return page, status


def _success_url(session: Json) -> str:
    return _web_address(session["success_url"]).replace("{CHECKOUT_SESSION_ID}", session["id"])


def _web_address(url: str | None) -> str:
    """The address, or nothing when a browser should not be sent there (javascript: and the like)."""
    return url if url and re.match(r"https?://", url, re.IGNORECASE) else ""


def _see_other(url: str) -> Response:
    response = redirect(url, 303)
    assert isinstance(response, Response)
    return response
