"""Publishing with the broker's word that it has the message: many in flight, each confirmed."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import pika
from pika.channel import Channel

from libs.common.bus_identity import login_of
from libs.common.logging import get_logger

log = get_logger(__name__)


class PublishFailed(Exception):
    """The broker did not take a message, or could not be asked. ``refused`` holds the ones it gave back."""

    def __init__(self, reason: str, refused: frozenset[str] = frozenset()) -> None:
        super().__init__(reason)
        self.refused = refused


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message for the bus."""

    exchange: str
    routing_key: str
    body: bytes
    message_id: str
    headers: dict[str, Any] = field(default_factory=dict)
    mandatory: bool = True


def parameters(amqp_url: str, name: str) -> pika.URLParameters:
    """Connection parameters with short time limits; ``name`` shows in the broker's lists."""
    result = pika.URLParameters(amqp_url)
    result.heartbeat = 15
    result.blocked_connection_timeout = 15
    result.socket_timeout = 5
    result.stack_timeout = 8
    result.connection_attempts = 1
    result.client_properties = {"connection_name": name}
    return result


class _Batch:
    def __init__(self, messages: Sequence[Outgoing]) -> None:
        self.messages = messages
        self.done = threading.Event()
        self.unconfirmed: dict[int, str] = {}
        self.refused: set[str] = set()
        self.error: str | None = None

    def settle(self, error: str | None = None) -> None:
        self.error = self.error or error
        self.done.set()


class Publisher:
    """One connection that publishes batches; safe to use from several threads, which take turns.

    A failed batch closes the connection, and the next one opens another.
    """

    def __init__(self, amqp_url: str, name: str) -> None:
        self._url = amqp_url
        self._user = login_of(amqp_url)
        self._name = name
        self._turn = threading.Lock()
        self._connection: pika.SelectConnection | None = None
        self._thread: threading.Thread | None = None
        self._channel: Channel | None = None
        self._sequence = 0
        self._batch: _Batch | None = None

    def publish(self, messages: Sequence[Outgoing], timeout: float = 15.0) -> None:
        """Publish all and wait until the broker has confirmed each; PublishFailed otherwise.

        After a failure any of the messages may be out all the same: receivers tell repeats by message_id.
        """
        if not messages:
            return
        with self._turn:
            batch = _Batch(messages)
            try:
                connection = self._open(timeout)
                connection.ioloop.add_callback_threadsafe(partial(self._send, batch))
                if not batch.done.wait(timeout):
                    batch.error = "the broker did not confirm in time"
            except PublishFailed:
                self._close()
                raise
            if batch.error is not None:
                self._close()
                raise PublishFailed(batch.error)
            if batch.refused:
                raise PublishFailed("no queue is bound for a message", frozenset(batch.refused))

    def close(self) -> None:
        """Close the connection; a later publish opens another."""
        with self._turn:
            self._close()

    def _open(self, timeout: float) -> pika.SelectConnection:
        if self._connection is not None and self._channel is not None and self._channel.is_open:
            return self._connection
        self._close()
        ready = threading.Event()
        failure: list[str] = []

        def failed(_connection: Any, error: BaseException) -> None:
            failure.append(repr(error))
            ready.set()

        connection = pika.SelectConnection(
            parameters(self._url, self._name),
            on_open_callback=partial(self._on_connected, ready),
            on_open_error_callback=failed,
            on_close_callback=self._on_closed,
        )
        self._connection = connection
        self._thread = threading.Thread(target=connection.ioloop.start, name=self._name, daemon=True)
        self._thread.start()
        if not ready.wait(timeout) or failure or self._channel is None:
            raise PublishFailed(f"no connection to the broker: {failure[0] if failure else 'time-out'}")
        return connection

    def _on_connected(self, ready: threading.Event, connection: Any) -> None:
        connection.channel(on_open_callback=partial(self._on_channel, ready))

    def _on_channel(self, ready: threading.Event, channel: Channel) -> None:
        self._sequence = 0
        channel.add_on_return_callback(self._on_return)
        channel.add_on_close_callback(self._on_channel_closed)

        def confirmed(_frame: Any) -> None:
            self._channel = channel
            ready.set()

        channel.confirm_delivery(self._on_confirm, callback=confirmed)

    def _send(self, batch: _Batch) -> None:
        channel = self._channel
        if channel is None or not channel.is_open:
            batch.settle("the connection to the broker was lost")
            return
        self._batch = batch
        for message in batch.messages:
            self._sequence += 1
            batch.unconfirmed[self._sequence] = message.message_id
            properties = pika.BasicProperties(
                content_type="application/json",
                delivery_mode=2,
                message_id=message.message_id,
                headers=message.headers,
                # Compared with the connection's log-in by the broker: receivers know who sent this.
                user_id=self._user,
            )
            channel.basic_publish(
                message.exchange, message.routing_key, message.body, properties, mandatory=message.mandatory
            )

    def _on_return(self, _channel: Any, _method: Any, properties: Any, _body: bytes) -> None:
        # A return comes before the confirm of the same message.
        if self._batch is not None:
            self._batch.refused.add(properties.message_id)

    def _on_confirm(self, frame: Any) -> None:
        batch = self._batch
        if batch is None:
            return
        tag, method = frame.method.delivery_tag, frame.method
        tags = [each for each in batch.unconfirmed if each <= tag] if method.multiple else [tag]
        for each in tags:
            message_id = batch.unconfirmed.pop(each, None)
            if message_id is not None and isinstance(method, pika.spec.Basic.Nack):
                batch.refused.add(message_id)
        if not batch.unconfirmed:
            batch.settle()

    def _on_channel_closed(self, _channel: Any, error: BaseException) -> None:
        # The broker closes the channel over a message that this log-in may not publish.
        self._channel = None
        if self._batch is not None and not self._batch.done.is_set():
            self._batch.settle(f"the connection to the broker was lost: {error!r}")

    def _on_closed(self, connection: Any, error: BaseException) -> None:
        self._on_channel_closed(None, error)
        connection.ioloop.stop()

    def _close(self) -> None:
        connection, thread = self._connection, self._thread
        self._connection = self._thread = self._channel = self._batch = None
        if connection is None:
            return
        connection.ioloop.add_callback_threadsafe(partial(_shut, connection))
        if thread is not None:
            thread.join(5)


def _shut(connection: Any) -> None:
    if connection.is_open:
        connection.close()
    else:
        connection.ioloop.stop()
