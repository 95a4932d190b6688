from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from sqlalchemy import text

from libs.common.migrate import mechanism
from libs.common.relay import Relay
from libs.common.runtime import Runtime
from libs.common.settings import ServiceSettings
from libs.common.subscriber import Subscriber, Subscription
from tests.common.integration import bookshop
from tests.conftest import settings_of
from tests.support.databases import Databases


@pytest.fixture
def shop(databases: Databases, amqp_url: str, tmp_path: Any) -> Iterator[Runtime[Any]]:
    """The runtime of a bookshop, on a database of its own."""
    url = databases.empty("bookshop")
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(mechanism(1))
        connection.execute(bookshop.SCHEMA)
    runtime = Runtime("bookshop", settings_of(ServiceSettings, "bookshop", url, amqp_url, tmp_path))
    yield runtime
    runtime.database.dispose()
    runtime.rpc.close()
    runtime.publisher.close()


@pytest.fixture
def rows(shop: Runtime[Any]) -> Callable[[str], list[Any]]:
    """``rows("SELECT …")`` on the shop's database."""

    def query(statement: str, **arguments: Any) -> list[Any]:
        with shop.database.read() as session:
            return list(session.execute(text(statement), arguments))

    return query


@pytest.fixture
def running() -> Iterator[Callable[..., Any]]:
    """``running(part)`` runs a part of a worker on a thread until the test ends."""
    started: list[tuple[Any, threading.Thread]] = []

    def run(part: Any) -> Any:
        thread = threading.Thread(target=part.run, daemon=True)
        thread.start()
        started.append((part, thread))
        return part

    yield run
    for part, _thread in started:
        part.stop()
    for _part, thread in started:
        thread.join(20)


@pytest.fixture
def relay(shop: Runtime[Any]) -> Relay:
    return Relay(shop.settings.database_url, shop.settings.amqp_url, "bookshop")


@pytest.fixture
def subscriber(shop: Runtime[Any]) -> Callable[..., Subscriber]:
    """A subscriber with queues of its own name, declared."""

    def make(handle: Any = bookshop.on_book_sold, name: str = "bookshop", threads: int = 4) -> Subscriber:
        table = [Subscription(bookshop.BookSold, handle)]
        made = Subscriber(name, shop.settings.amqp_url, shop.database, table, threads)
        made.declare()
        return made

    return make


@pytest.fixture(autouse=True)
def no_messages_left(amqp_url: str) -> Iterator[None]:
    """Queues are shared by the session: each test leaves them empty."""
    yield
    import pika

    from libs.common.publisher import parameters
    from libs.common.topology import RETRY_SECONDS, ServiceQueues

    connection = pika.BlockingConnection(parameters(amqp_url, "clean-up"))
    queues = ServiceQueues("bookshop")
    for name in (queues.events, queues.dead, *(queues.retry(n + 1) or "" for n in range(len(RETRY_SECONDS)))):
        channel = connection.channel()
        try:
            channel.queue_purge(name)
        except pika.exceptions.ChannelClosedByBroker:
            continue
    connection.close()
