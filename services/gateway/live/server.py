"""``python -m services.gateway live``: one asyncio process that holds the streams of many open pages."""

from __future__ import annotations

import asyncio
import contextlib
import resource
from collections.abc import AsyncIterator, Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from http.cookies import CookieError, SimpleCookie
from typing import Any, TypeVar

import psycopg
import uvicorn
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.applications import Starlette
from starlette.datastructures import Headers, QueryParams
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from libs.common import health, logging, telemetry
from libs.common.database import Business, Database
from libs.common.identity import Actor
from libs.common.problems import Unauthorized
from services.gateway.accounts import cookies
from services.gateway.live import address
from services.gateway.live.noting import CHANNEL
from services.gateway.live.reading import Missed, Reading
from services.gateway.live.streams import Hub, Stream
from services.gateway.live.topics import Change
from services.gateway.wiring import GatewayRuntime

log = logging.get_logger(__name__)

Found = TypeVar("Found")

# The hub has one thread of its own, so that a thousand pages that come back at once do not hold it up.
_THREADS = 3
_WRITE_SECONDS = 30.0
_START_SECONDS = 10.0
_STREAM = (
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-content-type-options", b"nosniff"),
    # nginx: hand every piece on as it comes.
    (b"x-accel-buffering", b"no"),
)


class AsyncSource:
    """The readings, away from the event loop."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._hub = ThreadPoolExecutor(1, "live-hub")
        self._pages = ThreadPoolExecutor(_THREADS, "live-pages")

    async def bounds(self) -> tuple[int, int]:
        return await _in(self._hub, self._reading.bounds)

    async def after(self, number: int) -> list[Change]:
        return await _in(self._hub, partial(self._reading.after, number))

    async def seeing(
        self, changes: Collection[Change], people: Collection[tuple[str, str]]
    ) -> set[tuple[str | None, str]]:
        return await _in(self._hub, partial(self._reading.seeing, changes, people))

    async def missed(self, actor: Actor, number: int) -> Missed:
        return await _in(self._pages, partial(self._reading.missed, actor, number))

    async def signed_in(self, cookie: str) -> Any:
        return await _in(self._pages, partial(self._reading.signed_in, cookie))

    async def still_live(self, session_ids: Collection[str]) -> dict[str, str]:
        return await _in(self._pages, partial(self._reading.still_live, session_ids))


async def _in(threads: ThreadPoolExecutor, work: Callable[[], Found]) -> Found:
    return await asyncio.get_running_loop().run_in_executor(threads, work)


class Live:
    """What the process serves."""

    def __init__(self, runtime: GatewayRuntime) -> None:
        self._runtime = runtime
        settings = runtime.settings
        # Its own few connections, whatever the other processes have.
        database = Database(settings.sqlalchemy_url, Business.of(settings), pool=_THREADS + 1, clock=runtime.clock)
        self._source = AsyncSource(Reading(runtime, database))
        self.hub = Hub(self._source, settings.live_check_seconds)

    def application(self) -> Starlette:
        """The routes, and what runs beside them."""
        routes = [
            Route(address.PATH, _Endpoint(self.events), methods=["GET"]),
            Route("/health", self._health),
            Route("/ready", self._ready),
            Route("/metrics", self._metrics),
        ]
        return Starlette(routes=routes, lifespan=self._beside)

    @contextlib.asynccontextmanager
    async def _beside(self, _application: Starlette) -> AsyncIterator[None]:
        tasks = [asyncio.create_task(work) for work in (self.hub.follow(), self.hub.check_sessions(), self._listen())]
        # Pages that come back find the position known; a database that is away keeps nobody out for long.
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_START_SECONDS):
                while not self.hub.ready:
                    await asyncio.sleep(0.02)
        yield
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _listen(self) -> None:
        """Notifications wake the hub; its poll is the truth."""
        url = self._runtime.settings.database_url
        while True:
            try:
                async with await psycopg.AsyncConnection.connect(url, autocommit=True, connect_timeout=3) as connection:
                    await connection.execute(f"LISTEN {CHANNEL}")
                    async for _notice in connection.notifies():
                        self.hub.wake.set()
            except psycopg.Error:
                await asyncio.sleep(1.0)

    async def events(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The stream of one page, until it goes away, its session ends or the process does."""
        headers = Headers(scope=scope)
        allowed = self._allowed(headers)
        if allowed is None:
            await _refuse(403, "this was asked for by another website")(scope, receive, send)
            return
        try:
            person = await self._source.signed_in(_cookie(headers))
        except Unauthorized as problem:
            await _refuse(401, problem.detail, allowed)(scope, receive, send)
            return
        after = headers.get("last-event-id") or QueryParams(scope["query_string"]).get("after")
        stream = await self.hub.open(person.actor, person.session_id, _number(after))
        try:
            await _run(stream, allowed, receive, send)
        finally:
            self.hub.close(stream)

    def _allowed(self, headers: Headers) -> dict[str, str] | None:
        """What lets pages of ours read the answer; None for another site's page."""
        settings = self._runtime.settings
        origin = headers.get("origin")
        if origin is None:
            return {} if headers.get("sec-fetch-site", "same-origin") in ("same-origin", "none") else None
        if not address.is_ours(origin, settings.public_url, headers.get("host", ""), settings.live_url):
            return None
        return {
            "Access-Control-Allow-Origin": origin,
            "Access-Control-Allow-Credentials": "true",
            "Vary": "Origin",
        }

    async def _health(self, _request: Any) -> Response:
        return JSONResponse({"alive": True})

    async def _ready(self, _request: Any) -> Response:
        state = await _in(self._source._pages, partial(health.readiness, self._runtime))
        state["streams"] = len(self.hub)
        state["ready"] = state["database"] and self.hub.ready
        return JSONResponse(state, 200 if state["ready"] else 503)

    async def _metrics(self, _request: Any) -> Response:
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)


class _Endpoint:
    """An application of its own behind a route: an instance of a class is called as it is."""

    def __init__(self, serve: Callable[[Scope, Receive, Send], Any]) -> None:
        self._serve = serve

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._serve(scope, receive, send)


async def _run(stream: Stream, allowed: dict[str, str], receive: Receive, send: Send) -> None:
    more = [(name.lower().encode(), value.encode("latin-1")) for name, value in allowed.items()]
    await send({"type": "http.response.start", "status": 200, "headers": [*_STREAM, *more]})
    gone = asyncio.create_task(_gone(stream, receive))
    try:
        await _write(send, b"retry: 1000\n\n")
        async for piece in stream.pieces():
            await _write(send, piece)
        await send({"type": "http.response.body", "body": b""})
    except (TimeoutError, OSError):
        # Whoever takes nothing for so long is gone; the connection is closed with the answer unfinished.
        return
    finally:
        gone.cancel()


async def _write(send: Send, piece: bytes) -> None:
    async with asyncio.timeout(_WRITE_SECONDS):
        await send({"type": "http.response.body", "body": piece, "more_body": True})


async def _gone(stream: Stream, receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    stream.end()


def _refuse(status: int, why: str, allowed: dict[str, str] | None = None) -> Response:
    return JSONResponse({"status": status, "detail": why}, status, {"Cache-Control": "no-store", **(allowed or {})})


def _cookie(headers: Headers) -> str:
    jar: SimpleCookie = SimpleCookie()
    with contextlib.suppress(CookieError):
        jar.load(headers.get("cookie", ""))
    found = jar.get(cookies.NAME)
    return found.value if found else ""


def _number(text: str | None) -> int | None:
    """A number as browsers send it back; None for what is none of ours."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 19 else None


class _Server(uvicorn.Server):
    """Ends the streams before it waits for its connections."""

    def __init__(self, config: uvicorn.Config, hub: Hub) -> None:
        super().__init__(config)
        self._hub = hub

    async def shutdown(self, sockets: Any = None) -> None:
        self._hub.end_all()
        await super().shutdown(sockets)


def serve(runtime: GatewayRuntime) -> None:
    """Serve until SIGTERM."""
    settings = runtime.settings
    logging.configure("gateway", "live", settings.log_level)
    telemetry.configure("gateway", "live")
    _raise_limit()
    live = Live(runtime)
    config = uvicorn.Config(
        live.application(),
        host=settings.live_host or settings.http_host,
        port=settings.live_port,
        http="httptools",
        ws="none",
        loop="asyncio",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_keep_alive=15,
        timeout_graceful_shutdown=20,
        backlog=4096,
    )
    log.info("live started", port=settings.live_port)
    _Server(config, live.hub).run()


def _raise_limit() -> None:
    """Each stream is an open file: as many as the system lets us have."""
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
