from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator

import psycopg
import pytest

from libs.common import migrate
from libs.common.audit.plan import AuditPlan
from libs.common.database import Business, Database
from stack.application import Stack
from stack.databases import create_database, prepare_database, with_database
from tests.audit.logs import PLANS, Log


@pytest.fixture
def log_of(service_database: Callable[[str], str]) -> Iterator[Callable[[str], Log]]:
    """``log_of("clients")``: a migrated database of that service with its audit log."""
    made: list[Database] = []

    def make(service: str) -> Log:
        return Log(_opened(service_database(service), made), PLANS[service])

    yield make
    for database in made:
        database.dispose()


@pytest.fixture
def as_service(stack: Stack) -> Iterator[tuple[Log, str]]:
    """The log of clients as the service's own role sees it, and the admin's URL of the same database."""
    name, password, admin = f"t_role_{secrets.token_hex(4)}", secrets.token_hex(8), stack.infrastructure.urls.postgres
    with psycopg.connect(admin, autocommit=True) as server:
        create_database(server, name, password)
    with psycopg.connect(with_database(admin, name), autocommit=True) as database:
        prepare_database(database, name)
    host = admin.rpartition("@")[2].partition("/")[0]
    made: list[Database] = []
    url = f"postgresql://{name}:{password}@{host}/{name}"
    migrate.upgrade("clients", url.replace("postgresql://", "postgresql+psycopg://"))
    plan: AuditPlan = PLANS["clients"]
    yield Log(_opened(url, made), plan), with_database(admin, name)
    for each in made:
        each.dispose()


def _opened(url: str, made: list[Database]) -> Database:
    database = Database(url.replace("postgresql://", "postgresql+psycopg://", 1), Business("America/New_York", "USD"))
    made.append(database)
    return database
