"""Speaking to a running stack's services as the gateway does."""

from __future__ import annotations

from libs.common.context import Context
from libs.common.identity import Signer, system_actor
from libs.common.rpc.client import RpcClient
from stack.application import Stack
from stack.driver import Crm


def rpc_client(crm: Crm) -> RpcClient:
    """An RPC client with the gateway's key."""
    return RpcClient(
        crm.info["amqp_urls"]["gateway"], Signer(Stack("var/bench").credentials.private_key("gateway")), "bench"
    )


def context() -> Context:
    return Context(actor=system_actor("gateway"))
