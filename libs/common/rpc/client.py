"""The RPC client: nameko's wire protocol over py-amqp, for threads, workers and rpc processes alike.

Each connection is used by one call at a time and has an exclusive reply queue that goes with it. A connection
is thrown away on any doubt, so that no late answer can be taken for another call's.
"""

from __future__ import annotations

import select
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote, urlsplit

import amqp
import orjson

from libs.common.bus_identity import Guard, Refused, login_of
from libs.common.context import Context
from libs.common.identity import Signer
from libs.common.ids import new_id
from libs.common.logging import get_logger
from libs.common.problems import DeadlineExceeded, Problem, Unavailable, from_document
from libs.common.rpc import wire

log = get_logger(__name__)

DEFAULT_SECONDS = 10.0
_IDLE_CONNECTIONS = 32
_OFF_THE_WIRE = (amqp.exceptions.AMQPError, OSError)


@dataclass(frozen=True, slots=True)
class Call:
    """One question: ``service.method(**arguments)``."""

    service: str
    method: str
    arguments: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.service}.{self.method}"


class RpcClient:
    """Calls other services. Raises the problem they answered with, Unavailable where no answer came."""

    def __init__(self, amqp_url: str, signer: Signer, name: str) -> None:
        self._url = amqp_url
        self._signer = signer
        self._name = name
        self._idle: list[_Connection] = []
        self._lock = threading.Lock()

    def call(
        self,
        context: Context,
        service: str,
        method: str,
        *,
        seconds: float = DEFAULT_SECONDS,
        **arguments: Any,
    ) -> Any:
        """Ask one service and wait for its answer, at most ``seconds`` or until the context's deadline."""
        answer = self.call_many(context, [Call(service, method, arguments)], seconds=seconds)[0]
        if isinstance(answer, Problem):
            raise answer
        return answer

    def call_many(self, context: Context, calls: Sequence[Call], *, seconds: float = DEFAULT_SECONDS) -> list[Any]:
        """Ask several at once; each place in the answer holds a result or the Problem that stands for it."""
        deadline = time.time() + context.remaining(seconds)
        headers = self._headers(context, deadline)
        try:
            connection = self._take(deadline)
        except _OFF_THE_WIRE:
            return [Unavailable(f"{call.service} could not be asked: the message broker is down") for call in calls]
        try:
            answers = connection.ask(calls, headers, deadline)
        except _OFF_THE_WIRE:
            connection.discard()
            return [Unavailable(f"{call.service} did not answer: the message broker was lost") for call in calls]
        except BaseException:
            connection.discard()
            raise
        if any(isinstance(answer, DeadlineExceeded) for answer in answers):
            connection.discard()  # a late answer may still come to its queue
        else:
            self._give_back(connection)
        return answers

    def close(self) -> None:
        """Close the idle connections."""
        with self._lock:
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.discard()

    def _headers(self, context: Context, deadline: float) -> dict[str, Any]:
        return wire.headers(
            {
                "call_id_stack": [self._name],
                wire.ACTOR: context.token or self._signer.sign(context.actor),
                wire.CORRELATION: context.correlation_id,
                wire.CAUSATION: context.causation_id,
                wire.KEY: context.idempotency_key,
                wire.DEADLINE: str(deadline),
                wire.ADDRESS: context.address,
            }
        )

    def _take(self, deadline: float) -> _Connection:
        while True:
            with self._lock:
                connection = self._idle.pop() if self._idle else None
            if connection is None:
                return _Connection(self._url, self._name, min(3.0, max(0.1, deadline - time.time())))
            if connection.is_quiet():
                return connection
            connection.discard()

    def _give_back(self, connection: _Connection) -> None:
        with self._lock:
            if len(self._idle) < _IDLE_CONNECTIONS:
                self._idle.append(connection)
                return
        connection.discard()


class _Connection:
    """One connection with its reply queue."""

    def __init__(self, url: str, name: str, seconds: float) -> None:
        address = urlsplit(url)
        self._amqp = amqp.Connection(
            host=f"{address.hostname}:{address.port or 5672}",
            userid=unquote(address.username or "guest"),
            password=unquote(address.password or "guest"),
            virtual_host=unquote(address.path[1:]) or "/",
            connect_timeout=seconds,
            read_timeout=seconds,
            write_timeout=5,
            client_properties={"connection_name": f"{name} rpc client"},
        )
        self._user, self._guard = login_of(url), Guard(url)
        self._answers: dict[str, Any] = {}
        self._asked: dict[str, str] = {}
        try:
            self._amqp.connect()
            self._open_channel()
        except BaseException:
            self.discard()
            raise

    def _open_channel(self) -> None:
        self._channel = self._amqp.channel()
        self._reply_to = wire.reply_prefix(self._guard.service or "shared") + new_id()
        # With a user of its own, a service may use the exchange of calls and not make it.
        there = self._guard.is_on
        self._channel.exchange_declare(wire.EXCHANGE, "topic", durable=True, auto_delete=False, passive=there)
        self._channel.queue_declare(self._reply_to, exclusive=True, auto_delete=True, durable=False)
        self._channel.queue_bind(self._reply_to, wire.EXCHANGE, self._reply_to)
        self._channel.basic_consume(self._reply_to, no_ack=True, callback=self._on_reply)
        self._channel.events["basic_return"].add(self._on_return)

    def is_quiet(self) -> bool:
        """Whether nothing waits to be read: a broker that closed the connection would have said so."""
        transport = self._amqp.transport
        if not self._amqp.connected or transport is None or transport.sock is None:
            return False
        try:
            readable, _, _ = select.select([transport.sock], [], [], 0)
        except (OSError, ValueError):
            return False
        return not readable

    def ask(self, calls: Sequence[Call], headers: dict[str, Any], deadline: float) -> list[Any]:
        self._answers.clear()
        self._asked.clear()
        ids = [self._send(call, headers, deadline) for call in calls]
        while any(each not in self._answers for each in ids):
            left = deadline - time.time()
            if left <= 0:
                break
            try:
                self._amqp.drain_events(timeout=left)
            except TimeoutError:
                break
        return [
            self._answers[each] if each in self._answers else _late(call) for each, call in zip(ids, calls, strict=True)
        ]

    def _send(self, call: Call, headers: dict[str, Any], deadline: float) -> str:
        correlation_id = new_id()
        if not self._guard.may_call(call.service, call.method):
            log.error("the table of the bus does not let this service make a call", call=str(call))
            self._answers[correlation_id] = Problem(f"this service may not call {call}")
            return correlation_id
        self._asked[correlation_id] = call.service
        message = amqp.Message(
            orjson.dumps({"args": [], "kwargs": dict(call.arguments)}).decode(),
            content_type="application/json",
            content_encoding="utf-8",
            correlation_id=correlation_id,
            reply_to=self._reply_to,
            user_id=self._user,
            # A lost question is only a time-out to its caller, so it need not touch the broker's disk.
            delivery_mode=1,
            expiration=str(max(1, int((deadline - time.time()) * 1000))),
            application_headers=headers,
        )
        self._channel.basic_publish(message, wire.EXCHANGE, str(call), mandatory=True)
        return correlation_id

    def _on_reply(self, message: Any) -> None:
        correlation_id = message.properties.get("correlation_id")
        try:
            self._guard.check_answer(message.properties.get("user_id"), self._asked.get(correlation_id, "nobody"))
        except Refused:
            return
        self._answers[correlation_id] = _result(orjson.loads(message.body))

    def _on_return(self, _exception: Any, _exchange: Any, routing_key: str, message: Any) -> None:
        service = routing_key.split(".", maxsplit=1)[0]
        self._answers[message.properties["correlation_id"]] = Unavailable(f"{service} is not running")

    def discard(self) -> None:
        try:
            self._amqp.collect()
        except _OFF_THE_WIRE:
            return


def _result(reply: dict[str, Any]) -> Any:
    error = reply.get("error")
    if not error:
        return reply.get("result")
    if error["exc_type"] == wire.PROBLEM:
        return from_document(orjson.loads(error["exc_args"][0]))
    if error["exc_type"] in ("MethodNotFound", "IncorrectSignature", "MalformedRequest"):
        return Problem(f"{error['exc_type']}: {error['value']}")
    return Problem("a service met an error it did not expect; its log has the details")


def _late(call: Call) -> DeadlineExceeded:
    return DeadlineExceeded(f"{call.service} did not answer in time; sending this again with its key is safe")
