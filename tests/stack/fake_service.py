"""Stands in for a service: `migrate` and `seed-users` end at once, any other task serves /health until SIGTERM."""

from __future__ import annotations

import json
import os
import signal
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import psycopg


class Health(BaseHTTPRequestHandler):
    """Answers 200 to every GET."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def main(task: str) -> None:
    """Run one task with the environment of a service."""
    if task == "migrate":
        with psycopg.connect(os.environ["DATABASE_URL"]) as database:
            database.execute("CREATE TABLE IF NOT EXISTS migrated (at timestamptz DEFAULT now())")
            database.execute("INSERT INTO migrated DEFAULT VALUES")
        return
    if task == "seed-users":
        assert {user["role"] for user in json.loads(os.environ["DEMO_USERS"])} >= {"admin", "sales"}
        return
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    port = os.environ["HTTP_PORT" if task == "http" else "HEALTH_PORT"]
    ThreadingHTTPServer(("127.0.0.1", int(port)), Health).serve_forever()


if __name__ == "__main__":
    main(sys.argv[1])
