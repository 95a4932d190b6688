"""An RPC that does nothing: what the road itself costs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from bench.measuring import load
from bench.services import context, rpc_client
from stack.driver import Crm


def run(crm: Crm) -> Iterator[dict[str, Any]]:
    # A service may ping itself, and nobody else may.
    client, own = rpc_client(crm, "clients"), context("clients")

    def make() -> Callable[[], Any]:
        return lambda: client.call(own, "clients", "ping")

    for threads in (1, 4):
        yield {"figure": f"rpc ping, {threads} at once", **load(make, threads, 5.0)}
    client.close()
