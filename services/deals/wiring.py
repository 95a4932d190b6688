"""The only place that picks adapters."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from libs.common.context import Context
from libs.common.runtime import Runtime
from services.deals import settings
from services.deals.adapters.clients import ClientsOverRpc, SegmentsOverRpc
from services.deals.ports import ClientDirectory, Segments
from services.deals.settings import DealsSettings


@cache
def runtime() -> Runtime[DealsSettings]:
    """The runtime of this process."""
    return Runtime("deals", settings.current())


def clients() -> ClientDirectory:
    """The clients service."""
    return ClientsOverRpc(runtime().rpc, runtime().own_context())


def segments(caller: Context) -> Segments:
    """The segments of the clients service, on behalf of this caller."""
    own = replace(caller, actor=runtime().own_context().actor, idempotency_key=None)
    return SegmentsOverRpc(runtime().rpc, replace(caller, idempotency_key=None), own)
