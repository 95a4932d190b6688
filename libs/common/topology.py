"""Exchanges and queues of the event bus.

Every argument is explicit, so that RabbitMQ 3.10 to 4.x behave the same. A queue's name carries a version,
since RabbitMQ refuses to declare a queue again with other arguments.

A service reaches its own queues through an exchange of its own, never through the default exchange: who may
publish there reaches every queue of the broker.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from pika.adapters.blocking_connection import BlockingChannel, BlockingConnection
from pika.exceptions import ChannelClosedByBroker

from libs.common.events import EXCHANGE

RETRY_SECONDS = (5, 30, 300, 1800)
# Deliveries that ended in a crash count too: high enough that a few kills harm no healthy message.
_CRASH_LOOP_LIMIT = 50


@dataclass(frozen=True, slots=True)
class ServiceQueues:
    """The queues of one service."""

    service: str

    @property
    def exchange(self) -> str:
        """Where the service alone publishes: a routing key is the name of one of its queues."""
        return f"{self.service}.queues.v1"

    @property
    def events(self) -> str:
        return f"{self.service}.events.v2"

    @property
    def dead(self) -> str:
        return f"{self.service}.dead.v1"

    def retry(self, attempt: int) -> str | None:
        """Where a message waits after its failed attempt number ``attempt`` (from 1); None when it was the last."""
        return self._retry_name(RETRY_SECONDS[attempt - 1]) if attempt <= len(RETRY_SECONDS) else None

    def _retry_name(self, seconds: int) -> str:
        return f"{self.service}.retry.{seconds}s.v2"

    def declare(self, channel: BlockingChannel, event_types: Iterable[str], *, exchange_is_there: bool) -> None:
        """Declare the service's queues and bind the event types it reads.

        exchange_is_there: with a user of its own, a service may use the exchange of events and not make it.
        """
        channel.exchange_declare(EXCHANGE, exchange_type="topic", durable=True, passive=exchange_is_there)
        channel.exchange_declare(self.exchange, exchange_type="direct", durable=True)
        channel.queue_declare(self.dead, durable=True, arguments={"x-queue-type": "quorum"})
        channel.queue_declare(
            self.events,
            durable=True,
            arguments=self._at_least_once(self.dead) | {"x-delivery-limit": _CRASH_LOOP_LIMIT},
        )
        for seconds in RETRY_SECONDS:
            # The delay is the queue's, not the message's: a message's own would wait behind the head.
            channel.queue_declare(
                self._retry_name(seconds),
                durable=True,
                arguments=self._at_least_once(self.events) | {"x-message-ttl": seconds * 1000},
            )
        for name in (self.events, self.dead, *map(self._retry_name, RETRY_SECONDS)):
            channel.queue_bind(name, self.exchange, routing_key=name)
        for event_type in sorted(set(event_types)):
            channel.queue_bind(self.events, EXCHANGE, routing_key=event_type)

    def take_over(self, connection: BlockingConnection, user: str) -> None:
        """Move what waits in the queues of an older version into the present one, as ``user``, and delete them.

        Events come at the same time to both, once the present ones are bound; the inbox makes that harmless. Queues
        for retries come first: they end in the older queue of events.
        """
        for name in (*(self._older(f"retry.{seconds}s") for seconds in RETRY_SECONDS), self._older("events")):
            channel = connection.channel()
            try:
                channel.queue_declare(name, passive=True)
            except ChannelClosedByBroker:
                continue
            channel.confirm_delivery()
            self._move(channel, name, user)
            channel.queue_delete(name)

    def _move(self, channel: BlockingChannel, name: str, user: str) -> None:
        while True:
            method, properties, body = channel.basic_get(name)
            if method is None:
                return
            properties.user_id = user
            channel.basic_publish(self.exchange, self.events, body, properties, mandatory=True)
            channel.basic_ack(method.delivery_tag)

    def _older(self, part: str) -> str:
        return f"{self.service}.{part}.v1"

    def _at_least_once(self, dead_letter_queue: str) -> dict[str, Any]:
        return {
            "x-queue-type": "quorum",
            "x-dead-letter-exchange": self.exchange,
            "x-dead-letter-routing-key": dead_letter_queue,
            "x-dead-letter-strategy": "at-least-once",
            "x-overflow": "reject-publish",
        }
