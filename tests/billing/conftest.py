"""A billing service in this process: real database, fakes for what is outside."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from libs.common import settings as common_settings
from libs.common.clock import FixedClock
from services.billing import settings, wiring
from tests.billing.harness import Billing, environment
from tests.sandbox.conftest import Sandbox

NOON = datetime(2025, 2, 10, 17, 0, tzinfo=UTC)


@pytest.fixture
def clock() -> FixedClock:
    """Noon in New York on the day use case 4 is paid."""
    return FixedClock(NOON)


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """The settings of a billing process, read anew for each test."""
    for name, value in environment("postgresql://nobody@127.0.0.1:1/nothing", tmp_path).items():
        monkeypatch.setenv(name, value)
    _forget()
    yield
    _forget()


@pytest.fixture
def billing(
    service_database: Callable[[str], str], monkeypatch: pytest.MonkeyPatch, clock: FixedClock, tmp_path: Path
) -> Iterator[Billing]:
    monkeypatch.setenv("DATABASE_URL", service_database("billing"))
    _forget()
    made = Billing(settings.current(), clock)
    monkeypatch.setattr(wiring, "outside", lambda: made.outside)
    monkeypatch.setattr(wiring, "clients", lambda _caller: made.clients)
    monkeypatch.setattr(wiring, "deals", lambda _caller: made.deals)
    monkeypatch.setattr(wiring, "payments", lambda: made.outside.payments)
    monkeypatch.setattr(wiring, "documents", lambda: made.outside.documents)
    yield made
    made.runtime.database.dispose()


@pytest.fixture(scope="session")
def stripe_stand_in(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """Stripe's stand-in, whose messages nobody receives."""
    sandbox = Sandbox(tmp_path_factory.mktemp("stripe"), "http://127.0.0.1:9")
    sandbox.start()
    yield sandbox
    sandbox.stop()


def _forget() -> None:
    cached: list[Any] = [common_settings.load, wiring.runtime, wiring.payments, wiring.provider_events]
    for each in cached:
        if hasattr(each, "cache_clear"):
            each.cache_clear()
