"""The deals service, asked by the worker on behalf of an import."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from libs.common.context import Context
from libs.common.custom_fields import Definition
from libs.common.rpc.client import RpcClient

_SECONDS = 60.0


class DealFieldsOverRpc:
    """Asks as this service itself: what it keeps is not one caller's view."""

    def __init__(self, rpc: RpcClient, context: Context) -> None:
        self._rpc = rpc
        self._context = context

    def fields(self) -> list[dict[str, Any]]:
        answer = self._rpc.call(self._context, "deals", "list_custom_fields", seconds=_SECONDS, entity="deal")
        return cast(list[dict[str, Any]], answer["items"])

    def values(self, cursor: str | None) -> dict[str, Any]:
        answer = self._rpc.call(self._context, "deals", "own_values", seconds=_SECONDS, cursor=cursor)
        return cast(dict[str, Any], answer)


class DealsOverRpc:
    """Asks as this service itself, and says for whom."""

    def __init__(
        self, rpc: RpcClient, context: Callable[[], Context], access: Callable[[set[str]], list[dict[str, Any]]]
    ) -> None:
        self._rpc = rpc
        self._context = context
        self._access = access

    def custom_fields(self) -> list[Definition]:
        answer = self._ask("list_custom_fields", {"entity": "deal"})
        return [
            Definition(each["key"], each["label"], each["kind"], tuple(each["options"]), each["archived"])
            for each in answer["items"]
        ]

    def bring_fields(
        self, import_id: str, person: dict[str, Any], fields: list[dict[str, Any]], *, archive: bool
    ) -> list[str]:
        given = {"import_id": import_id, "person": person, "fields": fields, "archive": archive}
        return cast(list[str], self._ask("bring_custom_fields", given)["made"])

    def take_back_fields(self, import_id: str, person: dict[str, Any], named: list[str]) -> list[dict[str, Any]]:
        given = {"import_id": import_id, "person": person, "named": named}
        return cast(list[dict[str, Any]], self._ask("take_back_custom_fields", given)["kept"])

    def bring(
        self, import_id: str, system: str, person: dict[str, Any], deals: list[dict[str, Any]], client_ids: set[str]
    ) -> list[dict[str, Any]]:
        # Who may see clients that were made a moment ago goes with the deals: its own events may still be on their way.
        given = {"import_id": import_id, "system": system, "person": person, "deals": deals}
        answer = self._ask("bring_deals", given | {"clients": self._access(client_ids)})
        return cast(list[dict[str, Any]], answer["items"])

    def take_back(self, import_id: str, deal_ids: list[str]) -> dict[str, Any]:
        return self._ask("take_back_deals", {"import_id": import_id, "deal_ids": deal_ids})

    def _ask(self, method: str, arguments: dict[str, Any]) -> dict[str, Any]:
        answer = self._rpc.call(self._context(), "deals", method, seconds=_SECONDS, **arguments)
        return cast(dict[str, Any], answer)
