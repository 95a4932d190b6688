"""Fixtures of all tests: one set of servers a session, databases of their own a test."""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

from libs.common.runtime import Runtime
from libs.common.settings import ServiceSettings
from stack.application import Options, Stack
from tests.support.actors import jwks, private_jwk
from tests.support.databases import Databases
from tests.support.servers import ROOT, test_stack

# A broker that is not up yet is no news, and pika says so in a page.
logging.getLogger("pika").setLevel(logging.CRITICAL)


# They share one stack, which only one process of the tests should have to bring up.
_WHOLE_STACK = ("tests/browser/", "tests/e2e/", "tests/faults/", "tests/rights/")
# One test that takes a fifth of the time of all those: it is worth a stack of its own where a process is free for it.
_ALONE = "tests/e2e/test_api_fuzz.py"


class _ByStack(LoadScopeScheduling):  # type: ignore[misc]  # xdist has no types
    """Where several processes share the tests: all that drive the whole stack go to one of them, others by file."""

    def _split_scope(self, nodeid: str) -> str:
        of_stack = nodeid.startswith(_WHOLE_STACK) and not nodeid.startswith(_ALONE)
        return "whole stack" if of_stack else nodeid.partition("::")[0]

    def _assign_work_unit(self, node: Any) -> None:
        # By the number of its tests it would come last, when the other processes have nothing left to do beside it.
        if _ALONE in self.workqueue and "whole stack" not in self.workqueue:
            self.workqueue.move_to_end(_ALONE, last=False)
        super()._assign_work_unit(node)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling:
    return _ByStack(config, log)


# Made anew by each process: an id, an instant, a signature.
_FLEETING = (
    (re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}\b"), "id"),
    (re.compile(r"\b1[78]\d{8}\b"), "instant"),
    (re.compile(r"[0-9a-f]{63,}"), "signature"),
)


def pytest_make_parametrize_id(config: pytest.Config, val: object) -> str | None:
    """Tests have the same names in every process."""
    if not isinstance(val, str):
        return None
    name = val
    for pattern, word in _FLEETING:
        name = pattern.sub(word, name)
    return name.encode("unicode_escape").decode() if name != val else None


def state_folder(suffix: str = "") -> Path:
    """Where this process of the tests keeps its servers."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    name = os.environ.get("CRM_TEST_STATE", "var/test") + (f"-{worker}" if worker else "")
    return ROOT / (name + suffix)


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    """The test stack, with PostgreSQL and RabbitMQ running and no process of the CRM."""
    # A test does not wait a minute for the look at the sessions of open streams.
    options = Options(fast=True, demo_data=False, say=print, settings={"LIVE_CHECK_SECONDS": "1"})
    with test_stack(state_folder(), options) as made:
        made.prepare()
        yield made


@pytest.fixture(scope="session")
def amqp_url(stack: Stack) -> str:
    return stack.infrastructure.urls.amqp


@pytest.fixture(scope="session")
def databases(stack: Stack) -> Iterator[Databases]:
    made = Databases(stack.infrastructure.urls.postgres)
    yield made
    made.close()


@pytest.fixture
def service_database(databases: Databases) -> Iterator[Callable[[str], str]]:
    """``service_database("billing")``: the URL of a fresh, migrated database."""
    made: list[str] = []

    def new(service: str) -> str:
        made.append(databases.new(service))
        return made[-1]

    yield new
    for url in made:
        databases.drop(url)


def settings_of(
    kind: type[ServiceSettings], service: str, database_url: str, amqp_url: str, folder: Path, **more: Any
) -> ServiceSettings:
    """Settings of a service for a test."""
    return kind(
        database_url=database_url,
        amqp_url=amqp_url,
        actor_jwks=jwks(),
        actor_private_key=private_jwk(service),
        object_store_url=(folder / "objects").as_uri(),
        link_secret="a secret for tests only",
        **more,
    )


@pytest.fixture
def runtime_of(
    service_database: Callable[[str], str], amqp_url: str, tmp_path: Path
) -> Iterator[Callable[..., Runtime[Any]]]:
    """``runtime_of("billing", BillingSettings, clock=…, …)``: a runtime on a fresh database."""
    made: list[Runtime[Any]] = []

    def make(service: str, kind: type[ServiceSettings], clock: Any = None, **more: Any) -> Runtime[Any]:
        settings = settings_of(kind, service, service_database(service), amqp_url, tmp_path, **more)
        runtime = Runtime(service, settings, clock) if clock else Runtime(service, settings)
        made.append(runtime)
        return runtime

    yield make
    for runtime in made:
        runtime.database.dispose()
