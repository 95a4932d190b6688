"""A part that is down delays its own feature and nothing else; nothing is lost."""

from __future__ import annotations

import secrets
import time
from typing import Any

import pytest
import requests

from stack.application import Stack
from stack.driver import Crm
from tests.e2e.deals_and_invoices import a_client, a_deal
from tests.support.waiting import eventually


def test_with_the_broker_down_forms_are_kept_and_writes_refused(
    crm: Crm, people: dict[str, Any], running_stack: Stack
) -> None:
    rep = people["sales"]
    client = a_client(rep)
    infrastructure: Any = running_stack.infrastructure
    if infrastructure.kind != "native":
        pytest.skip("only a broker that the tests themselves run may be stopped")
    mark = secrets.token_hex(4)
    forms = [
        {"company_name": f"Kept {mark}", "first_name": f"P{n}", "last_name": "K", "email": f"p{n}@kept-{mark}.example"}
        for n in range(10)
    ]
    key = f"deal-{mark}"
    body = {"deal_name": f"Deal {mark}", "client_id": client["id"], "deal_value": 1000}
    infrastructure.stop_rabbitmq()
    try:
        answers = [requests.post(f"{crm.base_url}/intake/contact", json=form, timeout=30) for form in forms]
        assert {answer.status_code for answer in answers} == {202}
        started = time.monotonic()
        url, headers = f"{crm.base_url}/deals", {"Idempotency-Key": key}
        refused = rep.session.post(url, json=body, headers=headers, timeout=30)
        assert refused.status_code == 503 and time.monotonic() - started < 15
        assert refused.headers["Retry-After"] and refused.json()["code"] == "unavailable"
    finally:
        infrastructure.start_rabbitmq()
    running_stack.wait_healthy()
    made = [eventually(lambda: rep.post("/deals", body, key), 30) for _ in range(2)]
    assert made[0]["id"] == made[1]["id"]
    assert rep.get("/deals", q=f"Deal {mark}")["total"] == 1
    for answer in answers:
        reference = answer.json()["reference"]
        eventually(lambda path=f"/intake/{reference}": people["admin"].get(path)["status"] == "done", 60)
    found = people["admin"].get("/clients", q=f"Kept {mark}")
    assert found["total"] == 1
    contacts = people["admin"].get(f"/clients/{found['items'][0]['id']}/contacts")
    assert contacts["total"] == 10


def test_with_a_service_down_its_forms_wait_and_the_rest_works(
    crm: Crm, people: dict[str, Any], running_stack: Stack
) -> None:
    running_stack.stop_process("deals-rpc")
    mark = secrets.token_hex(4)
    brief = {
        "contact": {"first_name": "B", "email": f"b@{mark}.example", "company_name": f"Brief {mark}"},
        "vision": {"title": "Bot"},
        "timeline_weeks": 4,
        "budget": {"min": 100, "max": 201, "currency": "USD"},
    }
    try:
        answer = requests.post(f"{crm.base_url}/intake/brief", json=brief, timeout=30)
        assert answer.status_code == 202
        assert people["sales"].get("/clients")["items"]
    finally:
        running_stack.start_process("deals-rpc")
    running_stack.wait_healthy()
    reference = answer.json()["reference"]
    eventually(lambda: people["admin"].get(f"/intake/{reference}")["status"] == "done", 60)
    state = people["admin"].get(f"/intake/{reference}")
    deal = people["admin"].get(f"/deals/{state['deal_id']}")
    assert deal["deal_value"] == 150.5 and deal["deal_name"] == f"Brief {mark} - Bot"
    assert people["admin"].get("/deals", client_id=state["client_id"])["total"] == 1


def test_with_the_mail_server_down_the_invoice_is_sent_and_its_mail_leaves_later_once(
    crm: Crm, people: dict[str, Any]
) -> None:
    rep = people["sales"]
    client = a_client(rep)
    deal = a_deal(rep, client["id"])
    behaviour = f"{crm.info['sandbox']['mail_url']}/_sandbox/behaviour"
    requests.post(behaviour, json={"smtp": {"refuse_connections": True}}, timeout=10).raise_for_status()
    try:
        rep.post(f"/deals/{deal['id']}/stage", {"stage": "won"})
        draft = eventually(lambda: rep.get("/invoices", deal_id=deal["id"])["items"])[0]
        rep.post(f"/invoices/{draft['id']}/send")
        eventually(lambda: rep.get(f"/invoices/{draft['id']}")["pdf_url"], 40)
        invoice = rep.get(f"/invoices/{draft['id']}")
        assert (invoice["status"], invoice["mail_status"]) == ("sent", "waiting")
    finally:
        requests.delete(behaviour, timeout=10).raise_for_status()
    eventually(lambda: rep.get(f"/invoices/{draft['id']}")["mail_status"] == "sent", 90)
    contact = rep.get(f"/clients/{client['id']}/contacts")["items"][0]["email"]
    assert len(crm.mails(contact, f"Invoice #{draft['invoice_number']}")) == 1
