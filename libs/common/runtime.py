"""What a process of a service holds while it runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Generic

from libs.common.bus_identity import Guard
from libs.common.clock import Clock, SystemClock
from libs.common.context import Context
from libs.common.database import Database
from libs.common.identity import Signer, Verifier, signer, system_actor
from libs.common.object_store import ObjectStore
from libs.common.publisher import Publisher
from libs.common.rpc.client import RpcClient
from libs.common.settings import ServiceSettings, Settings


@dataclass(frozen=True)
class Runtime(Generic[Settings]):
    """The parts are made on first use, so that a process pays only for what it touches.

    figures: what the service tells of its state beside the common figures, each a name and the SQL of one number.
    """

    service: str
    settings: Settings
    clock: Clock = field(default_factory=SystemClock)
    figures: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def database(self) -> Database:
        return Database.of(self.settings, self.clock)

    @cached_property
    def verifier(self) -> Verifier:
        return Verifier(self.settings.actor_jwks)

    @cached_property
    def signer(self) -> Signer:
        return signer(self.settings.actor_private_key)

    @cached_property
    def guard(self) -> Guard:
        return Guard(self.settings.amqp_url)

    @cached_property
    def rpc(self) -> RpcClient:
        return RpcClient(self.settings.amqp_url, self.signer, self.service)

    @cached_property
    def publisher(self) -> Publisher:
        return Publisher(self.settings.amqp_url, f"{self.service} publisher")

    @cached_property
    def object_store(self) -> ObjectStore:
        return ObjectStore.open(self.settings)

    def own_context(self) -> Context:
        """A context in which the service acts for itself."""
        return Context(actor=system_actor(self.service))


AnyRuntime = Runtime[ServiceSettings]
