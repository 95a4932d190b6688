"""The operations of WhatsApp."""

from __future__ import annotations

from typing import Any

from tests.rights.cases import CHANGE, COMMON, GATE, LIST, NOBODY, PUBLIC, READ, Case
from tests.rights.cases.chats import conversation_of
from tests.rights.http_cases.given import client_of, filter_of_client
from tests.rights.scene import Row, Scene

_NOBODYS = {"conversation_id": NOBODY}


def _handshake(scene: Scene, _row: Row) -> dict[str, Any]:
    token = scene.crm.info["webhooks"]["whatsapp_verify_token"]
    return {"query": {"hub.mode": "subscribe", "hub.verify_token": token, "hub.challenge": "1"}}


def _written(scene: Scene, row: Row) -> dict[str, Any]:
    return conversation_of(scene, row) | {"json": {"text": "Yes"}}


CHATS = (
    Case("GET /webhooks/whatsapp", PUBLIC, "public", _handshake),
    Case("POST /webhooks/whatsapp", PUBLIC, "public", lambda s, _r: s.webhook({"entry": []})),
    Case("GET /conversations", LIST, "whatsapp.read", filter_of_client),
    Case("GET /conversations/{conversation_id}", READ, "whatsapp.read", conversation_of),
    Case("GET /conversations/{conversation_id}/messages", READ, "whatsapp.read", conversation_of),
    Case("POST /conversations/{conversation_id}/messages", CHANGE, "whatsapp.write", _written, seen="whatsapp.read"),
    Case(
        "POST /clients/{client_id}/messages",
        CHANGE,
        "whatsapp.write",
        lambda s, r: client_of(s, r) | {"json": {"text": "Yes"}},
        seen="whatsapp.read",
    ),
    Case("POST /conversations/{conversation_id}/read", READ, "whatsapp.read", conversation_of),
    Case(
        "POST /conversations/{conversation_id}/link",
        GATE,
        "whatsapp.triage",
        lambda _s, r: _NOBODYS | {"json": {"client_id": r["client"]}},
    ),
    Case(
        "POST /conversations/{conversation_id}/lead",
        GATE,
        "whatsapp.triage",
        lambda _s, _r: _NOBODYS | {"json": {"first_name": "Ann"}},
    ),
    Case("POST /conversations/{conversation_id}/dismiss", GATE, "whatsapp.triage", lambda _s, _r: dict(_NOBODYS)),
    Case("GET /whatsapp/templates", COMMON, "whatsapp.read"),
    Case("POST /whatsapp/templates/sync", COMMON, "whatsapp.templates"),
    Case("GET /messages/{message_id}/media", GATE, "whatsapp.read", lambda _s, r: {"message_id": r["message"]}),
)
