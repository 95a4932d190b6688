"""Use case 8 against the stand-in, over HTTP: a brief, the first word, the answer, and the rep who hears of it."""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest
import requests

from bench.whatsapp import deliver
from stack.driver import Crm
from tests.e2e.conftest import FULL
from tests.notifications.chats import escaped
from tests.support.waiting import eventually


def a_number() -> str:
    return f"1212{secrets.randbelow(10**7):07}"


def signed(crm: Crm, body: bytes, secret: str | None = None) -> dict[str, str]:
    key = (secret if secret is not None else crm.info["webhooks"]["whatsapp_app_secret"]).encode()
    return {"X-Hub-Signature-256": f"sha256={hmac.new(key, body, hashlib.sha256).hexdigest()}"}


def post(crm: Crm, body: bytes, headers: dict[str, str]) -> requests.Response:
    return requests.post(f"{crm.base_url}/webhooks/whatsapp", data=body, headers=headers, timeout=30)


def stand_in(crm: Crm, path: str, body: Any = None) -> Any:
    url = f"{crm.info['sandbox']['whatsapp_url']}{path}"
    answer = requests.post(url, json=body, timeout=30) if body is not None else requests.get(url, timeout=30)
    answer.raise_for_status()
    return answer.json()


def webhook(crm: Crm, number: str, words: str, **more: Any) -> bytes:
    message = {"id": f"wamid.{secrets.token_hex(8)}", "from": number, "timestamp": str(int(time.time()))}
    message |= {"type": "text", "text": {"body": words}} | more
    value = {
        "metadata": {"phone_number_id": crm.info["webhooks"]["whatsapp_phone_number_id"]},
        "contacts": [{"profile": {"name": "Ann"}, "wa_id": number}],
        "messages": [message],
    }
    return escaped({"entry": [{"changes": [{"field": "messages", "value": value}]}]})


def test_from_the_brief_to_the_rep(crm: Crm, people: dict[str, Any]) -> None:
    stand_in(crm, "/_sandbox/behaviour", {"strict_templates": True})
    number, mark = a_number(), secrets.token_hex(4)
    rep = people["sales"]
    contact = {"first_name": "Sarah", "last_name": "Johnson", "email": f"sarah@{mark}.example"}
    client = rep.post("/clients", {"company_name": f"TechCorp {mark}", "contact": contact})
    brief = {
        "contact": contact | {"company_name": f"TechCorp {mark}", "phone": f"+{number}"},
        "vision": {"title": "E-commerce AI Chatbot", "summary": "A chatbot"},
        "timeline_weeks": 12,
        "budget": {"min": 50000, "max": 75000, "currency": "USD"},
    }
    crm.anybody().post("/intake/brief", brief)
    chat = eventually(lambda: rep.get("/conversations", client_id=client["id"])["items"], 60)[0]

    def first() -> Any:
        (message,) = rep.get(f"/conversations/{chat['id']}/messages")["items"]
        return message if message["status"] == "read" else None

    message = eventually(first, 60)
    assert message["template_name"] == "brief_received" and message["sent_by"] is None
    assert message["text"].startswith("Hi Sarah! 👋") and "the E-commerce AI Chatbot project" in message["text"]
    (sent,) = [each for each in stand_in(crm, "/_sandbox/messages") if each["to"] == number]
    assert sent["type"] == "template" and sent["biz_opaque_callback_data"] == message["id"]

    at = int(time.time()) - 7
    answer = {"from": number, "name": "Sarah J.", "text": "Thursday afternoon works best", "timestamp": at}
    stand_in(crm, "/_sandbox/inbound", answer)

    def heard() -> Any:
        found = rep.get(f"/clients/{client['id']}/timeline", types="whatsapp")["items"]
        return next((each for each in found if each["subject"] == "WhatsApp message received"), None)

    activity = eventually(heard, 60)
    assert activity["description"] == "Thursday afternoon works best"
    assert datetime.fromisoformat(activity["occurred_at"]) == datetime.fromtimestamp(at, UTC)
    notes = [each for each in rep.get("/notifications", limit=200)["items"] if each["kind"] == "whatsapp_received"]
    assert any("Thursday afternoon" in each["message"] and mark in each["title"] for each in notes)
    chat = rep.get(f"/conversations/{chat['id']}")
    assert chat["window_ends_at"] and chat["unread"] == 1 and chat["profile_name"] == "Sarah J."

    reply = rep.post(f"/conversations/{chat['id']}/messages", {"text": "3 pm?"})
    eventually(lambda: rep.get(f"/conversations/{chat['id']}/messages")["items"][0]["status"] == "read", 60)
    assert reply["status"] == "queued" and reply["sent_by"] == rep.user["id"]
    assert rep.post(f"/conversations/{chat['id']}/read")["unread"] == 0


def test_what_is_not_signed_leaves_no_row(crm: Crm) -> None:
    mark = secrets.token_hex(8)
    body = webhook(crm, a_number(), f"a/b <{mark}> 50% @ é")
    sha1 = hmac.new(crm.info["webhooks"]["whatsapp_app_secret"].encode(), body, hashlib.sha1).hexdigest()
    refused = {
        "serialised again": (json.dumps(json.loads(body)).encode(), signed(crm, body)),
        "altered": (body.replace(b"50", b"51"), signed(crm, body)),
        "wrong secret": (body, signed(crm, body, "nonsense")),
        "empty secret": (body, signed(crm, body, "")),
        "sha1 only": (body, {"X-Hub-Signature": f"sha1={sha1}"}),
        "none": (body, {}),
    }
    for name, (sent, headers) in refused.items():
        assert post(crm, sent, headers).status_code == 403, name
    with psycopg.connect(crm.info["databases"]["notifications"]) as database:
        rows = database.execute("SELECT count(*) FROM whatsapp_deliveries WHERE body LIKE %s", (f"%{mark}%",))
        assert rows.fetchone() == (0,)
    assert post(crm, body, signed(crm, body)).status_code == 200


def test_the_handshake_of_the_stand_in(crm: Crm) -> None:
    assert stand_in(crm, "/_sandbox/verify", {})["ok"]
    wrong = stand_in(crm, "/_sandbox/verify", {"token": "wrong"})
    assert not wrong["ok"] and wrong["status"] == 403


@pytest.mark.parametrize("body", [b"{}", b"[", b"\xff\x00", b'{"entry": [{"changes": 3}]}'])
def test_a_verified_body_that_says_nothing_is_taken(crm: Crm, body: bytes) -> None:
    assert post(crm, body, signed(crm, body)).status_code == 200


def test_somebody_unknown_becomes_a_lead(crm: Crm, people: dict[str, Any]) -> None:
    number, mark, rep = a_number(), secrets.token_hex(4), people["sales"]
    body = webhook(crm, number, "Do you build shops?")
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda _n: post(crm, body, signed(crm, body)).status_code, range(20)))
    assert set(answers) == {200}
    chat = eventually(lambda: rep.get("/conversations", q=number, state="unknown")["items"], 30)[0]
    assert chat["unread"] == 1 and chat["client_id"] is None
    refused = requests.post(
        f"{crm.base_url}/conversations/{chat['id']}/messages",
        json={"text": "Yes"},
        headers=rep.session.headers,
        cookies=rep.session.cookies,
        timeout=30,
    )
    assert refused.status_code in (403, 409)
    lead = {"company_name": f"Shops {mark}", "first_name": "Ann", "last_name": "Shopper"}
    linked = rep.post(f"/conversations/{chat['id']}/lead", lead, key=f"lead-{mark}")
    assert rep.post(f"/conversations/{chat['id']}/lead", lead, key=f"lead-{mark}") == linked
    assert linked["state"] == "linked" and linked["company_name"] == f"Shops {mark}"
    clients = rep.get("/clients", q=mark)["items"]
    assert len(clients) == 1 and rep.get(f"/clients/{clients[0]['id']}/contacts")["items"][0]["phone"] == f"+{number}"

    def activities() -> Any:
        return rep.get(f"/clients/{clients[0]['id']}/timeline", types="whatsapp")["items"]

    assert [each["description"] for each in eventually(activities, 30)] == ["Do you build shops?"]


def test_a_message_that_fails_is_a_task(crm: Crm, people: dict[str, Any]) -> None:
    number, rep = a_number(), people["sales"]
    contact = {"first_name": "Tom", "phone": f"+{number}"}
    client = rep.post("/clients", {"company_name": f"Fails {secrets.token_hex(4)}", "contact": contact})
    people["admin"].post("/whatsapp/templates/sync")
    stand_in(crm, "/_sandbox/behaviour", {"fail_next": 1, "fail_code": 131026, "errors_by": "webhook"})
    template = {"name": "brief_received", "language": "en", "parameters": ["Tom", "AMO AI", "Shop"]}
    rep.post(f"/clients/{client['id']}/messages", {"template": template})

    def task() -> Any:
        return rep.get(f"/clients/{client['id']}/timeline", types="task")["items"]

    (found,) = eventually(task, 60)
    stand_in(crm, "/_sandbox/behaviour", {"fail_next": 0, "errors_by": "response"})
    assert found["subject"] == "WhatsApp message to Tom was not delivered" and found["assignee_id"] == rep.user["id"]
    (message,) = rep.get("/conversations", client_id=client["id"])["items"]
    assert "cannot be delivered" in message["blocked_reason"]


def test_deliveries_under_load_end_exactly(crm: Crm) -> None:
    """Repeats among them: every delivery is taken, each message is there once, nobody has two conversations."""
    deliveries, seconds, people = (2000, 20.0, 200) if FULL else (150, 3.0, 30)
    load = deliver(crm, deliveries, seconds, people)
    assert load.statuses == {200}
    assert load.kept == load.messages == load.distinct == round(deliveries * 0.7)
    assert load.people == people
