"""The RPC methods of WhatsApp."""

from __future__ import annotations

import hashlib
from dataclasses import asdict
from typing import Any

from libs.common.problems import NotFound, Unavailable
from libs.common.rpc.server import PUBLIC, RpcService, method
from services.notifications import settings, wiring
from services.notifications.whatsapp import matching, queries, receiving, templates, triage, writing
from services.notifications.whatsapp.ports import NoAnswer, NotReached, Refused

Document = dict[str, Any]


class WhatsAppMethods(RpcService):
    """Conversations over WhatsApp."""

    @method(PUBLIC)
    def whatsapp_webhook(self, body_base64: str, signature: str) -> Document:
        """Keep a delivery of WhatsApp's. Forbidden unless its signature proves it."""
        body = receiving.verified(settings.current().whatsapp_app_secret, body_base64, signature)
        body_hash = hashlib.sha256(body).hexdigest()
        return self.execute(receiving.keep_whatsapp_delivery, body_hash=body_hash, text=receiving.as_text(body))

    @method(PUBLIC)
    def whatsapp_verify(self, mode: str, token: str, challenge: str) -> Document:
        """``{challenge}`` for who knows our token."""
        return receiving.handshake(settings.current().whatsapp_verify_token, mode, token, challenge)

    @method("whatsapp.read")
    def list_conversations(self, filters: Document, limit: int | None = None, cursor: str | None = None) -> Document:
        self._know_client(filters.get("client_id"))
        given: Document = {"filters": filters, "limit": limit, "cursor": cursor}
        return self.read(queries.list_conversations, now=self.runtime.clock.now(), **given)

    @method("whatsapp.read")
    def get_conversation(self, conversation_id: str) -> Document:
        now = self.runtime.clock.now()
        return self.read(queries.get_conversation, conversation_id=conversation_id, now=now)

    @method("whatsapp.read")
    def list_messages(self, conversation_id: str, limit: int | None = None, cursor: str | None = None) -> Document:
        given: Document = {"conversation_id": conversation_id, "limit": limit, "cursor": cursor}
        return self.read(queries.list_messages, now=self.runtime.clock.now(), **given)

    @method("whatsapp.read")
    def message_media(self, message_id: str) -> Document:
        """``{url, filename, content_type}``: a link that is good for five minutes."""
        found = self.read(queries.message_file, message_id=message_id)
        link = self.runtime.object_store.link(found["key"], found["filename"], found["content_type"])
        return {"url": link, "filename": found["filename"], "content_type": found["content_type"]}

    @method("whatsapp.write")
    def send_message(
        self, conversation_id: str, text: str | None = None, template: Document | None = None,
        reply_to: str | None = None,
    ) -> Document:  # fmt: skip
        content = {"text": text, "template": template, "reply_to": reply_to}
        line = writing.line_of(wiring.line())
        return self.execute(writing.send_message, conversation_id=conversation_id, line=line, content=content)

    @method("whatsapp.write")
    def start_message(
        self, client_id: str, contact_id: str | None = None, text: str | None = None, template: Document | None = None
    ) -> Document:
        """A message to a contact, in the conversation there is or a new one."""
        self._see_client(client_id)
        card = wiring.contacts().card(client_id, contact_id)
        known = {name: card.get(name) for name in ("client_id", "contact_id", "phone")}
        content, line = {"text": text, "template": template}, writing.line_of(wiring.line())
        return self.execute(writing.start_whatsapp, card=known, line=line, content=content)

    @method("whatsapp.read")
    def mark_conversation_read(self, conversation_id: str) -> Document:
        return self.execute(triage.mark_conversation_read, conversation_id=conversation_id)

    @method("whatsapp.triage")
    def link_conversation(self, conversation_id: str, client_id: str, contact_id: str | None = None) -> Document:
        self._know_client(client_id)
        if contact_id is not None:
            wiring.contacts().card(client_id, contact_id)
        given: Document = {"client_id": client_id, "contact_id": contact_id}
        return self.execute(triage.link_conversation, conversation_id=conversation_id, **given)

    @method("whatsapp.triage")
    def begin_whatsapp_lead(self, conversation_id: str) -> Document:
        return self.execute(triage.begin_whatsapp_lead, conversation_id=conversation_id)

    @method("whatsapp.triage")
    def dismiss_conversation(self, conversation_id: str) -> Document:
        return self.execute(triage.dismiss_conversation, conversation_id=conversation_id)

    @method("whatsapp.read")
    def list_whatsapp_templates(self) -> Document:
        return self.read(templates.list_whatsapp_templates)

    @method("whatsapp.templates")
    def sync_whatsapp_templates(self) -> Document:
        """``{synced}``: fetch them now."""
        if not wiring.line().open:
            raise Unavailable("WhatsApp is not set up (WHATSAPP_TOKEN, WHATSAPP_PHONE_NUMBER_ID)")
        try:
            found = [asdict(each) for each in wiring.whatsapp().templates()]
        except Refused as error:
            raise Unavailable(f"{error.fault.reason}. {error.fault.advice}") from None
        except (NotReached, NoAnswer) as error:
            raise Unavailable(str(error)) from None
        with self.runtime.database.unit_of_work(self.context) as uow:
            return templates.keep_templates(uow, found)

    def _know_client(self, client_id: Any) -> None:
        if isinstance(client_id, str):
            matching.know_client(wiring.whatsapp_outside(), self.context, client_id)

    def _see_client(self, client_id: str) -> None:
        """NotFound unless the caller may read the client's conversations."""
        self._know_client(client_id)
        with self.runtime.database.read() as session:
            if not triage.sees(session, self.actor, client_id):
                raise NotFound("there is no such client, or it is not yours to see")
