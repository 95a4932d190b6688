"""Exchanges and queues of the event bus.

Every argument is explicit, so that RabbitMQ 3.10 to 4.x behave the same. A queue's name carries a version,
since RabbitMQ refuses to declare a queue again with other arguments.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from pika.adapters.blocking_connection import BlockingChannel

from libs.common.events import EXCHANGE

RETRY_SECONDS = (5, 30, 300, 1800)
# Deliveries that ended in a crash count too: high enough that a few kills harm no healthy message.
_CRASH_LOOP_LIMIT = 50


@dataclass(frozen=True, slots=True)
class ServiceQueues:
    """The queues of one service."""

    service: str

    @property
    def events(self) -> str:
        return f"{self.service}.events.v1"

    @property
    def dead(self) -> str:
        return f"{self.service}.dead.v1"

    def retry(self, attempt: int) -> str | None:
        """Where a message waits after its failed attempt number ``attempt`` (from 1); None when it was the last."""
        return self._retry_name(RETRY_SECONDS[attempt - 1]) if attempt <= len(RETRY_SECONDS) else None

    def _retry_name(self, seconds: int) -> str:
        return f"{self.service}.retry.{seconds}s.v1"

    def declare(self, channel: BlockingChannel, event_types: Iterable[str]) -> None:
        """Declare the exchange and the service's queues, and bind the event types it reads."""
        channel.exchange_declare(EXCHANGE, exchange_type="topic", durable=True)
        channel.queue_declare(self.dead, durable=True, arguments={"x-queue-type": "quorum"})
        channel.queue_declare(
            self.events,
            durable=True,
            arguments=_at_least_once(self.dead) | {"x-delivery-limit": _CRASH_LOOP_LIMIT},
        )
        for seconds in RETRY_SECONDS:
            # The delay is the queue's, not the message's: a message's own would wait behind the head.
            channel.queue_declare(
                self._retry_name(seconds),
                durable=True,
                arguments=_at_least_once(self.events) | {"x-message-ttl": seconds * 1000},
            )
        for event_type in sorted(set(event_types)):
            channel.queue_bind(self.events, EXCHANGE, routing_key=event_type)


def _at_least_once(dead_letter_queue: str) -> dict[str, Any]:
    return {
        "x-queue-type": "quorum",
        "x-dead-letter-exchange": "",
        "x-dead-letter-routing-key": dead_letter_queue,
        "x-dead-letter-strategy": "at-least-once",
        "x-overflow": "reject-publish",
    }
