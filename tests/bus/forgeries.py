"""Messages and bindings that nobody may make: what somebody tries who has stolen a service's log-in, or has none."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jwt
import pika
from jwt.algorithms import OKPAlgorithm
from pika.adapters.blocking_connection import BlockingChannel

from libs.common.bus_identity import login_of
from libs.common.identity import Actor, Signer
from libs.common.ids import new_id
from libs.common.publisher import parameters
from tests.support.actors import ADMIN, private_jwk, system

EVENTS, CALLS = "crm.events", "nameko-rpc"
OTHERS_REPLIES = f"gateway.reply.{new_id()}"
_SAMPLES = Path(__file__).parents[1] / "contracts" / "samples"


@dataclass(frozen=True)
class Forger:
    """An open channel and the log-in it is open for."""

    channel: BlockingChannel
    user: str
    service: str

    def publish(self, exchange: str, key: str, body: bytes = b"{}", **properties: Any) -> None:
        """Publish with this log-in's true name where none is given; ``user_id=None`` names nobody."""
        named = {"user_id": self.user, "message_id": new_id(), "content_type": "application/json"} | properties
        self.channel.basic_publish(exchange, key, body, pika.BasicProperties(**named))

    def call(self, key: str, actor: Actor | None, exchange: str = CALLS, **properties: Any) -> None:
        """Ask, with the actor's true token: one that was stolen from whom it was made for."""
        token = None if actor is None else Signer(private_jwk(actor.name if actor.is_system else "gateway")).sign(actor)
        self.ask(key, token, exchange, **properties)

    def ask(self, key: str, token: str | None, exchange: str = CALLS, **properties: Any) -> None:
        body = json.dumps({"args": [], "kwargs": {"deal_id": new_id()}}).encode()
        headers = {} if token is None else {"nameko.actor": token}
        own = {"reply_to": f"{self.service}.reply.{new_id()}", "correlation_id": new_id(), "headers": headers}
        self.publish(exchange, key, body, **own | properties)

    def dead_letter(self, exchange: str, key: str) -> str:
        """A queue of this log-in's own that throws every message at an exchange; the key that reaches it."""
        name = f"{self.service}.retry.0s.v9"
        self.channel.queue_delete(name)
        arguments = {"x-message-ttl": 1, "x-dead-letter-exchange": exchange, "x-dead-letter-routing-key": key}
        self.channel.exchange_declare(self.own_exchange, "direct", durable=True)
        self.channel.queue_declare(name, arguments=arguments)
        self.channel.queue_bind(name, self.own_exchange, name)
        return name

    def pour(self, exchange: str, key: str) -> str:
        """Bind a shared exchange behind this log-in's own one, which no topic permission covers."""
        self.channel.exchange_declare(self.own_exchange, "direct", durable=True)
        self.channel.exchange_bind(exchange, self.own_exchange, key)
        return self.own_exchange

    @property
    def own_exchange(self) -> str:
        return f"{self.service}.queues.v1"


Deed = Callable[[Forger], object]


@contextmanager
def forger(url: str, service: str) -> Iterator[Forger]:
    """A connection with a log-in; ``service`` is whose names it uses."""
    connection = pika.BlockingConnection(parameters(url, "forger"))
    try:
        channel = connection.channel()
        channel.confirm_delivery()
        yield Forger(channel, login_of(url), service)
    finally:
        if connection.is_open:
            connection.close()


def event(event_type: str, **changes: Any) -> bytes:
    """An event as its publisher would tell it."""
    return json.dumps(json.loads((_SAMPLES / f"{event_type}.json").read_text()) | {"id": new_id()} | changes).encode()


def token(kid: str, signed_by: str, seconds: int = 60) -> str:
    """A token for the administrator: signed by the named service's key under any name, ending when one likes."""
    now = int(time.time())
    claims = {"sub": ADMIN.id, "role": "admin", "name": ADMIN.name, "iat": now - 300, "exp": now + seconds}
    key: Any = OKPAlgorithm.from_jwk(private_jwk(signed_by))
    return jwt.encode(claims, key, algorithm="EdDSA", headers={"kid": kid})


# Refused by the broker. Each is tried with a service's own log-in, and works with the administrator's.
REFUSED_BY_THE_BROKER: dict[str, tuple[str, Deed]] = {
    "publish another's event": ("clients", lambda f: f.publish(EVENTS, "invoice.paid")),
    "publish an event as a reader of it": ("ai", lambda f: f.publish(EVENTS, "client.access_changed")),
    "publish an event that nobody tells": ("clients", lambda f: f.publish(EVENTS, "client.exploded")),
    "publish into another's queue by name": ("clients", lambda f: f.publish("", "deals.events.v2")),
    "publish a call into another's queue by name": ("clients", lambda f: f.publish("", "rpc-deals")),
    "publish as another's retry": ("clients", lambda f: f.publish("deals.queues.v1", "deals.events.v2")),
    "call a service without any right to": ("clients", lambda f: f.call("deals.get_deal", ADMIN)),
    "call a method beside the one that is allowed": ("billing", lambda f: f.call("deals.create_deal", ADMIN)),
    "answer a caller that never asks": ("ai", lambda f: f.publish(CALLS, f"billing.reply.{new_id()}")),
    "bind another's event": ("ai", lambda f: f.channel.queue_bind("ai.events.v2", EVENTS, "invoice.paid")),
    "bind all events": ("ai", lambda f: f.channel.queue_bind("ai.events.v2", EVENTS, "#")),
    "bind events by a wildcard": ("ai", lambda f: f.channel.queue_bind("ai.events.v2", EVENTS, "brief.*")),
    "pour all events into an exchange": ("ai", lambda f: f.channel.exchange_bind("ai.queues.v1", EVENTS, "#")),
    "bind all calls": ("ai", lambda f: f.channel.queue_bind("ai.events.v2", CALLS, "#")),
    "bind another's calls": ("ai", lambda f: f.channel.queue_bind("ai.events.v2", CALLS, "deals.*")),
    "bind another's answers": ("ai", lambda f: f.channel.queue_bind("ai.events.v2", CALLS, OTHERS_REPLIES)),
    "bind another's queue": ("clients", lambda f: f.channel.queue_bind("deals.events.v2", EVENTS, "deal.won")),
    "unbind another's queue": ("clients", lambda f: f.channel.queue_unbind("deals.dead.v1", EVENTS, "deal.won")),
    "read another's queue": ("clients", lambda f: f.channel.basic_get("deals.dead.v1")),
    "answer another's calls": ("clients", lambda f: f.channel.basic_consume("rpc-deals", lambda *_: None)),
    "empty another's queue": ("clients", lambda f: f.channel.queue_purge("deals.dead.v1")),
    "delete another's queue": ("clients", lambda f: f.channel.queue_delete("deals.retry.5s.v2")),
    "make a queue in another's name": ("clients", lambda f: f.channel.queue_declare("rpc-ai", durable=True)),
    "make a queue without a name": ("clients", lambda f: f.channel.queue_declare("", exclusive=True)),
    "dead-letter into any queue": ("clients", lambda f: f.dead_letter("", "rpc-deals")),
    "dead-letter as another's retry": ("clients", lambda f: f.dead_letter("deals.queues.v1", "deals.events.v2")),
    "pour into another's exchange": ("clients", lambda f: f.pour("deals.queues.v1", "deals.events.v2")),
    "make an exchange": ("clients", lambda f: f.channel.exchange_declare("shadow", "topic")),
    "delete the exchange of events": ("clients", lambda f: f.channel.exchange_delete(EVENTS)),
    "listen to the broker's trace": ("ai", lambda f: f.channel.queue_bind("ai.events.v2", "amq.rabbitmq.trace", "#")),
}

# The broker lets these through: the receiver sees who sent them. Each is executed where all services share one user.
REFUSED_BY_THE_READER: dict[str, tuple[str, Deed]] = {
    "an event of an unnamed sender": (
        "billing",
        lambda f: f.publish(EVENTS, "invoice.paid", event("invoice.paid"), user_id=None),
    ),
    "an event by way of the CC header": (
        "clients",
        lambda f: f.publish(EVENTS, "contact.created", event("invoice.paid"), headers={"CC": ["invoice.paid"]}),
    ),
    "an event by way of the BCC header": (
        "clients",
        lambda f: f.publish(EVENTS, "contact.created", event("invoice.paid"), headers={"BCC": ["invoice.paid"]}),
    ),
    "an event inside another": ("clients", lambda f: f.publish(EVENTS, "client.access_changed", event("invoice.paid"))),
    "an event by way of a dead letter": (
        "clients",
        lambda f: f.publish(f.own_exchange, f.dead_letter(EVENTS, "invoice.paid"), event("invoice.paid")),
    ),
    "an event by way of an exchange of one's own": (
        "clients",
        lambda f: f.publish(f.pour(EVENTS, "invoice.paid"), "invoice.paid", event("invoice.paid")),
    ),
    "an event under another publisher's name": (
        "clients",
        lambda f: f.publish(EVENTS, "client.access_changed", event("client.access_changed", publisher="billing")),
    ),
    "a call of an unnamed sender": ("billing", lambda f: f.call("deals.get_deal", ADMIN, user_id=None)),
    "a call by way of a dead letter": (
        "clients",
        lambda f: f.call(f.dead_letter(CALLS, "deals.get_deal"), ADMIN, f.own_exchange),
    ),
    "a call by way of an exchange of one's own": (
        "clients",
        lambda f: f.call("deals.get_deal", ADMIN, f.pour(CALLS, "deals.get_deal")),
    ),
    "a call with the token of the gateway itself": ("billing", lambda f: f.call("deals.get_deal", system("gateway"))),
    "a call with another service's token": ("billing", lambda f: f.call("deals.get_deal", system("notifications"))),
    "a call whose answer goes to somebody else": (
        "billing",
        lambda f: f.call("deals.get_deal", ADMIN, reply_to=OTHERS_REPLIES),
    ),
}

# Refused by the receiver whoever sent them, also where all services share one user.
REFUSED_ALWAYS: dict[str, tuple[str, Deed]] = {
    "a call without a token": ("billing", lambda f: f.call("deals.get_deal", None)),
    "a call with a token that has ended": (
        "billing",
        lambda f: f.ask("deals.get_deal", token("gateway", "gateway", -60)),
    ),
    "a call with a person's token of a service's making": (
        "billing",
        lambda f: f.ask("deals.get_deal", token("billing", "billing")),
    ),
    "a call with a token under the gateway's name": (
        "billing",
        lambda f: f.ask("deals.get_deal", token("gateway", "billing")),
    ),
    "a call that cannot be answered": ("billing", lambda f: f.call("deals.get_deal", ADMIN, reply_to=None)),
    "a call in a form that is not read": (
        "billing",
        lambda f: f.call("deals.get_deal", ADMIN, content_type="application/x-python-serialize"),
    ),
    "a call that is no call": (
        "billing",
        lambda f: f.publish(CALLS, "deals.get_deal", b"\xff", reply_to="billing.reply.x", headers={}),
    ),
}
