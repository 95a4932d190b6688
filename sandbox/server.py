"""A small threaded HTTP/1.1 server for WSGI apps: keep-alive, one thread per connection, body read before the app runs.

Werkzeug's own server closes every connection after one answer, and real providers do not.
"""

from __future__ import annotations

import io
import logging
import socket
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote_to_bytes

from flask import Flask

BODY_LIMIT = 64 * 1024 * 1024
IDLE_SECONDS = 75
# The body was read: what said how to read it is no business of the app.
TAKEN = ("HTTP_CONTENT_TYPE", "HTTP_CONTENT_LENGTH", "HTTP_TRANSFER_ENCODING")

log = logging.getLogger(__name__)


class BadBody(Exception):
    """The request's body cannot be read; the connection is of no more use."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 256

    def handle_error(self, request: Any, client_address: Any) -> None:
        # People and tests hang up in the middle; that is no error of ours.
        if not isinstance(sys.exc_info()[1], OSError):
            log.exception("connection of %s", client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = IDLE_SECONDS
    disable_nagle_algorithm = True
    server_version = "sandbox"
    sys_version = ""
    app: Flask
    part: str

    def log_message(self, format: str, *args: object) -> None:
        log.debug(format, *args)

    def serve(self) -> None:
        started = time.monotonic()
        try:
            body = self._body()
        except (BadBody, ValueError):
            self.close_connection = True
            self.send_error(400)
            return
        status, headers, content = self._run(body)
        self._answer(status, headers, content)
        took = (time.monotonic() - started) * 1000
        log.info("%s %s %s %s %.0f ms", self.part, self.command, self.path, status.split(" ")[0], took)

    def _body(self) -> bytes:
        if "chunked" in self.headers.get("Transfer-Encoding", "").lower():
            return self._chunks()
        length = int(self.headers.get("Content-Length") or 0)
        if not 0 <= length <= BODY_LIMIT:
            raise BadBody
        return self.rfile.read(length)

    def _chunks(self) -> bytes:
        body = bytearray()
        while size := int(self.rfile.readline(100).split(b";")[0], 16):
            if len(body) + size > BODY_LIMIT:
                raise BadBody
            body += self.rfile.read(size)
            self.rfile.readline(4)
        while self.rfile.readline(1000).strip():
            pass  # trailers
        return bytes(body)

    def _run(self, body: bytes) -> tuple[str, list[tuple[str, str]], bytes]:
        answer: dict[str, Any] = {}

        def start_response(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            answer.update(status=status, headers=headers)

        chunks = self.app(self._environ(body), start_response)
        try:
            content = b"".join(chunks)
        finally:
            close = getattr(chunks, "close", None)
            if close:
                close()
        return answer["status"], answer["headers"], content

    def _answer(self, status: str, headers: list[tuple[str, str]], content: bytes) -> None:
        code, _, reason = status.partition(" ")
        self.send_response(int(code), reason)
        names = {name.lower() for name, _ in headers}
        for name, value in headers:
            self.send_header(name, value)
        if "content-length" not in names and int(code) not in (204, 304):
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def _environ(self, body: bytes) -> dict[str, Any]:
        path, _, query = self.path.partition("?")
        host, port = self.connection.getsockname()[:2]
        environ: dict[str, Any] = {
            "REQUEST_METHOD": self.command,
            "SCRIPT_NAME": "",
            "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
            "QUERY_STRING": query,
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "CONTENT_LENGTH": str(len(body)),
            "SERVER_NAME": str(host),
            "SERVER_PORT": str(port),
            "SERVER_PROTOCOL": self.request_version,
            "REMOTE_ADDR": self.client_address[0],
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(body),
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
        }
        for name, value in self.headers.items():
            key = "HTTP_" + name.upper().replace("-", "_")
            if key not in TAKEN:
                environ[key] = f"{environ[key]}, {value}" if key in environ else value
        return environ


# The standard library looks for these names.
for _method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"):
    setattr(_Handler, f"do_{_method}", _Handler.serve)


class HttpServer:
    """One app on one port, served from a thread of its own."""

    def __init__(self, part: str, app: Flask, host: str, port: int) -> None:
        handler = type("Handler", (_Handler,), {"app": app, "part": part})
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._server = type("Server", (_Server,), {"address_family": family})((host, port), handler)
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.1,), name=f"http-{part}", daemon=True
        )

    def start(self) -> None:
        """Begin to answer; the port has been open since the object was made."""
        self._thread.start()

    def stop(self) -> None:
        """Close the port. Answers that are on their way end with the process."""
        self._server.shutdown()
        self._server.server_close()
