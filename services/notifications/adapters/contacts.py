"""What WhatsApp asks the clients service, over RPC."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, cast

from libs.common.context import Context
from libs.common.rpc.client import RpcClient

_SECONDS = 5.0


class ContactsOverRpc:
    """Asks as this service itself: whose a number is, is not one caller's view."""

    def __init__(self, rpc: RpcClient, context: Context) -> None:
        self._rpc, self._context = rpc, context

    def access(self, client_id: str) -> dict[str, Any]:
        return self._ask("client_access", client_id=client_id)

    def card(self, client_id: str, contact_id: str | None) -> dict[str, Any]:
        return self._ask("contact_card", client_id=client_id, contact_id=contact_id)

    def behind(self, numbers: Sequence[str]) -> dict[str, dict[str, Any]]:
        return self._ask("contacts_of_phones", numbers=list(numbers))

    def prepare_document(self, client_id: str, filename: str, content_type: str, key: str) -> dict[str, Any]:
        given = {"client_id": client_id, "filename": filename, "content_type": content_type}
        return self._ask("prepare_document", key, **given)

    def complete_document(self, document_id: str, size: int, sha256: str, key: str) -> dict[str, Any]:
        return self._ask("complete_document", key, document_id=document_id, size=size, sha256=sha256)

    def _ask(self, method: str, key: str | None = None, **arguments: Any) -> dict[str, Any]:
        context = replace(self._context, idempotency_key=key) if key else self._context
        answer = self._rpc.call(context, "clients", method, seconds=_SECONDS, **arguments)
        return cast(dict[str, Any], answer)
