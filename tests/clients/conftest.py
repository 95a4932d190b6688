"""A clients service on a database of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from libs.common.runtime import Runtime
from services.clients import wiring
from services.clients.rpc import ClientsRpc
from services.clients.settings import ClientsSettings
from services.clients.worker import TABLE
from tests.contracts.samples_of import sample, unlike
from tests.support.actors import ADMIN
from tests.support.calling import Caller
from tests.support.delivering import deliver, told


@pytest.fixture
def runtime(runtime_of: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Runtime[Any]]:
    made = runtime_of("clients", ClientsSettings)
    monkeypatch.setattr(wiring, "runtime", lambda: made)
    yield made
    for event in told(made):
        assert unlike(event.data, sample(event.type)["data"]) == [], event.type


@pytest.fixture
def clients(runtime: Runtime[Any]) -> Caller:
    """``clients.as_(JOHN).get_client(…)``"""
    return Caller(ClientsRpc, runtime)


@pytest.fixture
def hear(runtime: Runtime[Any]) -> Callable[..., None]:
    """``hear("deal.won", client_id=…)``: the event reaches the worker."""

    def give(event_type: str, event_id: str | None = None, **changes: Any) -> None:
        deliver(runtime, TABLE, event_type, event_id, **changes)

    return give


@pytest.fixture
def new_client(clients: Caller) -> Callable[..., dict[str, Any]]:
    """``new_client(owner_id=JOHN.id, status="active")``: made by an admin."""

    def make(owner_id: str | None = None, **data: Any) -> dict[str, Any]:
        given = {"company_name": "TechCorp Solutions", "owner_id": owner_id or ADMIN.id} | data
        made: dict[str, Any] = clients.as_(ADMIN).create_client(data=given)
        if owner_id is None:
            made |= clients.as_(ADMIN).assign_client(client_id=made["id"], owner_id=None)
        return made

    return make
