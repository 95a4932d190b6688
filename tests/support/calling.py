"""Calling a service's RPC class in this process, without the bus: the permission, the transaction and the errors
are the real ones."""

from __future__ import annotations

from typing import Any

import orjson

from libs.common.context import Context
from libs.common.identity import Actor, Signer
from libs.common.ids import new_id
from libs.common.problems import from_document
from libs.common.rpc import wire
from libs.common.rpc.server import CurrentCall, RpcService
from libs.common.runtime import Runtime
from tests.support.actors import private_jwk, system


class Caller:
    """``caller.as_(JOHN).get_client(client_id=…)`` answers as the bus would, with problems raised."""

    def __init__(self, service: type[RpcService], runtime: Runtime[Any], actor: Actor | None = None) -> None:
        self._service = service
        self._runtime = runtime
        self._actor = actor or system(runtime.service)
        self._key: str | None = None

    def as_(self, actor: Actor, key: str | None = None) -> Caller:
        caller = Caller(self._service, self._runtime, actor)
        caller._key = key
        return caller

    def __getattr__(self, method: str) -> Any:
        def call(**arguments: Any) -> Any:
            signer = Signer(private_jwk(self._actor.name if self._actor.is_system else "gateway"))
            context = Context(actor=self._actor)
            data = {
                wire.ACTOR: signer.sign(self._actor),
                wire.CORRELATION: context.correlation_id,
                wire.KEY: self._key or new_id(),
            }
            instance = self._service()
            instance.current = CurrentCall(self._runtime, data)
            try:
                answer = getattr(instance, method)(**arguments)
            except wire.ProblemReply as reply:
                raise from_document(orjson.loads(reply.args[0])) from None
            return orjson.loads(orjson.dumps(answer, option=orjson.OPT_NON_STR_KEYS))

        return call
