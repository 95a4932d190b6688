"""Stripe tells the same thing many times, in any order: one payment, one receipt, one tag."""

from __future__ import annotations

import json
import secrets
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import requests

from stack.driver import Crm
from tests.e2e.deals_and_invoices import a_sent_invoice, deliver, payment_event, signed
from tests.support.waiting import eventually


def payments_of(crm: Crm, invoice_id: str) -> int:
    with psycopg.connect(crm.info["databases"]["billing"]) as database:
        row = database.execute("SELECT count(*) FROM payments WHERE invoice_id = %s", (invoice_id,)).fetchone()
        return row[0]


def settled(crm: Crm, rep: Any, invoice: dict[str, Any]) -> None:
    """Paid once: one payment row, one receipt, one tag and one activity."""
    eventually(lambda: rep.get(f"/invoices/{invoice['id']}")["status"] == "paid", 40)
    eventually(lambda: "fully_paid" in rep.get(f"/deals/{invoice['deal_id']}")["tags"], 40)
    receipts = eventually(lambda: crm.mails(invoice["contact_email"], "Payment Confirmation"), 60)
    history = eventually(lambda: all_paid(rep, invoice), 40)
    assert (payments_of(crm, invoice["id"]), len(receipts), len(history)) == (1, 1, 1)
    assert rep.get(f"/deals/{invoice['deal_id']}")["tags"].count("fully_paid") == 1


def all_paid(rep: Any, invoice: dict[str, Any]) -> list[Any]:
    items = rep.get(f"/clients/{invoice['client_id']}/timeline")["items"]
    return [each for each in items if each["subject"] == "All payments received"]


def test_one_payment_delivered_twenty_times_at_once(crm: Crm, people: dict[str, Any]) -> None:
    invoice = a_sent_invoice(crm, people["sales"])
    event = payment_event(invoice)
    with ThreadPoolExecutor(20) as pool:
        statuses = list(pool.map(lambda _n: deliver(crm, event), range(20)))
    assert set(statuses) == {200}
    settled(crm, people["sales"], invoice)


def test_a_success_before_its_failed_attempt_stays_a_success(crm: Crm, people: dict[str, Any]) -> None:
    invoice = a_sent_invoice(crm, people["sales"])
    charge = payment_event(invoice, "charge.succeeded")
    intent = charge["data"]["object"]
    charge["data"]["object"] = intent | {
        "id": intent["latest_charge"],
        "object": "charge",
        "payment_intent": intent["id"],
        "amount_captured": intent["amount"],
        "paid": True,
        "captured": True,
    }
    for event in (payment_event(invoice), charge, payment_event(invoice, "payment_intent.payment_failed")):
        assert deliver(crm, event) == 200
    settled(crm, people["sales"], invoice)


def test_what_is_not_signed_as_stripe_signs_is_refused_and_leaves_no_row(crm: Crm, people: dict[str, Any]) -> None:
    mark = f"evt_{secrets.token_hex(12)}"
    body = json.dumps({"id": mark, "object": "event", "type": "payment_intent.succeeded"}).encode()
    now = time.time()
    refused = {
        "wrong secret": (body, signed(crm, body, secret="whsec_wrong")),
        "altered byte": (body.replace(b"succeeded", b"succeedec"), signed(crm, body)),
        "301 s old": (body, signed(crm, body, at=now - 301)),
        "missing header": (body, {}),
        "empty header": (body, {"Stripe-Signature": ""}),
        "no number": (body, {"Stripe-Signature": "t=abc,v1=00"}),
        "huge number": (body, {"Stripe-Signature": f"t={'9' * 400},v1=00"}),
        "only v0": (body, {"Stripe-Signature": signed(crm, body)["Stripe-Signature"].replace("v1", "v0")}),
    }
    for name, (sent, headers) in refused.items():
        answer = requests.post(f"{crm.base_url}/webhooks/stripe", data=sent, headers=headers, timeout=20)
        assert answer.status_code == 400, (name, answer.text)
    with psycopg.connect(crm.info["databases"]["billing"]) as database:
        rows = database.execute("SELECT count(*) FROM provider_events WHERE body::text LIKE %s", (f"%{mark}%",))
        assert rows.fetchone()[0] == 0


def test_what_does_not_fit_is_for_finance_to_look_at(crm: Crm, people: dict[str, Any]) -> None:
    finance = people["finance"]
    before = finance.get("/payments", status="unmatched")["total"]
    cases = [
        {"amount_received": 100, "currency": "eur"},
        {"livemode": True},
        {"id": f"pi_{secrets.token_hex(8)}", "metadata": {}},
    ]
    for case in cases:
        invoice = a_sent_invoice(crm, people["sales"], 900)
        event = payment_event(invoice, **case)
        event["livemode"] = case.get("livemode", False)
        assert deliver(crm, event) == 200
        eventually(lambda known=before: finance.get("/payments", status="unmatched")["total"] > known, 30)
        before += 1
        assert people["sales"].get(f"/invoices/{invoice['id']}")["status"] == "sent", case
