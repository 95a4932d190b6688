"""The clients service over RPC."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

from libs.common.context import Context
from libs.common.rpc.client import RpcClient


class ClientsOverRpc:
    """Asks for cards and segments as the caller, who may not see every client, and for access as this service itself,
    which keeps the answer."""

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

    def segment(self, segment_id: str, person: dict[str, Any] | None) -> dict[str, Any]:
        # A service asks for a person; its token is not ours to hand on.
        caller = self._own if self._caller.actor.is_system else replace(self._caller, idempotency_key=None)
        asked: dict[str, Any] = {"segment_id": segment_id, "person": person}
        answer = self._rpc.call(caller, "clients", "segment_clients", seconds=10.0, **asked)
        return cast(dict[str, Any], answer)
