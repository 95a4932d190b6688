"""The gateway's HTTP process: gunicorn with threads, never monkey-patched."""

from __future__ import annotations

from typing import Any

from gunicorn.app.base import BaseApplication

from libs.common import logging, telemetry
from services.gateway.app import create_app
from services.gateway.settings import GatewaySettings
from services.gateway.wiring import runtime


class _Server(BaseApplication):  # type: ignore[misc]  # gunicorn has no types
    def __init__(self, settings: GatewaySettings) -> None:
        self._settings = settings
        super().__init__()

    def load_config(self) -> None:
        settings = self._settings
        options: dict[str, Any] = {
            "bind": f"{settings.http_host}:{settings.http_port}",
            "workers": settings.http_workers,
            "threads": settings.http_threads,
            "worker_class": "gthread",
            "timeout": 60,
            "graceful_timeout": 20,
            "keepalive": 15,
            "limit_request_line": 8190,
            "control_socket_disable": True,
            "preload_app": False,
            "accesslog": None,
            "loglevel": "warning",
        }
        for name, value in options.items():
            if name in self.cfg.settings:
                self.cfg.set(name, value)

    def load(self) -> Any:
        # In the worker, after the fork: connections and threads are its own.
        logging.configure("gateway", "http", self._settings.log_level)
        telemetry.configure("gateway", "http")
        return create_app(runtime())


def serve() -> None:
    """Serve until SIGTERM."""
    _Server(runtime().settings).run()
