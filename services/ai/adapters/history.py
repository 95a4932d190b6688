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
        return self._page("deals", "stage_visits", cursor=cursor)

    def clients(self, cursor: str | None) -> dict[str, Any]:
        return self._page("clients", "list_clients", filters={}, sort="created_at", cursor=cursor)

    def _page(self, service: str, method: str, **arguments: Any) -> dict[str, Any]:
        answer = self._rpc.call(self._context, service, method, seconds=_SECONDS, limit=_PAGE, **arguments)
        return cast(dict[str, Any], answer)
