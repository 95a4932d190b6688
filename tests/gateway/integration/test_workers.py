"""Several workers behind one address count together."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests
from prometheus_client.parser import text_string_to_metric_families

from tests.sandbox.conftest import free_ports
from tests.support.actors import jwks, private_jwk
from tests.support.servers import ROOT
from tests.support.waiting import eventually


class Gateway:
    """A gateway's HTTP process with two workers."""

    def __init__(self, environment: dict[str, str], port: int, folder: Path) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.folder = folder
        self._log = folder.parent / "gateway.log"
        with self._log.open("wb") as log:
            command = [sys.executable, "-m", "services.gateway", "http"]
            self.process = subprocess.Popen(command, cwd=ROOT, env=os.environ | environment, stdout=log, stderr=log)

    def is_up(self) -> bool:
        assert self.process.poll() is None, self.log
        try:
            return requests.get(f"{self.url}/health", timeout=2).ok
        except requests.RequestException:
            return False

    @property
    def log(self) -> str:
        return self._log.read_text()

    def workers(self) -> set[int]:
        """The processes that answer."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        return {int(each) for each in children.split()}

    def counted_by(self) -> set[int]:
        """The workers that counted a request."""
        return {int(path.stem.rsplit("_", 1)[1]) for path in self.folder.glob("histogram_*.db")} & self.workers()

    def sample(self, name: str, **labels: str) -> float:
        text = requests.get(f"{self.url}/metrics", timeout=5).text
        found = [
            sample.value
            for family in text_string_to_metric_families(text)
            for sample in family.samples
            if sample.name == name and labels.items() <= sample.labels.items()
        ]
        return sum(found)


@pytest.fixture
def gateway(service_database: Callable[[str], str], amqp_url: str, tmp_path: Path) -> Iterator[Gateway]:
    (port,) = free_ports(1)
    folder = tmp_path / "metrics"
    environment = {
        "DATABASE_URL": service_database("gateway"),
        "AMQP_URL": amqp_url,
        "ACTOR_JWKS": jwks(),
        "ACTOR_PRIVATE_KEY": private_jwk("gateway"),
        "OBJECT_STORE_URL": (tmp_path / "objects").as_uri(),
        "LINK_SECRET": "a secret for tests only",
        "HTTP_PORT": str(port),
        "HTTP_WORKERS": "2",
        "PROMETHEUS_MULTIPROC_DIR": str(folder),
    }
    folder.mkdir()
    (folder / "counter_1.db").write_bytes(b"of a run long ago")
    made = Gateway(environment, port, folder)
    try:
        eventually(made.is_up)
        yield made
    finally:
        if made.process.poll() is None:
            made.process.send_signal(signal.SIGTERM)
        try:
            made.process.wait(30)
        except subprocess.TimeoutExpired:
            made.process.kill()
            raise


def test_two_workers_counts_add_up_and_outlive_them(gateway: Gateway) -> None:
    asked = {"method": "GET", "rule": "/openapi.json", "status_class": "2xx"}
    sent = 0

    def ask_until_both_counted() -> bool:
        nonlocal sent
        for _ in range(10):  # each on a connection of its own
            assert requests.get(f"{gateway.url}/openapi.json", timeout=10).ok
            sent += 1
        return len(gateway.counted_by()) == 2

    eventually(ask_until_both_counted)
    # A request is counted when its answer was closed, which is a moment after its reader has it.
    eventually(lambda: gateway.sample("crm_http_seconds_count", **asked) == sent)
    for _ in range(6):  # whichever worker answers
        assert gateway.sample("crm_http_seconds_count", **asked) == sent
    eventually(lambda: gateway.sample("crm_http_in_flight") == 1.0)  # the question itself
    before = gateway.workers()
    killed = min(before)
    os.kill(killed, signal.SIGKILL)
    eventually(lambda: killed not in gateway.workers() and len(gateway.workers()) == 2)
    assert not list(gateway.folder.glob(f"gauge_livesum_{killed}.db"))
    assert gateway.sample("crm_http_seconds_count", **asked) == sent, "what it counted still counts"


def test_each_request_is_one_line(gateway: Gateway) -> None:
    answer = requests.get(f"{gateway.url}/pay/TOKEN-1234", timeout=20)
    reference = answer.headers["X-Correlation-Id"]
    (line,) = eventually(
        lambda: [each for each in gateway.log.splitlines() if reference in each and '"request"' in each]
    )
    written = json.loads(line)
    assert (written["path"], written["rule"], written["status"]) == ("/pay/•••", "/pay/<token>", answer.status_code)
    assert written["bytes"] == len(answer.content) and written["actor"] == "" and written["ms"] > 0
    assert "TOKEN" not in gateway.log


def test_the_folder_goes_with_the_run(gateway: Gateway) -> None:
    assert gateway.sample("crm_http_seconds_count", rule="/health") >= 1
    gateway.process.send_signal(signal.SIGTERM)
    assert gateway.process.wait(30) == 0
    assert not gateway.folder.exists()
