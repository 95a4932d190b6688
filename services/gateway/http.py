"""The gateway's HTTP process: gunicorn with threads, never monkey-patched."""

from __future__ import annotations

from typing import Any

from gunicorn.app.base import BaseApplication
from prometheus_client import multiprocess

from libs.common import logging, telemetry
from libs.common.process import keep_what_is_loaded
from services.gateway import shared_metrics
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
            "child_exit": _forget_gauges,
            "on_exit": _forget_metrics,
        }
        for name, value in options.items():
            if name in self.cfg.settings:
                self.cfg.set(name, value)

    def load(self) -> Any:
        # In the worker, after the fork: connections and threads are its own.
        logging.configure("gateway", "http", self._settings.log_level)
        telemetry.configure("gateway", "http")
        app = create_app(runtime())
        keep_what_is_loaded()
        return app


def _forget_gauges(_server: Any, worker: Any) -> None:
    """A worker that is gone holds no requests; what it counted still counts."""
    multiprocess.mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]  # the library types this one not


def _forget_metrics(_server: Any) -> None:
    shared_metrics.end()


def serve() -> None:
    """Serve until SIGTERM."""
    _Server(runtime().settings).run()
