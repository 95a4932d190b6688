"""The WhatsApp stand-in as a client of the Cloud API sees it."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from typing import Any

import pytest
import requests

from tests.sandbox.conftest import (
    WHATSAPP_NUMBER,
    WHATSAPP_SECRET,
    WHATSAPP_TOKEN,
    Received,
    Receiver,
    Sandbox,
    eventually,
)

BEARER = {"Authorization": f"Bearer {WHATSAPP_TOKEN}"}
ADA = "15550100001"


@pytest.fixture(autouse=True)
def no_open_window(sandbox: Sandbox) -> None:
    requests.delete(f"{sandbox.whatsapp}/_sandbox/messages", timeout=5)


def send(sandbox: Sandbox, to: str = ADA, **content: Any) -> requests.Response:
    body = {"messaging_product": "whatsapp", "to": to, **(content or text("Hello"))}
    url = f"{sandbox.whatsapp}/v23.0/{WHATSAPP_NUMBER}/messages"
    return requests.post(url, json=body, headers=BEARER, timeout=5)


def text(body: str) -> dict[str, Any]:
    return {"type": "text", "text": {"body": body}}


def template(name: str = "project_update") -> dict[str, Any]:
    return {"type": "template", "template": {"name": name, "language": {"code": "en_US"}}}


def write(sandbox: Sandbox, **message: Any) -> dict[str, Any]:
    answer = requests.post(f"{sandbox.whatsapp}/_sandbox/inbound", json={"from": ADA, **message}, timeout=5)
    assert answer.status_code == 200, answer.text
    made: dict[str, Any] = answer.json()
    return made


def value(request: Received) -> dict[str, Any]:
    """The change's value of a webhook whose signature is right."""
    expected = hmac.new(WHATSAPP_SECRET.encode(), request.body, hashlib.sha256).hexdigest()
    assert request.headers["X-Hub-Signature-256"] == f"sha256={expected}"
    found: dict[str, Any] = json.loads(request.body)["entry"][0]["changes"][0]["value"]
    return found


def statuses(receiver: Receiver) -> list[dict[str, Any]]:
    return [status for request in receiver.on("/whatsapp") for status in value(request).get("statuses", [])]


def test_free_text_needs_an_open_window_and_a_template_does_not(sandbox: Sandbox) -> None:
    refused = send(sandbox)
    assert refused.status_code == 400
    error = refused.json()["error"]
    assert (error["code"], error["type"]) == (131047, "OAuthException") and error["error_data"]["details"]
    assert send(sandbox, **template()).status_code == 200
    write(sandbox, text="Hi", timestamp=int(time.time()) - 25 * 3600)
    assert send(sandbox).json()["error"]["code"] == 131047
    write(sandbox, text="Hi again")
    assert send(sandbox).status_code == 200
    sent = requests.get(f"{sandbox.whatsapp}/_sandbox/messages", timeout=5).json()
    assert [body["type"] for body in sent] == ["template", "text"]


def test_a_message_is_accepted_then_sent_delivered_and_read(sandbox: Sandbox, receiver: Receiver) -> None:
    answer = send(sandbox, "+1 (555) 010-0001", **template()).json()
    assert answer["contacts"] == [{"input": "+1 (555) 010-0001", "wa_id": ADA}]
    eventually(lambda: len(statuses(receiver)) == 3, "three statuses")
    assert [status["status"] for status in statuses(receiver)] == ["sent", "delivered", "read"]
    assert {status["id"] for status in statuses(receiver)} == {answer["messages"][0]["id"]}
    assert all(status["recipient_id"] == ADA and status["timestamp"].isdigit() for status in statuses(receiver))


def test_wa_ids_differ_from_numbers_where_they_do_in_life(sandbox: Sandbox) -> None:
    assert send(sandbox, "+52 55 1234 5678", **template()).json()["contacts"][0]["wa_id"] == "5215512345678"
    assert send(sandbox, "+55 31 9 8765 4321", **template()).json()["contacts"][0]["wa_id"] == "553187654321"


def test_inbound_messages_carry_metas_bytes_and_signature(sandbox: Sandbox, receiver: Receiver) -> None:
    said = "Grüße 50% <b> a/b @ada 🙂"
    made = write(sandbox, name="Ada Lovelace", text=said)
    (request,) = eventually(lambda: receiver.on("/whatsapp"), "the message arrives")
    assert b"Gr\\u00fc\\u00dfe 50\\u0025 \\u003Cb> a\\/b \\u0040ada \\ud83d\\ude42" in request.body
    received = value(request)
    assert received["metadata"]["phone_number_id"] == WHATSAPP_NUMBER
    assert received["contacts"] == [{"profile": {"name": "Ada Lovelace"}, "wa_id": ADA}]
    (message,) = received["messages"]
    assert (message["id"], message["from"], message["text"]["body"]) == (made["message_id"], ADA, said)
    assert message["timestamp"].isdigit()


def test_any_kind_of_inbound_message_and_whole_payloads(sandbox: Sandbox, receiver: Receiver) -> None:
    write(sandbox, message={"type": "button", "button": {"payload": "YES", "text": "Yes"}})
    write(sandbox, payload={"object": "whatsapp_business_account", "entry": []})
    eventually(lambda: len(receiver.on("/whatsapp")) == 2, "both arrive")
    bodies = [json.loads(request.body) for request in receiver.on("/whatsapp")]
    assert {"object": "whatsapp_business_account", "entry": []} in bodies
    bad = requests.post(f"{sandbox.whatsapp}/_sandbox/inbound", json={"text": "who?"}, timeout=5)
    assert bad.status_code == 400


def test_malformed_requests_are_refused(sandbox: Sandbox) -> None:
    url = f"{sandbox.whatsapp}/v23.0/{WHATSAPP_NUMBER}/messages"
    body = {"messaging_product": "whatsapp", "to": ADA, **template()}
    assert requests.post(url, json=body, timeout=5).json()["error"]["code"] == 190
    assert requests.post(url, json=body, headers={"Authorization": "Bearer x"}, timeout=5).status_code == 401
    other = requests.post(f"{sandbox.whatsapp}/v23.0/1/messages", json=body, headers=BEARER, timeout=5)
    assert other.json()["error"]["error_subcode"] == 33
    for change, code in (
        ({"messaging_product": None}, 100),
        ({"to": ""}, 131008),
        ({"to": "12"}, 131009),
        ({"type": "order"}, 131051),
        ({"type": "text", "text": {"body": ""}}, 131008),
        ({"type": "text", "text": {"body": "x" * 4097}}, 100),
        ({"template": {"name": "x"}}, 131008),
        ({"type": "image", "image": {"id": "1"}}, 131053),
    ):
        answer = requests.post(url, json={**body, **change}, headers=BEARER, timeout=5)
        assert answer.json()["error"]["code"] == code, answer.text


def test_failures_by_answer_and_by_webhook(sandbox: Sandbox, receiver: Receiver) -> None:
    sandbox.behave(sandbox.whatsapp, fail_next=1, fail_code=130429)
    assert send(sandbox, **template()).status_code == 429
    sandbox.behave(sandbox.whatsapp, fail_next=1, fail_code=131026, errors_by="webhook")
    id = send(sandbox, **template()).json()["messages"][0]["id"]
    (failed,) = eventually(lambda: statuses(receiver), "the failure is told")
    assert (failed["id"], failed["status"], failed["errors"][0]["code"]) == (id, "failed", 131026)
    sandbox.behave(sandbox.whatsapp, errors_by="response", pair_rate_seconds=6.0, strict_templates=True)
    assert send(sandbox, "15550100002", **template()).json()["error"]["code"] == 132001
    url = f"{sandbox.whatsapp}/v23.0/102290129340398/message_templates"
    requests.post(
        url, json={"name": "project_update", "language": "en_US", "category": "UTILITY"}, headers=BEARER, timeout=5
    )
    assert requests.get(url, headers=BEARER, timeout=5).json()["data"][0]["status"] == "APPROVED"
    assert send(sandbox, "15550100002", **template()).status_code == 200
    assert send(sandbox, "15550100002", **template()).json()["error"]["code"] == 131056


def test_webhooks_are_retried_and_can_be_doubled(sandbox: Sandbox, receiver: Receiver) -> None:
    receiver.answers[:] = [503]
    sandbox.behave(sandbox.whatsapp, webhooks={"duplicate": 1})
    write(sandbox, text="Hi")
    eventually(lambda: len(receiver.on("/whatsapp")) == 3, "refused once, then twice the same")
    assert len({request.body for request in receiver.on("/whatsapp")}) == 1


def test_media_goes_up_and_comes_down(sandbox: Sandbox) -> None:
    content = b"%PDF-1.7 contract"
    base = f"{sandbox.whatsapp}/v23.0"
    file = {"file": ("contract.pdf", content, "application/pdf")}
    form = {"messaging_product": "whatsapp", "type": "application/pdf"}
    id = requests.post(f"{base}/{WHATSAPP_NUMBER}/media", data=form, files=file, headers=BEARER, timeout=5).json()["id"]
    info = requests.get(f"{base}/{id}", headers=BEARER, timeout=5).json()
    assert (info["sha256"], info["file_size"]) == (hashlib.sha256(content).hexdigest(), len(content))
    assert requests.get(info["url"], headers=BEARER, timeout=5).content == content
    assert requests.get(info["url"], timeout=5).status_code == 401
    assert send(sandbox, **template()).status_code == 200
    assert requests.delete(f"{base}/{id}", headers=BEARER, timeout=5).json() == {"success": True}
    assert requests.get(f"{base}/{id}", headers=BEARER, timeout=5).status_code == 400


def test_the_handshake_is_checked_from_metas_side(sandbox: Sandbox) -> None:
    url = f"{sandbox.whatsapp}/_sandbox/verify"
    assert requests.post(url, json={}, timeout=5).json()["ok"] is True
    wrong = requests.post(url, json={"token": "wrong"}, timeout=5).json()
    assert (wrong["ok"], wrong["status"]) == (False, 403)


def test_people_can_write_on_the_page(sandbox: Sandbox, receiver: Receiver) -> None:
    form = {"from": ADA, "name": "Ada", "text": "<script>alert(1)</script>"}
    page = requests.post(f"{sandbox.whatsapp}/say", data=form, timeout=5)
    assert "&lt;script&gt;alert(1)" in page.text and "<script" not in page.text
    eventually(lambda: receiver.on("/whatsapp"), "the message arrives")
