"""What the gateway's processes are made of."""

from __future__ import annotations

from functools import cache

from libs.common import settings
from libs.common.runtime import Runtime
from services.gateway.settings import GatewaySettings

GatewayRuntime = Runtime[GatewaySettings]


@cache
def runtime() -> GatewayRuntime:
    """The runtime of this process."""
    return Runtime("gateway", settings.load(GatewaySettings))
