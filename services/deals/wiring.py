"""The only place that picks adapters."""

from __future__ import annotations

from functools import cache

from libs.common.runtime import Runtime
from services.deals import settings
from services.deals.adapters.clients import ClientsOverRpc
from services.deals.ports import ClientDirectory
from services.deals.settings import DealsSettings


@cache
def runtime() -> Runtime[DealsSettings]:
    """The runtime of this process."""
    return Runtime("deals", settings.current())


def clients() -> ClientDirectory:
    """The clients service."""
    return ClientsOverRpc(runtime().rpc, runtime().own_context())
