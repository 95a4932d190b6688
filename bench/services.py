"""Speaking to a running stack's services as one of them does."""

from __future__ import annotations

from libs.common.context import Context
from libs.common.identity import Signer, system_actor
from libs.common.rpc.client import RpcClient
from stack.application import Stack
from stack.driver import Crm


def rpc_client(crm: Crm, service: str) -> RpcClient:
    """An RPC client with a service's log-in and key."""
    signer = Signer(Stack("var/bench").credentials.private_key(service))
    return RpcClient(crm.info["amqp_urls"][service], signer, "bench")


def context(service: str) -> Context:
    return Context(actor=system_actor(service))
