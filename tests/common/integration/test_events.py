"""Events: told with the row that changed, delivered at least once, applied once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import orjson
import psycopg
import pytest

from libs.common import dead_letters
from libs.common.events import EXCHANGE
from libs.common.ids import new_id
from libs.common.publisher import Outgoing, Publisher, PublishFailed
from libs.common.relay import Listener, Relay
from libs.common.topology import ServiceQueues
from tests.common.integration.bookshop import sell
from tests.support.waiting import eventually

Rows = Callable[..., list[Any]]


def sell_one(shop: Any, title: str) -> None:
    with shop.database.unit_of_work(shop.own_context()) as uow:
        sell(uow, new_id(), title)


def test_every_event_is_applied_once(shop: Any, rows: Rows, running: Any, relay: Relay, subscriber: Any) -> None:
    running(subscriber())
    running(relay)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: sell_one(shop, f"book {n % 10}"), range(200)))
    eventually(lambda: rows("SELECT sum(copies) AS n FROM stock")[0].n == 200)
    assert rows("SELECT count(*) AS n FROM outbox WHERE sent_at IS NULL")[0].n == 0


def test_a_rolled_back_change_tells_nothing(shop: Any, rows: Rows) -> None:
    with pytest.raises(Exception, match="may not be sold"):
        sell_one(shop, "forbidden")
    assert rows("SELECT * FROM outbox") == [] and rows("SELECT * FROM sales") == []


def test_a_row_that_commits_late_is_not_passed_over(
    shop: Any, rows: Rows, running: Any, relay: Relay, subscriber: Any
) -> None:
    running(subscriber())
    running(relay)
    with shop.database.unit_of_work(shop.own_context()) as slow:
        sell(slow, new_id(), "slow")  # holds the lower position, not committed
        sell_one(shop, "fast")
        eventually(lambda: rows("SELECT 1 FROM stock WHERE title = 'fast'"))
    eventually(lambda: rows("SELECT 1 FROM stock WHERE title = 'slow'"))


def test_a_repeated_delivery_changes_nothing(shop: Any, rows: Rows, running: Any, subscriber: Any) -> None:
    running(subscriber())
    sell_one(shop, "once")
    body = orjson.dumps(rows("SELECT envelope FROM outbox")[0].envelope)
    shop.publisher.publish([Outgoing(EXCHANGE, "book.sold", body, new_id()) for _ in range(20)])
    eventually(lambda: rows("SELECT 1 FROM stock"))
    queue_is_empty(shop.settings.amqp_url)
    assert [row.copies for row in rows("SELECT copies FROM stock")] == [1]


def test_a_failing_handler_is_tried_again_later(
    shop: Any, rows: Rows, running: Any, relay: Relay, subscriber: Any, monkeypatch: Any
) -> None:
    monkeypatch.setattr("libs.common.topology.RETRY_SECONDS", (1, 1))
    failures = iter([True, True])

    def on_book_sold_at_last(uow: Any, event: Any, envelope: Any) -> None:
        if next(failures, False):
            raise ValueError("not today")
        from tests.common.integration.bookshop import on_book_sold

        on_book_sold(uow, event, envelope)

    running(subscriber(on_book_sold_at_last))
    running(relay)
    sell_one(shop, "patient")
    eventually(lambda: rows("SELECT 1 FROM stock WHERE title = 'patient'"))
    assert rows("SELECT * FROM dead_letters") == []


def test_what_never_succeeds_becomes_a_dead_letter_and_can_be_replayed(
    shop: Any, rows: Rows, running: Any, relay: Relay, subscriber: Any, monkeypatch: Any
) -> None:
    monkeypatch.setattr("libs.common.topology.RETRY_SECONDS", (1,))
    broken = threading.Event()
    broken.set()

    def on_book_sold_maybe(uow: Any, event: Any, envelope: Any) -> None:
        if broken.is_set():
            raise ValueError("out of stock")
        from tests.common.integration.bookshop import on_book_sold

        on_book_sold(uow, event, envelope)

    running(subscriber(on_book_sold_maybe))
    running(relay)
    sell_one(shop, "doomed")
    eventually(lambda: rows("SELECT 1 FROM dead_letters"))
    letter = rows("SELECT id::text, error, attempts FROM dead_letters")[0]
    assert "out of stock" in letter.error and letter.attempts == 2
    assert rows("SELECT 1 FROM stock") == []
    broken.clear()
    with shop.database.unit_of_work(shop.own_context()) as uow:
        dead_letters.replay(uow.session, shop.publisher, letter.id)
    eventually(lambda: rows("SELECT 1 FROM stock WHERE title = 'doomed'"))


def test_a_message_of_the_wrong_shape_is_a_dead_letter_at_once(
    shop: Any, rows: Rows, running: Any, subscriber: Any
) -> None:
    running(subscriber())
    sell_one(shop, "shapeless")
    envelope = rows("SELECT envelope FROM outbox")[0].envelope
    wrong = orjson.dumps(envelope | {"id": new_id(), "data": {"title": "no copies"}})
    shop.publisher.publish([Outgoing(EXCHANGE, "book.sold", body, new_id()) for body in (b"not json", wrong)])
    eventually(lambda: len(rows("SELECT 1 FROM dead_letters")) == 2, seconds=4)
    errors = " ".join(row.error for row in rows("SELECT error FROM dead_letters"))
    assert "not an event envelope" in errors and "copies" in errors


def test_an_event_nobody_has_a_queue_for_waits_and_holds_up_no_other(
    shop: Any, rows: Rows, running: Any, relay: Relay, subscriber: Any
) -> None:
    running(subscriber())
    sell_one(shop, "heard")
    with psycopg.connect(shop.settings.database_url, autocommit=True) as connection:
        connection.execute("UPDATE outbox SET type = 'book.burned'")
    sell_one(shop, "sold")
    running(relay)
    eventually(lambda: rows("SELECT 1 FROM stock WHERE title = 'sold'"))
    assert [row.type for row in rows("SELECT type FROM outbox WHERE sent_at IS NULL")] == ["book.burned"]


def test_only_one_relay_is_active(shop: Any, rows: Rows, running: Any, subscriber: Any) -> None:
    running(subscriber())
    first = running(Relay(shop.settings.database_url, shop.settings.amqp_url, "bookshop"))
    sell_one(shop, "a")
    eventually(lambda: rows("SELECT 1 FROM stock WHERE title = 'a'"))
    second = running(Relay(shop.settings.database_url, shop.settings.amqp_url, "bookshop"))
    locks = "SELECT count(*) AS n FROM pg_locks WHERE locktype = 'advisory' AND granted AND database = "
    mine = "(SELECT oid FROM pg_database WHERE datname = current_database())"
    assert rows(locks + mine)[0].n == 1
    first.stop()
    sell_one(shop, "b")
    eventually(lambda: rows("SELECT 1 FROM stock WHERE title = 'b'"), seconds=10)
    assert second is not first


def test_a_notification_wakes_the_relay(shop: Any, running: Any) -> None:
    woken = threading.Event()
    running(Listener(shop.settings.database_url, {"outbox": woken}))

    def told() -> bool:
        sell_one(shop, "wake up")
        return woken.wait(0.2)

    eventually(told)


def test_a_publisher_survives_its_connection_and_says_what_was_refused(shop: Any, subscriber: Any) -> None:
    subscriber()
    publisher = Publisher(shop.settings.amqp_url, "test publisher")
    exchange, queue = ServiceQueues("bookshop").exchange, ServiceQueues("bookshop").events
    publisher.publish([Outgoing(exchange, queue, b"{}", f"m{n}") for n in range(500)])
    with pytest.raises(PublishFailed) as refused:
        publisher.publish(
            [Outgoing(exchange, "no such queue", b"{}", "lost"), Outgoing(exchange, queue, b"{}", "kept")]
        )
    assert refused.value.refused == {"lost"}
    publisher.close()
    publisher.publish([Outgoing(exchange, queue, b"{}", "again")])
    publisher.close()


def queue_is_empty(amqp_url: str) -> None:
    import pika

    from libs.common.publisher import parameters

    connection = pika.BlockingConnection(parameters(amqp_url, "look"))
    channel = connection.channel()

    def empty() -> bool:
        declared = channel.queue_declare(ServiceQueues("bookshop").events, passive=True)
        return bool(declared.method.message_count == 0)

    eventually(empty)
    connection.close()
