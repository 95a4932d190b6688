"""A stand-in for the Cloud API's side of a connection, for the adapter that speaks to it."""

from __future__ import annotations

import json
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from services.notifications.adapters.whatsapp import CloudApi


class Graph:
    """An HTTP server that gives one answer to everything, or none for as long as it lives."""

    def __init__(self) -> None:
        self.status, self.body, self.silent = 200, "", threading.Event()
        self.asked: list[dict[str, Any]] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                length = int(self.headers.get("Content-Length", 0))
                outer.asked.append(json.loads(self.rfile.read(length) or "{}"))
                self.answer()

            def do_GET(self) -> None:
                self.answer()

            def answer(self) -> None:
                if outer.silent.is_set():
                    self.connection.shutdown(socket.SHUT_RDWR)
                    return
                self.send_response(outer.status)
                self.send_header("Content-Length", str(len(outer.body.encode())))
                self.end_headers()
                self.wfile.write(outer.body.encode())

            def log_message(self, format: str, *args: object) -> None:
                return None

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def api(self, port: int | None = None) -> CloudApi:
        base = f"http://127.0.0.1:{port or self.server.server_port}"
        return CloudApi(base, "v23.0", "a token", "1", "2", 5.0)

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()
