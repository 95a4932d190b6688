"""The records of the other services, over RPC."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, cast

from libs.common.context import Context
from libs.common.problems import Problem
from libs.common.rpc.client import Call, RpcClient

_SECONDS = 4.0


class RecordsOverRpc:
    """Asks as the caller, who may not see every row; who may see a client it asks as this service, which keeps it."""

    def __init__(self, rpc: RpcClient, caller: Context, own: Context) -> None:
        self._rpc = rpc
        self._caller = replace(caller, idempotency_key=None)
        self._own = own

    def access(self, client_id: str) -> dict[str, Any]:
        answer = self._rpc.call(self._own, "clients", "client_access", seconds=_SECONDS, client_id=client_id)
        return cast(dict[str, Any], answer)

    def deal(self, deal_id: str) -> dict[str, Any]:
        answer = self._rpc.call(self._caller, "deals", "get_deal", seconds=_SECONDS, deal_id=deal_id)
        return cast(dict[str, Any], answer)

    def around(self, client_id: str) -> Sequence[list[dict[str, Any]] | Problem]:
        calls = (
            Call("clients", "list_contacts", {"client_id": client_id}),
            Call("clients", "list_activities", {"client_id": client_id, "limit": 25}),
            Call("billing", "list_invoices", {"filters": {"client_id": client_id}, "limit": 25}),
        )
        answers = self._rpc.call_many(self._caller, calls, seconds=_SECONDS)
        return [answer if isinstance(answer, Problem) else list(answer["items"]) for answer in answers]

    def file(self, kind: str, file_id: str) -> dict[str, Any]:
        service, method, name = _FILES[kind]
        answer = self._rpc.call(self._caller, service, method, seconds=_SECONDS, **{name: file_id})
        return cast(dict[str, Any], answer)


_FILES = {
    "document": ("clients", "document_link", "document_id"),
    "invoice": ("billing", "invoice_link", "invoice_id"),
}
