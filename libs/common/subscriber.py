"""The subscriber: takes a service's events from its queue and applies each once.

pika's connection lives on one thread; handlers run on others, and a message is acknowledged only after its
effect is committed. Events of one aggregate go to one handler thread, which keeps their order in this process.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any

from pika.adapters.blocking_connection import BlockingChannel, BlockingConnection
from pika.exceptions import AMQPError

from libs.common import inbox
from libs.common.bus_identity import Guard, Refused, login_of, user_of
from libs.common.context import Context
from libs.common.database import Database, UnitOfWork, is_outage
from libs.common.dead_letters import REFUSED, keep
from libs.common.events import Envelope, Event, SchemaError
from libs.common.identity import system_actor
from libs.common.logging import get_logger
from libs.common.publisher import Outgoing, Publisher, PublishFailed, parameters
from libs.common.telemetry import EVENTS_HANDLED
from libs.common.topology import ServiceQueues

log = get_logger(__name__)

_ATTEMPT_HEADER = "x-attempt"
_ERROR_HEADER = "x-error"
_OUTAGE_PATIENCE_SECONDS = 45.0


@dataclass(frozen=True, slots=True)
class Subscription:
    """``handle(uow, event, envelope)`` is called once for each event of the type, in its own transaction."""

    event: type[Event]
    handle: Callable[[UnitOfWork, Any, Envelope], None]

    @property
    def consumer(self) -> str:
        return self.handle.__name__


@dataclass(frozen=True, slots=True)
class _Delivery:
    channel: BlockingChannel
    tag: int
    body: bytes
    headers: dict[str, Any]
    received_at: datetime
    exchange: str
    user: str | None

    @property
    def attempt(self) -> int:
        return int(self.headers.get(_ATTEMPT_HEADER, 0)) + 1


class Subscriber:
    """Consumes until told to stop; reconnects for ever."""

    def __init__(
        self,
        service: str,
        amqp_url: str,
        database: Database,
        subscriptions: Sequence[Subscription],
        threads: int = 4,
    ) -> None:
        self._service = service
        self._url = amqp_url
        self._database = database
        self._by_type: dict[str, list[Subscription]] = {}
        for subscription in subscriptions:
            self._by_type.setdefault(subscription.event.event_type, []).append(subscription)
        self._queues = ServiceQueues(service)
        self._guard = Guard(amqp_url)
        self._publisher = Publisher(amqp_url, f"{service} retries")
        self._stop = threading.Event()
        self._slots: list[queue.SimpleQueue[tuple[_Delivery, bool] | None]] = [
            queue.SimpleQueue() for _ in range(threads)
        ]
        self._connection: BlockingConnection | None = None
        self.connected = threading.Event()

    def declare(self) -> None:
        """Declare the service's queues and bindings once, so that no event is published before they are there; what an
        older version left in its queues moves over."""
        connection = BlockingConnection(parameters(self._url, f"{self._service} topology"))
        try:
            self._queues.declare(connection.channel(), self._by_type, exchange_is_there=self._guard.is_on)
            self._queues.take_over(connection, login_of(self._url))
        finally:
            connection.close()

    def run(self) -> None:
        workers = [threading.Thread(target=self._work, args=(slot,), daemon=True) for slot in self._slots]
        for worker in workers:
            worker.start()
        while not self._stop.is_set():
            try:
                self._consume()
            except (AMQPError, OSError) as error:
                log.warning("subscriber waits for the broker", error=repr(error))
                self._stop.wait(1.0)
            finally:
                self.connected.clear()
        for slot in self._slots:
            slot.put(None)
        for worker in workers:
            worker.join(20)
        self._publisher.close()

    def stop(self) -> None:
        self._stop.set()

    def _consume(self) -> None:
        connection = BlockingConnection(parameters(self._url, f"{self._service} subscriber"))
        self._connection = connection
        try:
            channel = connection.channel()
            self._queues.declare(channel, self._by_type, exchange_is_there=self._guard.is_on)
            channel.basic_qos(prefetch_count=len(self._slots) * 8)
            channel.basic_consume(self._queues.events, partial(self._receive, False))
            channel.basic_consume(self._queues.dead, partial(self._receive, True))
            self.connected.set()
            while not self._stop.is_set():
                connection.process_data_events(time_limit=0.5)
            self._drain(connection)
        finally:
            if connection.is_open:
                connection.close()

    def _drain(self, connection: BlockingConnection) -> None:
        """Let the handlers finish what they hold, and acknowledge it; the rest goes back to the queue."""
        for slot in self._slots:
            slot.put(None)
        end = time.monotonic() + 5
        while time.monotonic() < end and any(not slot.empty() for slot in self._slots):
            connection.process_data_events(time_limit=0.1)
        connection.process_data_events(time_limit=0.2)

    def _receive(self, dead: bool, channel: Any, method: Any, properties: Any, body: bytes) -> None:
        headers = dict(properties.headers or {})
        delivery = _Delivery(
            channel, method.delivery_tag, body, headers, datetime.now(UTC), method.exchange, properties.user_id
        )
        key = str(headers.get("aggregate_id") or properties.message_id)
        self._slots[hash(key) % len(self._slots)].put((delivery, dead))

    def _work(self, slot: queue.SimpleQueue[tuple[_Delivery, bool] | None]) -> None:
        while (item := slot.get()) is not None:
            delivery, dead = item
            try:
                if dead:
                    self._bury(delivery)
                else:
                    self._deliver(delivery)
            except Exception:  # The message is neither lost nor acknowledged: the broker gives it again.
                log.exception("a delivery could not be settled")
                self._settle(delivery, accept=False)

    def _deliver(self, delivery: _Delivery) -> None:
        try:
            envelope = Envelope.parse(delivery.body)
            self._check_sender(delivery, envelope)
            for subscription in self._by_type.get(envelope.type, []):
                self._apply(subscription, envelope, delivery)
        except SchemaError as error:
            self._send_on(delivery, self._queues.dead, str(error))
        except Refused as error:
            self._send_on(delivery, self._queues.dead, f"{REFUSED}{error}", counts=False)
        except Exception as error:
            if is_outage(error):
                self._send_on(delivery, self._queues.retry(1) or self._queues.dead, repr(error), counts=False)
                return
            log.exception("an event handler failed", attempt=delivery.attempt)
            self._send_on(delivery, self._queues.retry(delivery.attempt) or self._queues.dead, repr(error))
        else:
            self._settle(delivery)

    def _check_sender(self, delivery: _Delivery, envelope: Envelope) -> None:
        # Retries and replays are this service's own, on the exchange that only it publishes to; each was checked
        # when it first came.
        if delivery.exchange == self._queues.exchange and delivery.user == user_of(self._service):
            return
        self._guard.check_event(delivery.user, envelope.type, envelope.publisher)

    def _apply(self, subscription: Subscription, envelope: Envelope, delivery: _Delivery) -> None:
        """Apply the event once, waiting out a database that restarts."""
        event: Event = envelope.read(subscription.event)
        context = Context(
            actor=system_actor(self._service),
            correlation_id=envelope.correlation_id,
            causation_id=envelope.id,
        )
        end = time.monotonic() + _OUTAGE_PATIENCE_SECONDS
        while True:
            try:
                with self._database.unit_of_work(context) as uow:
                    if inbox.first_time(uow.session, subscription.consumer, envelope, delivery.received_at):
                        subscription.handle(uow, event, envelope)
                EVENTS_HANDLED.labels(self._service, envelope.type).inc()
                return
            except Exception as error:
                if not is_outage(error) or time.monotonic() > end or self._stop.is_set():
                    raise
                self._stop.wait(0.5)

    def _send_on(self, delivery: _Delivery, target: str, error: str, *, counts: bool = True) -> None:
        """Move a message to another queue, and only then let go of it here."""
        headers = delivery.headers | {
            _ATTEMPT_HEADER: delivery.attempt if counts else delivery.attempt - 1,
            _ERROR_HEADER: error[:2000],
        }
        message_id = str(headers.get("aggregate_id", "")) + str(delivery.tag)
        message = Outgoing(self._queues.exchange, target, delivery.body, message_id, headers)
        while not self._stop.is_set():
            try:
                self._publisher.publish([message])
                break
            except PublishFailed:
                self._stop.wait(1.0)
        else:
            self._settle(delivery, accept=False)
            return
        self._settle(delivery)

    def _bury(self, delivery: _Delivery) -> None:
        error = str(delivery.headers.get(_ERROR_HEADER) or "the worker died in every attempt")
        with self._database.unit_of_work(Context(actor=system_actor(self._service))) as uow:
            keep(uow.session, self._queues.events, delivery.body, error, delivery.attempt - 1)
        log.error("an event became a dead letter", error=error)
        self._settle(delivery)

    def _settle(self, delivery: _Delivery, *, accept: bool = True) -> None:
        connection = self._connection
        if connection is None or not connection.is_open:
            return
        try:
            connection.add_callback_threadsafe(partial(_answer, delivery, accept))
        except AMQPError:
            return  # The channel went away with its deliveries; the broker gives them again.


def _answer(delivery: _Delivery, accept: bool) -> None:
    if not delivery.channel.is_open:
        return
    if accept:
        delivery.channel.basic_ack(delivery.tag)
    else:
        delivery.channel.basic_nack(delivery.tag, requeue=True)
