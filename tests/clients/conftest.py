"""A clients service on a database of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import insert

from libs.common.ids import new_id
from libs.common.runtime import Runtime
from services.clients import wiring
from services.clients.models import client_deals
from services.clients.rpc import ClientsRpc
from services.clients.settings import ClientsSettings
from services.clients.worker import TABLE
from tests.contracts.samples_of import sample, unlike
from tests.support.actors import ADMIN, JESSICA, JOHN
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


@pytest.fixture
def world(clients: Any, new_client: Any, runtime: Any) -> dict[str, str]:
    """Clients of every kind, by name → id; one was deleted."""
    made = {
        "johns": new_client(JOHN.id, status="active"),
        "johns lead": new_client(JOHN.id),
        "jessicas": new_client(JESSICA.id, status="active"),
        "jessicas old": new_client(JESSICA.id, status="churned"),
        "lead": new_client(None),
        "lent": new_client(JESSICA.id, status="inactive"),
        "orphan": new_client(None, status="active"),
        "deleted": new_client(JOHN.id, status="active"),
    }
    ids = {name: client["id"] for name, client in made.items()}
    for name, client_id in ids.items():
        changes = {
            "company_name": f"Company {name}",
            "notes": f"secret {name}",
            "tags": ["secret"],
            "state": "Secretshire",
        }
        clients.as_(ADMIN).update_client(client_id=client_id, changes=changes)
        data = {"first_name": "Zoe", "last_name": f"Of {name}", "email": "zoe@secret.example"}
        clients.as_(ADMIN).create_contact(client_id=client_id, data=data)
    with runtime.database.engine.begin() as connection:
        row = {"deal_id": new_id(), "client_id": ids["jessicas"], "deal_name": "won", "stage": "won", "currency": "USD"}
        connection.execute(insert(client_deals).values(**row, version=1))
    clients.as_(ADMIN).grant_access(client_id=ids["lent"], user_id=JOHN.id)
    clients.as_(ADMIN).delete_client(client_id=ids["deleted"])
    return ids
