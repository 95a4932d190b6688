"""All services that keep something of clients, each on a database of its own, and a bus that carries what they tell."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest
from sqlalchemy import text

from libs.common import inbox
from libs.common.context import Context
from libs.common.events import Envelope
from libs.common.runtime import Runtime
from libs.common.worker import WorkerTable
from services.ai.settings import AiSettings
from services.billing.settings import BillingSettings
from services.clients.settings import ClientsSettings
from services.deals.settings import DealsSettings
from services.notifications.settings import NotificationsSettings
from tests.support.actors import system
from tests.support.calling import Caller

SETTINGS: dict[str, Any] = {
    "clients": ClientsSettings,
    "deals": DealsSettings,
    "billing": BillingSettings,
    "notifications": NotificationsSettings,
    "ai": AiSettings,
}
# What is kept of clients, by service. What says when and how often a row was changed is no part of it.
KEPT = {
    "clients": "clients contacts activities documents assignments access_grants client_deals client_keys",
    "deals": "deals briefs stage_history",
    "billing": "invoices invoice_lines payments",
    "notifications": "emails guides",
    "ai": "generations email_drafts applied_parts",
}
_BESIDE = "{version,updated_at,access_version}"


@dataclass
class World:
    """The services, and how far each has been heard."""

    runtimes: dict[str, Runtime[Any]]
    tables: dict[str, WorkerTable]
    heard: dict[str, int] = field(default_factory=dict)

    def caller(self, service: str) -> Caller:
        return Caller(importlib.import_module(f"services.{service}.rpc").SERVICE, self.runtimes[service])

    def tell(self) -> int:
        """Carry everything that was told since to everybody who listens, until nobody has anything to say."""
        carried = 0
        while found := [(name, *each) for name in self.runtimes for each in self._told(name)]:
            for name, position, document in found:
                self.heard[name] = position
                self._deliver(Envelope.parse(orjson.dumps(document)))
                carried += 1
        return carried

    def everything(self) -> dict[str, list[Any]]:
        """All that is kept of clients, but for versions and times of change."""
        kept: dict[str, list[Any]] = {}
        for service, tables in KEPT.items():
            with self.runtimes[service].database.read() as session:
                for table in tables.split():
                    rows = session.execute(text(f"SELECT to_jsonb(t) - '{_BESIDE}'::text[] FROM {table} t")).scalars()
                    kept[f"{service}.{table}"] = sorted(rows, key=str)
        return kept

    def run(self, service: str, statement: str, **values: Any) -> Any:
        with self.runtimes[service].database.engine.begin() as connection:
            return connection.execute(text(statement), values)

    def _told(self, service: str) -> list[Any]:
        statement = text("SELECT position, envelope FROM outbox WHERE position > :heard ORDER BY position")
        with self.runtimes[service].database.read() as session:
            return [tuple(row) for row in session.execute(statement, {"heard": self.heard.get(service, 0)})]

    def _deliver(self, envelope: Envelope) -> None:
        for name, table in self.tables.items():
            context = Context(system(name), envelope.correlation_id, envelope.id)
            for each in table.subscriptions:
                if each.event.event_type == envelope.type:
                    with self.runtimes[name].database.unit_of_work(context) as uow:
                        if inbox.first_time(uow.session, each.consumer, envelope, datetime.now(UTC)):
                            each.handle(uow, envelope.read(each.event), envelope)


@pytest.fixture
def world(runtime_of: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    runtimes, tables = {}, {}
    for name, kind in SETTINGS.items():
        runtimes[name] = runtime_of(name, kind)
        wiring = importlib.import_module(f"services.{name}.wiring")
        monkeypatch.setattr(wiring, "runtime", lambda made=runtimes[name]: made)
        if (settings := _settings_module(name)) is not None:
            monkeypatch.setattr(settings, "current", lambda made=runtimes[name]: made.settings)
        tables[name] = importlib.import_module(f"services.{name}.worker").TABLE
    yield World(runtimes, tables)


def _settings_module(service: str) -> Any:
    module = importlib.import_module(f"services.{service}.settings")
    return module if hasattr(module, "current") else None
