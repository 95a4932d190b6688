"""A running sandbox, a receiver for its webhooks, and bounded waiting."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
import stripe

ROOT = Path(__file__).resolve().parents[2]
STRIPE_KEY = "sk_test_sandbox_tests"
STRIPE_SECRET = "whsec_sandbox_tests"
WHATSAPP_TOKEN = "whatsapp-token"
WHATSAPP_NUMBER = "106540352242922"
WHATSAPP_SECRET = "whatsapp-app-secret"
WHATSAPP_VERIFY = "whatsapp-verify"
GEMINI_KEY = "gemini-key"

T = TypeVar("T")


def eventually(probe: Callable[[], T], what: str, seconds: float = 10.0) -> T:
    """The first truthy answer of `probe`; fails with `what` when there is none in time."""
    end = time.monotonic() + seconds
    while True:
        found = probe()
        if found:
            return found
        if time.monotonic() > end:
            pytest.fail(f"not within {seconds:g} s: {what}")
        threading.Event().wait(0.02)


@dataclass(frozen=True)
class Received:
    """One request as the receiver got it."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Receiver:
    """What the CRM is to the sandbox: answers the next statuses of `answers`, then 200."""

    url: str
    requests: list[Received] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    challenge: str = WHATSAPP_VERIFY

    def on(self, path: str) -> list[Received]:
        return [request for request in self.requests if request.path == path]


def _handler(receiver: Receiver) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            receiver.requests.append(Received(self.path, dict(self.headers.items()), body))
            self._answer(receiver.answers.pop(0) if receiver.answers else 200, b"")

        def do_GET(self) -> None:
            query = parse_qs(urlsplit(self.path).query)
            known = query.get("hub.verify_token") == [receiver.challenge]
            self._answer(200 if known else 403, query["hub.challenge"][0].encode() if known else b"")

        def _answer(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    return Handler


def free_ports(count: int) -> list[int]:
    """Ports nobody listens on."""
    sockets = [socket.socket() for _ in range(count)]
    try:
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]
    finally:
        for one in sockets:
            one.close()


class Sandbox:
    """One sandbox process with ports of its own."""

    def __init__(self, directory: Path, receiver_url: str) -> None:
        ports = free_ports(5)
        self.stripe, self.whatsapp, self.gemini, self.mail = (f"http://127.0.0.1:{port}" for port in ports[:4])
        self.smtp_port = ports[4]
        self._log = directory / "sandbox.log"
        self._environment = os.environ | {
            "SANDBOX_DIR": str(directory),
            "SANDBOX_STRIPE_PORT": str(ports[0]),
            "SANDBOX_WHATSAPP_PORT": str(ports[1]),
            "SANDBOX_GEMINI_PORT": str(ports[2]),
            "SANDBOX_MAIL_PORT": str(ports[3]),
            "SANDBOX_SMTP_PORT": str(ports[4]),
            "STRIPE_API_KEY": STRIPE_KEY,
            "STRIPE_WEBHOOK_SECRET": STRIPE_SECRET,
            "STRIPE_WEBHOOK_URL": f"{receiver_url}/stripe",
            "WHATSAPP_TOKEN": WHATSAPP_TOKEN,
            "WHATSAPP_PHONE_NUMBER_ID": WHATSAPP_NUMBER,
            "WHATSAPP_APP_SECRET": WHATSAPP_SECRET,
            "WHATSAPP_VERIFY_TOKEN": WHATSAPP_VERIFY,
            "WHATSAPP_WEBHOOK_URL": f"{receiver_url}/whatsapp",
            "GEMINI_API_KEY": GEMINI_KEY,
        }
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self._log.open("ab") as log:
            command = [sys.executable, "-m", "sandbox"]
            self.process = subprocess.Popen(command, cwd=ROOT, env=self._environment, stdout=log, stderr=log)
        eventually(self._healthy, "the sandbox is up", 15)

    def stop(self, number: int = signal.SIGTERM) -> int:
        assert self.process is not None
        self.process.send_signal(number)
        return self.process.wait(5)

    def behave(self, url: str, **patch: Any) -> None:
        answer = requests.post(f"{url}/_sandbox/behaviour", json=patch, timeout=5)
        assert answer.status_code == 200, answer.text

    def messages(self, **query: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = requests.get(f"{self.mail}/messages", params=query, timeout=5).json()
        return found

    @property
    def log(self) -> str:
        return self._log.read_text()

    def _healthy(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, self.log
        try:
            urls = (self.stripe, self.whatsapp, self.gemini, self.mail)
            return all(requests.get(f"{url}/health", timeout=1).ok for url in urls)
        except requests.ConnectionError:
            return False


@pytest.fixture(scope="session")
def shared_receiver() -> Iterator[Receiver]:
    receiver = Receiver("")
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(receiver))
    server.daemon_threads = True
    receiver.url = f"http://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield receiver
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="session")
def shared_sandbox(tmp_path_factory: pytest.TempPathFactory, shared_receiver: Receiver) -> Iterator[Sandbox]:
    sandbox = Sandbox(tmp_path_factory.mktemp("sandbox"), shared_receiver.url)
    sandbox.start()
    yield sandbox
    sandbox.stop()
    assert "Traceback" not in sandbox.log, sandbox.log


@pytest.fixture
def receiver(shared_receiver: Receiver) -> Receiver:
    return shared_receiver


@pytest.fixture
def sandbox(shared_sandbox: Sandbox, shared_receiver: Receiver) -> Iterator[Sandbox]:
    """The shared sandbox on its best behaviour, with nothing left to deliver from the test before."""
    shared_receiver.answers.clear()
    for url in (shared_sandbox.stripe, shared_sandbox.whatsapp, shared_sandbox.gemini, shared_sandbox.mail):
        requests.delete(f"{url}/_sandbox/behaviour", timeout=5)
    for url in (shared_sandbox.stripe, shared_sandbox.whatsapp):
        eventually(lambda url=url: _delivered(url), f"webhooks of {url} are delivered")  # type: ignore[misc]
    shared_receiver.requests.clear()
    yield shared_sandbox


@pytest.fixture
def client(sandbox: Sandbox) -> stripe.StripeClient:
    return stripe.StripeClient(STRIPE_KEY, base_addresses={"api": sandbox.stripe}, max_network_retries=0)


def _delivered(url: str) -> bool:
    requests.post(f"{url}/_sandbox/webhooks/flush", timeout=5)
    return all(entry["state"] != "pending" for entry in requests.get(f"{url}/_sandbox/webhooks", timeout=5).json())
