"""The RPC methods of WhatsApp."""

from __future__ import annotations

import base64
from typing import Any

from tests.rights.cases.case import CHANGE, COMMON, GATE, LIST, NOBODY, PUBLIC, READ, Case, client_of, filter_of_client
from tests.rights.scene import Row, Scene

_NOBODYS = {"conversation_id": NOBODY}


def conversation_of(_scene: Scene, row: Row) -> dict[str, Any]:
    return {"conversation_id": row["conversation"]}


def _webhook(scene: Scene, _row: Row) -> dict[str, Any]:
    sent = scene.webhook({"entry": []})
    body = base64.b64encode(sent["data"]).decode()
    return {"body_base64": body, "signature": sent["headers"]["X-Hub-Signature-256"]}


def _handshake(scene: Scene, _row: Row) -> dict[str, Any]:
    token = scene.crm.info["webhooks"]["whatsapp_verify_token"]
    return {"mode": "subscribe", "token": token, "challenge": "1"}


CHATS = (
    Case("clients.contacts_of_phones", GATE, "clients.access", lambda _s, _r: {"numbers": ["15550123"]}),
    Case("notifications.whatsapp_webhook", PUBLIC, "public", _webhook),
    Case("notifications.whatsapp_verify", PUBLIC, "public", _handshake),
    Case("notifications.list_conversations", LIST, "whatsapp.read", filter_of_client),
    Case("notifications.get_conversation", READ, "whatsapp.read", conversation_of),
    Case("notifications.list_messages", READ, "whatsapp.read", conversation_of),
    Case("notifications.mark_conversation_read", READ, "whatsapp.read", conversation_of),
    Case("notifications.message_media", GATE, "whatsapp.read", lambda _s, r: {"message_id": r["message"]}),
    Case(
        "notifications.send_message",
        CHANGE,
        "whatsapp.write",
        lambda s, r: conversation_of(s, r) | {"text": "Yes"},
        seen="whatsapp.read",
    ),
    Case(
        "notifications.start_message",
        CHANGE,
        "whatsapp.write",
        lambda s, r: client_of(s, r) | {"text": "Yes"},
        seen="whatsapp.read",
    ),
    Case(
        "notifications.link_conversation",
        GATE,
        "whatsapp.triage",
        lambda _s, r: _NOBODYS | {"client_id": r["client"]},
    ),
    *(
        Case(f"notifications.{method}", GATE, "whatsapp.triage", lambda _s, _r: _NOBODYS)
        for method in ("begin_whatsapp_lead", "dismiss_conversation")
    ),
    Case("notifications.list_whatsapp_templates", COMMON, "whatsapp.read"),
    Case("notifications.sync_whatsapp_templates", COMMON, "whatsapp.templates"),
)
