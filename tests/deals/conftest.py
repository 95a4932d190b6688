"""A deals service on a database of its own, with a clients service written by hand beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from libs.common.clock import FixedClock
from libs.common.ids import new_id
from libs.common.problems import NotFound
from libs.common.runtime import Runtime
from services.deals import settings, wiring
from services.deals.rpc import DealsRpc
from services.deals.settings import DealsSettings
from services.deals.worker import TABLE
from tests.contracts.samples_of import sample, unlike
from tests.support.actors import ADMIN, JESSICA, JOHN, system
from tests.support.calling import Caller
from tests.support.delivering import deliver, told

# 21:30 in New York, when it is the next day in UTC already.
NOW = datetime(2025, 1, 7, 2, 30, tzinfo=UTC)
BRIEF = {
    "vision_title": "E-commerce AI Chatbot",
    "vision_summary": "AI chatbot for e-commerce with product recommendations",
    "audience": "Online shoppers, 25-45 years old",
    "features": ["Live chat", "Product recommendations", "Order tracking"],
    "design": "Modern, minimalist",
    "timeline_weeks": 8,
    "budget_min_minor": 5_000_000,
    "budget_max_minor": 7_500_000,
    "currency": "USD",
}


class Directory:
    """The clients service as deals sees it: what it knows, and what it was asked."""

    def __init__(self) -> None:
        self.known: dict[str, dict[str, Any]] = {}
        self.asked: list[str] = []
        self.problem: Exception | None = None
        self.rates: list[dict[str, Any]] = []
        self.segments: dict[str, dict[str, Any]] = {}

    def add(self, owner_id: str | None = None, label: str = "TechCorp", **changes: Any) -> str:
        """A client that nobody has told deals about yet."""
        client_id = new_id()
        entry = {
            "record_id": client_id,
            "owner_id": owner_id,
            "label": label,
            "is_open": owner_id is None,
            "closed": False,
        }
        self.known[client_id] = entry | {"readers": [], "version": 1} | changes
        return client_id

    def access(self, client_id: str) -> dict[str, Any]:
        self.asked.append(client_id)
        if self.problem:
            raise self.problem
        if client_id not in self.known:
            raise NotFound("there is no such client")
        return self.known[client_id]

    def segment(self, *client_ids: str, name: str = "Big ones") -> str:
        """A segment of these clients, as everybody finds it."""
        segment_id = new_id()
        self.segments[segment_id] = {"id": segment_id, "name": name, "client_ids": list(client_ids)}
        return segment_id

    def clients_of(self, segment_id: str, person: dict[str, Any] | None) -> dict[str, Any]:
        self.asked.append(f"{segment_id} for {person['id'] if person else 'the caller'}")
        if self.problem:
            raise self.problem
        if segment_id not in self.segments:
            raise NotFound("there is no such segment, or it is not yours to see")
        return self.segments[segment_id]

    def exchange_rates(self) -> Iterator[dict[str, Any]]:
        if self.problem:
            raise self.problem
        yield from self.rates


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOW)


@pytest.fixture
def directory() -> Directory:
    return Directory()


@pytest.fixture
def runtime(
    runtime_of: Any, clock: FixedClock, directory: Directory, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Runtime[Any]]:
    made = runtime_of("deals", DealsSettings, clock)
    monkeypatch.setattr(wiring, "runtime", lambda: made)
    monkeypatch.setattr(settings, "current", lambda: made.settings)
    monkeypatch.setattr(wiring, "clients", lambda: directory)
    monkeypatch.setattr(wiring, "segments", lambda _caller: directory)
    yield made
    for event in told(made):
        assert unlike(event.data, sample(event.type)["data"]) == [], event.type


@pytest.fixture
def deals(runtime: Runtime[Any]) -> Caller:
    """``deals.as_(JOHN).get_deal(…)``"""
    return Caller(DealsRpc, runtime)


@pytest.fixture
def hear(runtime: Runtime[Any]) -> Callable[..., None]:
    """``hear("invoice.paid", deal_id=…)``: the event reaches the worker."""

    def give(event_type: str, event_id: str | None = None, **changes: Any) -> None:
        deliver(runtime, TABLE, event_type, event_id, **changes)

    return give


@pytest.fixture
def new_deal(deals: Caller, directory: Directory) -> Callable[..., dict[str, Any]]:
    """``new_deal(stage="proposal")``: a deal of John's with a client of his."""

    def make(client_id: str | None = None, **data: Any) -> dict[str, Any]:
        client_id = client_id or directory.add(JOHN.id)
        given = {"deal_name": "Chatbot", "client_id": client_id, "deal_value_minor": 6_250_000} | data
        made: dict[str, Any] = deals.as_(ADMIN).create_deal(data={"owner_id": JOHN.id} | given)
        return made

    return make


@pytest.fixture
def stock(new_deal: Callable[..., dict[str, Any]], directory: Directory) -> list[dict[str, Any]]:
    """Twelve deals of two clients, some alike in what is sorted by."""
    clients = [directory.add(JOHN.id, label="Acme 100% Ltd"), directory.add(JESSICA.id, label="Bcme")]
    made = []
    for n in range(12):
        data = {
            "deal_name": f"{'Alpha' if n % 2 else 'beta'} {n // 4}",
            "deal_value_minor": None if n == 0 else n // 3 * 1_001,
            "currency": "JPY" if n % 4 == 3 else "USD",
            "stage": ["lead", "qualified", "won"][n % 3],
            "expected_close_date": None if n % 5 == 0 else f"2025-03-{n + 1:02d}",
            "tags": ["vip"] if n % 2 else [],
            "source": "referral" if n < 3 else "manual",
            "description": "about 50_percent" if n == 7 else None,
        }
        made.append(new_deal(clients[n % 2], **data))
    return made


@pytest.fixture
def submit(deals: Caller, directory: Directory) -> Callable[..., dict[str, Any]]:
    """``submit(timeline_weeks=3)``: a brief as the gateway plays it in."""

    def send(client_id: str | None = None, key: str | None = None, **changes: Any) -> dict[str, Any]:
        client_id = client_id or directory.add(JOHN.id)
        client = {
            "client_id": client_id,
            "company_name": "TechCorp",
            "owner_id": directory.known[client_id]["owner_id"],
            "contact_id": new_id(),
            "contact_name": "Sarah Johnson",
            "contact_email": "sarah@techcorp.com",
        }
        gateway = deals.as_(system("gateway"), key)
        made: dict[str, Any] = gateway.submit_brief(brief=BRIEF | changes, client=client, reference="ref-1")
        return made | client

    return send
