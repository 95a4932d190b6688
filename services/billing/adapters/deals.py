"""The deals service over RPC."""

from __future__ import annotations

from libs.common.context import Context
from libs.common.rpc.client import RpcClient


class DealsOverRpc:
    """Asks as the caller: a deal that one may not see is none."""

    def __init__(self, rpc: RpcClient, caller: Context) -> None:
        self._rpc = rpc
        self._caller = caller

    def client_of(self, deal_id: str) -> str:
        return str(self._rpc.call(self._caller, "deals", "get_deal", deal_id=deal_id)["client_id"])
