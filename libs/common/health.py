"""Whether a process lives (``/health``) and whether it can do its work (``/ready``), and its metrics."""

from __future__ import annotations

import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import orjson
import pika
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy import text

from libs.common import dead_letters
from libs.common.publisher import parameters
from libs.common.runtime import AnyRuntime, Runtime
from libs.common.telemetry import DEAD_LETTERS, FIGURES, OUTBOX_OLDEST_SECONDS

_OLDEST = text(
    "SELECT COALESCE(EXTRACT(epoch FROM clock_timestamp() - min(created_at)), 0) FROM outbox WHERE sent_at IS NULL"
)


def readiness(runtime: Runtime[Any]) -> dict[str, Any]:
    """``{ready, database, broker, oldest_unsent_seconds, dead_letters}`` and the service's own figures.

    Neither dead letters nor a figure make it fail.
    """
    state: dict[str, Any] = {
        "database": False,
        "broker": False,
        "oldest_unsent_seconds": None,
        "dead_letters": None,
    }
    figures: dict[str, float] = {}
    try:
        with runtime.database.read() as session:
            state["oldest_unsent_seconds"] = round(float(session.execute(_OLDEST).scalar_one()), 1)
            state["dead_letters"] = dead_letters.waiting(session)
            for name, asked in runtime.figures.items():
                figures[name] = round(float(session.execute(text(asked)).scalar_one()), 1)
            state["database"] = True
    except Exception as error:  # whatever the fault, the answer is "not ready", with its reason
        state["database_error"] = type(error).__name__
    state["broker"] = broker_answers(runtime.settings.amqp_url)
    state["ready"] = state["database"] and state["broker"]
    if state["database"]:
        OUTBOX_OLDEST_SECONDS.labels(runtime.service).set(state["oldest_unsent_seconds"])
        DEAD_LETTERS.labels(runtime.service).set(state["dead_letters"])
    for name, figure in figures.items():
        FIGURES.labels(runtime.service, name).set(figure)
    return state | figures


def broker_answers(amqp_url: str) -> bool:
    """Whether RabbitMQ takes a connection."""
    try:
        pika.BlockingConnection(parameters(amqp_url, "health check")).close()
    except (pika.exceptions.AMQPError, OSError):
        return False
    return True


def serve(runtime: AnyRuntime, port: int, alive: Callable[[], bool]) -> None:
    """Answer ``/health``, ``/ready`` and ``/metrics`` from a thread of its own."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path == "/health":
                self._answer(200 if alive() else 503, orjson.dumps({"alive": alive()}))
            elif self.path == "/ready":
                state = readiness(runtime)
                self._answer(200 if state["ready"] else 503, orjson.dumps(state))
            elif self.path == "/metrics":
                self._answer(200, generate_latest(), CONTENT_TYPE_LATEST)
            else:
                self._answer(404, b"{}")

        def _answer(self, status: int, body: bytes, content_type: str = "application/json") -> None:
            self.send_response(status)
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_arguments: Any) -> None:
            """Probes are no news."""

    server = ThreadingHTTPServer((runtime.settings.health_host, port), Handler)
    threading.Thread(target=server.serve_forever, name="health", daemon=True).start()
