"""The clients service over RPC."""

from __future__ import annotations

from typing import Any, cast

from libs.common.context import Context
from libs.common.rpc.client import RpcClient

_SECONDS = 5.0


class ClientsOverRpc:
    """Asks as this service itself: what it keeps, and whom it writes to, is not one caller's view."""

    def __init__(self, rpc: RpcClient, context: Context) -> None:
        self._rpc = rpc
        self._context = context

    def access(self, client_id: str) -> dict[str, Any]:
        return self._ask("client_access", client_id=client_id)

    def card(self, client_id: str, contact_id: str | None) -> dict[str, Any]:
        return self._ask("contact_card", client_id=client_id, contact_id=contact_id)

    def _ask(self, method: str, **arguments: Any) -> dict[str, Any]:
        answer = self._rpc.call(self._context, "clients", method, seconds=_SECONDS, **arguments)
        return cast(dict[str, Any], answer)
