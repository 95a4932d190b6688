"""Each request is timed by its route, and written in one line that holds no token."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from flask.testing import FlaskClient
from prometheus_client import REGISTRY

from libs.common.ids import new_id
from libs.common.problems import NotFound, Unavailable
from services.gateway import observing


@pytest.fixture
def http(app: Any) -> Any:
    """A client that reads each answer to its end and closes it, as a web server does."""

    class Reader(FlaskClient):
        def open(self, *args: Any, **more: Any) -> Any:
            return super().open(*args, buffered=True, **more)

    app.test_client_class = Reader
    return app.test_client()


@pytest.fixture
def lines() -> Iterator[list[dict[str, Any]]]:
    """The lines of the access log."""
    with structlog.testing.capture_logs() as found:
        yield found


@pytest.fixture(autouse=True)
def _a_logger_of_this_test(monkeypatch: pytest.MonkeyPatch) -> None:
    """One that was bound before the capture began would write past it."""
    monkeypatch.setattr(observing, "log", structlog.stdlib.get_logger("access"))


def requests_in(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [line for line in lines if line["event"] == "request"]


def count(method: str, rule: str, status_class: str) -> float:
    labels = {"method": method, "rule": rule, "status_class": status_class}
    return REGISTRY.get_sample_value("crm_http_seconds_count", labels) or 0.0


def in_flight() -> float:
    return REGISTRY.get_sample_value("crm_http_in_flight") or 0.0


def test_a_request_is_counted_by_its_rule(http: Any, bearer: Any, rpc: Any) -> None:
    rule, headers = "/api/v1/clients/<uuid:client_id>", bearer("admin")
    before, waiting = count("GET", rule, "4xx"), in_flight()
    rpc.answers["clients.get_client"] = NotFound("there is no such client")
    for _ in range(3):
        http.get(f"/api/v1/clients/{new_id()}", headers=headers)
    assert count("GET", rule, "4xx") == before + 3 and in_flight() == waiting
    rpc.answers["clients.get_client"] = Unavailable("clients did not answer")
    failed = count("GET", rule, "5xx")
    http.get(f"/api/v1/clients/{new_id()}", headers=headers)
    assert count("GET", rule, "5xx") == failed + 1


def test_what_nobody_serves_makes_no_label_of_its_own(http: Any) -> None:
    before = count("GET", "unmatched", "4xx"), count("other", "unmatched", "4xx")
    for path in ("/no/such/page", f"/{new_id()}"):
        http.get(path)
    http.open("/health/x", method="BREW")
    assert (count("GET", "unmatched", "4xx"), count("other", "unmatched", "4xx")) == (before[0] + 2, before[1] + 1)
    assert "/no/such/page" not in http.get("/metrics").text


def test_one_line_a_request(http: Any, bearer: Any, lines: list[dict[str, Any]]) -> None:
    answer = http.get("/api/v1/me", headers=bearer("finance"))
    (line,) = requests_in(lines)
    assert (line["method"], line["path"], line["rule"], line["status"]) == ("GET", "/api/v1/me", "/api/v1/me", 200)
    assert line["actor"] == answer.json["id"] and line["correlation_id"] == answer.headers["X-Correlation-Id"]
    assert line["bytes"] == len(answer.data) and 0 < line["ms"] < 10_000
    http.get("/api/v1/me?secret=hunter2")
    assert requests_in(lines)[1]["status"] == 401 and requests_in(lines)[1]["actor"] == ""
    assert "hunter2" not in str(lines)


def test_files_are_measured_to_their_end_and_tokens_hidden(
    http: Any, runtime: Any, lines: list[dict[str, Any]]
) -> None:
    content = b"x" * 300_000
    runtime.object_store.put("a/file.txt", content, "text/plain")
    link = runtime.object_store.link("a/file.txt", "file.txt", "text/plain")
    path = link[link.index("/files/") :]
    assert http.get(path).data == content
    (line,) = requests_in(lines)
    assert (line["path"], line["rule"], line["bytes"]) == ("/files/•••", "/files/<token>", len(content))
    assert path.rsplit("/", 1)[1] not in str(lines)


@pytest.mark.parametrize(
    "path",
    [
        "/pay/TOKEN-1234",
        "/pay/TOKEN-1234/x",
        "/api/v1/pay/TOKEN-1234",
        "/api/v1/pay/TOKEN-1234/pdf",
        "/files/TOKEN-1234/x",
    ],
)
def test_no_token_is_ever_written(http: Any, lines: list[dict[str, Any]], path: str) -> None:
    http.get(path)
    assert len(requests_in(lines)) == 1 and "TOKEN" not in str(lines) and "•••" in requests_in(lines)[0]["path"]


def test_a_trace_shows_no_token_either(http: Any, bearer: Any, rpc: Any, lines: list[dict[str, Any]]) -> None:
    rpc.answers["billing.start_payment"] = NotFound("there is no invoice under this address")
    reference = http.post("/pay/TOKEN-1234").headers["X-Correlation-Id"]
    hops = http.get(f"/api/v1/traces/{reference}", headers=bearer("admin")).json["hops"]
    assert hops and "TOKEN" not in str(hops)


def test_a_reader_who_goes_away_ends_its_request() -> None:
    def app(_environ: Any, begin: Any) -> Iterator[bytes]:
        begin("200 OK", [])
        yield b"first"
        yield b"second"

    waiting = in_flight()
    body: Any = observing.Observed(app)({"REQUEST_METHOD": "GET", "PATH_INFO": "/x"}, lambda *_: None)
    assert next(iter(body)) == b"first" and in_flight() == waiting + 1
    body.close()
    body.close()
    assert in_flight() == waiting


def test_an_application_that_fails_ends_its_request(lines: list[dict[str, Any]]) -> None:
    def app(_environ: Any, _begin: Any) -> Any:
        raise RuntimeError("lost")

    waiting = in_flight()
    with pytest.raises(RuntimeError):
        observing.Observed(app)({"REQUEST_METHOD": "GET", "PATH_INFO": "/x"}, lambda *_: None)
    assert in_flight() == waiting and requests_in(lines)[0]["status"] == 500
