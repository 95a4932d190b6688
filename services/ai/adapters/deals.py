"""Deals, and who may see their clients, over RPC."""

from __future__ import annotations

from typing import Any, cast

from libs.common.context import Context
from libs.common.rpc.client import RpcClient


class DealsOverRpc:
    """Asks as the caller: a deal that one may not see is none."""

    def __init__(self, rpc: RpcClient, caller: Context, own: Context) -> None:
        self._rpc = rpc
        self._caller = caller
        self._own = own

    def access(self, client_id: str) -> dict[str, Any]:
        """Asked as this service itself: what it keeps is not one caller's view."""
        return cast(dict[str, Any], self._rpc.call(self._own, "clients", "client_access", client_id=client_id))

    def deal(self, deal_id: str) -> dict[str, Any]:
        return cast(dict[str, Any], self._rpc.call(self._caller, "deals", "get_deal", deal_id=deal_id))
