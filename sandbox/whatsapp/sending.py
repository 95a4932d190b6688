"""POST /{phone_number_id}/messages: the checks, the answer, and the statuses that follow by webhook."""

from __future__ import annotations

import time
from typing import Any

from sandbox.behaviour import Behaviour
from sandbox.deliveries import BEHAVIOUR as WEBHOOKS
from sandbox.deliveries import Deliveries
from sandbox.whatsapp.errors import GraphError, outside_window
from sandbox.whatsapp.payloads import encode, envelope, wa_id
from sandbox.whatsapp.store import Conversations, Library, message_id

Json = dict[str, Any]

WINDOW_SECONDS = 24 * 3600
LONGEST_TEXT = 4096
STATUS_STEP = 0.15

BEHAVIOUR: dict[str, Any] = {
    "fail_next": 0,
    "fail_code": 131026,
    # response: the error is the answer. webhook: the answer is 200 and a failed status follows. both: both.
    "errors_by": "response",
    "delay_ms": 0,
    "window": True,
    "pair_rate_seconds": 0.0,
    "strict_templates": False,
    "statuses": ["sent", "delivered", "read"],
    "webhooks": WEBHOOKS,
}

MEDIA = ("image", "audio", "video", "document", "sticker")
TYPES = ("text", "template", "interactive", "reaction", "location", "contacts", *MEDIA)


class Sending:
    """The sending half of one business number."""

    def __init__(
        self,
        phone_number_id: str,
        conversations: Conversations,
        library: Library,
        behaviour: Behaviour,
        outgoing: Deliveries,
    ) -> None:
        self._phone_number_id, self._behaviour, self._outgoing = phone_number_id, behaviour, outgoing
        self._conversations, self._library = conversations, library

    def post(self, body: Json) -> Json:
        """Take one message, or a read receipt. Raises GraphError."""
        if body.get("messaging_product") != "whatsapp":
            raise GraphError(100, "The parameter messaging_product is required.")
        if body.get("status") == "read":
            return self._read_receipt(body)
        number = body.get("to") or body.get("recipient")
        if not body.get("to") and isinstance(number, str) and number:
            self._check_content(body)
            return self._accept(body, number, number)
        if not isinstance(number, str) or not wa_id(number):
            raise GraphError(131008, "Parameter 'to' is mandatory for type 'text'.")
        if not 7 <= len(wa_id(number)) <= 15:
            raise GraphError(131009, "Parameter 'to' is not a valid phone number.")
        self._check_content(body)
        return self._accept(body, number, wa_id(number))

    def _accept(self, body: Json, number: str, to: str) -> Json:
        id, failure = message_id(to), self._failure(body, to)
        by = self._behaviour.get("errors_by")
        if failure and by == "response":
            raise failure
        with self._conversations.storage.transaction():
            self._conversations.add(id, "out", to, "", time.time(), body)
            if failure:
                self._status(body, id, to, "failed", 0, errors=[failure.as_status()])
            else:
                for step, state in enumerate(self._behaviour.get("statuses")):
                    self._status(body, id, to, state, step + 1)
        if failure and by == "both":
            raise failure
        return {
            "messaging_product": "whatsapp",
            "contacts": [{"input": number, "wa_id": to}],
            "messages": [{"id": id, **({"message_status": "accepted"} if body.get("type") == "template" else {})}],
        }

    def _failure(self, body: Json, to: str) -> GraphError | None:
        """Why the message will not arrive although it is well formed."""
        if self._behaviour.take("fail_next"):
            return GraphError(self._behaviour.get("fail_code"), "Told to fail.")
        now = time.time()
        if now - self._conversations.last_outbound(to) < self._behaviour.get("pair_rate_seconds"):
            return GraphError(131056, "Too many messages sent from this phone number to the same phone number.")
        late = now - self._conversations.last_inbound(to) > WINDOW_SECONDS
        if late and self._behaviour.get("window") and body.get("type") != "template":
            return outside_window()
        return None

    def _check_content(self, body: Json) -> None:
        kind = body.get("type", "text")
        if kind not in TYPES:
            raise GraphError(131051, f"Message type '{kind}' is not supported.")
        content = body.get(kind)
        if not content:
            raise GraphError(131008, f"Parameter '{kind}' is mandatory for type '{kind}'.")
        if kind == "contacts":
            return
        if not isinstance(content, dict):
            raise GraphError(131009, f"Parameter '{kind}' must be an object.")
        if kind == "text":
            self._check_text(content)
        elif kind == "template":
            self._check_template(content)
        elif kind in MEDIA:
            self._check_media(kind, content)

    def _check_text(self, content: Json) -> None:
        text = content.get("body")
        if not isinstance(text, str) or not text:
            raise GraphError(131008, "Parameter 'text.body' is mandatory for type 'text'.")
        if len(text) > LONGEST_TEXT:
            raise GraphError(100, f"Param text['body'] must be at most {LONGEST_TEXT} characters long.")

    def _check_template(self, content: Json) -> None:
        name, language = content.get("name"), content.get("language")
        code = language.get("code") if isinstance(language, dict) else None
        if not isinstance(name, str) or not name or not isinstance(code, str):
            raise GraphError(131008, "Parameters 'template.name' and 'template.language.code' are mandatory.")
        if self._behaviour.get("strict_templates") and not self._library.has_template(name, code):
            raise GraphError(132001, f"template name ({name}) does not exist in {code}")

    def _check_media(self, kind: str, content: Json) -> None:
        if not content.get("id") and not content.get("link"):
            raise GraphError(131008, f"Parameter '{kind}.id' or '{kind}.link' is mandatory.")
        if content.get("id") and self._library.media(str(content["id"])) is None:
            raise GraphError(131053, f"Media {content['id']} was not uploaded or has expired.")

    def _read_receipt(self, body: Json) -> Json:
        if not body.get("message_id"):
            raise GraphError(131008, "Parameter 'message_id' is mandatory.")
        return {"success": True}

    def _status(self, body: Json, id: str, to: str, state: str, step: int, errors: list[Json] | None = None) -> None:
        delay = step * STATUS_STEP
        status: Json = {
            "id": id,
            "status": state,
            "timestamp": str(int(time.time() + delay)),
            "recipient_id": to,
        }
        if isinstance(callback := body.get("biz_opaque_callback_data"), str):
            status["biz_opaque_callback_data"] = callback
        if errors:
            status["errors"] = errors
        elif state in ("sent", "delivered"):
            status["pricing"] = {
                "billable": True,
                "pricing_model": "PMP",
                "category": "utility",
                "type": "regular",
            }
        self._conversations.mark(id, state)
        self._outgoing.add(
            f"{state} {id}", encode(envelope(self._phone_number_id, {"statuses": [status]})), delay=delay
        )
