"""The mechanism with a service's own log-in: events, retries, dead letters and calls work with the least rights."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any, ClassVar

import pika
import psycopg
import pytest

from libs.common import dead_letters
from libs.common.context import Context
from libs.common.events import Event
from libs.common.ids import new_id
from libs.common.migrate import mechanism
from libs.common.problems import Conflict, Unavailable
from libs.common.publisher import Outgoing, PublishFailed, parameters
from libs.common.relay import Relay
from libs.common.rpc.client import RpcClient
from libs.common.runtime import Runtime
from libs.common.settings import ServiceSettings
from libs.common.subscriber import Subscriber, Subscription
from libs.common.topology import ServiceQueues
from tests.bus.conftest import LoginOf
from tests.bus.forgeries import EVENTS, event, forger
from tests.conftest import settings_of
from tests.support.actors import system
from tests.support.databases import Databases
from tests.support.waiting import eventually


class BriefSubmitted(Event):
    event_type: ClassVar[str] = "brief.submitted"

    brief_id: str


class DealAnalyzed(Event):
    event_type: ClassVar[str] = "deal.analyzed"

    deal_id: str


class BookSold(Event):
    event_type: ClassVar[str] = "book.sold"

    deal_id: str


class Row:
    id = "01920000-0000-7000-8000-0000000000d1"
    version = 1


@pytest.fixture
def ai(databases: Databases, login_of: LoginOf, amqp_url: str, tmp_path: Any) -> Iterator[Runtime[Any]]:
    """The runtime of ai, on a database with nothing but the mechanism, and with nothing left in its queues."""
    with forger(amqp_url, "crm") as administrator:
        for name in (ServiceQueues("ai").events, ServiceQueues("ai").dead):
            administrator.channel.queue_delete(name)
    url = databases.empty("ai")
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(mechanism(1))
    runtime = Runtime("ai", settings_of(ServiceSettings, "ai", url, login_of("ai"), tmp_path))
    yield runtime
    runtime.database.dispose()
    runtime.publisher.close()


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
def listening(ai: Runtime[Any], running: Any) -> Callable[[Callable[..., None]], None]:
    """``listening(handle)``: ai applies briefs with this handler."""

    def listen(handle: Callable[..., None]) -> None:
        table = [Subscription(BriefSubmitted, handle)]
        made = Subscriber("ai", ai.settings.amqp_url, ai.database, table)
        made.declare()
        running(made)
        assert made.connected.wait(10)

    return listen


def letters(ai: Runtime[Any]) -> list[dict[str, Any]]:
    with ai.database.read() as session:
        return dead_letters.listed(session)


def test_an_event_is_tried_again_and_then_replayed(
    ai: Runtime[Any], login_of: LoginOf, listening: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its publisher is checked when it first comes; a retry and a replay are the service's own."""
    monkeypatch.setattr("libs.common.topology.RETRY_SECONDS", (1,))
    tries, mended = [], threading.Event()

    def on_brief(_uow: Any, event: BriefSubmitted, _envelope: Any) -> None:
        tries.append(event.brief_id)
        if not mended.is_set():
            raise ValueError("not yet")

    listening(on_brief)
    with forger(login_of("deals"), "deals") as deals:
        deals.publish(EVENTS, "brief.submitted", event("brief.submitted", publisher="deals"))
    [letter] = eventually(lambda: letters(ai))
    assert len(tries) == 2 and "not yet" in letter["error"]
    mended.set()
    with ai.database.unit_of_work(ai.own_context()) as uow:
        dead_letters.replay(uow.session, ai.publisher, letter["id"])
    eventually(lambda: len(tries) == 3)


def test_a_foreign_event_is_not_given_to_the_handler_and_not_replayed(
    ai: Runtime[Any], login_of: LoginOf, listening: Any
) -> None:
    tries: list[str] = []

    def on_brief(_uow: Any, event: BriefSubmitted, _envelope: Any) -> None:
        tries.append(event.brief_id)

    listening(on_brief)
    with forger(login_of("clients"), "clients") as clients:
        clients.publish(EVENTS, "client.access_changed", b"{}", headers={"CC": ["brief.submitted"]})
        clients.publish(
            EVENTS, "contact.created", event("brief.submitted"), headers={"CC": ["brief.submitted"], "x-attempt": 3}
        )
    eventually(lambda: len(letters(ai)) == 2)
    refused = next(each for each in letters(ai) if each["error"].startswith(dead_letters.REFUSED))
    with pytest.raises(Conflict), ai.database.unit_of_work(ai.own_context()) as uow:
        dead_letters.replay(uow.session, ai.publisher, refused["id"])
    assert tries == []


def test_events_carry_their_publisher_and_one_that_may_not_be_told_holds_up_no_other(
    ai: Runtime[Any], running: Any, amqp_url: str
) -> None:
    connection = pika.BlockingConnection(parameters(amqp_url, "reader"))
    channel = connection.channel()
    queue = channel.queue_declare("", exclusive=True).method.queue
    channel.queue_bind(queue, EVENTS, "#")
    with ai.database.unit_of_work(ai.own_context()) as uow:
        uow.outbox.add(BookSold(deal_id=Row.id), of=Row())
        uow.outbox.add(DealAnalyzed(deal_id=Row.id), of=Row())
    running(Relay(ai.settings.database_url, ai.settings.amqp_url, "ai"))
    method, properties, body = eventually(lambda: _got(channel, queue))
    assert (method.routing_key, properties.user_id) == ("deal.analyzed", "crm_ai")
    assert json.loads(body)["publisher"] == "ai"
    assert _got(channel, queue) is None
    connection.close()


def _got(channel: Any, queue: str) -> Any:
    found = channel.basic_get(queue, auto_ack=True)
    return found if found[0] is not None else None


def test_what_waits_in_the_queues_of_an_older_version_is_not_lost(
    ai: Runtime[Any], amqp_url: str, listening: Any
) -> None:
    connection = pika.BlockingConnection(parameters(amqp_url, "older version"))
    channel = connection.channel()
    older = ("ai.retry.5s.v1", "ai.events.v1")
    for name in older:
        channel.queue_declare(name, durable=True, arguments={"x-queue-type": "quorum"})
        channel.basic_publish("", name, event("brief.submitted"))
    tries: list[str] = []
    listening(lambda _uow, event, _envelope: tries.append(event.brief_id))
    eventually(lambda: len(tries) == 2)
    for name in older:
        with pytest.raises(pika.exceptions.ChannelClosedByBroker):
            connection.channel().queue_declare(name, passive=True)
    connection.close()


def test_a_call_to_nobody_says_so(ai: Runtime[Any], login_of: LoginOf, amqp_url: str) -> None:
    """Calls are mandatory: with the callee's queue gone the broker gives them back at once."""
    with forger(amqp_url, "crm") as administrator:
        administrator.channel.queue_delete("rpc-ai")
    client = RpcClient(login_of("ai"), ai.signer, "ai")
    with pytest.raises(Unavailable, match="ai is not running"):
        client.call(Context(actor=system("ai"), idempotency_key=new_id()), "ai", "ping")
    client.close()


def test_a_publisher_is_told_at_once_what_it_may_not_and_goes_on(ai: Runtime[Any]) -> None:
    forbidden, allowed = (
        Outgoing(EVENTS, key, b"{}", new_id(), mandatory=False) for key in ("deal.won", "deal.analyzed")
    )
    started = time.monotonic()
    with pytest.raises(PublishFailed, match="ACCESS_REFUSED"):
        ai.publisher.publish([forbidden])
    assert time.monotonic() - started < 10
    ai.publisher.publish([allowed])
