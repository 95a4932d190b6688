"""Deals and clients over RPC, as this service itself."""

from __future__ import annotations

from typing import Any, cast

from libs.common.context import Context
from libs.common.rpc.client import RpcClient

_PAGE = 200
_SECONDS = 20.0


class HistoryOverRpc:
    """A page of what there is."""

    def __init__(self, rpc: RpcClient, context: Context) -> None:
        self._rpc = rpc
        self._context = context

    def deals(self, cursor: str | None) -> dict[str, Any]:
        answer = self._rpc.call(self._context, "deals", "stage_visits", seconds=_SECONDS, limit=_PAGE, cursor=cursor)
        return cast(dict[str, Any], answer)

    def clients(self, cursor: str | None) -> dict[str, Any]:
        page: dict[str, Any] = {"filters": {}, "sort": "created_at", "limit": _PAGE, "cursor": cursor}
        answer = self._rpc.call(self._context, "clients", "list_clients", seconds=_SECONDS, **page)
        return cast(dict[str, Any], answer)
