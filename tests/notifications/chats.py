"""WhatsApp for tests: webhooks as Meta writes and signs them, and a stand-in for the Cloud API and for clients."""

from __future__ import annotations

import base64
import hashlib
import hmac
import io
import json
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from libs.common.ids import new_id
from libs.common.problems import NotFound, Unavailable
from services.notifications.whatsapp.ports import Accepted, Fetched, Template

SECRET, NUMBER = "an app secret", "106540352242922"
SARAH, OMAR = "15550123", "15550199"
AT = 1_760_000_000


def escaped(payload: Any) -> bytes:
    r"""The bytes as Meta puts them on the wire: \uXXXX, and / < % @ escaped as well."""
    text = json.dumps(payload, ensure_ascii=True, separators=(",", ":"))
    for char, code in (("/", "\\/"), ("<", "\\u003C"), ("%", "\\u0025"), ("@", "\\u0040")):
        text = text.replace(char, code)
    return text.encode()


def signed(body: bytes, secret: str = SECRET) -> str:
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def value(messages: Sequence[Any] = (), statuses: Sequence[Any] = (), **more: Any) -> dict[str, Any]:
    """One change of our number; contacts[] in another order than messages[], as they may come."""
    senders: dict[str, dict[str, Any]] = {}
    for each in messages:
        known = {"wa_id": each.get("from"), "user_id": each.get("from_user_id")}
        name = {"profile": {"name": f"Person {each.get('from') or each.get('from_user_id')}"}}
        senders[str(known)] = name | {key: found for key, found in known.items() if found}
    contacts = [senders[each] for each in sorted(senders, reverse=True)]
    made: dict[str, Any] = {"messaging_product": "whatsapp", "metadata": {"phone_number_id": NUMBER}}
    made |= {"contacts": contacts} if contacts else {}
    made |= {"messages": list(messages)} if messages else {}
    made |= {"statuses": list(statuses)} if statuses else {}
    return made | more


def body(*values: dict[str, Any], field: str = "messages") -> dict[str, Any]:
    changes = [{"field": field, "value": each} for each in values]
    return {"object": "whatsapp_business_account", "entry": [{"id": "1", "changes": changes}]}


def text(words: str = "Hi", sender: str | None = SARAH, at: int = AT, **more: Any) -> dict[str, Any]:
    made = {"id": f"wamid.{new_id()}", "timestamp": str(at), "type": "text", "text": {"body": words}}
    return made | ({"from": sender} if sender else {}) | more


def status(provider_id: str, state: str, at: int = AT, **more: Any) -> dict[str, Any]:
    return {"id": provider_id, "status": state, "timestamp": str(at), "recipient_id": SARAH} | more


@dataclass
class FakeWhatsApp:
    """The Cloud API. ``says``: what happens to each message, an error to raise or None; the hour it is down is one."""

    now: Callable[[], datetime]
    says: Callable[[Mapping[str, Any]], Exception | None] = lambda _content: None
    fetching: Callable[[str], Exception | None] = lambda _media_id: None
    sent: list[tuple[datetime, str, str, dict[str, Any]]] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)
    approved: list[Template] = field(default_factory=list)
    checked: Exception | None = None
    wa_ids: dict[str, str] = field(default_factory=dict)
    meanwhile: Callable[[str], None] = lambda _callback: None
    lock: threading.Lock = field(default_factory=threading.Lock)

    def send(self, to: Mapping[str, str], content: Mapping[str, Any], callback: str) -> Accepted:
        person = to.get("to") or to["recipient"]
        if (error := self.says(content)) is not None:
            raise error
        with self.lock:
            self.sent.append((self.now(), person, callback, dict(content)))
        self.meanwhile(callback)
        return Accepted(f"wamid.out.{callback}", self.wa_ids.get(person, person if "to" in to else ""))

    def templates(self) -> list[Template]:
        return self.approved

    def fetch(self, media_id: str, limit: int) -> Fetched:
        if (error := self.fetching(media_id)) is not None:
            raise error
        content = self.files[media_id]
        return Fetched(io.BytesIO(content), len(content), hashlib.sha256(content).digest())

    def check(self) -> str:
        if self.checked is not None:
            raise self.checked
        return "the number answered"

    def words(self) -> list[str]:
        return [content["text"]["body"] for _at, _to, _id, content in self.sent if content["type"] == "text"]


@dataclass
class FakeContacts:
    """The clients service."""

    known: dict[str, dict[str, Any]] = field(default_factory=dict)
    cards: dict[str, dict[str, Any]] = field(default_factory=dict)
    documents: list[dict[str, Any]] = field(default_factory=list)
    down: bool = False

    def access(self, client_id: str) -> dict[str, Any]:
        raise NotFound("there is no such client")

    def card(self, client_id: str, contact_id: str | None) -> dict[str, Any]:
        if client_id not in self.cards or contact_id not in (None, self.cards[client_id]["contact_id"]):
            raise NotFound("there is no such client or contact")
        return self.cards[client_id]

    def behind(self, numbers: Sequence[str]) -> dict[str, dict[str, Any]]:
        if self.down:
            raise Unavailable("clients is not answering")
        return {each: self.known[each] for each in numbers if each in self.known}

    def prepare_document(self, client_id: str, filename: str, content_type: str, key: str) -> dict[str, Any]:
        made = {"document_id": new_id(), "key": f"clients/{client_id}/{key}/{filename}"}
        self.documents.append(made)
        return made

    def complete_document(self, document_id: str, size: int, sha256: str, key: str) -> dict[str, Any]:
        (made,) = [each for each in self.documents if each["document_id"] == document_id]
        made |= {"size": size, "sha256": sha256}
        return made


def encoded(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
