"""What a person starts by hand: ``python -m services.clients rebuild-search``."""

from __future__ import annotations

from collections.abc import Callable

from libs.common.logging import get_logger
from services.clients import handlers
from services.clients.wiring import ClientsRuntime

log = get_logger(__name__)


def rebuild_search(runtime: ClientsRuntime) -> None:
    """Write anew what clients are searched through, while people work; it may be stopped and started again."""
    log.info("search written anew", clients=handlers.rebuild(runtime.database))


COMMANDS: dict[str, Callable[[ClientsRuntime], None]] = {"rebuild-search": rebuild_search}
