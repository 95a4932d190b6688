"""The clients service over RPC."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

from libs.common.context import Context
from libs.common.rpc.client import RpcClient


class ClientsOverRpc:
    """Asks as this service itself: what it keeps is not one caller's view."""

    def __init__(self, rpc: RpcClient, context: Context) -> None:
        self._rpc = rpc
        self._context = context

    def access(self, client_id: str) -> dict[str, Any]:
        answer = self._rpc.call(self._context, "clients", "client_access", seconds=5.0, client_id=client_id)
        return cast(dict[str, Any], answer)

    def exchange_rates(self) -> Iterator[dict[str, Any]]:
        cursor: str | None = None
        while True:
            answer = self._rpc.call(self._context, "clients", "list_exchange_rates", seconds=10.0, cursor=cursor)
            yield from answer["items"]
            if (cursor := answer["next_cursor"]) is None:
                return


class SegmentsOverRpc:
    """Asks with the token of the person who asks here; for a service, which asks for a person, as this service."""

    def __init__(self, rpc: RpcClient, caller: Context, own: Context) -> None:
        self._rpc = rpc
        self._caller = own if caller.actor.is_system else caller

    def clients_of(self, segment_id: str, person: dict[str, Any] | None) -> dict[str, Any]:
        asked: dict[str, Any] = {"segment_id": segment_id, "person": person}
        answer = self._rpc.call(self._caller, "clients", "segment_clients", seconds=10.0, **asked)
        return cast(dict[str, Any], answer)
