"""Making what a test needs, over HTTP."""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
import time
from typing import Any

import requests

from stack.driver import Crm, Person
from tests.support.waiting import eventually


def a_client(rep: Person, **more: Any) -> dict[str, Any]:
    mark = secrets.token_hex(4)
    contact = {"first_name": "Sarah", "last_name": "Johnson", "email": f"sarah@{mark}.example"}
    return rep.post("/clients", {"company_name": f"Company {mark}", "contact": contact} | more)


def a_deal(rep: Person, client_id: str, value: int = 62500, **more: Any) -> dict[str, Any]:
    return rep.post("/deals", {"deal_name": "Chatbot", "client_id": client_id, "deal_value": value} | more)


def a_sent_invoice(crm: Crm, rep: Person, amount: int = 62500) -> dict[str, Any]:
    """An invoice of a won deal, sent, with its payment intent."""
    client = a_client(rep)
    deal = a_deal(rep, client["id"], amount)
    rep.post(f"/deals/{deal['id']}/stage", {"stage": "won"})
    draft = eventually(lambda: rep.get("/invoices", deal_id=deal["id"])["items"])[0]
    rep.post(f"/invoices/{draft['id']}/send")

    def sent() -> Any:
        invoice = rep.get(f"/invoices/{draft['id']}")
        return invoice if invoice["payment_reference"] and invoice["mail_status"] == "sent" else None

    return eventually(sent, 40) | {"contact_email": crm_contact(rep, client["id"])}


def crm_contact(rep: Person, client_id: str) -> str:
    return rep.get(f"/clients/{client_id}/contacts")["items"][0]["email"]


def payment_event(invoice: dict[str, Any], kind: str = "payment_intent.succeeded", **changes: Any) -> dict[str, Any]:
    """A Stripe event about an invoice's payment intent."""
    minor = round(invoice["amount"] * 100)
    failed = kind.endswith("payment_failed")
    intent = {
        "id": invoice["payment_reference"],
        "object": "payment_intent",
        "amount": minor,
        "amount_received": 0 if failed else minor,
        "currency": invoice["currency"].lower(),
        "created": int(time.time()),
        "livemode": False,
        "latest_charge": f"ch_{secrets.token_hex(8)}",
        "metadata": {"invoice_id": invoice["id"]},
        "status": "requires_payment_method" if failed else "succeeded",
        "last_payment_error": {"code": "card_declined", "message": "declined"} if failed else None,
    }
    return {
        "id": f"evt_{secrets.token_hex(12)}",
        "object": "event",
        "type": kind,
        "api_version": "2026-01-01",
        "created": int(time.time()),
        "livemode": False,
        "pending_webhooks": 1,
        "request": {"id": None, "idempotency_key": None},
        "data": {"object": intent | changes},
    }


def signed(crm: Crm, body: bytes, at: float | None = None, secret: str | None = None) -> dict[str, str]:
    """The headers Stripe would send with these bytes."""
    stamp = str(int(at if at is not None else time.time()))
    key = (secret or crm.info["webhooks"]["stripe_secret"]).encode()
    digest = hmac.new(key, f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
    return {"Stripe-Signature": f"t={stamp},v1={digest}", "Content-Type": "application/json"}


def deliver(crm: Crm, event: dict[str, Any]) -> int:
    """Post an event as Stripe does; the status it was answered with."""
    body = json.dumps(event).encode()
    url = f"{crm.base_url}/webhooks/stripe"
    return requests.post(url, data=body, headers=signed(crm, body), timeout=30).status_code
