"""The records of the other services, over RPC."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, cast

from libs.common.context import Context
from libs.common.problems import Problem, Unavailable
from libs.common.rpc.client import RpcClient

_SECONDS = 4.0
_NEWEST = 25

Rows = list[dict[str, Any]]


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

    def around(self, client_id: str) -> tuple[Rows | Problem, Rows | Problem, Rows | Problem]:
        contacts = _rows(lambda: self._contacts(client_id))
        # Who was silent is not waited for twice.
        silent = isinstance(contacts, Unavailable)
        activities = contacts if silent else _rows(lambda: self._activities(client_id))
        return contacts, activities, _rows(lambda: self._invoices(client_id))

    def document(self, document_id: str) -> dict[str, Any]:
        answer = self._rpc.call(self._caller, "clients", "document_link", seconds=_SECONDS, document_id=document_id)
        return cast(dict[str, Any], answer)

    def invoice(self, invoice_id: str) -> dict[str, Any]:
        answer = self._rpc.call(self._caller, "billing", "invoice_link", seconds=_SECONDS, invoice_id=invoice_id)
        return cast(dict[str, Any], answer)

    def _contacts(self, client_id: str) -> Any:
        return self._rpc.call(self._caller, "clients", "list_contacts", seconds=_SECONDS, client_id=client_id)

    def _activities(self, client_id: str) -> Any:
        return self._rpc.call(
            self._caller, "clients", "list_activities", seconds=_SECONDS, client_id=client_id, limit=_NEWEST
        )

    def _invoices(self, client_id: str) -> Any:
        filters = {"client_id": client_id}
        return self._rpc.call(
            self._caller, "billing", "list_invoices", seconds=_SECONDS, filters=filters, limit=_NEWEST
        )


def _rows(ask: Callable[[], Any]) -> Rows | Problem:
    try:
        return list(ask()["items"])
    except Problem as problem:
        return problem
