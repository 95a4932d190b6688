"""How a call comes in from the bus: nameko's RPC entrypoint, with senders checked before any method runs."""

from __future__ import annotations

import sys
from typing import Any

import orjson
from nameko.amqp.publish import Publisher
from nameko.messaging import QueueConsumer
from nameko.rpc import Responder, Rpc, RpcConsumer

from libs.common.bus_identity import Guard, Refused, login_of, service_of
from libs.common.bus_table import callers_of
from libs.common.logging import get_logger
from libs.common.problems import Forbidden, Unauthorized
from libs.common.rpc import wire
from libs.common.telemetry import BUS_REFUSALS

log = get_logger(__name__)


class _TransientPublisher(Publisher):  # type: ignore[misc]  # nameko has no types
    """Answers need neither disk nor confirm: a lost one is a time-out to its caller. They name their sender."""

    use_confirms = False
    delivery_mode = 1

    def publish(self, payload: Any, **arguments: Any) -> None:
        super().publish(payload, user_id=login_of(self.amqp_uri), **arguments)


Responder.publisher_cls = _TransientPublisher


class _TolerantConsumer(QueueConsumer):  # type: ignore[misc]  # nameko has no types
    """A body that cannot be read is dropped: raised, it would end the process, and come again."""

    def get_consumers(self, consumer_cls: Any, channel: Any) -> Any:
        consumers = super().get_consumers(consumer_cls, channel)
        for consumer in consumers:
            consumer.on_decode_error = self._drop
        return consumers

    def _drop(self, message: Any, error: Exception) -> None:
        BUS_REFUSALS.labels(self.container.service_name, "unreadable").inc()
        log.warning("a call that cannot be read was dropped", error=repr(error))
        message.reject()


class _CheckedConsumer(RpcConsumer):  # type: ignore[misc]  # nameko has no types
    """Lets a call through to its method when its sender may make it, as the actor whose token it carries."""

    queue_consumer = _TolerantConsumer()

    def setup(self) -> None:
        super().setup()
        # With a user of its own, a service may use the exchange of calls and not make it.
        self.queue.exchange.passive = self._guard.is_on

    def handle_message(self, body: Any, message: Any) -> None:
        if not self._can_be_answered(message):
            BUS_REFUSALS.labels(self.container.service_name, "unanswerable").inc()
            log.warning("a call that cannot be answered was dropped", sender=message.properties.get("user_id"))
            self.queue_consumer.ack_message(message)
            return
        try:
            self._check(message)
        except Refused:
            self._refuse(message)
        else:
            super().handle_message(body, message)

    def _check(self, message: Any) -> None:
        user, method = message.properties.get("user_id"), message.delivery_info["routing_key"].rpartition(".")[2]
        self._guard.check_call(user, method)
        token = message.headers.get(wire.PREFIX + wire.ACTOR)
        if isinstance(token, str):
            try:
                actor = self.container.config[wire.RUNTIME].verifier.verify(token)
            except Unauthorized:
                return  # The method finds the same, and answers so.
            self._guard.check_actor(user, method, actor)

    def _refuse(self, message: Any) -> None:
        if service_of(message.properties.get("user_id")) not in callers_of(self.container.service_name):
            self.queue_consumer.ack_message(message)
            return
        try:
            raise wire.ProblemReply(orjson.dumps(Forbidden("the bus does not let you call this").document()).decode())
        except wire.ProblemReply:
            self.handle_result(message, None, sys.exc_info())

    def _can_be_answered(self, message: Any) -> bool:
        """Whether nameko can answer this: it ends the process where it cannot. With senders known, an answer goes to
        the sender's own queue or nowhere."""
        properties = message.properties
        reply_to = properties.get("reply_to")
        if properties.get("content_type") != "application/json" or not isinstance(reply_to, str):
            return False
        sender = service_of(properties.get("user_id"))
        return not self._guard.is_on or sender is None or reply_to.startswith(wire.reply_prefix(sender))

    @property
    def _guard(self) -> Guard:
        guard: Guard = self.container.config[wire.RUNTIME].guard
        return guard


class _CheckedRpc(Rpc):  # type: ignore[misc]  # nameko has no types
    rpc_consumer = _CheckedConsumer()


rpc = _CheckedRpc.decorator
