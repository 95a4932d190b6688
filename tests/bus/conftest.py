"""The deals service as a target: its own processes, logged in as itself, on the test stack's broker."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from stack import bus_users
from stack.application import Options, Stack
from tests.conftest import state_folder
from tests.support.actors import jwks, private_jwk
from tests.support.databases import Databases
from tests.support.servers import ROOT, test_stack
from tests.support.waiting import eventually

LoginOf = Callable[[str], str]
_METRIC = re.compile(r"^(\w+)\{(.*)\} ([\d.e+]+)$", re.MULTILINE)
# The caller could not be verified: the method was not entered.
_NOT_EXECUTED = ("unauthorized",)


@pytest.fixture(scope="package")
def stack() -> Iterator[Stack]:
    """Servers of these tests' own: elsewhere in the session the whole CRM may run, and would take half the messages."""
    options = Options(fast=True, demo_data=False, say=print)
    with test_stack(state_folder("-bus"), options) as made:
        made.prepare()
        yield made


@pytest.fixture(scope="package")
def amqp_url(stack: Stack) -> str:
    return stack.infrastructure.urls.amqp


@pytest.fixture(scope="package")
def databases(stack: Stack) -> Databases:
    return Databases(stack.infrastructure.urls.postgres)


@pytest.fixture(scope="package")
def login_of(stack: Stack) -> LoginOf:
    """``login_of("billing")``: the AMQP URL with that service's own log-in."""
    urls = stack.infrastructure.urls
    if not urls.own_users:
        pytest.skip("the given broker has one user for all services")
    return lambda service: bus_users.service_url(urls.amqp, service, stack.credentials)


class Deals:
    """The rpc and the worker process of deals."""

    def __init__(self, database_url: str, ports: dict[str, int]) -> None:
        self.database_url = database_url
        self._ports = ports

    def metric(self, name: str, **labels: str) -> float:
        """The sum over both processes of a metric's values with these labels."""
        return sum(
            value for found, given, value in self._metrics() if found == name and labels.items() <= given.items()
        )

    def executions(self) -> float:
        """How many events were applied and methods entered, a process's pings of itself left out."""
        entered = [
            value
            for name, labels, value in self._metrics()
            if (
                name == "crm_rpc_seconds_count"
                and labels["method"] != "ping"
                and labels["outcome"] not in _NOT_EXECUTED
            )
            or name == "crm_events_handled_total"
        ]
        return sum(entered)

    def refusals(self) -> float:
        """How many messages were refused for their sender, for their shape, or for their actor's signature."""
        return self.metric("crm_bus_refusals_total") + self.metric("crm_rpc_seconds_count", outcome="unauthorized")

    def rows(self, statement: str) -> list[tuple[object, ...]]:
        with psycopg.connect(self.database_url, autocommit=True) as connection:
            return connection.execute(statement.encode()).fetchall()

    def is_well(self) -> bool:
        return all(self._answers(port) for port in self._ports.values())

    def _metrics(self) -> Iterator[tuple[str, dict[str, str], float]]:
        for port in self._ports.values():
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5) as answer:
                for name, labels, value in _METRIC.findall(answer.read().decode()):
                    yield name, dict(re.findall(r'(\w+)="([^"]*)"', labels)), float(value)

    def _answers(self, port: int) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/ready", timeout=5) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False


@contextmanager
def running_deals(databases: Databases, amqp_url: str, folder: Path) -> Iterator[Deals]:
    """Deals with this log-in, until the block ends."""
    ports = {process: free_port() for process in ("rpc", "worker")}
    url = databases.new("deals")
    environment = {
        "DATABASE_URL": url,
        "AMQP_URL": amqp_url,
        "ACTOR_JWKS": jwks(),
        "ACTOR_PRIVATE_KEY": private_jwk("deals"),
        "OBJECT_STORE_URL": (folder / "objects").as_uri(),
        "LINK_SECRET": "a secret for tests only",
        "LOG_LEVEL": "ERROR",
    }
    started = [
        subprocess.Popen(
            [sys.executable, "-m", "services.deals", process],
            env=os.environ | environment | {"HEALTH_PORT": str(port)},
            cwd=ROOT,
        )
        for process, port in ports.items()
    ]
    try:
        deals = Deals(url, ports)
        eventually(deals.is_well, seconds=60)
        eventually(lambda: deals.metric("crm_rpc_seconds_count", method="ping", outcome="ok") > 0, seconds=30)
        yield deals
    finally:
        for process in started:
            process.terminate()
        for process in started:
            process.wait(30)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


@pytest.fixture(scope="module")
def deals(databases: Databases, login_of: LoginOf, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deals]:
    """Deals as it runs: with a log-in of its own."""
    with running_deals(databases, login_of("deals"), tmp_path_factory.mktemp("deals")) as running:
        yield running
