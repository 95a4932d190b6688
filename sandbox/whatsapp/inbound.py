"""What people write to the business number, made up by tests or typed on the page."""

from __future__ import annotations

import time
from typing import Any

from sandbox.deliveries import Deliveries
from sandbox.whatsapp.payloads import encode, envelope, wa_id
from sandbox.whatsapp.store import Conversations, message_id

Json = dict[str, Any]


class InboundError(Exception):
    """A made-up message that lacks something."""


class Inbound:
    """The receiving half of one business number."""

    def __init__(self, phone_number_id: str, conversations: Conversations, outgoing: Deliveries) -> None:
        self._phone_number_id, self._conversations, self._outgoing = phone_number_id, conversations, outgoing

    def receive(self, wanted: Json) -> Json:
        """Let somebody write; answers the message's id and the webhook's body.

        `wanted` is `{"from", "name"?, "text" | "message": {type, …}, "timestamp"?: unix seconds, "id"?}`, or
        `{"payload": {…}}` for a whole webhook body, sent signed but otherwise as it is.
        """
        if isinstance(wanted.get("payload"), dict):
            return self._send("", wanted["payload"])
        person = wa_id(str(wanted.get("from", "")))
        if not person:
            raise InboundError("from: a phone number is wanted")
        at, name = wanted.get("timestamp", int(time.time())), str(wanted.get("name") or person)
        if not isinstance(at, int):
            raise InboundError("timestamp: unix seconds as an integer")
        message = self._message(wanted, person, at)
        contact = {"profile": {"name": name}, "wa_id": person}
        with self._conversations.storage.transaction():
            self._conversations.add(message["id"], "in", person, name, at, message)
            value = {"contacts": [contact], "messages": [message]}
            return self._send(message["id"], envelope(self._phone_number_id, value))

    def _message(self, wanted: Json, person: str, at: int) -> Json:
        message = wanted.get("message")
        if message is None:
            message = {"type": "text", "text": {"body": wanted.get("text")}}
        if not isinstance(message, dict):
            raise InboundError("message: an object is wanted")
        if message.get("type") == "text" and not isinstance((message.get("text") or {}).get("body"), str):
            raise InboundError("text: a string is wanted")
        id = str(wanted.get("id") or message_id(person))
        return {"from": person, "id": id, "timestamp": str(at), **message}

    def _send(self, id: str, payload: Json) -> Json:
        self._outgoing.add(f"message {id}", encode(payload))
        return {"message_id": id, "payload": payload}
