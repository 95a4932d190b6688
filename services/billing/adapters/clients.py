"""The clients service over RPC."""

from __future__ import annotations

from typing import Any, cast

from libs.common.context import Context
from libs.common.rpc.client import RpcClient


class ClientsOverRpc:
    """Asks for cards as the caller, who may not see every client, and for access as this service itself, which keeps
    the answer."""

    def __init__(self, rpc: RpcClient, caller: Context, own: Context) -> None:
        self._rpc = rpc
        self._caller = caller
        self._own = own

    def access(self, client_id: str) -> dict[str, Any]:
        answer = self._rpc.call(self._own, "clients", "client_access", client_id=client_id)
        return cast(dict[str, Any], answer)

    def card(self, client_id: str, seconds: float) -> dict[str, Any]:
        answer = self._rpc.call(self._caller, "clients", "contact_card", seconds=seconds, client_id=client_id)
        return cast(dict[str, Any], answer)
