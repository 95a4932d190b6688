"""What each request was: timed by route for Prometheus, and one line of the access log.

It wraps the application from outside, so that a request is timed to the last byte of its answer. What only the
application knows (the route, who asked) is written into the request's environment.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import Request
from prometheus_client import Gauge, Histogram

from libs.common.logging import get_logger

log = get_logger("access")

HTTP_SECONDS = Histogram(
    "crm_http_seconds", "Time to answer a request, to its last byte", ["method", "rule", "status_class"]
)
IN_FLIGHT = Gauge("crm_http_in_flight", "Requests that are being answered", multiprocess_mode="livesum")

UNMATCHED = "unmatched"
_METHODS = frozenset({"GET", "HEAD", "POST", "PATCH", "PUT", "DELETE", "OPTIONS"})
_NOTES = "crm.observed"
_HIDDEN = "•••"
# Whoever holds one of these opens what it leads to; also where the rest of the path is mistyped.
_TOKENS = re.compile(r"(/(?:files|pay|p|join|reset)/)[^/]+")
_LONGEST_PATH = 300

Environ = dict[str, Any]
App = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]


def shown_path(path: str, arguments: Mapping[str, Any] | None = None) -> str:
    """The path without the tokens in it."""
    token = str((arguments or {}).get("token") or "")
    if token:
        path = path.replace(token, _HIDDEN)
    return _TOKENS.sub(rf"\g<1>{_HIDDEN}", path)[:_LONGEST_PATH]


def note(request: Request, actor_id: str, correlation_id: str) -> None:
    """Write down what only the application knows of its request."""
    notes: _Notes | None = request.environ.get(_NOTES)
    if notes is not None:
        notes.rule = request.url_rule.rule if request.url_rule is not None else UNMATCHED
        notes.path = shown_path(request.path, request.view_args)
        notes.actor_id, notes.correlation_id = actor_id, correlation_id


@dataclass
class _Notes:
    """One request under way."""

    method: str
    path: str
    rule: str = UNMATCHED
    status: int = 500
    size: int = 0
    actor_id: str = ""
    correlation_id: str = ""
    started: float = field(default_factory=time.perf_counter)

    def finish(self) -> None:
        """Count it and log it."""
        seconds = time.perf_counter() - self.started
        method = self.method if self.method in _METHODS else "other"
        HTTP_SECONDS.labels(method, self.rule, f"{self.status // 100}xx").observe(seconds)
        IN_FLIGHT.dec()
        log.info(
            "request",
            method=method,
            path=self.path,
            rule=self.rule,
            status=self.status,
            ms=round(seconds * 1000, 1),
            bytes=self.size,
            actor=self.actor_id,
            correlation_id=self.correlation_id,
        )


class Observed:
    """A WSGI application whose requests are seen."""

    def __init__(self, app: App) -> None:
        self._app = app

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        notes = _Notes(environ["REQUEST_METHOD"], shown_path(environ.get("PATH_INFO", "")))
        environ[_NOTES] = notes
        IN_FLIGHT.inc()

        def begin(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
            notes.status = int(status[:3])
            return start_response(status, headers, *more)

        try:
            return _Counted(self._app(environ, begin), notes)
        except BaseException:
            notes.finish()
            raise


class _Counted:
    """The body of an answer; closed, also where the reader went away, it ends its request."""

    def __init__(self, body: Iterable[bytes], notes: _Notes) -> None:
        self._body = body
        self._notes: _Notes | None = notes

    def __iter__(self) -> Iterator[bytes]:
        for piece in self._body:
            if self._notes is not None:
                self._notes.size += len(piece)
            yield piece

    def close(self) -> None:
        notes, self._notes = self._notes, None
        try:
            close = getattr(self._body, "close", None)
            if close is not None:
                close()
        finally:
            if notes is not None:
                notes.finish()
